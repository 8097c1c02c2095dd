/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

static const char *const migrations[] = {
#include "sync/district/migrations/001-initial.sql.inc"
	,
#include "sync/district/migrations/002-lrs.sql.inc"
};

static void
drop_query(void *query)
{
	sqlite3_finalize(query);
}

Archive *
archive_open(const char *path, GError **error)
{
	g_autoptr(Archive) archive = g_new0(Archive, 1);

	archive->queries = g_hash_table_new_full(g_direct_hash, g_direct_equal,
						 NULL, drop_query);
	archive->used =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	archive->db =
		sql_open(path, migrations, G_N_ELEMENTS(migrations), error);
	if (archive->db == NULL)
		return NULL;
	return g_steal_pointer(&archive);
}

void
archive_close(Archive *archive)
{
	if (archive == NULL)
		return;

	g_hash_table_unref(archive->queries);
	g_hash_table_unref(archive->used);
	sqlite3_close(archive->db);
	g_free(archive);
}

/* --- queries --- */

ArchiveQuery *
archive_query(Archive *archive, const char *sql, GError **error)
{
	ArchiveQuery *query = g_hash_table_lookup(archive->queries, sql);

	if (query != NULL)
		return query;
	query = sql_prepare(archive->db, sql, error);
	if (query != NULL)
		g_hash_table_insert(archive->queries, (void *)(uintptr_t)sql,
				    query);
	return query;
}

void
archive_query_reset(ArchiveQuery *query)
{
	sqlite3_reset(query);
	sqlite3_clear_bindings(query);
}

bool
archive_find_row(ArchiveQuery *query, const char *what, GError **error)
{
	bool row;

	if (!sql_step(query, &row, what, error))
		return false;
	if (!row)
		g_set_error(error, FAULT, FAULT_NOT_FOUND, "no such %s", what);
	return row;
}

void
archive_copy(ArchiveQuery *query, int column, char *out, size_t size)
{
	g_strlcpy(out, sql_text(query, column), size);
}

/* --- transactions --- */

bool
archive_begin(Archive *archive, GError **error)
{
	return sql_begin(archive->db, "beginning a group", error);
}

bool
archive_end(Archive *archive, bool ok, GError **error)
{
	if (sql_end(archive->db, ok, "committing a group", error))
		return true;
	g_hash_table_remove_all(archive->used);
	return false;
}

bool
archive_mark(Archive *archive, GError **error)
{
	static const char sql[] = "SAVEPOINT one";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	return query != NULL && sql_done(query, "marking", error);
}

static bool
undo(Archive *archive, GError **error)
{
	static const char sql[] = "ROLLBACK TO one";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	g_hash_table_remove_all(archive->used);
	return query != NULL && sql_done(query, "undoing", error);
}

bool
archive_settle(Archive *archive, bool ok, GError **error)
{
	static const char sql[] = "RELEASE one";
	g_autoptr(ArchiveQuery) query = NULL;

	if (!ok && !undo(archive, error))
		return false;
	query = archive_query(archive, sql, error);
	return query != NULL && sql_done(query, "settling", error);
}

/* --- checkpoints --- */

bool
archive_checkpoint(Archive *archive, GError **error)
{
	int rc = sqlite3_wal_checkpoint_v2(archive->db, NULL,
					   SQLITE_CHECKPOINT_PASSIVE, NULL,
					   NULL);

	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		return sql_fail(archive->db, "checkpointing", error);
	return true;
}

/* 16,000 pages of 8 KiB: should the thread that checkpoints fall behind. */
bool
archive_leave_checkpoints(Archive *archive, GError **error)
{
	static const char sql[] = "PRAGMA wal_autocheckpoint = 16000";

	return sql_run(archive->db, sql, "configuring", error);
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
	out->retention_days = sql_int(query, 2);
	out->roster_version = sql_int(query, 3);
	out->pack_version = sql_int(query, 4);
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
	sql_bind_text(query, 1, district->name);
	sql_bind_text(query, 2, district->base);
	sql_bind_int(query, 3, district->retention_days);
	return sql_done(query, "setting the district", error);
}
