/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-erase.h"

#include "sync/district/archive-private.h"

/* --- statements --- */

static bool
set_body(Archive *archive, int64_t seq, const void *bytes, size_t size,
	 GError **error)
{
	static const char sql[] = "UPDATE statement SET body = ?2"
				  " WHERE seq = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	db_bind_blob(query, 2, bytes, size);
	return db_done(query, "erasing a statement", error);
}

bool
archive_empty_statement(Archive *archive, int64_t seq, EraseReason reason,
			WallTime now, GError **error)
{
	return set_body(archive, seq, "", 0, error) &&
	       archive_note_erased(archive, seq, reason, now, error);
}

bool
archive_rewrite_statement(Archive *archive, int64_t seq, GBytes *body,
			  WallTime now, GError **error)
{
	size_t size;
	const void *bytes = g_bytes_get_data(body, &size);

	return set_body(archive, seq, bytes, size, error) &&
	       archive_note_erased(archive, seq, ERASE_NAME, now, error);
}

/* Steps a query that returns a row for each that it deleted. */
static bool
count_rows(ArchiveQuery *query, int64_t *n, const char *doing, GError **error)
{
	bool row;

	while (db_step(query, &row, doing, error)) {
		if (!row)
			return true;
		(*n)++;
	}
	return false;
}

static bool
drop_reviews(Archive *archive, int64_t entry, int64_t *n, GError **error)
{
	static const char loosen[] = "UPDATE review SET withdraws = NULL"
				     " WHERE entry = ?1";
	static const char sql[] =
		"DELETE FROM review WHERE entry = ?1 RETURNING 1";
	g_autoptr(ArchiveQuery) first = archive_query(archive, loosen, error);
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (first == NULL || query == NULL)
		return false;
	db_bind_int(first, 1, entry);
	if (!db_done(first, "erasing reviews", error))
		return false;
	db_bind_int(query, 1, entry);
	return count_rows(query, n, "erasing reviews", error);
}

static bool
drop_entry_media(Archive *archive, int64_t entry, GHashTable *media,
		 GError **error)
{
	static const char sql[] =
		"DELETE FROM entry_medium WHERE entry = ?1 RETURNING sha256";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, entry);
	while (db_step(query, &row, "erasing an entry's media", error)) {
		if (!row)
			return true;
		g_hash_table_add(media, g_strdup(db_text(query, 0)));
	}
	return false;
}

bool
archive_drop_entry(Archive *archive, int64_t seq, int64_t *reviews,
		   GHashTable *media, GError **error)
{
	static const char sql[] = "DELETE FROM entry WHERE seq = ?1";
	g_autoptr(ArchiveQuery) query = NULL;

	if (!drop_reviews(archive, seq, reviews, error) ||
	    !drop_entry_media(archive, seq, media, error))
		return false;
	query = archive_query(archive, sql, error);
	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	return db_done(query, "erasing an entry", error);
}

/* --- what statements are found by --- */

bool
archive_drop_posting(Archive *archive, Term term, int64_t seq, int64_t source,
		     int64_t *n, GError **error)
{
	static const char sql[] =
		"DELETE FROM posting WHERE term = ?1 AND seq = ?2"
		" AND (?3 < 0 OR source = ?3) RETURNING 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, term);
	db_bind_int(query, 2, seq);
	db_bind_int(query, 3, source);
	return count_rows(query, n, "erasing postings", error);
}

bool
archive_has_posting(Archive *archive, Term term, bool *has, GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM posting WHERE term = ?1 LIMIT 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, term);
	return db_step(query, has, "looking for a posting", error);
}

bool
archive_drop_reference(Archive *archive, const char *target, int64_t seq,
		       GError **error)
{
	static const char sql[] =
		"DELETE FROM statement_ref WHERE target = ?1 AND seq = ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, target);
	db_bind_int(query, 2, seq);
	return db_done(query, "erasing a reference", error);
}

bool
archive_drop_voided(Archive *archive, int64_t seq, GError **error)
{
	static const char sql[] = "DELETE FROM voided WHERE seq = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	return db_done(query, "erasing a voiding", error);
}

