/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/damaged.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/file.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-erase.h"

/*
 * Copies of what was damaged, once the district has erased something that
 * they may hold.  What could be read of one was taken over when it was kept;
 * the log has every stone before the database does, so with a whole log a
 * database's copy has nothing to give any more, and goes with the erasure.
 * Any other is held for STORE_DAMAGED_DAYS, so that IT can look for a lost
 * stone, and then goes, too.
 */

#define MARK   ".damaged-"
#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)

/* Owned names; those of ours alone: IT's own are not touched. */
static GPtrArray *
list_kept(const Store *store)
{
	g_autoptr(GDir) dir = g_dir_open(store->folder, 0, NULL);
	GPtrArray *kept = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_prefix(name, STORE_DATABASE MARK) ||
		    g_str_has_prefix(name, STORE_LOG MARK))
			g_ptr_array_add(kept, g_strdup(name));
	return kept;
}

int
store_count_damaged(const Store *store)
{
	g_autoptr(GPtrArray) kept = list_kept(store);
	int n = 0;

	for (guint i = 0; i < kept->len; i++)
		if (!g_str_has_suffix(kept->pdata[i], "-wal") &&
		    !g_str_has_suffix(kept->pdata[i], "-shm"))
			n++;
	return n;
}

/* --- in the bundle's transaction --- */

static void
sum_up(const StoreBundle *bundle, char sha256[static ID_SHA256 + 1])
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);

	for (size_t i = 0; i < bundle->n_erased; i++)
		g_checksum_update(sum, (const guchar *)bundle->erased[i].hash,
				  ID_SHA256);
	for (size_t i = 0; i < bundle->n_who; i++)
		g_checksum_update(sum, (const guchar *)bundle->who[i].hash,
				  ID_SHA256);
	g_strlcpy(sha256, g_checksum_get_string(sum), ID_SHA256 + 1);
}

/* True if the bundle says other things than the one before; notes them. */
static bool
note_tombstones(Store *store, const char *sha256, bool *is_new, GError **error)
{
	static const char sql[] =
		"INSERT INTO tombstones (only, sha256) VALUES (1, ?1)"
		" ON CONFLICT (only) DO UPDATE SET sha256 = excluded.sha256"
		" WHERE sha256 <> excluded.sha256";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, sha256);
	if (!sql_done(stmt, "noting what is erased", error))
		return false;
	*is_new = sqlite3_changes64(store->db) > 0;
	return true;
}

static bool
note_damaged(Store *store, const char *name, GError **error)
{
	static const char sql[] = "INSERT OR IGNORE INTO damaged"
				  " (name, held_us) VALUES (?1, 0)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, name);
	return sql_done(stmt, "noting a damaged copy", error);
}

bool
store_note_damaged(Store *store, const StoreBundle *bundle, GError **error)
{
	g_autoptr(GPtrArray) kept = NULL;
	char sha256[ID_SHA256 + 1];
	bool is_new;

	sum_up(bundle, sha256);
	if (!note_tombstones(store, sha256, &is_new, error))
		return false;
	if (!is_new)
		return true;
	kept = list_kept(store);
	for (guint i = 0; i < kept->len; i++)
		if (!note_damaged(store, kept->pdata[i], error))
			return false;
	return true;
}

/* --- afterwards --- */

typedef struct {
	char *name;
	int64_t held_us;
} Damaged;

static void
damaged_clear(void *data)
{
	g_free(((Damaged *)data)->name);
}

static GArray *
read_noted(Store *store, GError **error)
{
	static const char sql[] = "SELECT name, held_us FROM damaged";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GArray) noted = g_array_new(FALSE, FALSE, sizeof(Damaged));
	bool row;

	g_array_set_clear_func(noted, damaged_clear);
	if (stmt == NULL)
		return NULL;
	while (sql_step(stmt, &row, "reading damaged copies", error)) {
		Damaged one;

		if (!row)
			return g_steal_pointer(&noted);
		one.name = g_strdup(sql_text(stmt, 0));
		one.held_us = sql_int(stmt, 1);
		g_array_append_val(noted, one);
	}
	return NULL;
}

