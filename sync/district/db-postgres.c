/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db-postgres.h"

#include <string.h>

#include "app/base/fault.h"

/*
 * PostgreSQL, by a pipeline: what returns nothing is sent without waiting,
 * and waited for with the next row, mark or commit.
 *
 * begin() locks the end of the log until the commit.  So there is one writer
 * at a time, as with SQLite, however many processes there are: two groups
 * never deadlock, and a number of the log is never seen before a lower one.
 */

#define ON_ITS_WAY_MAX 500 /* answers left unread */

/* Types of pg_type, which are the same for ever. */
enum { TYPE_ANY = 0, TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_TEXT = 25 };

typedef PGresult Answer;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Answer, PQclear)

static PostgresDb *
db_of(Db *db)
{
	return (PostgresDb *)db;
}

static PostgresQuery *
query_of(DbQuery *query)
{
	return (PostgresQuery *)query;
}

/* --- the connection --- */

static bool
is_lost(const PostgresDb *db)
{
	return db->conn == NULL || PQstatus(db->conn) != CONNECTION_OK;
}

static bool
reconnect(PostgresDb *db, GError **error)
{
	g_clear_pointer(&db->conn, PQfinish);
	db->conn = postgres_connect(db->address, error);
	db->era++;
	db->on_way = 0;
	return db->conn != NULL;
}

static Db *
open_server(const char *address, GError **error)
{
	PostgresDb *db = g_new0(PostgresDb, 1);

	db->address = g_strdup(address);
	if (reconnect(db, error))
		return &db->db;
	g_free(db->address);
	g_free(db);
	return NULL;
}

static void
close_server(Db *base)
{
	PostgresDb *db = db_of(base);

	PQfinish(db->conn);
	g_clear_error(&db->failed);
	g_free(db->address);
	g_free(db);
}

/* What a transaction dies of, all that is asked for in it hears. */
bool
postgres_die(PostgresDb *db, GError *why, GError **error)
{
	if (db->within && db->failed == NULL)
		db->failed = g_error_copy(why);
	g_propagate_error(error, why);
	return false;
}

/* A transaction does not outlive its connection; all else can go on. */
static bool
be_ready(PostgresDb *db, GError **error)
{
	GError *why = NULL;

	if (db->failed != NULL)
		return postgres_die(db, g_error_copy(db->failed), error);
	if (!is_lost(db))
		return true;
	if (!db->within)
		return reconnect(db, error);
	postgres_fail(db->conn, NULL, "asking", &why);
	return postgres_die(db, why, error);
}

/* --- answers --- */

/* All that are on their way: the last of them, or the first error.  Between
 * two answers there is nothing, once; twice: nothing will come any more, as
 * after the last word of a server that was told to end at once. */
static PGresult *
read_answers(PostgresDb *db, const char *doing, GError **error)
{
	g_autoptr(Answer) last = NULL;
	GError *why = NULL;
	bool synced = PQpipelineSync(db->conn) != 1;

	for (int nothing = 0; !synced && nothing < 2;) {
		PGresult *answer = PQgetResult(db->conn);
		ExecStatusType status = PQresultStatus(answer);

		nothing = answer == NULL ? nothing + 1 : 0;
		if (answer == NULL)
			continue;
		synced = status == PGRES_PIPELINE_SYNC;
		if (status == PGRES_FATAL_ERROR && why == NULL)
			postgres_fail(db->conn, answer, doing, &why);
		if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
			PQclear(g_steal_pointer(&last)), last = answer;
		else
			PQclear(answer);
	}
	db->on_way = 0;
	if (why == NULL && (last == NULL || is_lost(db)))
		postgres_fail(db->conn, NULL, doing, &why);
	if (!synced)
		g_clear_pointer(&db->conn, PQfinish);
	if (why == NULL)
		return g_steal_pointer(&last);
	postgres_die(db, why, error);
	return NULL;
}

