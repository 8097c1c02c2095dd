/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-private.h"

/* Media by SHA-256: media/ab/abcd….  A file that is there is whole. */

char *
store_media_path(const Store *store, const char *sha256)
{
	const char folder[] = { sha256[0], sha256[1], '\0' };

	return g_build_filename(store->folder, "media", folder, sha256, NULL);
}

/* The same bytes, not only as many: a rotten file is written anew. */
static bool
is_there(const char *path, GBytes *bytes)
{
	g_autoptr(GBytes) there = file_read(path, EVIDENCE_MEDIA_MAX, NULL);

	return there != NULL && g_bytes_equal(there, bytes);
}

static bool
write_medium(Store *store, const char *path, GBytes *bytes, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *media = g_path_get_dirname(folder);
	bool is_new = !g_file_test(folder, G_FILE_TEST_IS_DIR);

	return store_check_room(store,
				STORE_RESERVE_BYTES +
					(int64_t)g_bytes_get_size(bytes),
				error) &&
	       file_make_folder(folder, 0700, error) &&
	       (!is_new || file_sync_folder(media, error)) &&
	       file_write_durably(path, g_bytes_get_data(bytes, NULL),
				  g_bytes_get_size(bytes), 0600, error);
}

bool
store_add_media(Store *store, GBytes *bytes, const char *type, Piece *piece,
		GError **error)
{
	size_t size = g_bytes_get_size(bytes);
	g_autofree char *path = NULL;
	char sha256[ID_SHA256 + 1];

	g_return_val_if_fail(type != NULL && piece != NULL, false);
	if (size == 0 || size > EVIDENCE_MEDIA_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "a medium must have 1 to %d bytes, not %zu",
			    EVIDENCE_MEDIA_MAX, size);
		return false;
	}
	id_sha256_bytes(bytes, sha256);
	path = store_media_path(store, sha256);
	if (!is_there(path, bytes) && !write_medium(store, path, bytes, error))
		return false;

	g_strlcpy(piece->sha256, sha256, sizeof(piece->sha256));
	g_strlcpy(piece->type, type, sizeof(piece->type));
	piece->size = (int64_t)size;
	piece->text[0] = '\0';
	return true;
}

/* --- what power cuts left of unfinished writes --- */

/* NAME.PID-CALL.part, and no such process any more. */
static bool
is_left_over(const char *name)
{
	g_auto(GStrv) parts = g_strsplit(name, ".", 0);
	int64_t pid;

	if (g_strv_length(parts) != 3 ||
	    !g_str_has_suffix(name, FILE_UNFINISHED))
		return false;
	pid = g_ascii_strtoll(parts[1], NULL, 10);
	return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void
sweep_folder(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (is_left_over(name))
			g_remove(path);
	}
}

void
vault_sweep(const Store *store)
{
	g_autofree char *media = store_path(store, "media");
	g_autoptr(GDir) dir = g_dir_open(media, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *folder = g_build_filename(media, name, NULL);

		sweep_folder(folder);
	}
}
