/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/store/log.h"

/*
 * A new database from the log and from what can still be read of a damaged
 * one.  The log is the truth about records; the damaged database knows which
 * of them the district has, what was begun, and what the district sent.
 * Every row is taken by itself, from both ends, since one rotten page hides
 * those behind it only from one side.
 */
#define SCRATCH "kiosk.db.salvage"

typedef sqlite3 SqlDatabase;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlDatabase, sqlite3_close)

/* --- the damaged file: a copy is read, since SQLite may write to it --- */

static void
remove_scratch(const Store *store)
{
	static const char *const names[] = { SCRATCH, SCRATCH "-wal",
					     SCRATCH "-shm" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = store_path(store, names[i]);

		g_remove(path);
	}
}

static bool
copy_file(const char *from, const char *to)
{
	g_autoptr(GFile) source = g_file_new_for_path(from);
	g_autoptr(GFile) target = g_file_new_for_path(to);
	g_autoptr(GError) error = NULL;

	if (!g_file_test(from, G_FILE_TEST_EXISTS) ||
	    g_file_copy(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL,
			&error))
		return true;
	g_message("%s is not read: %s", from, error->message);
	return false;
}

static sqlite3 *
open_copy(const Store *store, const char *damaged)
{
	g_autofree char *from = store_path(store, damaged);
	g_autofree char *from_wal = g_strconcat(from, "-wal", NULL);
	g_autofree char *to = store_path(store, SCRATCH);
	g_autofree char *to_wal = g_strconcat(to, "-wal", NULL);
	sqlite3 *db = NULL;

	remove_scratch(store);
	if (!copy_file(from, to) || !copy_file(from_wal, to_wal))
		return NULL;
	if (sqlite3_open_v2(to, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		g_clear_pointer(&db, sqlite3_close);
	return db;
}

/* --- records --- */

static LogLine *
read_row(SqlStatement *stmt)
{
	g_autoptr(LogLine) line = NULL;

	if (sqlite3_column_type(stmt, 6) != SQLITE_NULL) {
		g_autoptr(GBytes) body = sql_bytes(stmt, 6);

		line = log_line_read(g_bytes_get_data(body, NULL),
				     g_bytes_get_size(body));
		if (line == NULL || line->number != sql_int(stmt, 0) ||
		    !g_str_equal(line->hash, sql_text(stmt, 2)))
			return NULL;
		return g_steal_pointer(&line);
	}
	if (!id_is_uuid(sql_text(stmt, 1)) ||
	    !id_is_sha256(sql_text(stmt, 2)) || sql_int(stmt, 0) < 1)
		return NULL;
	line = g_new0(LogLine, 1);
	line->number = sql_int(stmt, 0);
	g_strlcpy(line->id, sql_text(stmt, 1), sizeof(line->id));
	g_strlcpy(line->hash, sql_text(stmt, 2), sizeof(line->hash));
	g_strlcpy(line->learner, sql_text(stmt, 3), sizeof(line->learner));
	g_strlcpy(line->badge, sql_text(stmt, 4), sizeof(line->badge));
	g_strlcpy(line->prompt, sql_text(stmt, 5), sizeof(line->prompt));
	return g_steal_pointer(&line);
}

#define RECORD_QUERY \
	"SELECT number, id, hash, learner, badge, prompt, body FROM record "

static void
scan_records(sqlite3 *old, const char *sql, int64_t number, LogIndex *out)
{
	g_autoptr(SqlStatement) stmt = sql_prepare(old, sql, NULL);

	if (stmt == NULL)
		return;
	if (number > 0)
		sql_bind_int(stmt, 1, number);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		LogLine *line = read_row(stmt);

		if (line != NULL)
			log_index_add(out, line);
	}
}

static LogIndex *
read_records(sqlite3 *old)
{
	LogIndex *out = log_index_new();

	if (old == NULL)
		return out;
	scan_records(old, RECORD_QUERY "ORDER BY number", 0, out);
	scan_records(old, RECORD_QUERY "ORDER BY number DESC", 0, out);
	for (int64_t n = 1; n < out->last; n++)
		if (log_index_find(out, n) == NULL)
			scan_records(old, RECORD_QUERY "WHERE number = ?1", n,
				     out);
	return out;
}

/* Whatever is first heard of a number. */
static const LogLine *
find_either(const LogIndex *log, const LogIndex *rows, int64_t number)
{
	const LogLine *line = log_index_find(log, number);

	return line != NULL ? line : log_index_find(rows, number);
}

static bool
merge_records(Store *store, sqlite3 *old, GError **error)
{
	g_autoptr(LogIndex) log = log_index_read(store, error);
	g_autoptr(LogIndex) rows = read_records(old);
	StoreIdentity at = { .last_hash = ID_NO_HASH };
	bool complete = true;

	if (log == NULL)
		return false;
	for (int64_t n = 1; n <= MAX(log->last, rows->last); n++) {
		const LogLine *logged = log_index_find(log, n);
		const LogLine *line = log_pick(logged, log_index_find(rows, n),
					       find_either(log, rows, n + 1));
		bool taken = true;

		complete = complete && logged == line;
		if (line != NULL &&
		    !log_take_in(store, line, &at, &taken, error))
			return false;
		log->odd = log->odd || !taken || (logged != NULL && !line);
	}
	if (log->odd && !log_keep_odd(store, error))
		return false;
	return (complete && !log->odd) || store_rewrite_log(store, error);
}

/* --- everything else, table by table --- */

typedef struct {
	const char *read, *read_back, *write;
	bool is_districts; /* partly is no good: it must be fetched again */
} Table;

#define BOTH_WAYS(query, key) \
	query " ORDER BY " key, query " ORDER BY " key " DESC"

static const Table identity = {
	BOTH_WAYS("SELECT only, kiosk, enrolled FROM identity", "only"),
	"INSERT OR IGNORE INTO identity (only, kiosk, enrolled)"
	" VALUES (?1, ?2, ?3)",
	false,
};

/* Of a record that is lost nothing was ever known but that. */
static const Table tables[] = {
	{ BOTH_WAYS("SELECT number, state, shown_us, about_us, receipted_us,"
		    " reason FROM outbox",
		    "number"),
	  "INSERT OR REPLACE INTO outbox (number, state, shown_us, about_us,"
	  " receipted_us, reason) SELECT ?1, ?2, ?3, ?4, ?5, ?6"
	  " WHERE ?2 IN (1, 2, 3, 4) AND EXISTS (SELECT 1 FROM record"
	  " WHERE number = ?1 AND id NOT LIKE '" STORE_LOST_ID "%')",
	  false },
	{ BOTH_WAYS("SELECT who, body FROM draft", "who"),
	  "INSERT OR IGNORE INTO draft (who, body) VALUES (?1, ?2)", false },
	{ BOTH_WAYS("SELECT only FROM erasing", "only"),
	  "INSERT OR IGNORE INTO erasing (only) VALUES (?1)", false },
	{ BOTH_WAYS("SELECT sha256 FROM doomed", "sha256"),
	  "INSERT OR IGNORE INTO doomed (sha256) VALUES (?1)", false },
	{ BOTH_WAYS("SELECT name, held_us FROM damaged", "name"),
	  "INSERT OR IGNORE INTO damaged (name, held_us) VALUES (?1, ?2)",
	  false },
	{ BOTH_WAYS("SELECT boot, booted_us FROM anchor", "boot"),
	  "INSERT OR IGNORE INTO anchor (boot, booted_us) VALUES (?1, ?2)",
	  false },
	{ BOTH_WAYS("SELECT only, etag, district, base, retention_days"
		    " FROM bundle",
		    "only"),
	  "INSERT OR IGNORE INTO bundle (only, etag, district, base,"
	  " retention_days) VALUES (?1, ?2, ?3, ?4, ?5)",
	  true },
	{ BOTH_WAYS("SELECT position, id, title, grade FROM class", "position"),
	  "INSERT OR IGNORE INTO class (position, id, title, grade)"
	  " VALUES (?1, ?2, ?3, ?4)",
	  true },
	{ BOTH_WAYS("SELECT position, id, name, class, grade, picture"
		    " FROM learner",
		    "position"),
	  "INSERT OR IGNORE INTO learner (position, id, name, class, grade,"
	  " picture) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	  true },
	{ BOTH_WAYS("SELECT digits, learner FROM badge", "rowid"),
	  "INSERT OR IGNORE INTO badge (digits, learner) VALUES (?1, ?2)",
	  true },
	{ BOTH_WAYS("SELECT path, sha256, body FROM pack", "rowid"),
	  "INSERT OR IGNORE INTO pack (path, sha256, body)"
	  " VALUES (?1, ?2, ?3)",
	  true },
	{ BOTH_WAYS("SELECT evidence, learner, prompt, decision, reason, note,"
		    " at_us FROM review",
		    "rowid"),
	  "INSERT OR IGNORE INTO review (evidence, learner, prompt, decision,"
	  " reason, note, at_us) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	  true },
};

/* A row that does not fit is left; a disk that does not take it is told. */
static bool
write_row(Store *store, SqlStatement *from, SqlStatement *to, bool *clean,
	  GError **error)
{
	int rc;

	for (int i = 0; i < sqlite3_column_count(from); i++)
		sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
	rc = sqlite3_step(to);
	if (rc != SQLITE_DONE && (rc & 0xff) != SQLITE_CONSTRAINT)
		return sql_fail(store->db, "salvaging", error);
	*clean = *clean && rc == SQLITE_DONE;
	sqlite3_reset(to);
	return true;
}

static bool
copy_rows(Store *store, sqlite3 *old, const char *read, const char *write,
	  bool *clean, GError **error)
{
	g_autoptr(SqlStatement) from = sql_prepare(old, read, NULL);
	g_autoptr(SqlStatement) to = sql_prepare(store->db, write, error);
	int rc;

	if (to == NULL)
		return false;
	*clean = *clean && from != NULL;
	if (from == NULL)
		return true;
	while ((rc = sqlite3_step(from)) == SQLITE_ROW)
		if (!write_row(store, from, to, clean, error))
			return false;
	*clean = *clean && rc == SQLITE_DONE;
	return true;
}

/* From the other end only if this one did not get through. */
static bool
copy_table(Store *store, sqlite3 *old, const Table *table, bool *clean,
	   GError **error)
{
	bool through = true;

	if (!copy_rows(store, old, table->read, table->write, &through, error))
		return false;
	if (through)
		return true;
	if (table->is_districts)
		*clean = false;
	return copy_rows(store, old, table->read_back, table->write, &through,
			 error);
}

static bool
copy_tables(Store *store, sqlite3 *old, GError **error)
{
	bool clean = true;

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		if (!copy_table(store, old, &tables[i], &clean, error))
			return false;
	return clean || sql_run(store->db, "UPDATE bundle SET etag = ''",
				"asking for the bundle anew", error);
}

bool
store_salvage(Store *store, const char *damaged, GError **error)
{
	g_autoptr(SqlDatabase) old = open_copy(store, damaged);
	bool clean = true;
	bool ok = (old == NULL ||
		   copy_table(store, old, &identity, &clean, error)) &&
		  store_make_identity(store, error) &&
		  merge_records(store, old, error) &&
		  (old == NULL || copy_tables(store, old, error));

	g_clear_pointer(&old, sqlite3_close);
	remove_scratch(store);
	return ok;
}
