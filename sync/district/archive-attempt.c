/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-attempt.h"

#include "sync/district/archive-private.h"

G_STATIC_ASSERT(ATTEMPT_KEYS == 3); /* the query below */

static void
take_row(ArchiveAttempt attempts[static ATTEMPT_KEYS], ArchiveQuery *row)
{
	for (size_t i = 0; i < ATTEMPT_KEYS; i++)
		if (g_str_equal(attempts[i].key, db_text(row, 0)))
			attempts[i].full_us = db_int(row, 1);
}

bool
archive_read_attempts(Archive *archive,
		      ArchiveAttempt attempts[static ATTEMPT_KEYS],
		      GError **error)
{
	static const char sql[] = "SELECT key, full_us FROM attempt"
				  " WHERE key IN (?1, ?2, ?3)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	for (int i = 0; i < ATTEMPT_KEYS; i++) {
		attempts[i].full_us = 0;
		db_bind_text(query, i + 1, attempts[i].key);
	}
	for (;;) {
		if (!db_step(query, &row, "asking who was wrong", error))
			return false;
		if (!row)
			return true;
		take_row(attempts, query);
	}
}

bool
archive_count_attempt(Archive *archive, const char *key,
		      const ArchiveAttemptCount *count, GError **error)
{
	static const char sql[] =
		"INSERT INTO attempt (key, full_us) VALUES (?1, ?2 + ?3)"
		" ON CONFLICT (key) DO UPDATE SET full_us = ?3 + CASE"
		" WHEN attempt.full_us < ?2 OR attempt.full_us > ?5 THEN ?2"
		" WHEN attempt.full_us > ?4 - ?3 THEN ?4 - ?3"
		" ELSE attempt.full_us END";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, key);
	db_bind_int(query, 2, count->now.us);
	db_bind_int(query, 3, count->later_us);
	db_bind_int(query, 4, count->now.us + ATTEMPT_LONGEST_US);
	db_bind_int(query, 5, count->now.us + ATTEMPT_UNLIKELY_US);
	return db_done(query, "counting who was wrong", error);
}

bool
archive_forget_attempt(Archive *archive, const char *key, GError **error)
{
	static const char sql[] = "DELETE FROM attempt WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, key);
	return db_done(query, "forgetting who was wrong", error);
}

bool
archive_drop_attempts(Archive *archive, WallTime now, int64_t most,
		      GError **error)
{
	static const char sql[] =
		"DELETE FROM attempt WHERE key IN (SELECT key FROM attempt"
		" WHERE full_us <= ?1 OR full_us > ?2 LIMIT ?3)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, now.us);
	db_bind_int(query, 2, now.us + ATTEMPT_UNLIKELY_US);
	db_bind_int(query, 3, most);
	return db_done(query, "forgetting who was wrong", error);
}

bool
archive_bound_attempts(Archive *archive, int64_t most, GError **error)
{
	static const char sql[] =
		"DELETE FROM attempt WHERE key IN (SELECT key FROM attempt"
		" ORDER BY full_us DESC LIMIT ?1 OFFSET ?2)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, INT64_MAX);
	db_bind_int(query, 2, most);
	return db_done(query, "forgetting who was wrong", error);
}

bool
archive_forget_attempts(Archive *archive, GError **error)
{
	return db_run(archive->db, "DELETE FROM attempt",
		      "forgetting who was wrong", error);
}
