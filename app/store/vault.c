/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/vault.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/damaged.h"
#include "app/store/store-tidy.h"

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
	store->untidy = true; /* until something names it */
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

/* --- what nothing names --- */

static bool
has_row(SqlStatement *stmt, const char *sha256, bool *has, GError **error)
{
	bool ok;

	sql_bind_text(stmt, 1, sha256);
	ok = sql_step(stmt, has, "looking for what names a medium", error);
	sqlite3_reset(stmt);
	return ok;
}

typedef struct {
	SqlStatement *record, *draft; /* borrowed */
	GHashTable *found;            /* borrowed: names */
} Search;

/* Few get as far as the drafts, which have no index. */
static bool
look_in_folder(const Search *search, const char *folder, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		bool named = false;

		if (!id_is_sha256(name))
			continue;
		if (!has_row(search->record, name, &named, error) ||
		    (!named && !has_row(search->draft, name, &named, error)))
			return false;
		if (!named)
			g_hash_table_add(search->found, g_strdup(name));
	}
	return true;
}

static bool
find_unnamed(Store *store, GHashTable *found, GError **error)
{
	static const char record[] = "SELECT 1 FROM medium WHERE sha256 = ?1";
	static const char draft[] =
		"SELECT 1 FROM draft WHERE instr(CAST(body AS TEXT), ?1)";
	g_autoptr(SqlStatement) by_record =
		sql_prepare(store->db, record, error);
	g_autoptr(SqlStatement) by_draft =
		by_record != NULL ? sql_prepare(store->db, draft, error) : NULL;
	const Search search = { by_record, by_draft, found };
	g_autofree char *media = store_path(store, "media");
	g_autoptr(GDir) dir = g_dir_open(media, 0, NULL);
	const char *name;

	if (by_draft == NULL)
		return false;
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *folder = g_build_filename(media, name, NULL);

		if (!look_in_folder(&search, folder, error))
			return false;
	}
	return true;
}

bool
vault_remove(const Store *store, const char *sha256, GError **error)
{
	g_autofree char *path = store_media_path(store, sha256);
	g_autofree char *folder = g_path_get_dirname(path);

	if (g_remove(path) == 0)
		return file_sync_folder(folder, error);
	if (errno == ENOENT)
		return true;
	g_set_error(error, FAULT, file_fault(errno), "removing a medium: %s",
		    g_strerror(errno));
	return false;
}

static bool
remove_found_again(Store *store, GHashTable *found, GError **error)
{
	GHashTableIter at;
	gpointer name;

	g_hash_table_iter_init(&at, found);
	while (g_hash_table_iter_next(&at, &name, NULL)) {
		if (store->unnamed == NULL ||
		    !g_hash_table_contains(store->unnamed, name))
			continue;
		if (!vault_remove(store, name, error))
			return false;
		g_hash_table_iter_remove(&at);
	}
	return true;
}

/* Within a transaction, so that no stone can be laid meanwhile that names one
 * of them. */
bool
store_tidy(Store *store, GError **error)
{
	g_autoptr(GHashTable) found =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool ok;

	if (!store->untidy || store_count_damaged(store) > 0)
		return true;
	if (!store_begin(store, "tidying", error))
		return false;
	ok = find_unnamed(store, found, error) &&
	     remove_found_again(store, found, error);
	if (!store_end(store, ok, "tidying", error))
		return false;
	store->untidy = g_hash_table_size(found) > 0;
	g_clear_pointer(&store->unnamed, g_hash_table_unref);
	store->unnamed = g_steal_pointer(&found);
	return true;
}
