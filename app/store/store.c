/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/heal.h"
#include "app/store/kept.h"
#include "app/store/log.h"

/* Never edit or remove an entry: kiosks in schools are at every one. */
static const char *const migrations[] = {
#include "app/store/migrations/001-initial.sql.inc"
	,
#include "app/store/migrations/002-erase.sql.inc"
	,
#include "app/store/migrations/003-bundle-at.sql.inc"
	,
#include "app/store/migrations/004-damaged.sql.inc"
	,
#include "app/store/migrations/005-link-reason.sql.inc"
};

char *
store_path(const Store *store, const char *name)
{
	return g_build_filename(store->folder, name, NULL);
}

/* --- one database at a time, whoever replaces it --- */

bool
store_take_lock(const Store *store, int how, GError **error)
{
	while (flock(store->lock, how) != 0)
		if (errno != EINTR) {
			g_set_error(error, FAULT, FAULT_SYSTEM,
				    "locking " STORE_LOCK ": %s",
				    g_strerror(errno));
			return false;
		}
	return true;
}

void
store_drop_lock(const Store *store)
{
	flock(store->lock, LOCK_UN);
}

static bool
open_lock(Store *store, GError **error)
{
	g_autofree char *path = store_path(store, STORE_LOCK);

	store->lock =
		open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (store->lock >= 0)
		return true;
	g_set_error(error, FAULT, file_fault(errno), "opening %s: %s", path,
		    g_strerror(errno));
	return false;
}

/* 0: there is none. */
static uint64_t
database_file(const Store *store)
{
	g_autofree char *path = store_path(store, STORE_DATABASE);
	struct stat about;

	return stat(path, &about) == 0 ? (uint64_t)about.st_ino : 0;
}

void
store_close_database(Store *store)
{
	g_ptr_array_set_size(store->kept, 0);
	g_clear_pointer(&store->db, sqlite3_close);
}

bool
store_open_newest(Store *store, GError **error)
{
	g_autofree char *path = store_path(store, STORE_DATABASE);
	sqlite3 *db =
		sql_open(path, migrations, G_N_ELEMENTS(migrations), error);

	if (db == NULL)
		return false;
	store_close_database(store);
	store->db = db;
	store->db_file = database_file(store);
	store->agreed_size = -1;
	return true;
}

bool
store_follow(Store *store, GError **error)
{
	if (store->db != NULL && store->db_file == database_file(store))
		return true;
	if (heal_is_unfinished(store)) {
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    STORE_DATABASE " was being replaced");
		return false;
	}
	return store_open_newest(store, error);
}

bool
store_begin(Store *store, const char *doing, GError **error)
{
	if (!store_take_lock(store, LOCK_SH, error))
		return false;
	if (store_follow(store, error) && sql_begin(store->db, doing, error))
		return true;
	store_drop_lock(store);
	return false;
}

bool
store_end(Store *store, bool ok, const char *doing, GError **error)
{
	bool done = sql_end(store->db, ok, doing, error);

	store_drop_lock(store);
	return done;
}

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

/* Else the newest record tells. */
static void
find_ancestor(Store *store, char kiosk[static ID_UUID + 1])
{
	g_autoptr(LogIndex) log = log_index_read(store, NULL);
	const LogLine *line =
		log != NULL ? log_index_find(log, log->last) : NULL;
	g_autofree Evidence *newest = g_new0(Evidence, 1);

	if (line != NULL && line->body != NULL &&
	    evidence_parse(g_bytes_get_data(line->body, NULL),
			   g_bytes_get_size(line->body), newest, NULL))
		memcpy(kiosk, newest->kiosk, ID_UUID + 1);
	else
		id_new_uuid(kiosk);
}

static bool
has_identity(Store *store, bool *out, GError **error)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM identity)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "opening", error))
		return false;
	*out = sql_int(stmt, 0) != 0;
	return true;
}

static bool
put_identity(Store *store, const char *kiosk, bool enrolled, GError **error)
{
	static const char sql[] = "INSERT INTO identity (only, kiosk, enrolled)"
				  " VALUES (1, ?1, ?2)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, kiosk);
	sql_bind_int(stmt, 2, enrolled);
	return sql_done(stmt, "making an identity", error);
}

bool
store_make_identity(Store *store, GError **error)
{
	char kiosk[ID_UUID + 1];
	bool known, enrolled;

	if (!has_identity(store, &known, error))
		return false;
	if (known)
		return true;
	enrolled = find_enrolled(store->folder, kiosk);
	if (!enrolled)
		find_ancestor(store, kiosk);
	return put_identity(store, kiosk, enrolled, error);
}

bool
store_open_database(Store *store, GError **error)
{
	StoreIdentity at;
	bool ok;

	if (!store_open_newest(store, error) || !heal_check(store, error) ||
	    !sql_begin(store->db, "opening the store", error))
		return false;
	ok = store_make_identity(store, error) &&
	     store_agree_with_log(store, &at, error);
	return sql_end(store->db, ok, "opening the store", error);
}

static bool
open_or_heal(Store *store, GError **error)
{
	g_autoptr(GError) cause = NULL;
	bool ok;

	if (!store_take_lock(store, LOCK_SH, error))
		return false;
	if (heal_is_unfinished(store))
		g_set_error(&cause, FAULT, FAULT_DAMAGED,
			    STORE_DATABASE " was being replaced");
	ok = cause == NULL && store_open_database(store, &cause);
	store_drop_lock(store);
	if (ok)
		return true;
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED))
		return store_heal(store, error);
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
	store->kept = kept_new();
	store->log = -1;
	store->lock = -1;
	store->untidy = true;
	if (!make_folders(folder, error) || !open_lock(store, error) ||
	    !store_open_log(store, error) || !open_or_heal(store, error)) {
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
	g_autoptr(KeptStatement) stmt = kept_prepare(store, sql, error);
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
	g_autoptr(SqlStatement) stmt = NULL;

	g_return_val_if_fail(id_is_uuid(kiosk), false);
	if (!store_follow(store, error))
		return false;
	stmt = sql_prepare(store->db, sql, error);
	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, kiosk);
	return sql_done(stmt, "setting the identity", error);
}

/* --- room --- */

bool
store_has_room(const Store *store)
{
	return store_check_room(store, STORE_RESERVE_BYTES, NULL);
}

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

	store_close_database(store);
	g_ptr_array_unref(store->kept);
	if (store->log >= 0)
		close(store->log);
	if (store->lock >= 0)
		close(store->lock);
	g_clear_pointer(&store->owed, g_bytes_unref);
	g_clear_pointer(&store->unnamed, g_hash_table_unref);
	g_string_free(store->notice, TRUE);
	g_free(store->folder);
	g_free(store);
}
