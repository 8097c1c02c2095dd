/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-log.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

#define USED_MAX 100000 /* pairs remembered, to spare the database */

/* --- looking --- */

static bool
find_in_chain(Archive *archive, int64_t chain, int64_t number,
	      char hash[static ID_SHA256 + 1], GError **error)
{
	static const char sql[] =
		"SELECT hash FROM statement WHERE kiosk = ?1 AND number = ?2"
		" UNION ALL"
		" SELECT hash FROM aside WHERE kiosk = ?1 AND number = ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, chain);
	db_bind_int(query, 2, number);
	if (!db_step(query, &row, "looking into a chain", error))
		return false;
	if (row)
		archive_copy(query, 0, hash, ID_SHA256 + 1);
	else
		hash[0] = '\0';
	return true;
}

bool
archive_find_number(Archive *archive, const ArchiveKiosk *chain, int64_t number,
		    char hash[static ID_SHA256 + 1], GError **error)
{
	ArchiveKiosk at = *chain;

	while (at.forked_from != 0 && number <= at.forked_after)
		if (!archive_get_kiosk(archive, at.forked_from, &at, error))
			return false;
	return find_in_chain(archive, at.key, number, hash, error);
}

bool
archive_find_statement(Archive *archive, const char *id,
		       char hash[static ID_SHA256 + 1], GError **error)
{
	static const char sql[] = "SELECT hash FROM statement WHERE id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	if (!db_step(query, &row, "looking a statement up", error))
		return false;
	if (row)
		archive_copy(query, 0, hash, ID_SHA256 + 1);
	else
		hash[0] = '\0';
	return true;
}

/* --- appending --- */

bool
archive_append_record(Archive *archive, int64_t chain,
		      const ArchiveRecord *record, WallTime now, int64_t *seq,
		      GError **error)
{
	static const char sql[] =
		"INSERT INTO statement (id, kiosk, number, hash, stored_us,"
		" body) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING seq";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, record->id);
	db_bind_int(query, 2, chain);
	db_bind_int(query, 3, record->number);
	db_bind_text(query, 4, record->hash);
	db_bind_int(query, 5, now.us);
	db_bind_blob(query, 6, record->body, record->body_size);
	return db_insert(query, seq, "appending a statement", error);
}

/* Who holds the badge now; "" if nobody. */
static bool
find_holder(Archive *archive, const char *badge,
	    char learner[static EVIDENCE_ID_MAX + 1], GError **error)
{
	static const char sql[] = "SELECT learner FROM badge WHERE digits = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, badge);
	if (!db_step(query, &row, "looking a badge up", error))
		return false;
	if (row)
		archive_copy(query, 0, learner, EVIDENCE_ID_MAX + 1);
	return true;
}

static bool
add_entry(Archive *archive, int64_t seq, int64_t chain, const char *learner,
	  const ArchiveRecord *record, GError **error)
{
	static const char sql[] =
		"INSERT INTO entry (seq, kiosk, learner, badge, prompt,"
		" shown_us, state, review)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1, NULL)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	db_bind_int(query, 2, chain);
	db_bind_text(query, 3, learner);
	db_bind_text(query, 4, record->badge);
	db_bind_text(query, 5, record->prompt);
	db_bind_int(query, 6, record->shown.us);
	return db_done(query, "adding an entry", error);
}

static bool
add_entry_media(Archive *archive, int64_t seq, const ArchiveRecord *record,
		GError **error)
{
	static const char sql[] =
		"INSERT INTO entry_medium (sha256, entry, type)"
		" VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

	for (size_t i = 0; i < record->n_media; i++) {
		g_autoptr(ArchiveQuery) query =
			archive_query(archive, sql, error);

		if (query == NULL)
			return false;
		db_bind_text(query, 1, record->media[i].sha256);
		db_bind_int(query, 2, seq);
		db_bind_text(query, 3, record->media[i].type);
		if (!db_done(query, "naming a medium", error))
			return false;
	}
	return true;
}

static bool
add_usage(Archive *archive, int64_t chain, const char *learner, GError **error)
{
	static const char sql[] = "INSERT INTO usage (kiosk, learner)"
				  " VALUES (?1, ?2) ON CONFLICT DO NOTHING";
	g_autofree char *pair = g_strdup_printf("%" G_GINT64_FORMAT " %s",
						(gint64)chain, learner);
	g_autoptr(ArchiveQuery) query = NULL;

	if (learner[0] == '\0' || g_hash_table_contains(archive->used, pair))
		return true;
	query = archive_query(archive, sql, error);
	if (query == NULL)
		return false;
	db_bind_int(query, 1, chain);
	db_bind_text(query, 2, learner);
	if (!db_done(query, "noting a kiosk's use", error))
		return false;
	if (g_hash_table_size(archive->used) >= USED_MAX)
		g_hash_table_remove_all(archive->used);
	g_hash_table_add(archive->used, g_steal_pointer(&pair));
	return true;
}

bool
archive_draw_record(Archive *archive, int64_t seq, int64_t chain,
		    const ArchiveRecord *record, GError **error)
{
	char learner[EVIDENCE_ID_MAX + 1] = "";

	if (record->learner[0] != '\0')
		g_strlcpy(learner, record->learner, sizeof(learner));
	else if (!find_holder(archive, record->badge, learner, error))
		return false;
	return add_entry(archive, seq, chain, learner, record, error) &&
	       add_entry_media(archive, seq, record, error) &&
	       add_usage(archive, chain, learner, error);
}

bool
archive_add_record(Archive *archive, int64_t chain, const ArchiveRecord *record,
		   WallTime now, GError **error)
{
	int64_t seq;

	return archive_append_record(archive, chain, record, now, &seq,
				     error) &&
	       archive_draw_record(archive, seq, chain, record, error);
}

/* --- media --- */

bool
archive_has_medium(Archive *archive, const char *sha256, int64_t *size,
		   bool *found, GError **error)
{
	static const char sql[] = "SELECT size FROM medium WHERE sha256 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	if (!db_step(query, found, "looking a medium up", error))
		return false;
	if (*found)
		*size = db_int(query, 0);
	return true;
}

bool
archive_add_medium(Archive *archive, const char *sha256, int64_t size,
		   WallTime now, GError **error)
{
	static const char sql[] = "INSERT INTO medium (sha256, size, stored_us)"
				  " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	db_bind_int(query, 2, size);
	db_bind_int(query, 3, now.us);
	return db_done(query, "adding a medium", error);
}