static bool
wait_for_answers(PostgresDb *db, const char *doing, GError **error)
{
	PGresult *answer = read_answers(db, doing, error);

	PQclear(answer);
	return answer != NULL;
}

/* Fails later, if it does. */
static void
send(PostgresDb *db, const char *sql)
{
	PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 1);
	db->on_way++;
}

bool
postgres_flush(Db *base, GError **error)
{
	PostgresDb *db = db_of(base);

	return be_ready(db, error) &&
	       (db->on_way == 0 || wait_for_answers(db, "writing", error));
}

/* --- queries --- */

/* The server hears of it when it is known what kinds of values it takes. */
static DbQuery *
prepare(Db *db, const char *sql, GError **error)
{
	PostgresQuery *query = g_new0(PostgresQuery, 1);

	query->sql = postgres_number_parameters(sql);
	return &query->query;
}

static void
stream(DbQuery *base)
{
	query_of(base)->stream = true;
}

static void
finalize(DbQuery *base)
{
	PostgresQuery *query = query_of(base);

	if (query->flowing)
		postgres_stop_stream(query);
	PQclear(query->answer);
	g_free(query->sql);
	g_free(query);
}

static void
reset(DbQuery *base)
{
	PostgresQuery *query = query_of(base);

	g_clear_pointer(&query->answer, PQclear);
	memset(query->values, 0, sizeof(query->values));
}

static void
bind(DbQuery *base, int index, Oid type, const void *value, size_t size)
{
	PostgresQuery *query = query_of(base);
	int i = index - 1;

	g_assert(index >= 1 && index <= DB_PARAMETERS_MAX && size <= G_MAXINT);
	query->n = MAX(query->n, index);
	query->types[i] = type;
	query->values[i] = value;
	query->sizes[i] = (int)size;
	query->formats[i] = type != TYPE_TEXT;
}

static void
bind_int(DbQuery *base, int index, int64_t value)
{
	gint64 *number = &query_of(base)->numbers[index - 1];

	*number = GINT64_TO_BE(value);
	bind(base, index, TYPE_INT8, number, sizeof(*number));
}

static void
bind_text(DbQuery *query, int index, const char *text)
{
	bind(query, index, text != NULL ? TYPE_TEXT : TYPE_ANY, text, 0);
}

static void
bind_blob(DbQuery *query, int index, const void *bytes, size_t size)
{
	bind(query, index, bytes != NULL ? TYPE_BYTEA : TYPE_ANY, bytes, size);
}

/* By itself: what fails on its way would leave it unknown. */
static bool
make_known(PostgresDb *db, PostgresQuery *query, GError **error)
{
	if (query->era == db->era)
		return true;
	if (db->on_way > 0 && !wait_for_answers(db, "writing", error))
		return false;
	g_snprintf(query->name, sizeof(query->name), "q%u", ++db->names);
	PQsendPrepare(db->conn, query->name, query->sql, query->n,
		      query->types);
	if (!wait_for_answers(db, "preparing", error))
		return false;
	query->era = db->era;
	return true;
}

static bool
send_query(PostgresQuery *query, GError **error)
{
	PostgresDb *db = db_of(query->query.db);

	if (!be_ready(db, error) || !make_known(db, query, error))
		return false;
	PQsendQueryPrepared(db->conn, query->name, query->n, query->values,
			    query->sizes, query->formats, 1);
	db->on_way++;
	return true;
}

static bool
ask(PostgresQuery *query, const char *doing, GError **error)
{
	PostgresDb *db = db_of(query->query.db);

	if (!send_query(query, error))
		return false;
	query->answer = read_answers(db, doing, error);
	query->row = 0;
	return query->answer != NULL;
}

/* A question may be asked again when the server was restarted; what writes
 * may have been done. */
