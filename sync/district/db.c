/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db.h"

#include "sync/district/db-private.h"
#include "sync/district/db-schema.h"

static void
drop_query(void *data)
{
	DbQuery *query = data;

	query->kind->finalize(query);
}

bool
db_is_shared(const Db *db)
{
	return db->kind == &db_postgres;
}

bool
db_is_postgres(const char *address)
{
	return g_str_has_prefix(address, "postgresql://") ||
	       g_str_has_prefix(address, "postgres://");
}

Db *
db_open(const char *address, GError **error)
{
	const DbKind *kind =
		db_is_postgres(address) ? &db_postgres : &db_sqlite;
	Db *db = kind->open(address, error);

	if (db == NULL)
		return NULL;
	db->kind = kind;
	db->queries = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL,
					    drop_query);
	return db;
}

void
db_close(Db *db)
{
	if (db == NULL)
		return;

	g_hash_table_unref(db->queries);
	db->kind->close(db);
}

/* --- queries --- */

DbQuery *
db_query_new(Db *db, const char *sql, GError **error)
{
	DbQuery *query = db->kind->prepare(db, sql, error);

	if (query == NULL)
		return NULL;
	query->kind = db->kind;
	query->db = db;
	return query;
}

DbQuery *
db_stream_new(Db *db, const char *sql, GError **error)
{
	DbQuery *query = db_query_new(db, sql, error);

	if (query != NULL)
		db->kind->stream(query);
	return query;
}

void
db_query_free(DbQuery *query)
{
	if (query != NULL)
		query->kind->finalize(query);
}

DbQuery *
db_query(Db *db, const char *sql, GError **error)
{
	DbQuery *query = g_hash_table_lookup(db->queries, sql);

	if (query != NULL)
		return query;
	query = db_query_new(db, sql, error);
	if (query == NULL)
		return NULL;
	g_hash_table_insert(db->queries, (void *)(uintptr_t)sql, query);
	return query;
}

void
db_query_reset(DbQuery *query)
{
	query->kind->reset(query);
}

void
db_bind_int(DbQuery *query, int index, int64_t value)
{
	query->kind->bind_int(query, index, value);
}

void
db_bind_text(DbQuery *query, int index, const char *text)
{
	query->kind->bind_text(query, index, text);
}

void
db_bind_blob(DbQuery *query, int index, const void *bytes, size_t size)
{
	query->kind->bind_blob(query, index, bytes, size);
}

void
db_bind_bytes(DbQuery *query, int index, GBytes *bytes)
{
	size_t size;
	const void *data = g_bytes_get_data(bytes, &size);

	/* A pointer to nothing would bind NULL. */
	query->kind->bind_blob(query, index, data != NULL ? data : "", size);
}

bool
db_step(DbQuery *query, bool *row, const char *doing, GError **error)
{
	return query->kind->step(query, row, doing, error);
}

bool
db_done(DbQuery *query, const char *doing, GError **error)
{
	return query->kind->done(query, doing, error);
}

bool
db_insert(DbQuery *query, int64_t *key, const char *doing, GError **error)
{
	bool row;

	*key = 0;
	if (!db_step(query, &row, doing, error))
		return false;
	if (!row)
		return true;
	*key = db_int(query, 0);
	return db_step(query, &row, doing, error);
}

bool
db_insert_rows(Db *db, const char *sql, const DbRows *rows, const char *doing,
	       GError **error)
{
	return rows->n == 0 ||
	       db->kind->insert_rows(db, sql, rows, doing, error);
}

int64_t
db_int(DbQuery *query, int column)
{
	return query->kind->get_int(query, column);
}

const char *
db_text(DbQuery *query, int column)
{
	const char *text = query->kind->get_text(query, column);

	return text != NULL ? text : "";
}

GBytes *
db_bytes(DbQuery *query, int column)
{
	size_t size;
	const void *bytes = query->kind->get_blob(query, column, &size);

	return g_bytes_new(bytes, size);
}

const void *
db_blob(DbQuery *query, int column, size_t *size)
{
	return query->kind->get_blob(query, column, size);
}

bool
db_is_null(DbQuery *query, int column)
{
	return query->kind->is_null(query, column);
}

bool
db_run(Db *db, const char *sql, const char *doing, GError **error)
{
	return db->kind->run(db, sql, doing, error);
}

/* --- transactions --- */

bool
db_flush(Db *db, GError **error)
{
	return db->kind->flush(db, error);
}

bool
db_begin(Db *db, GError **error)
{
	return db->kind->begin(db, error);
}

bool
db_begin_snapshot(Db *db, GError **error)
{
	return db->kind->begin_snapshot(db, error);
}

bool
db_end(Db *db, bool ok, GError **error)
{
	return db->kind->end(db, ok, error);
}

bool
db_mark(Db *db, GError **error)
{
	return db->kind->mark(db, error);
}

bool
db_settle(Db *db, bool ok, GError **error)
{
	return db->kind->settle(db, ok, error);
}

bool
db_scrub(Db *db, GPtrArray *remains, GError **error)
{
	return db->kind->scrub(db, remains, error);
}

bool
db_checkpoint(Db *db, GError **error)
{
	return db->kind->checkpoint(db, error);
}

bool
db_leave_checkpoints(Db *db, GError **error)
{
	return db->kind->leave_checkpoints(db, error);
}

bool
db_try_room(Db *db, GError **error)
{
	return db->kind->try_room(db, error);
}