/* Whether every stone is known to be in the log: no copy of it was ever kept,
 * and none is missing from the chain. */
static bool
is_log_whole(Store *store, bool *whole, GError **error)
{
	static const char sql[] = "SELECT NOT EXISTS (SELECT 1 FROM record"
				  " WHERE id LIKE '" STORE_LOST_ID "%')";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GPtrArray) kept = list_kept(store);
	bool row;

	if (stmt == NULL ||
	    !sql_step(stmt, &row, "looking for lost records", error))
		return false;
	*whole = sql_int(stmt, 0) != 0;
	for (guint i = 0; i < kept->len; i++)
		if (g_str_has_prefix(kept->pdata[i], STORE_LOG MARK))
			*whole = false;
	return true;
}

static bool
hold_from(Store *store, const char *name, WallTime now, GError **error)
{
	static const char sql[] =
		"UPDATE damaged SET held_us = ?2 WHERE name = ?1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, name);
	sql_bind_int(stmt, 2, now.us);
	if (!sql_done(stmt, "holding a damaged copy", error))
		return false;
	g_message("%s may hold what was erased: it is removed in %d days; copy "
		  "away what is needed",
		  name, STORE_DAMAGED_DAYS);
	return true;
}

static bool
forget_note(Store *store, const char *name, GError **error)
{
	static const char sql[] = "DELETE FROM damaged WHERE name = ?1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, name);
	return sql_done(stmt, "forgetting a damaged copy", error);
}

/* The note goes last, so that a power cut leaves it to be done again. */
static bool
remove_copy(Store *store, const char *name, GError **error)
{
	g_autofree char *path = store_path(store, name);

	if (g_remove(path) != 0 && errno != ENOENT) {
		g_set_error(error, FAULT, file_fault(errno), "removing %s: %s",
			    path, g_strerror(errno));
		return false;
	}
	if (!file_sync_folder(store->folder, error) ||
	    !forget_note(store, name, error))
		return false;
	g_message("%s held what was erased, perhaps, and is removed", name);
	return true;
}

static bool
consider_copy(Store *store, const Damaged *one, WallTime now, bool log_whole,
	      GError **error)
{
	const bool spare =
		log_whole && g_str_has_prefix(one->name, STORE_DATABASE MARK);

	if (spare || (now.us != 0 && one->held_us != 0 &&
		      now.us - one->held_us >= STORE_DAMAGED_DAYS * DAY_US))
		return remove_copy(store, one->name, error);
	if (one->held_us == 0 && now.us != 0)
		return hold_from(store, one->name, now, error);
	return true;
}

/* Under the lock, so that no copy is being salvaged meanwhile. */
static bool
consider_copies(Store *store, WallTime now, GError **error)
{
	g_autoptr(GArray) noted = read_noted(store, error);
	bool log_whole;

	if (noted == NULL || !is_log_whole(store, &log_whole, error))
		return false;
	for (guint i = 0; i < noted->len; i++)
		if (!consider_copy(store, &g_array_index(noted, Damaged, i),
				   now, log_whole, error))
			return false;
	return true;
}

static bool
has_noted(Store *store, bool *has, GError **error)
{
	static const char sql[] = "SELECT 1 FROM damaged";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	return stmt != NULL &&
	       sql_step(stmt, has, "looking for damaged copies", error);
}

bool
store_drop_damaged(Store *store, WallTime now, GError **error)
{
	bool has, ok;

	if (!has_noted(store, &has, error))
		return false;
	if (!has)
		return true;
	if (!store_take_lock(store, LOCK_SH, error))
		return false;
	ok = store_follow(store, error) && consider_copies(store, now, error);
	store_drop_lock(store);
	return ok;
}