bool
archive_drop_activity(Archive *archive, const char *activity, int64_t *n,
		      int64_t *documents, GError **error)
{
	static const char sql[] =
		"DELETE FROM activity WHERE id = ?1 RETURNING 1";
	static const char profiles[] = "DELETE FROM document WHERE kind = 3"
				       " AND activity = ?1 RETURNING 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(ArchiveQuery) second = NULL;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, activity);
	if (!count_rows(query, n, "erasing an activity", error))
		return false;
	second = archive_query(archive, profiles, error);
	if (second == NULL)
		return false;
	db_bind_text(second, 1, activity);
	return count_rows(second, documents, "erasing its profiles", error);
}

/* --- media --- */

static bool
is_named(Archive *archive, const char *sha256, bool *named, GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM entry_medium WHERE sha256 = ?1 LIMIT 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	return db_step(query, named, "looking for a medium's entries", error);
}

static bool
drop_names(Archive *archive, const char *sha256, GError **error)
{
	static const char sql[] = "DELETE FROM medium_name WHERE sha256 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	return db_done(query, "erasing a medium's names", error);
}

bool
archive_drop_medium(Archive *archive, const char *sha256, bool *kept,
		    int64_t *size, GError **error)
{
	static const char sql[] =
		"DELETE FROM medium WHERE sha256 = ?1 RETURNING size";
	g_autoptr(ArchiveQuery) query = NULL;

	*size = 0;
	if (!is_named(archive, sha256, kept, error))
		return false;
	if (*kept)
		return true;
	if (!drop_names(archive, sha256, error))
		return false;
	query = archive_query(archive, sql, error);
	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	return db_insert(query, size, "erasing a medium", error) &&
	       archive_add_gone(archive, sha256, error);
}

GPtrArray *
archive_list_names_of(Archive *archive, const char *sha256, GError **error)
{
	static const char sql[] = "SELECT sha2 FROM medium_name"
				  " WHERE sha256 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_text(query, 1, sha256);
	return archive_list_texts(query, "listing a medium's names", error);
}

/* --- people --- */

bool
archive_drop_documents_of(Archive *archive, const char *agent, int64_t *n,
			  GError **error)
{
	static const char sql[] =
		"DELETE FROM document WHERE agent = ?1"
		" OR (substr(agent, 1, 7) = 'mailto:' AND lower(agent) = ?1)"
		" RETURNING 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, agent);
	return count_rows(query, n, "erasing documents", error);
}

/* An activity's profile is no learner's. */
bool
archive_drop_old_documents(Archive *archive, WallTime before, int64_t *n,
			   GError **error)
{
	static const char sql[] =
		"DELETE FROM document WHERE kind <> 3 AND stored_us < ?1"
		" AND agent NOT IN (SELECT 'account:' || district.base ||"
		" '/learner ' || hold.learner FROM hold CROSS JOIN district"
		" WHERE hold.lifted_us = 0)"
		" AND agent NOT IN (SELECT 'account:' || district.base ||"
		" '/badge ' || badge.digits FROM hold"
		" JOIN badge ON badge.learner = hold.learner"
		" CROSS JOIN district WHERE hold.lifted_us = 0) RETURNING 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, before.us);
	return count_rows(query, n, "erasing documents", error);
}

static bool
drop_of(Archive *archive, const char *sql, const char *learner, int64_t *n,
	GError **error)
{
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner);
	return count_rows(query, n, "erasing a learner", error);
}

/* What was lifted has done its duty. */
static bool
drop_holds(Archive *archive, const char *learner, GError **error)
{
	static const char sql[] = "DELETE FROM hold WHERE learner = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner);
	return db_done(query, "erasing holds", error);
}

bool
archive_drop_learner(Archive *archive, const char *learner,
		     ArchivePersonCounts *out, GError **error)
{
	static const char usage[] =
		"DELETE FROM usage WHERE learner = ?1 RETURNING 1";
	static const char badges[] =
		"DELETE FROM badge WHERE learner = ?1 RETURNING 1";
	static const char rows[] =
		"DELETE FROM learner WHERE id = ?1 RETURNING 1";

	return drop_holds(archive, learner, error) &&
	       drop_of(archive, usage, learner, &out->usage, error) &&
	       drop_of(archive, badges, learner, &out->badges, error) &&
	       drop_of(archive, rows, learner, &out->learners, error);
}

bool
archive_scrub(Archive *archive, GPtrArray *remains, GError **error)
{
	return db_scrub(archive->db, remains, error);
}
