/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/db.h"

/*
 * What tables a database has, as it says itself: for what must not forget
 * one, whoever adds it.
 */
typedef enum {
	DB_FIELD_INTEGER,
	DB_FIELD_TEXT,
	DB_FIELD_BLOB,
} DbFieldType;

typedef struct {
	char *name; /* owned */
	DbFieldType type;
	int key; /* place in the primary key, from 1; 0: not in it */
} DbField;

typedef struct {
	char *name;      /* owned */
	GArray *columns; /* owned: DbField */
	guint n_keys;
	bool one_row; /* migrations fill it, and nothing is added */
} DbTable;

/* Of DbTable, by name; the database's own notes are left out.  FAULT_INVALID
 * for a table without a key, or of a type that only one kind of database
 * has. */
GPtrArray *db_list_tables(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a text that was put together; the caller's. */
DbQuery *
db_query_new(Db *db, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same, whose rows come one at a time, however many there are.  Until it
 * is freed the connection is for nothing else. */
DbQuery *db_stream_new(Db *db, const char *sql, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void db_query_free(DbQuery *query);
typedef DbQuery DbOwnQuery;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DbOwnQuery, db_query_free)

const DbTable *db_find_table(const GPtrArray *tables, const char *name);
/* The column that is place-th in the primary key, from 1. */
guint db_key_column(const DbTable *table, int place);

/*
 * All rows in the order of the key, texts compared byte by byte: the same
 * order in every kind of database.  behind: db_bind_cell() says which of
 * them come after a key.  FAULT as for db_stream_new().
 */
DbQuery *db_stream_rows(Db *db, const DbTable *table, bool behind,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The last key in that order, its parts as columns; no row: the table is
 * empty.  Free it. */
DbQuery *db_query_last_key(Db *db, const DbTable *table, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Inserts a row, or puts it in the place of the one of its key. */
DbQuery *db_query_put_row(Db *db, const DbTable *table, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
DbQuery *db_query_delete_row(Db *db, const DbTable *table, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool db_count_rows(Db *db, const DbTable *table, int64_t *n, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Binds what a row has in a column; the row outlives the query's step. */
void db_bind_cell(DbQuery *query, int index, DbQuery *row, int column,
		  DbFieldType type);
/* Less than, equal to or greater than 0: by the keys of two streams' rows. */
int db_compare_keys(const DbTable *table, DbQuery *a, DbQuery *b);
/* The bytes of a cell for hashing: what kind, how long, and which. */
void db_hash_row(const DbTable *table, DbQuery *row, GChecksum *checksum);
/* How much of it there is. */
size_t db_row_size(const DbTable *table, DbQuery *row);
