/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/keys.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/district/password.h"

#define HOUR_US (INT64_C(3600) * G_USEC_PER_SEC)

void
keys_secret_clear(KeysSecret *secret)
{
	sodium_memzero(secret, sizeof(*secret));
}

static bool
invalid(const char *what, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", what);
	return false;
}

/* --- secrets --- */

static bool
check_chosen(const char *secret, const char *user, GError **error)
{
	if (!basic_secret_is_valid(secret))
		return invalid("a secret is one line of at most 200 bytes",
			       error);
	if (g_str_equal(secret, user) || password_refusal(secret, NULL) != NULL)
		return invalid("a chosen secret has at least 10 letters, is "
			       "not the user's name, and nothing common",
			       error);
	return true;
}

static bool
new_tool_secret(const char *id, const char *chosen, KeysSecret *out,
		GError **error)
{
	char secret[ID_TOKEN + 1];

	if (!basic_user_is_valid(id))
		return invalid("a user has 1 to 64 bytes and no colon", error);
	if (chosen != NULL) {
		if (!check_chosen(chosen, id, error))
			return false;
		secret_hash_chosen(chosen, out->hash);
		g_strlcpy(out->text, id, sizeof(out->text));
		return true;
	}
	id_new_token(secret);
	secret_hash_made(secret, out->hash);
	g_snprintf(out->text, sizeof(out->text), "%s:%s", id, secret);
	sodium_memzero(secret, sizeof(secret));
	return true;
}

bool
keys_new_secret(KeyKind kind, const char *id, const char *chosen,
		KeysSecret *out, GError **error)
{
	G_STATIC_ASSERT(PASSWORD_ONE_TIME <= KEYS_SECRET_MAX);
	G_STATIC_ASSERT(MESSAGE_CODE <= KEYS_SECRET_MAX);
	G_STATIC_ASSERT(STAFF_PASSWORD_MAX == SECRET_HASH_MAX);
	if (chosen != NULL && kind != KEY_TOOL)
		return invalid("only a tool's secret can be chosen", error);
	switch (kind) {
	case KEY_ANY:
	case KEY_TOOL:
		return new_tool_secret(id, chosen, out, error);
	case KEY_TEACHER:
	case KEY_ADMINISTRATOR:
		password_new(out->text);
		password_hash(out->text, out->hash);
		return true;
	case KEY_KIOSK:
	case KEY_CODE:
		id_new_digits(out->text, MESSAGE_CODE);
		return true;
	}
	g_assert_not_reached();
}

/* --- tools --- */

bool
keys_add_tool(Archive *archive, const KeysTool *from, const KeysSecret *secret,
	      WallTime now, GError **error)
{
	ArchiveTool tool = { .scopes = from->scopes };

	g_strlcpy(tool.id, from->id, sizeof(tool.id));
	g_utf8_strncpy(tool.name, from->name, ROSTER_NAME_MAX / 4);
	g_strlcpy(tool.secret_hash, secret->hash, sizeof(tool.secret_hash));
	return archive_add_tool(archive, &tool, now, error);
}

static bool
rotate_tool(Archive *archive, const ArchiveKey *key, const KeysRotate *how,
	    const KeysSecret *secret, WallTime now, GError **error)
{
	ArchiveTool tool;
	bool overlap;

	if (!archive_find_tool(archive, key->id, &tool, error))
		return false;
	overlap = how->grace_hours > 0 && tool.revoked.us == 0;
	g_strlcpy(tool.old_hash, overlap ? tool.secret_hash : "",
		  sizeof(tool.old_hash));
	tool.old_until.us = overlap ? now.us + how->grace_hours * HOUR_US : 0;
	g_strlcpy(tool.secret_hash, secret->hash, sizeof(tool.secret_hash));
	tool.revoked.us = 0;
	return archive_renew_tool(archive, &tool, error);
}

static bool
revoke_tool(Archive *archive, const ArchiveKey *key, WallTime now,
	    GError **error)
{
	ArchiveTool tool;

	if (!archive_find_tool(archive, key->id, &tool, error))
		return false;
	tool.old_hash[0] = '\0';
	tool.old_until.us = 0;
	tool.revoked = now;
	return archive_renew_tool(archive, &tool, error);
}

/* --- people --- */

static bool
rotate_staff(Archive *archive, const ArchiveKey *key, const KeysSecret *secret,
	     WallTime now, GError **error)
{
	return archive_revoke_staff(archive, key->key, (WallTime){ 0 },
				    error) &&
	       archive_set_password(archive, key->key, secret->hash, true, now,
				    NULL, error);
}

/* --- kiosks --- */

