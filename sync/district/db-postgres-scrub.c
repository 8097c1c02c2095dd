/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db-postgres.h"

static void
add_remark(GPtrArray *remains, const char *line)
{
	g_ptr_array_add(remains, g_strdup(line));
}

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

	if (!db_run(db, "SET statement_timeout = 0", "rewriting", error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(rewrite); i++)
		if (!db_run(db, rewrite[i], "rewriting a table", error))
			return false;
	if (!db_run(db, "RESET statement_timeout", "rewriting", error))
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
