/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <string.h>
#include <sys/file.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/damaged.h"
#include "app/store/log.h"
#include "app/store/store-roster.h"
#include "app/store/vault.h"

/*
 * Erasing what the district has erased.  Rows go in the bundle's transaction,
 * together with a note of what is left to do; the log is written anew before
 * it commits, as for forgetting.  Files and free pages go afterwards.
 */

#define EMPTY_TRIES   20
#define EMPTY_WAIT_US (50 * 1000)

/* --- one record --- */

static bool
run_on(Store *store, const char *sql, int64_t number, const char *text,
       int64_t *changed, GError **error)
{
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	if (text != NULL)
		sql_bind_text(stmt, 2, text);
	if (!sql_done(stmt, "erasing", error))
		return false;
	if (changed != NULL)
		*changed += sqlite3_changes64(store->db);
	return true;
}

static bool
doom_media(Store *store, int64_t number, GError **error)
{
	static const char doom[] =
		"INSERT OR IGNORE INTO doomed (sha256)"
		" SELECT sha256 FROM medium WHERE number = ?1";
	static const char drop[] = "DELETE FROM medium WHERE number = ?1";

	return run_on(store, doom, number, NULL, NULL, error) &&
	       run_on(store, drop, number, NULL, NULL, error);
}

/* One that the district does not have yet is set aside: it is told so, and
 * the chain goes on over it. */
static bool
erase_record(Store *store, int64_t number, bool held, int64_t *changed,
	     GError **error)
{
	static const char blank[] =
		"UPDATE record SET body = NULL, learner = '', badge = '',"
		" prompt = '' WHERE number = ?1"
		" AND (body IS NOT NULL OR learner <> '' OR badge <> '')";
	static const char receipt[] =
		"UPDATE outbox SET state = 2, reason = NULL,"
		" receipted_us = coalesce(receipted_us, 0)"
		" WHERE number = ?1 AND state = 1";
	static const char aside[] = "UPDATE outbox SET state = 3, reason = ?2"
				    " WHERE number = ?1 AND state = 1";
	int64_t blanked = 0;

	if (!run_on(store, blank, number, NULL, &blanked, error))
		return false;
	*changed += blanked;
	if (blanked == 0)
		return true;
	return doom_media(store, number, error) &&
	       (held ? run_on(store, receipt, number, NULL, NULL, error)
		     : run_on(store, aside, number, STORE_ERASED, NULL, error));
}

static bool
erase_held(Store *store, const StoreErased *erased, int64_t *changed,
	   GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM record WHERE number = ?1 AND hash = ?2";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, erased->number);
	sql_bind_text(stmt, 2, erased->hash);
	if (!sql_step(stmt, &row, "looking for what is erased", error))
		return false;
	return !row ||
	       erase_record(store, erased->number, true, changed, error);
}

/* --- everything of somebody --- */

/* A set of those whom we know by name, of all whose hashes are given. */
static GHashTable *
find_who(Store *store, const StoreBundle *bundle, GError **error)
{
	static const char sql[] =
		"SELECT learner FROM record WHERE learner <> ''"
		" UNION SELECT badge FROM record WHERE badge <> ''"
		" UNION SELECT who FROM draft";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GHashTable) hashes =
		g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) found =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	bool row;

	if (stmt == NULL)
		return NULL;
	for (size_t i = 0; i < bundle->n_who; i++)
		g_hash_table_add(hashes,
				 (void *)(uintptr_t)bundle->who[i].hash);
	while (sql_step(stmt, &row, "looking for who is erased", error)) {
		const char *who = sql_text(stmt, 0);
		char hash[ID_SHA256 + 1];

		if (!row)
			return g_steal_pointer(&found);
		id_sha256(who, strlen(who), hash);
		if (g_hash_table_contains(hashes, hash))
			g_hash_table_add(found, g_strdup(who));
	}
	return NULL;
}

static bool
doom(Store *store, const char *sha256, GError **error)
{
	static const char sql[] =
		"INSERT OR IGNORE INTO doomed (sha256) VALUES (?1)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, sha256);
	return sql_done(stmt, "erasing a draft", error);
}

/* Whatever looks like a medium's name: the draft's own form is the screens'
 * business. */
static bool
doom_draft_media(Store *store, const char *who, GError **error)
{
	g_autoptr(GBytes) draft = store_load_draft(store, who, NULL);
	size_t size = 0;
	const char *bytes =
		draft != NULL ? g_bytes_get_data(draft, &size) : NULL;

	for (size_t i = 0; i + ID_SHA256 <= size; i++) {
		char sha256[ID_SHA256 + 1] = "";

		memcpy(sha256, bytes + i, ID_SHA256);
		if (id_is_sha256(sha256) && !doom(store, sha256, error))
			return false;
	}
	return true;
}

static bool
erase_draft(Store *store, const char *who, int64_t *changed, GError **error)
{
	if (!doom_draft_media(store, who, error) ||
	    !store_drop_draft(store, who, error))
		return false;
	*changed += sqlite3_changes64(store->db);
	return true;
}

/* The first record of somebody behind a number; 0: none. */
static bool
find_record_of(Store *store, const char *who, int64_t *number, bool *held,
	       GError **error)
{
	static const char sql[] =
		"SELECT number, state <> 1 FROM record JOIN outbox"
		" USING (number) WHERE number > ?1"
		" AND (learner = ?2 OR badge = ?2) ORDER BY number LIMIT 1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, *number);
	sql_bind_text(stmt, 2, who);
	if (!sql_step(stmt, &row, "looking for records", error))
		return false;
	*number = row ? sql_int(stmt, 0) : 0;
	*held = row && sql_int(stmt, 1) != 0;
	return true;
}