bool
keys_add_code(Archive *archive, const char *name, const KeysSecret *secret,
	      WallTime now, GError **error)
{
	char kept[ROSTER_NAME_MAX + 1];

	g_utf8_strncpy(kept, name, ROSTER_NAME_MAX / 4);
	return archive_add_code(archive, secret->text, kept, now, error);
}

static bool
rotate_kiosk(Archive *archive, const ArchiveKey *key, const KeysRotate *how,
	     const KeysSecret *secret, WallTime now, GError **error)
{
	ArchiveKiosk kiosk;

	if (!archive_find_kiosk(archive, key->id, &kiosk, error))
		return false;
	/* One that was revoked is let in by its new code, not before. */
	if (kiosk.revoked.us == 0)
		kiosk.secret_until.us = now.us + how->grace_hours * HOUR_US;
	return archive_end_secret(archive, &kiosk, error) &&
	       archive_add_renewal(archive, secret->text, &kiosk, now, error);
}

static bool
revoke_kiosk(Archive *archive, const ArchiveKey *key, WallTime now,
	     GError **error)
{
	ArchiveKiosk kiosk;

	if (!archive_find_kiosk(archive, key->id, &kiosk, error))
		return false;
	kiosk.secret_until = now;
	kiosk.revoked = now;
	return archive_end_secret(archive, &kiosk, error);
}

static bool
revoke_code(Archive *archive, const ArchiveKey *key, WallTime now,
	    GError **error)
{
	g_autoptr(GArray) codes = archive_list_codes(archive, now, error);
	const char *digits = strchr(key->id, '-') + 1;

	for (guint i = 0; codes != NULL && i < codes->len; i++) {
		const ArchiveCode *at = &g_array_index(codes, ArchiveCode, i);

		if (g_str_has_prefix(at->hash, digits) &&
		    !archive_drop_code(archive, at->hash, error))
			return false;
	}
	return codes != NULL;
}

/* --- of any kind --- */

bool
keys_check_rotate(const ArchiveKey *key, const KeysRotate *how, GError **error)
{
	bool has_grace = key->kind == KEY_TOOL || key->kind == KEY_KIOSK;

	if (how->grace_hours < 0 || how->grace_hours > KEYS_GRACE_MAX)
		return invalid("a grace is of 0 to 2160 hours", error);
	if (how->grace_hours > 0 && !has_grace)
		return invalid("only a tool's or a kiosk's secret can have a "
			       "grace",
			       error);
	if (key->kind == KEY_CODE)
		return invalid("a code is not renewed: revoke it, and make "
			       "another",
			       error);
	if (key->state != KEY_REVOKED || how->restore)
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s was revoked: add --restore to let it in again",
		    key->id);
	return false;
}

bool
keys_rotate(Archive *archive, const ArchiveKey *key, const KeysRotate *how,
	    const KeysSecret *secret, WallTime now, GError **error)
{
	if (!keys_check_rotate(key, how, error))
		return false;
	switch (key->kind) {
	case KEY_TOOL:
		return rotate_tool(archive, key, how, secret, now, error);
	case KEY_TEACHER:
	case KEY_ADMINISTRATOR:
		return rotate_staff(archive, key, secret, now, error);
	case KEY_KIOSK:
		return rotate_kiosk(archive, key, how, secret, now, error);
	case KEY_CODE:
	case KEY_ANY:
		break;
	}
	g_assert_not_reached();
}

bool
keys_revoke(Archive *archive, const ArchiveKey *key, WallTime now,
	    GError **error)
{
	switch (key->kind) {
	case KEY_TOOL:
		return revoke_tool(archive, key, now, error);
	case KEY_TEACHER:
	case KEY_ADMINISTRATOR:
		return archive_revoke_staff(archive, key->key, now, error);
	case KEY_KIOSK:
		return revoke_kiosk(archive, key, now, error);
	case KEY_CODE:
		return revoke_code(archive, key, now, error);
	case KEY_ANY:
		break;
	}
	g_assert_not_reached();
}

/* --- listing --- */

static json_t *
time_to_json(WallTime at)
{
	char text[CLOCK_TIMESTAMP_SIZE];

	if (at.us == 0)
		return json_null();
	clock_format(at, text);
	return json_string(text);
}

json_t *
key_to_json(const ArchiveKey *key)
{
	json_t *value =
		json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:o}", "kind",
			  key_kind_name(key->kind), "id", key->id, "name",
			  key->name, "state", key_state_name(key->state),
			  "made", time_to_json(key->made), "used",
			  time_to_json(key->used), "until",
			  time_to_json(key->until));

	if (key->kind == KEY_TOOL) {
		g_autofree char *scopes = tool_scopes_print(key->scopes);

		json_object_set_new(value, "scopes", json_string(scopes));
	}
	return value;
}
