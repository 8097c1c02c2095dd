/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-erased.h"

#include <string.h>

#include "sync/district/archive-kiosk.h"
#include "sync/district/archive-private.h"

/* --- statements --- */

bool
archive_note_erased(Archive *archive, int64_t seq, EraseReason reason,
		    WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO erased (seq, kiosk, at_us, reason)"
		" SELECT seq, coalesce(kiosk, 0), ?2, ?3 FROM statement"
		" WHERE seq = ?1 ON CONFLICT (seq) DO UPDATE SET"
		" at_us = excluded.at_us, reason = excluded.reason";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	db_bind_int(query, 2, now.us);
	db_bind_int(query, 3, reason);
	return db_done(query, "noting what was erased", error);
}

bool
archive_lost_name(Archive *archive, const char *id, bool *lost, GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM statement s JOIN erased e ON e.seq = s.seq"
		" WHERE s.id = ?1 AND e.reason = 4";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	return db_step(query, lost, "looking for an erased name", error);
}

/* --- who --- */

static bool
add_erased(Archive *archive, const char *who, bool agent, WallTime now,
	   GError **error)
{
	static const char sql[] = "INSERT INTO erased_who (hash, at_us, agent)"
				  " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	char hash[ID_SHA256 + 1];

	if (query == NULL)
		return false;
	id_sha256(who, strlen(who), hash);
	db_bind_text(query, 1, hash);
	db_bind_int(query, 2, now.us);
	db_bind_int(query, 3, agent);
	archive->knows_erased = false;
	return db_done(query, "noting who was erased", error);
}

bool
archive_add_erased_who(Archive *archive, const char *who, WallTime now,
		       GError **error)
{
	return add_erased(archive, who, false, now, error);
}

bool
archive_add_erased_agent(Archive *archive, const char *agent, WallTime now,
			 GError **error)
{
	return add_erased(archive, agent, true, now, error);
}

static bool
look_for_erased_who(Archive *archive, bool *any, GError **error)
{
	static const char sql[] = "SELECT 1 FROM erased_who LIMIT 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	return query != NULL &&
	       db_step(query, any, "looking for who was erased", error);
}

/* Nobody else can add one within a transaction of ours: it is asked once. */
bool
archive_has_erased_who(Archive *archive, bool *any, GError **error)
{
	if (!archive->knows_erased) {
		if (!look_for_erased_who(archive, &archive->any_erased, error))
			return false;
		archive->knows_erased = archive->within;
	}
	*any = archive->any_erased;
	return true;
}

bool
archive_is_erased_who(Archive *archive, const char *who, bool *is,
		      GError **error)
{
	static const char sql[] = "SELECT 1 FROM erased_who WHERE hash = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	char hash[ID_SHA256 + 1];

	if (query == NULL)
		return false;
	id_sha256(who, strlen(who), hash);
	db_bind_text(query, 1, hash);
	return db_step(query, is, "looking for who was erased", error);
}

/* An mbox is remembered in small letters, too. */
static bool
is_given_name(Archive *archive, const char *key, bool *is, GError **error)
{
	g_autofree char *small = NULL;

	if (!archive_is_erased_who(archive, key, is, error))
		return false;
	if (*is || !g_str_has_prefix(key, "mailto:"))
		return true;
	small = g_ascii_strdown(key, -1);
	return archive_is_erased_who(archive, small, is, error);
}

