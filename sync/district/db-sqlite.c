/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/sql.h"
#include "sync/district/db-migrations.h"
#include "sync/district/db-private.h"
#include "sync/district/db-schema.h"

/* SQLite: one file, beside the media. */

#define LOG_PAGES_MAX 48000 /* in the write-ahead log */

#define EMPTY_TRIES   50
#define EMPTY_WAIT_US (100 * 1000)

#define TURN_MS 30000 /* until one's turn to write is given up */

#define ROWS_AT_ONCE 50

#define ROOM_BYTES (1 << 20)

typedef struct {
	Db db;
	sqlite3 *file;    /* owned */
	GHashTable *many; /* owned: DbQuery of ROWS_AT_ONCE rows by its SQL */
} SqliteDb;

typedef struct {
	DbQuery query;
	SqlStatement *stmt; /* owned */
} SqliteQuery;

static sqlite3 *
file_of(Db *db)
{
	return ((SqliteDb *)db)->file;
}

static SqlStatement *
stmt_of(DbQuery *query)
{
	return ((SqliteQuery *)query)->stmt;
}

static void
drop_query(void *query)
{
	db_query_free(query);
}

/* Each allocation would take a lock for them; before the first connection. */
static void
keep_no_statistics(void)
{
	static gsize done = 0;

	if (g_once_init_enter(&done)) {
		sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
		g_once_init_leave(&done, 1);
	}
}

static Db *
open_file(const char *address, GError **error)
{
	const char *path = g_str_has_prefix(address, "sqlite:")
				   ? address + strlen("sqlite:")
				   : address;
	sqlite3 *file;
	SqliteDb *db;

	keep_no_statistics();
	file = sql_open(path, db_migrations, G_N_ELEMENTS(db_migrations),
			error);
	if (file == NULL)
		return NULL;
	db = g_new0(SqliteDb, 1);
	db->file = file;
	db->many = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
					 drop_query);
	return &db->db;
}

static void
close_file(Db *db)
{
	g_hash_table_unref(((SqliteDb *)db)->many);
	sqlite3_close(file_of(db));
	g_free(db);
}

/* --- queries --- */

static DbQuery *
prepare(Db *db, const char *sql, GError **error)
{
	SqlStatement *stmt = sql_prepare(file_of(db), sql, error);
	SqliteQuery *query;

	if (stmt == NULL)
		return NULL;
	query = g_new0(SqliteQuery, 1);
	query->stmt = stmt;
	return &query->query;
}

/* Its rows always come one at a time. */
static void
stream(DbQuery *query)
{
}

static void
finalize(DbQuery *query)
{
	sqlite3_finalize(stmt_of(query));
	g_free(query);
}

static void
reset(DbQuery *query)
{
	sqlite3_reset(stmt_of(query));
	sqlite3_clear_bindings(stmt_of(query));
}

static void
bind_int(DbQuery *query, int index, int64_t value)
{
	sql_bind_int(stmt_of(query), index, value);
}

static void
bind_text(DbQuery *query, int index, const char *text)
{
	sql_bind_text(stmt_of(query), index, text);
}

static void
bind_blob(DbQuery *query, int index, const void *bytes, size_t size)
{
	sqlite3_bind_blob64(stmt_of(query), index, bytes, size, SQLITE_STATIC);
}

static bool
step(DbQuery *query, bool *row, const char *doing, GError **error)
{
	return sql_step(stmt_of(query), row, doing, error);
}

static bool
done(DbQuery *query, const char *doing, GError **error)
{
	return sql_done(stmt_of(query), doing, error);
}

static int64_t
get_int(DbQuery *query, int column)
{
	return sql_int(stmt_of(query), column);
}

static const char *
get_text(DbQuery *query, int column)
{
	return sql_text(stmt_of(query), column);
}

static const void *
get_blob(DbQuery *query, int column, size_t *size)
{
	const void *bytes = sqlite3_column_blob(stmt_of(query), column);

	*size = (size_t)sqlite3_column_bytes(stmt_of(query), column);
	return bytes;
}

static bool
is_null(DbQuery *query, int column)
{
	return sqlite3_column_type(stmt_of(query), column) == SQLITE_NULL;
}