static bool
ask_again(PostgresQuery *query, const char *doing, GError **error)
{
	PostgresDb *db = db_of(query->query.db);
	g_autoptr(GError) lost = NULL;

	if (ask(query, doing, &lost))
		return true;
	if (is_lost(db) && !db->within &&
	    g_str_has_prefix(query->sql, "SELECT"))
		return ask(query, doing, error);
	g_propagate_error(error, g_steal_pointer(&lost));
	return false;
}

static bool
step(DbQuery *base, bool *row, const char *doing, GError **error)
{
	PostgresQuery *query = query_of(base);

	if (query->stream)
		return postgres_step_stream(query, row, doing, error);
	if (query->answer != NULL)
		query->row++;
	else if (!ask_again(query, doing, error))
		return false;
	*row = query->row < PQntuples(query->answer);
	return true;
}

static bool
done(DbQuery *base, const char *doing, GError **error)
{
	PostgresQuery *query = query_of(base);
	PostgresDb *db = db_of(base->db);

	if (!db->within)
		return ask(query, doing, error);
	return send_query(query, error) && (db->on_way < ON_ITS_WAY_MAX ||
					    wait_for_answers(db, doing, error));
}

/* --- many rows at once --- */

static void
take_arrays(PostgresQuery *query, const char *returning)
{
	if (!query->many)
		query->sql = postgres_unnest(query->sql, returning);
	query->many = true;
}

/* Those that were inserted, in their order. */
static bool
mark_added(PostgresQuery *query, const DbRows *rows, const char *doing,
	   GError **error)
{
	size_t i = 0;
	bool row;

	while (step(&query->query, &row, doing, error)) {
		int64_t value;

		if (!row)
			return true;
		value = postgres_get_int(&query->query, 0);
		while (i < rows->n && db_distinct(rows, i) != value)
			i++;
		if (i < rows->n)
			*(bool *)db_member(rows, i, rows->added_offset) = true;
	}
	return false;
}

static bool
insert_rows(Db *db, const char *sql, const DbRows *rows, const char *doing,
	    GError **error)
{
	g_autoptr(GPtrArray) arrays = g_ptr_array_new_with_free_func(
		(GDestroyNotify)g_byte_array_unref);
	g_autoptr(DbQuery) query = db_query(db, sql, error);

	if (query == NULL)
		return false;
	take_arrays(query_of(query), rows->distinct);
	for (int i = 0; rows->columns[i].type != DB_END; i++) {
		Oid type;
		GByteArray *array =
			postgres_array(rows, &rows->columns[i], &type);

		g_ptr_array_add(arrays, array);
		bind(query, i + 1, type, array->data, array->len);
	}
	return rows->distinct != NULL
		       ? mark_added(query_of(query), rows, doing, error)
		       : done(query, doing, error);
}

/* Several statements at once do not go through a pipeline. */
static bool
run(Db *base, const char *sql, const char *doing, GError **error)
{
	PostgresDb *db = db_of(base);
	g_autoptr(Answer) answer = NULL;
	GError *why = NULL;

	if (!postgres_flush(base, error))
		return false;
	PQexitPipelineMode(db->conn);
	answer = PQexec(db->conn, sql);
	if (PQresultStatus(answer) != PGRES_COMMAND_OK &&
	    PQresultStatus(answer) != PGRES_TUPLES_OK)
		postgres_fail(db->conn, answer, doing, &why);
	PQenterPipelineMode(db->conn);
	return why == NULL || postgres_die(db, why, error);
}

/* --- transactions --- */

static void
roll_back(PostgresDb *db)
{
	g_clear_error(&db->failed);
	db->within = false;
	if (is_lost(db))
		return;
	send(db, "ROLLBACK");
	(void)wait_for_answers(db, "undoing", NULL);
}

static bool
try_begin(PostgresDb *db, GError **error)
{
	if (!be_ready(db, error))
		return false;
	send(db, "BEGIN");
	send(db, "SELECT 1 FROM log_end FOR UPDATE");
	db->within = true;
	if (wait_for_answers(db, "beginning a group", error))
		return true;
	roll_back(db);
	return false;
}

