/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/secrets.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"
#include "sync/wire/members.h"

#define SECRETS_FORMAT   1
#define SECRETS_FILE_MAX 4096

static char *
make_path(const char *folder, const char *name)
{
	return g_build_filename(folder, "secrets", name, NULL);
}

static bool
read_key(const json_t *object, SignKey *out, GError **error)
{
	const char *text = json_text(object, "key", SIGN_SECRET_TEXT,
				     SIGN_SECRET_TEXT, error);

	return text != NULL && sign_key_parse(text, out, error);
}

static bool
read_secrets(const json_t *object, Secrets *out, GError **error)
{
	int64_t format;

	return json_number(object, "format", 1, SECRETS_FORMAT, &format,
			   error) &&
	       member_uuid(object, "kiosk", out->kiosk, error) &&
	       member_text(object, "secret", ID_TOKEN, out->secret,
			   sizeof(out->secret), error) &&
	       member_key(object, "district_key", out->district_key, error) &&
	       read_key(object, &out->key, error);
}

bool
secrets_read(const char *folder, const char *kiosk, Secrets *out,
	     GError **error)
{
	g_autofree char *path = make_path(folder, kiosk);
	g_autoptr(GBytes) bytes =
		file_read_secret(path, SECRETS_FILE_MAX, error);
	g_autoptr(json_t) object = NULL;
	g_auto(Secrets) secrets = { 0 };

	if (bytes == NULL)
		return false;
	object = json_read(g_bytes_get_data(bytes, NULL),
			   g_bytes_get_size(bytes), NULL);
	if (object == NULL || !read_secrets(object, &secrets, NULL) ||
	    !g_str_equal(secrets.kiosk, kiosk)) {
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "%s is no kiosk's secrets; enrol again", path);
		return false;
	}
	*out = secrets;
	return true;
}

int64_t
secrets_written(const char *folder, const char *kiosk)
{
	g_autofree char *path = make_path(folder, kiosk);
	GStatBuf about;

	if (g_stat(path, &about) != 0)
		return 0;
	return (int64_t)about.st_mtim.tv_sec * G_USEC_PER_SEC +
	       about.st_mtim.tv_nsec / 1000;
}

bool
secrets_write(const char *folder, const Secrets *secrets, GError **error)
{
	g_autofree char *path = make_path(folder, secrets->kiosk);
	char key[SIGN_SECRET_TEXT + 1];
	g_autoptr(json_t) value = NULL;
	g_autoptr(GBytes) bytes = NULL;

	sign_key_secret_text(&secrets->key, key);
	value = json_pack("{s:i,s:s,s:s,s:s,s:s}", "format", SECRETS_FORMAT,
			  "kiosk", secrets->kiosk, "secret", secrets->secret,
			  "district_key", secrets->district_key, "key", key);
	sodium_memzero(key, sizeof(key));
	bytes = json_canonical(value, error);
	return bytes != NULL &&
	       file_write_durably(path, g_bytes_get_data(bytes, NULL),
				  g_bytes_get_size(bytes), 0600, error);
}

static char *
make_pending_path(const char *folder, const char *what)
{
	g_autofree char *name = g_strconcat("pending-", what, NULL);

	return make_path(folder, name);
}

bool
secrets_open_pending(const char *folder, const char *what, SignKey *out,
		     GError **error)
{
	g_autofree char *path = make_pending_path(folder, what);

	return sign_key_open(path, out, error);
}

bool
secrets_drop_pending(const char *folder, const char *what, GError **error)
{
	g_autofree char *path = make_pending_path(folder, what);
	g_autofree char *parent = g_path_get_dirname(path);

	if (g_unlink(path) != 0 && errno != ENOENT) {
		g_set_error(error, FAULT, file_fault(errno), "removing %s: %s",
			    path, g_strerror(errno));
		return false;
	}
	return file_sync_folder(parent, error);
}

void
secrets_clear(Secrets *secrets)
{
	sodium_memzero(secrets, sizeof(*secrets));
}