/* From parameter `first` on; returns the next one. */
static int
bind_row(DbQuery *query, int first, const DbRows *rows, size_t i)
{
	int at = first;

	for (const DbColumn *column = rows->columns; column->type != DB_END;
	     column++, at++) {
		const void *member = db_member(rows, i, column->offset);

		if (column->type == DB_INT)
			bind_int(query, at, *(const int64_t *)member);
		else if (column->type == DB_TEXT)
			bind_text(query, at, *(const char *const *)member);
		else
			bind_blob(query, at, *(const char *const *)member,
				  *(const size_t *)
					  db_member(rows, i,
						    column->size_offset));
	}
	return at;
}

/* VALUES (?1, ?2 …), (…) … of ROWS_AT_ONCE rows. */
static DbQuery *
query_many(Db *db, const char *sql, int columns, GError **error)
{
	GHashTable *known = ((SqliteDb *)db)->many;
	DbQuery *query = g_hash_table_lookup(known, sql);
	const char *rest = strchr(strstr(sql, "VALUES ("), ')') + 1;
	g_autoptr(GString) text = NULL;

	if (query != NULL)
		return query;
	text = g_string_new_len(sql, rest - sql);
	for (int row = 1; row < ROWS_AT_ONCE; row++)
		for (int c = 1; c <= columns; c++)
			g_string_append_printf(text, "%s?%d%s",
					       c == 1 ? ", (" : ", ",
					       row * columns + c,
					       c == columns ? ")" : "");
	g_string_append(text, rest);
	query = db_query_new(db, text->str, error);
	if (query != NULL)
		g_hash_table_insert(known, (void *)(uintptr_t)sql, query);
	return query;
}

/* As many as go by ROWS_AT_ONCE; *n: so many were inserted. */
static bool
insert_many(Db *db, const char *sql, const DbRows *rows, size_t *n,
	    const char *doing, GError **error)
{
	int columns = 0;

	while (rows->columns[columns].type != DB_END)
		columns++;
	for (*n = 0; rows->n - *n >= ROWS_AT_ONCE; *n += ROWS_AT_ONCE) {
		g_autoptr(DbQuery) query = query_many(db, sql, columns, error);
		int at = 1;

		if (query == NULL)
			return false;
		for (size_t i = 0; i < ROWS_AT_ONCE; i++)
			at = bind_row(query, at, rows, *n + i);
		if (!done(query, doing, error))
			return false;
	}
	return true;
}

/* RETURNING would make a table for each of them. */
static bool
insert_rows(Db *db, const char *sql, const DbRows *rows, const char *doing,
	    GError **error)
{
	g_autoptr(DbQuery) query = db_query(db, sql, error);
	size_t first = 0;

	if (rows->distinct == NULL &&
	    !insert_many(db, sql, rows, &first, doing, error))
		return false;
	for (size_t i = first; query != NULL && i < rows->n; i++) {
		bind_row(query, 1, rows, i);
		if (!done(query, doing, error))
			return false;
		if (rows->distinct != NULL)
			*(bool *)db_member(rows, i, rows->added_offset) =
				sqlite3_changes(file_of(db)) > 0;
		sqlite3_reset(stmt_of(query));
	}
	return query != NULL;
}

static bool
run(Db *db, const char *sql, const char *doing, GError **error)
{
	return sql_run(file_of(db), sql, doing, error);
}

/* --- transactions: BEGIN IMMEDIATE lets one writer in --- */

/* Who waits to write stands in no queue, but asks now and then: beside others
 * who never rest, on a slow machine, one is unlucky for seconds.  Only here:
 * a checkpoint that waits holds all writers up. */
static bool
begin(Db *db, GError **error)
{
	bool ok;

	sqlite3_busy_timeout(file_of(db), TURN_MS);
	ok = sql_begin(file_of(db), "beginning a group", error);
	sqlite3_busy_timeout(file_of(db), SQL_BUSY_TIMEOUT_MS);
	return ok;
}

/* The instant is that of the first look. */
static bool
begin_snapshot(Db *db, GError **error)
{
	static const char sql[] = "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1;";

	return sql_run(file_of(db), sql, "beginning to read", error);
}

static bool
end(Db *db, bool ok, GError **error)
{
	return sql_end(file_of(db), ok, "committing a group", error);
}

/* Nothing is ever on its way. */
static bool
flush(Db *db, GError **error)
{
	return true;
}

static bool
do_one(Db *db, const char *sql, const char *doing, GError **error)
{
	g_autoptr(DbQuery) query = db_query(db, sql, error);

	return query != NULL && db_done(query, doing, error);
}

