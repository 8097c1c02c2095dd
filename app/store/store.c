/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"

#define DAMAGED_MAX 100 /* kept damaged files */

/* Never edit or remove an entry: kiosks in schools are at every one. */
static const char *const migrations[] = {
#include "app/store/migrations/001-initial.sql.inc"
};

/* --- opening --- */

static bool
make_folders(const char *folder, GError **error)
{
	g_autofree char *media = g_build_filename(folder, "media", NULL);
	g_autofree char *secrets = g_build_filename(folder, "secrets", NULL);

	return file_make_folder(folder, 0700, error) &&
	       file_make_folder(media, 0700, error) &&
	       file_make_folder(secrets, 0700, error);
}

/* The newest secret tells who this kiosk is, should the database be lost. */
static bool
find_enrolled(const char *folder, char kiosk[static ID_UUID + 1])
{
	g_autofree char *secrets = g_build_filename(folder, "secrets", NULL);
	g_autoptr(GDir) dir = g_dir_open(secrets, 0, NULL);
	time_t newest = 0;
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(secrets, name, NULL);
		struct stat about;

		if (!id_is_uuid(name) || stat(path, &about) != 0 ||
		    about.st_mtime < newest)
			continue;
		newest = about.st_mtime;
		memcpy(kiosk, name, ID_UUID + 1);
	}
	return newest != 0;
}

static bool
make_identity(Store *store, GError **error)
{
	static const char sql[] =
		"INSERT INTO identity (only, kiosk, enrolled)"
		" VALUES (1, ?1, ?2) ON CONFLICT (only) DO NOTHING";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	char kiosk[ID_UUID + 1];
	bool enrolled = find_enrolled(store->folder, kiosk);

	if (stmt == NULL)
		return false;
	if (!enrolled)
		id_new_uuid(kiosk);
	sql_bind_text(stmt, 1, kiosk);
	sql_bind_int(stmt, 2, enrolled);
	return sql_done(stmt, "making an identity", error);
}

static bool
open_database(Store *store, GError **error)
{
	g_autofree char *path =
		g_build_filename(store->folder, STORE_DATABASE, NULL);

	store->db = sql_open(path, migrations, G_N_ELEMENTS(migrations), error);
	if (store->db == NULL)
		return false;
	if (!sql_begin(store->db, "opening the store", error))
		return false;

	bool ok = make_identity(store, error) && store_replay_log(store, error);

	return sql_end(store->db, ok, "opening the store", error);
}

/* Pages that no query touches may still be rotten: look at all of them. */
static bool
check_database(Store *store, GError **error)
{
	static const char sql[] = "PRAGMA quick_check(1)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "checking", error))
		return false;
	if (row && g_str_equal(sql_text(stmt, 0), "ok"))
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED, "kiosk.db: %s",
		    sql_text(stmt, 0));
	return false;
}

/* --- a damaged database is kept, and a new one filled from the log --- */

static bool
move_aside(const char *folder, const char *name, int n, GError **error)
{
	g_autofree char *from = g_build_filename(folder, name, NULL);
	g_autofree char *kept = g_strdup_printf("%s.damaged-%d", from, n);

	if (!g_file_test(from, G_FILE_TEST_EXISTS))
		return true;
	if (g_rename(from, kept) == 0)
		return true;
	g_set_error(error, FAULT, FAULT_SYSTEM, "keeping %s aside failed",
		    from);
	return false;
}

static int
next_damaged(const char *folder)
{
	int n = 1;

	for (; n < DAMAGED_MAX; n++) {
		g_autofree char *name =
			g_strdup_printf(STORE_DATABASE ".damaged-%d", n);
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			break;
	}
	return n;
}

static bool
salvage(Store *store, const GError *cause, GError **error)
{
	int n = next_damaged(store->folder);

	g_clear_pointer(&store->db, sqlite3_close);
	if (!move_aside(store->folder, STORE_DATABASE, n, error) ||
	    !move_aside(store->folder, STORE_DATABASE "-wal", n, error) ||
	    !move_aside(store->folder, STORE_DATABASE "-shm", n, error) ||
	    !file_sync_folder(store->folder, error) ||
	    !open_database(store, error))
		return false;

	g_string_printf(
		store->notice,
		"kiosk.db was damaged (%s); it is kept as "
		"kiosk.db.damaged-%d and a new one was filled from " STORE_LOG,
		cause->message, n);
	g_warning("%s", store->notice->str);
	return true;
}

static bool
open_or_salvage(Store *store, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (open_database(store, &cause) && check_database(store, &cause))
		return true;
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED))
		return salvage(store, cause, error);
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

Store *
store_open(const char *folder, GError **error)
{
	g_autoptr(Store) store = g_new0(Store, 1);

	g_return_val_if_fail(folder != NULL, NULL);
	store->folder = g_strdup(folder);
	store->notice = g_string_new(NULL);
	store->log = -1;
	if (!make_folders(folder, error) || !store_open_log(store, error) ||
	    !open_or_salvage(store, error)) {
		g_prefix_error(error, "opening store %s: ", folder);
		return NULL;
	}
	return g_steal_pointer(&store);
}

const char *
store_get_folder(const Store *store)
{
	return store->folder;
}

const char *
store_get_notice(const Store *store)
{
	return store->notice->str;
}

/* --- who this kiosk is --- */

bool
store_get_identity(Store *store, StoreIdentity *out, GError **error)
{
	static const char sql[] =
		"SELECT kiosk, enrolled, number, hash FROM identity"
		" LEFT JOIN (SELECT number, hash FROM record"
		" ORDER BY number DESC LIMIT 1)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL ||
	    !sql_step(stmt, &row, "reading the identity", error))
		return false;
	if (!row) {
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "the store has no identity");
		return false;
	}
	g_strlcpy(out->kiosk, sql_text(stmt, 0), sizeof(out->kiosk));
	out->enrolled = sql_int(stmt, 1) != 0;
	out->last_number = sql_int(stmt, 2);
	g_strlcpy(out->last_hash,
		  out->last_number > 0 ? sql_text(stmt, 3) : ID_NO_HASH,
		  sizeof(out->last_hash));
	return true;
}

bool
store_set_identity(Store *store, const char *kiosk, GError **error)
{
	static const char sql[] =
		"UPDATE identity SET kiosk = ?1, enrolled = 1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	g_return_val_if_fail(id_is_uuid(kiosk), false);
	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, kiosk);
	return sql_done(stmt, "setting the identity", error);
}

/* --- room --- */

bool
store_check_room(const Store *store, int64_t bytes, GError **error)
{
	struct statvfs disk;

	if (statvfs(store->folder, &disk) != 0)
		return true; /* the write itself will tell */
	if ((disk.f_flag & ST_RDONLY) == 0 &&
	    (int64_t)disk.f_bavail * (int64_t)disk.f_frsize >= bytes)
		return true;
	g_set_error(error, FAULT, FAULT_FULL,
		    "less than %" G_GINT64_FORMAT
		    " bytes are free (or the disk is read-only)",
		    (gint64)bytes);
	return false;
}

void
store_rest(Store *store)
{
	sqlite3_wal_checkpoint_v2(store->db, NULL, SQLITE_CHECKPOINT_PASSIVE,
				  NULL, NULL);
}

void
store_close(Store *store)
{
	if (store == NULL)
		return;

	sqlite3_close(store->db);
	if (store->log >= 0)
		close(store->log);
	g_string_free(store->notice, TRUE);
	g_free(store->folder);
	g_free(store);
}