static bool
erase_records_of(Store *store, const char *who, int64_t *changed,
		 GError **error)
{
	int64_t number = 0;
	bool held;

	while (find_record_of(store, who, &number, &held, error)) {
		if (number == 0)
			return true;
		if (!erase_record(store, number, held, changed, error))
			return false;
	}
	return false;
}

static bool
erase_all_of(Store *store, const StoreBundle *bundle, int64_t *changed,
	     GError **error)
{
	g_autoptr(GHashTable) found = NULL;
	GHashTableIter at;
	gpointer who;

	if (bundle->n_who == 0)
		return true;
	found = find_who(store, bundle, error);
	if (found == NULL)
		return false;
	g_hash_table_iter_init(&at, found);
	while (g_hash_table_iter_next(&at, &who, NULL))
		if (!erase_records_of(store, who, changed, error) ||
		    !erase_draft(store, who, changed, error))
			return false;
	return true;
}

/* --- in the bundle's transaction --- */

bool
store_erase(Store *store, const StoreBundle *bundle, GError **error)
{
	int64_t changed = 0;
	StoreIdentity at;

	if (bundle->n_erased == 0 && bundle->n_who == 0)
		return true;
	if (!store_agree_with_log(store, &at, error) ||
	    !store_note_damaged(store, bundle, error))
		return false;
	for (size_t i = 0; i < bundle->n_erased; i++)
		if (!erase_held(store, &bundle->erased[i], &changed, error))
			return false;
	if (!erase_all_of(store, bundle, &changed, error))
		return false;
	if (changed == 0)
		return true;
	g_message("erasing what the district has erased: %" G_GINT64_FORMAT
		  " records and drafts",
		  (gint64)changed);
	return sql_run(store->db, "INSERT OR IGNORE INTO erasing VALUES (1)",
		       "noting an erasure", error) &&
	       store_rewrite_log(store, error);
}

/* --- afterwards --- */

static bool
is_erasing(Store *store, bool *is, GError **error)
{
	static const char sql[] = "SELECT 1 FROM erasing";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	return stmt != NULL && sql_step(stmt, is,
					"looking for what is to be "
					"erased",
					error);
}

/* Those that nothing names which stays. */
static bool
list_doomed(Store *store, GPtrArray *out, GError **error)
{
	static const char sql[] =
		"SELECT sha256 FROM doomed AS d WHERE NOT EXISTS"
		" (SELECT 1 FROM medium JOIN record USING (number)"
		" WHERE medium.sha256 = d.sha256 AND body IS NOT NULL)"
		" AND NOT EXISTS (SELECT 1 FROM draft"
		" WHERE instr(CAST(body AS TEXT), d.sha256))";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "listing media", error)) {
		if (!row)
			return true;
		g_ptr_array_add(out, g_strdup(sql_text(stmt, 0)));
	}
	return false;
}

/* Within the transaction no stone can be laid that names one of them. */
static bool
remove_doomed(Store *store, GError **error)
{
	g_autoptr(GPtrArray) media = g_ptr_array_new_with_free_func(g_free);
	bool ok;

	if (!store_begin(store, "erasing media", error))
		return false;
	ok = list_doomed(store, media, error);
	for (guint i = 0; ok && i < media->len; i++)
		ok = vault_remove(store, media->pdata[i], error);
	ok = ok &&
	     sql_run(store->db, "DELETE FROM doomed", "erasing media", error);
	return store_end(store, ok, "erasing media", error);
}

/* Who meets another's checkpoint is not made to wait by SQLite. */
static bool
empty_wal(Store *store, GError **error)
{
	int rc = SQLITE_BUSY;

	for (int i = 0; i < EMPTY_TRIES && rc == SQLITE_BUSY; i++) {
		if (i > 0)
			g_usleep(EMPTY_WAIT_US);
		rc = sqlite3_wal_checkpoint_v2(store->db, NULL,
					       SQLITE_CHECKPOINT_TRUNCATE, NULL,
					       NULL);
	}
	return rc == SQLITE_OK ||
	       sql_fail(store->db, "emptying the write-ahead log", error);
}

/* Pages keep bytes of what was moved in them, so all are written anew. */
static bool
renew_pages(Store *store, GError **error)
{
	bool ok;

	if (!store_take_lock(store, LOCK_SH, error))
		return false;
	ok = store_follow(store, error) &&
	     sql_run(store->db, "VACUUM", "rewriting the database", error) &&
	     empty_wal(store, error) &&
	     sql_run(store->db, "DELETE FROM erasing", "ending an erasure",
		     error);
	store_drop_lock(store);
	return ok;
}

static bool
finish_records(Store *store, GError **error)
{
	bool is;

	if (!is_erasing(store, &is, error))
		return false;
	if (!is)
		return true;
	if (!remove_doomed(store, error))
		return false;
	vault_sweep(store);
	return renew_pages(store, error);
}

bool
store_finish_erasing(Store *store, WallTime now, GError **error)
{
	return store_follow(store, error) && finish_records(store, error) &&
	       store_drop_damaged(store, now, error);
}