static bool
begin(Db *base, GError **error)
{
	PostgresDb *db = db_of(base);
	bool known = !is_lost(db);
	g_autoptr(GError) lost = NULL;

	if (try_begin(db, &lost))
		return true;
	if (known && is_lost(db))
		return try_begin(db, error);
	g_propagate_error(error, g_steal_pointer(&lost));
	return false;
}

static bool
begin_snapshot(Db *base, GError **error)
{
	PostgresDb *db = db_of(base);

	if (!be_ready(db, error))
		return false;
	send(db, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY");
	send(db, "SET LOCAL statement_timeout = 0");
	send(db, "SET LOCAL idle_in_transaction_session_timeout = 0");
	send(db, "SELECT 1 FROM log_end"); /* the instant */
	db->within = true;
	if (wait_for_answers(db, "beginning to read", error))
		return true;
	roll_back(db);
	return false;
}

static bool
commit(PostgresDb *db, GError **error)
{
	g_autoptr(Answer) answer = NULL;

	if (!be_ready(db, error))
		return false;
	send(db, "COMMIT");
	answer = read_answers(db, "committing a group", error);
	if (answer == NULL)
		return false;
	if (g_str_equal(PQcmdStatus(answer), "COMMIT"))
		return true;
	g_set_error(error, FAULT, FAULT_SYSTEM,
		    "committing a group: PostgreSQL undid it");
	return false;
}

static bool
end(Db *base, bool ok, GError **error)
{
	PostgresDb *db = db_of(base);
	bool committed = ok && commit(db, error);

	if (committed)
		db->within = false;
	else
		roll_back(db);
	return committed;
}

static bool
mark(Db *base, GError **error)
{
	PostgresDb *db = db_of(base);

	if (!be_ready(db, error))
		return false;
	send(db, "SAVEPOINT one");
	return true;
}

static bool
settle(Db *base, bool ok, GError **error)
{
	PostgresDb *db = db_of(base);

	if (!ok && db->on_way > 0 && !is_lost(db))
		(void)wait_for_answers(db, "undoing", NULL);
	if (!ok && !is_lost(db))
		g_clear_error(&db->failed);
	if (!be_ready(db, error))
		return false;
	if (!ok)
		send(db, "ROLLBACK TO one");
	send(db, "RELEASE one");
	return true;
}

/* --- the server sees to its own write-ahead log --- */

static bool
checkpoint(Db *db, GError **error)
{
	return true;
}

/* A new table's pages are nobody's yet: the disk must give them.  It is gone
 * with the transaction. */
static bool
try_room(Db *db, GError **error)
{
	static const char sql[] = "CREATE TABLE cairn_room AS"
				  " SELECT i FROM generate_series(1, 32768) i";

	return run(db, sql, "trying for room", error);
}

const DbKind db_postgres = {
	.open = open_server,
	.close = close_server,
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
	.get_int = postgres_get_int,
	.get_text = postgres_get_text,
	.get_blob = postgres_get_blob,
	.is_null = postgres_is_null,
	.run = run,
	.flush = postgres_flush,
	.begin = begin,
	.begin_snapshot = begin_snapshot,
	.end = end,
	.mark = mark,
	.settle = settle,
	.scrub = postgres_scrub,
	.checkpoint = checkpoint,
	.leave_checkpoints = checkpoint,
	.try_room = try_room,
	.columns_sql =
		"SELECT c.relname::text, a.attname::text,"
		" upper(format_type(a.atttypid, NULL)),"
		" coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0)"
		" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
		" AND a.attnum > 0 AND NOT a.attisdropped"
		" LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary"
		" WHERE c.relkind = 'r'"
		" AND c.relnamespace = current_schema()::text::regnamespace"
		" ORDER BY c.relname COLLATE \"C\", a.attnum",
	.text_order = " COLLATE \"C\"",
};
