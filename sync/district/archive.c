/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive.h"

#include "app/base/fault.h"
#include "sync/district/archive-audit-chain.h"
#include "sync/district/archive-private.h"
#include "sync/district/archive-transfer.h"

Archive *
archive_open(const char *address, GError **error)
{
	g_autoptr(Db) db = db_open(address, error);
	Archive *archive;

	if (db == NULL || !archive_is_whole(db, error))
		return NULL;
	archive = g_new0(Archive, 1);
	archive->db = g_steal_pointer(&db);
	archive->used =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return archive;
}

void
archive_close(Archive *archive)
{
	if (archive == NULL)
		return;

	db_close(archive->db);
	g_hash_table_unref(archive->used);
	g_free(archive);
}

/* --- queries --- */

ArchiveQuery *
archive_query(Archive *archive, const char *sql, GError **error)
{
	return db_query(archive->db, sql, error);
}

bool
archive_find_row(ArchiveQuery *query, const char *what, GError **error)
{
	bool row;

	if (!db_step(query, &row, what, error))
		return false;
	if (!row)
		g_set_error(error, FAULT, FAULT_NOT_FOUND, "no such %s", what);
	return row;
}

GPtrArray *
archive_list_texts(ArchiveQuery *query, const char *doing, GError **error)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	bool row;

	while (db_step(query, &row, doing, error)) {
		if (!row)
			return g_steal_pointer(&all);
		g_ptr_array_add(all, g_strdup(db_text(query, 0)));
	}
	return NULL;
}

void
archive_copy(ArchiveQuery *query, int column, char *out, size_t size)
{
	g_strlcpy(out, db_text(query, column), size);
}

/* --- transactions --- */

bool
archive_is_shared(const Archive *archive)
{
	return db_is_shared(archive->db);
}

bool
archive_begin(Archive *archive, GError **error)
{
	archive->within = db_begin(archive->db, error);
	archive->end_us = 0;
	archive->audit = (ArchiveAuditEnd){ .is_known = false };
	archive->end_moved = false;
	archive->knows_erased = false;
	return archive->within;
}

bool
archive_end(Archive *archive, bool ok, GError **error)
{
	if (ok && archive->end_moved)
		ok = archive_move_end(archive, error);
	archive->within = false;
	ok = ok && archive_write_audit_end(archive, error);
	if (db_end(archive->db, ok, error))
		return true;
	g_hash_table_remove_all(archive->used);
	return false;
}

bool
archive_flush(Archive *archive, GError **error)
{
	return db_flush(archive->db, error);
}

bool
archive_mark(Archive *archive, GError **error)
{
	archive->audit_at_mark = archive->audit;
	return db_mark(archive->db, error);
}

bool
archive_settle(Archive *archive, bool ok, GError **error)
{
	if (!ok) {
		g_hash_table_remove_all(archive->used);
		archive->end_moved = archive->end_us != 0; /* or undone */
		archive->knows_erased = false;
		archive->audit = archive->audit_at_mark;
	}
	return db_settle(archive->db, ok, error);
}

bool
archive_checkpoint(Archive *archive, GError **error)
{
	return db_checkpoint(archive->db, error);
}

bool
archive_leave_checkpoints(Archive *archive, GError **error)
{
	return db_leave_checkpoints(archive->db, error);
}

bool
archive_try_room(Archive *archive, GError **error)
{
	return db_try_room(archive->db, error);
}

/* --- the district's row --- */

bool
archive_get_district(Archive *archive, ArchiveDistrict *out, GError **error)
{
	static const char sql[] = "SELECT name, base, retention_days,"
				  " roster_version, pack_version FROM district";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL || !archive_find_row(query, "district", error))
		return false;
	archive_copy(query, 0, out->name, sizeof(out->name));
	archive_copy(query, 1, out->base, sizeof(out->base));
	out->retention_days = db_int(query, 2);
	out->roster_version = db_int(query, 3);
	out->pack_version = db_int(query, 4);
	return true;
}

bool
archive_set_district(Archive *archive, const ArchiveDistrict *district,
		     GError **error)
{
	static const char sql[] = "UPDATE district SET name = ?1, base = ?2,"
				  " retention_days = ?3";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, district->name);
	db_bind_text(query, 2, district->base);
	db_bind_int(query, 3, district->retention_days);
	return db_done(query, "setting the district", error);
}