static bool
mark(Db *db, GError **error)
{
	static const char sql[] = "SAVEPOINT one";

	return do_one(db, sql, "marking", error);
}

static bool
settle(Db *db, bool ok, GError **error)
{
	static const char undo[] = "ROLLBACK TO one", sql[] = "RELEASE one";

	return (ok || do_one(db, undo, "undoing", error)) &&
	       do_one(db, sql, "settling", error);
}

/* --- the write-ahead log --- */

static bool
move_pages(Db *db, int mode, int *pages, GError **error)
{
	int rc =
		sqlite3_wal_checkpoint_v2(file_of(db), NULL, mode, pages, NULL);

	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		return sql_fail(file_of(db), "checkpointing", error);
	return true;
}

/* Only a log that was moved whole begins anew, and a writer who never rests
 * would let it grow for ever: once it is long, he waits for once. */
static bool
checkpoint(Db *db, GError **error)
{
	int pages = 0;

	return move_pages(db, SQLITE_CHECKPOINT_PASSIVE, &pages, error) &&
	       (pages < LOG_PAGES_MAX ||
		move_pages(db, SQLITE_CHECKPOINT_FULL, &pages, error));
}

/* The limits are for when the thread that checkpoints falls behind; a log that
 * begins anew is not cut, since its blocks would be asked for again.  What
 * a group touches stays in memory until its commit, and so does what a mark
 * would have to undo: in files, both are written twice. */
static bool
leave_checkpoints(Db *db, GError **error)
{
	static const char sql[] = "PRAGMA wal_autocheckpoint = 48000;"
				  "PRAGMA journal_size_limit = 268435456;"
				  "PRAGMA cache_size = -65536;" /* KiB */
				  "PRAGMA temp_store = MEMORY";

	return sql_run(file_of(db), sql, "configuring", error);
}

/* Pages keep bytes of what was moved in them, and the write-ahead log pages as
 * they were: both are made anew. */
static bool
scrub(Db *db, GPtrArray *remains, GError **error)
{
	int rc = SQLITE_BUSY;

	if (!sql_run(file_of(db), "VACUUM", "rewriting the database", error))
		return false;
	/* Who meets another's checkpoint is not made to wait by SQLite. */
	for (int i = 0; i < EMPTY_TRIES && rc == SQLITE_BUSY; i++) {
		if (i > 0)
			g_usleep(EMPTY_WAIT_US);
		rc = sqlite3_wal_checkpoint_v2(file_of(db), NULL,
					       SQLITE_CHECKPOINT_TRUNCATE, NULL,
					       NULL);
	}
	return rc == SQLITE_OK ||
	       sql_fail(file_of(db), "emptying the write-ahead log", error);
}

/* What is written in a transaction stays in memory until its commit, so the
 * disk is asked by a file that nobody ever sees. */
static bool
try_room(Db *db, GError **error)
{
	g_autofree char *folder =
		g_path_get_dirname(sqlite3_db_filename(file_of(db), NULL));
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	int failed = fd >= 0 ? posix_fallocate(fd, 0, ROOM_BYTES) : errno;

	if (fd >= 0)
		close(fd);
	if (failed == 0)
		return true;
	g_set_error(error, FAULT, file_fault(failed), "%s: trying for room: %s",
		    folder, g_strerror(failed));
	return false;
}

const DbKind db_sqlite = {
	.open = open_file,
	.close = close_file,
	.prepare = prepare,
	.stream = stream,
	.finalize = finalize,
	.reset = reset,
	.bind_int = bind_int,
	.bind_text = bind_text,
	.bind_blob = bind_blob,
	.step = step,
	.done = done,
	.insert_rows = insert_rows,
	.get_int = get_int,
	.get_text = get_text,
	.get_blob = get_blob,
	.is_null = is_null,
	.run = run,
	.flush = flush,
	.begin = begin,
	.begin_snapshot = begin_snapshot,
	.end = end,
	.mark = mark,
	.settle = settle,
	.scrub = scrub,
	.checkpoint = checkpoint,
	.leave_checkpoints = leave_checkpoints,
	.try_room = try_room,
	.columns_sql =
		"SELECT m.name, p.name, p.type, p.pk FROM sqlite_schema m"
		" JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
		" AND substr(m.name, 1, 7) <> 'sqlite_'"
		" ORDER BY m.name, p.cid",
	.text_order = "",
};
