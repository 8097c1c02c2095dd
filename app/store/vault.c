/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <glib/gstdio.h>
#include <sys/stat.h>

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

static bool
is_whole(const char *path, size_t size)
{
	struct stat about;

	return stat(path, &about) == 0 && about.st_size == (off_t)size;
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
	if (!is_whole(path, size) && !write_medium(store, path, bytes, error))
		return false;

	g_strlcpy(piece->sha256, sha256, sizeof(piece->sha256));
	g_strlcpy(piece->type, type, sizeof(piece->type));
	piece->size = (int64_t)size;
	piece->text[0] = '\0';
	return true;
}