bool
archive_is_erased_agent(Archive *archive, const char *key, bool *is,
			GError **error)
{
	static const char *const kinds[] = { "learner", "badge" };
	ArchiveDistrict district;

	*is = false;
	if (!archive_get_district(archive, &district, error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		g_autofree char *prefix =
			g_strdup_printf("account:%s/%s ", district.base,
					kinds[i]);

		if (g_str_has_prefix(key, prefix))
			return archive_is_erased_who(archive,
						     key + strlen(prefix), is,
						     error);
	}
	return is_given_name(archive, key, is, error);
}

/* --- what comes too late --- */

bool
archive_add_late(Archive *archive, int64_t chain, const ArchiveRecord *record,
		 WallTime now, GError **error)
{
	g_autofree ArchiveRecord *empty = g_memdup2(record, sizeof(*record));
	int64_t seq;

	empty->body = "";
	empty->body_size = 0;
	if (!archive_append_record(archive, chain, empty, now, &seq, error) ||
	    !archive_note_erased(archive, seq, ERASE_LATE, now, error) ||
	    !archive_renew_bundles(archive, error))
		return false;
	for (size_t i = 0; i < record->n_media; i++)
		if (!archive_add_gone(archive, record->media[i].sha256, error))
			return false;
	return true;
}

bool
archive_note_late(Archive *archive, const char *id, WallTime now,
		  GError **error)
{
	static const char sql[] =
		"INSERT INTO erased (seq, kiosk, at_us, reason)"
		" SELECT seq, 0, ?2, 3 FROM statement WHERE id = ?1"
		" ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	db_bind_int(query, 2, now.us);
	return db_done(query, "noting what came too late", error);
}

/* --- what a kiosk is told --- */

static bool
list_chain(Archive *archive, int64_t chain, int64_t upto, int64_t limit,
	   GArray *all, GError **error)
{
	static const char sql[] =
		"SELECT s.number, s.hash FROM erased e"
		" JOIN statement s ON s.seq = e.seq"
		" WHERE e.kiosk = ?1 AND e.reason <> 4 AND s.number <= ?2"
		" ORDER BY e.at_us DESC, s.number DESC LIMIT ?3";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, chain);
	db_bind_int(query, 2, upto);
	db_bind_int(query, 3, limit - all->len);
	while (db_step(query, &row, "listing what was erased", error)) {
		BundleErased erased = { 0 };

		if (!row)
			return true;
		erased.number = db_int(query, 0);
		archive_copy(query, 1, erased.hash, sizeof(erased.hash));
		g_array_append_val(all, erased);
	}
	return false;
}

GArray *
archive_list_erased(Archive *archive, const ArchiveKiosk *kiosk, int64_t limit,
		    GError **error)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(BundleErased));
	ArchiveKiosk at = *kiosk;
	int64_t upto = INT64_MAX;

	for (;;) {
		if (!list_chain(archive, at.key, upto, limit, all, error))
			return NULL;
		if (at.forked_from == 0)
			return g_steal_pointer(&all);
		upto = MIN(upto, at.forked_after);
		if (!archive_get_kiosk(archive, at.forked_from, &at, error))
			return NULL;
	}
}

GPtrArray *
archive_list_erased_who(Archive *archive, int64_t limit, GError **error)
{
	static const char sql[] = "SELECT hash FROM erased_who WHERE agent = 0"
				  " ORDER BY at_us DESC, hash LIMIT ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, limit);
	return archive_list_texts(query, "listing who was erased", error);
}

bool
archive_renew_bundles(Archive *archive, GError **error)
{
	static const char sql[] =
		"UPDATE district SET roster_version = roster_version + 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	return query != NULL && db_done(query, "renewing bundles", error);
}

/* --- files --- */

bool
archive_add_gone(Archive *archive, const char *sha256, GError **error)
{
	static const char sql[] = "INSERT INTO medium_gone (sha256) VALUES (?1)"
				  " ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	return db_done(query, "noting a medium that is to go", error);
}

GPtrArray *
archive_list_gone(Archive *archive, int64_t limit, GError **error)
{
	static const char sql[] =
		"SELECT sha256 FROM medium_gone ORDER BY sha256 LIMIT ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, limit);
	return archive_list_texts(query, "listing media that are to go", error);
}

bool
archive_drop_gone(Archive *archive, const char *sha256, GError **error)
{
	static const char sql[] = "DELETE FROM medium_gone WHERE sha256 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	return db_done(query, "noting a medium that is gone", error);
}

/* --- acts --- */

bool
archive_put_erasure(Archive *archive, const char *id, const char *certificate,
		    WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO erasure (id, at_us, certificate, done)"
		" VALUES (?1, ?2, ?3, 0) ON CONFLICT (id) DO UPDATE SET"
		" at_us = excluded.at_us, certificate = excluded.certificate";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	db_bind_int(query, 2, now.us);
	db_bind_text(query, 3, certificate);
	return db_done(query, "noting an erasure", error);
}

GPtrArray *
archive_list_erasures(Archive *archive, GError **error)
{
	static const char sql[] = "SELECT id, certificate FROM erasure"
				  " WHERE done = 0 ORDER BY at_us, id";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	bool row;

	if (query == NULL)
		return NULL;
	while (db_step(query, &row, "listing erasures", error)) {
		if (!row)
			return g_steal_pointer(&all);
		g_ptr_array_add(all, g_strdup(db_text(query, 0)));
		g_ptr_array_add(all, g_strdup(db_text(query, 1)));
	}
	return NULL;
}

bool
archive_end_erasure(Archive *archive, const char *id, GError **error)
{
	static const char sql[] = "UPDATE erasure SET done = 1 WHERE id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	return db_done(query, "ending an erasure", error);
}
