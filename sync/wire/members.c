/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/wire/members.h"

#include "app/base/fault.h"

bool
member_invalid(const char *name, const char *rule, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "\"%s\" %s", name, rule);
	return false;
}

bool
member_text(const json_t *object, const char *name, size_t min, char *out,
	    size_t size, GError **error)
{
	const char *text = json_text(object, name, min, size - 1, error);

	if (text == NULL)
		return false;
	g_strlcpy(out, text, size);
	return true;
}

bool
member_uuid(const json_t *object, const char *name,
	    char out[static ID_UUID + 1], GError **error)
{
	return member_text(object, name, ID_UUID, out, ID_UUID + 1, error) &&
	       (id_is_uuid(out) ||
		member_invalid(name, "must be a lower-case UUID", error));
}

bool
member_sha256(const json_t *object, const char *name,
	      char out[static ID_SHA256 + 1], GError **error)
{
	return member_text(object, name, ID_SHA256, out, ID_SHA256 + 1,
			   error) &&
	       (id_is_sha256(out) ||
		member_invalid(name, "must be 64 lower-case hex digits",
			       error));
}

bool
member_key(const json_t *object, const char *name,
	   char out[static SIGN_KEY_TEXT + 1], GError **error)
{
	return member_text(object, name, SIGN_KEY_TEXT, out, SIGN_KEY_TEXT + 1,
			   error) &&
	       (sign_is_public_key(out) ||
		member_invalid(name, "must be an Ed25519 public key", error));
}
