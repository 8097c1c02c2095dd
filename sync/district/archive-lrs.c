/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-lrs.h"

#include "app/base/fault.h"
#include "sync/district/archive-lrs-private.h"

/* --- the end of the log --- */

bool
archive_move_end(Archive *archive, GError **error)
{
	static const char sql[] = "UPDATE log_end SET stored_us = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, archive->end_us);
	archive->end_moved = false;
	return db_done(query, "allotting instants", error);
}

static bool
find_end(Archive *archive, WallTime now, int64_t more, GError **error)
{
	static const char sql[] =
		"UPDATE log_end SET stored_us = ?2 + CASE"
		" WHEN stored_us >= ?1 THEN stored_us + 1 ELSE ?1 END"
		" RETURNING stored_us";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, now.us);
	db_bind_int(query, 2, more);
	if (!archive_find_row(query, "end of the log", error))
		return false;
	archive->end_us = db_int(query, 0);
	return db_step(query, &row, "allotting instants", error);
}

/* The row is ours until the commit: within one, only the first must ask, and
 * the last is written down once. */
bool
archive_allot(Archive *archive, WallTime now, size_t n, WallTime *first,
	      GError **error)
{
	int64_t more = (int64_t)n - 1;

	if (!archive->within || archive->end_us == 0) {
		if (!find_end(archive, now, more, error))
			return false;
	} else {
		archive->end_us = MAX(now.us, archive->end_us + 1) + more;
		archive->end_moved = true;
	}
	first->us = archive->end_us - more;
	return true;
}

bool
archive_get_end(Archive *archive, ArchiveEnd *out, GError **error)
{
	static const char sql[] =
		"SELECT stored_us, indexed, coalesce((SELECT seq FROM statement"
		" ORDER BY seq DESC LIMIT 1), 0) FROM log_end";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL || !archive_find_row(query, "end of the log", error))
		return false;
	out->stored.us = db_int(query, 0);
	out->indexed = db_int(query, 1);
	out->seq = db_int(query, 2);
	return true;
}

bool
archive_get_stored(Archive *archive, int64_t seq, WallTime *out, GError **error)
{
	static const char sql[] =
		"SELECT stored_us FROM statement WHERE seq = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	if (!db_step(query, &row, "looking when it was stored", error))
		return false;
	out->us = row ? db_int(query, 0) : 0;
	return true;
}

/* --- statements --- */

bool
archive_append(Archive *archive, ArchiveAppend *statements, size_t n,
	       GError **error)
{
	static const char sql[] =
		"INSERT INTO statement (id, tool, hash, stored_us, body)"
		" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING";
	static const DbColumn columns[] = {
		{ DB_TEXT, offsetof(ArchiveAppend, id), 0 },
		{ DB_INT, offsetof(ArchiveAppend, tool), 0 },
		{ DB_TEXT, offsetof(ArchiveAppend, hash), 0 },
		{ DB_INT, offsetof(ArchiveAppend, stored.us), 0 },
		{ DB_BLOB, offsetof(ArchiveAppend, body),
		  offsetof(ArchiveAppend, size) },
		{ DB_END, 0, 0 },
	};
	const DbRows rows = {
		.columns = columns,
		.first = statements,
		.size = sizeof(*statements),
		.n = n,
		.distinct = "stored_us",
		.distinct_offset = offsetof(ArchiveAppend, stored.us),
		.added_offset = offsetof(ArchiveAppend, added),
	};

	return db_insert_rows(archive->db, sql, &rows, "appending statements",
			      error);
}

void
archive_read_statement(ArchiveQuery *query, ArchiveStatement *out)
{
	out->seq = db_int(query, 0);
	archive_copy(query, 1, out->id, sizeof(out->id));
	out->stored.us = db_int(query, 2);
	out->tool = db_int(query, 3);
	out->scopes = (ToolScopes)db_int(query, 4);
	archive_copy(query, 5, out->kiosk, sizeof(out->kiosk));
	archive_copy(query, 6, out->kiosk_name, sizeof(out->kiosk_name));
	out->body = db_bytes(query, 7);
}

bool
archive_get_statement(Archive *archive, const char *id, ArchiveStatement *out,
		      GError **error)
{
	static const char sql[] =
		"SELECT " STATEMENT_COLUMNS " FROM " STATEMENT_TABLES
		" WHERE s.id = ?1 AND length(s.body) > 0";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	if (!archive_find_row(query, "statement", error))
		return false;
	archive_read_statement(query, out);
	return true;
}

void
archive_statement_clear(ArchiveStatement *statement)
{
	g_clear_pointer(&statement->body, g_bytes_unref);
}

bool
archive_is_voided(Archive *archive, int64_t seq, bool *voided, GError **error)
{
	static const char sql[] = "SELECT 1 FROM voided WHERE seq = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	return db_step(query, voided, "looking for a voiding", error);
}

/* --- attachments --- */

bool
archive_name_medium(Archive *archive, const char *sha2, const char *sha256,
		    GError **error)
{
	static const char sql[] =
		"INSERT INTO medium_name (sha2, sha256) VALUES (?1, ?2)"
		" ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha2);
	db_bind_text(query, 2, sha256);
	return db_done(query, "naming a medium", error);
}

bool
archive_find_sha2(Archive *archive, const char *sha2,
		  char sha256[static ID_SHA256 + 1], int64_t *size,
		  GError **error)
{
	static const char sql[] =
		"SELECT sha256, size FROM medium WHERE sha256 = ?1"
		" UNION ALL"
		" SELECT m.sha256, m.size FROM medium_name n"
		" JOIN medium m ON m.sha256 = n.sha256 WHERE n.sha2 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	sha256[0] = '\0';
	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha2);
	if (!db_step(query, &row, "looking a medium up", error))
		return false;
	if (row) {
		archive_copy(query, 0, sha256, ID_SHA256 + 1);
		*size = db_int(query, 1);
	}
	return true;
}
