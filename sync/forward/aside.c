/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forward/aside.h"

#include <errno.h>
#include <string.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"
#include "sync/wire/members.h"

#define ASIDE_FOLDER   "aside"
#define ASIDE_FILE_MAX 4096

static char *
make_path(const char *folder, const char *id)
{
	g_autofree char *name = g_strconcat(id, ".json", NULL);

	return g_build_filename(folder, ASIDE_FOLDER, name, NULL);
}

bool
aside_add(const char *folder, const Aside *aside, GError **error)
{
	g_autofree char *path = make_path(folder, aside->id);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *reason = g_utf8_make_valid(aside->reason, -1);
	g_autoptr(json_t) object =
		json_pack("{s:s,s:s,s:I}", "id", aside->id, "reason", reason,
			  "at_us", (json_int_t)aside->at.us);
	g_autoptr(GBytes) bytes = json_canonical(object, error);

	return bytes != NULL && file_make_folder(parent, 0700, error) &&
	       file_write_durably(path, g_bytes_get_data(bytes, NULL),
				  g_bytes_get_size(bytes), 0600, error);
}

bool
aside_remove(const char *folder, const char *id, GError **error)
{
	g_autofree char *path = make_path(folder, id);
	g_autofree char *parent = g_path_get_dirname(path);

	if (g_unlink(path) == 0)
		return file_sync_folder(parent, error);
	if (errno == ENOENT)
		return true;
	g_set_error(error, FAULT, file_fault(errno), "removing %s: %s", path,
		    g_strerror(errno));
	return false;
}

static bool
read_one(const char *folder, const char *id, Aside *out)
{
	g_autofree char *path = make_path(folder, id);
	g_autoptr(GBytes) bytes = file_read(path, ASIDE_FILE_MAX, NULL);
	g_autoptr(json_t) object = NULL;

	if (bytes == NULL)
		return false;
	object = json_read(g_bytes_get_data(bytes, NULL),
			   g_bytes_get_size(bytes), NULL);
	*out = (Aside){ 0 };
	return object != NULL && member_uuid(object, "id", out->id, NULL) &&
	       member_text(object, "reason", 0, out->reason,
			   sizeof(out->reason), NULL) &&
	       json_number(object, "at_us", 0, JSON_INTEGER_MAX, &out->at.us,
			   NULL) &&
	       g_str_equal(out->id, id);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const Aside *)a)->id, ((const Aside *)b)->id);
}

GArray *
aside_list(const char *folder, GError **error)
{
	g_autofree char *path = g_build_filename(folder, ASIDE_FOLDER, NULL);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GDir) dir = g_dir_open(path, 0, &cause);
	GArray *list = g_array_new(FALSE, TRUE, sizeof(Aside));
	const char *name;

	if (dir == NULL &&
	    !g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_set_error(error, FAULT, FAULT_SYSTEM, "%s", cause->message);
		g_array_unref(list);
		return NULL;
	}
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *id = g_strndup(name, ID_UUID);
		Aside aside;

		if (g_str_has_suffix(name, ".json") &&
		    read_one(folder, id, &aside))
			g_array_append_val(list, aside);
	}
	g_array_sort(list, compare);
	return list;
}
