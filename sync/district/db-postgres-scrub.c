/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db-postgres.h"

#define LOOK_EVERY_US (20 * 1000)
#define LOOKS         1500 /* half a minute: then they are told */

static void
add_remark(GPtrArray *remains, const char *line)
{
	g_ptr_array_add(remains, g_strdup(line));
}

/* --- nobody sees what was --- */

typedef struct {
	int64_t writer; /* whoever began to write before has a lower number */
	char *readers;  /* owned: transactions, by comma */
} Others;

static void
clear_others(Others *others)
{
	g_free(others->readers);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Others, clear_others)

/* Whether all that began to write before, in any database, has ended. */
static bool
have_written(Db *db, const Others *others, bool *have, GError **error)
{
	static const char sql[] =
		"SELECT CAST(CAST(pg_snapshot_xmin(pg_current_snapshot())"
		" AS TEXT) AS BIGINT)";
	g_autoptr(DbQuery) query = db_query(db, sql, error);
	bool row;

	if (query == NULL || !db_step(query, &row, "waiting", error))
		return false;
	*have = db_int(query, 0) > others->writer;
	return true;
}

/* Whether each transaction that was open in this database has ended. */
static bool
have_read(Db *db, const Others *others, bool *have, GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM pg_locks WHERE locktype = 'virtualxid'"
		" AND virtualtransaction = ANY (string_to_array(?1, ','))"
		" LIMIT 1";
	g_autoptr(DbQuery) query = db_query(db, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, others->readers);
	if (!db_step(query, &row, "waiting", error))
		return false;
	*have = !row;
	return true;
}

typedef bool (*HaveEnded)(Db *db, const Others *others, bool *have,
			  GError **error);

static bool
wait_until(HaveEnded have_ended, Db *db, const Others *others, bool *have,
	   GError **error)
{
	for (int i = 0; i < LOOKS; i++) {
		if (!have_ended(db, others, have, error))
			return false;
		if (*have)
			break;
		g_usleep(LOOK_EVERY_US);
	}
	return true;
}

static bool
count_writers(Db *db, Others *others, GError **error)
{
	static const char sql[] =
		"SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)";
	g_autoptr(DbQuery) query = db_query(db, sql, error);
	bool row;

	if (query == NULL || !db_step(query, &row, "waiting", error))
		return false;
	others->writer = db_int(query, 0);
	return true;
}

static bool
list_readers(Db *db, Others *others, GError **error)
{
	static const char sql[] =
		"SELECT coalesce(string_agg(virtualtransaction, ','), '')"
		" FROM pg_locks WHERE locktype = 'virtualxid'"
		" AND pid IN (SELECT pid FROM pg_stat_activity"
		" WHERE datname = current_database()"
		" AND pid <> pg_backend_pid())";
	g_autoptr(DbQuery) query = db_query(db, sql, error);
	bool row;

	if (query == NULL || !db_step(query, &row, "waiting", error))
		return false;
	others->readers = g_strdup(db_text(query, 0));
	return true;
}

/* A row that somebody's snapshot may still need is kept by VACUUM, and nobody
 * is told: so all that began before is let end first. */
static bool
let_others_end(Db *db, GPtrArray *remains, GError **error)
{
	g_auto(Others) others = { 0 };
	bool written = false, read = false;

	if (!count_writers(db, &others, error) ||
	    !wait_until(have_written, db, &others, &written, error) ||
	    !list_readers(db, &others, error) ||
	    !wait_until(have_read, db, &others, &read, error))
		return false;
	if (!written || !read)
		add_remark(remains,
			   "rows that a transaction still sees which has been "
			   "open in PostgreSQL for half a minute: when it has "
			   "ended, VACUUM FULL once more");
	return true;
}

/* --- writing anew --- */

/* Each table is written anew to another file; the old one goes at the next
 * checkpoint, which only some users may ask for. */
bool
postgres_scrub(Db *db, GPtrArray *remains, GError **error)
{
	static const char *const rewrite[] = {
		"VACUUM (FULL, ANALYZE) statement",
		"VACUUM (FULL, ANALYZE) entry",
		"VACUUM (FULL, ANALYZE) entry_medium",
		"VACUUM (FULL, ANALYZE) review",
		"VACUUM (FULL, ANALYZE) document",
		"VACUUM (FULL, ANALYZE) posting",
		"VACUUM (FULL, ANALYZE) statement_ref",
		"VACUUM (FULL, ANALYZE) activity",
		"VACUUM (FULL, ANALYZE) medium",
		"VACUUM (FULL, ANALYZE) medium_name",
		"VACUUM (FULL, ANALYZE) usage",
		"VACUUM (FULL, ANALYZE) badge",
		"VACUUM (FULL, ANALYZE) learner",
		"VACUUM (FULL, ANALYZE) hold",
	};

	if (!let_others_end(db, remains, error) ||
	    !db_run(db, "SET statement_timeout = 0", "rewriting", error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rewrite); i++)
		if (!db_run(db, rewrite[i], "rewriting a table", error))
			return false;
	if (!db_run(db, "RESET statement_timeout", "rewriting", error))
		return false;
	if (!let_others_end(db, remains, error))
		return false;
	if (!db_run(db, "VACUUM (FULL) pg_statistic", "forgetting samples",
		    NULL))
		add_remark(remains,
			   "samples that PostgreSQL's planner keeps of values: "
			   "as a superuser, VACUUM FULL pg_statistic");
	if (!db_run(db, "CHECKPOINT", "forgetting files", NULL))
		add_remark(remains,
			   "the files of the tables as they were: until "
			   "PostgreSQL's next checkpoint");
	add_remark(remains,
		   "PostgreSQL's write-ahead log (pg_wal): until its segments "
		   "are used again, and wherever it is archived or copied to");
	return true;
}
