/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/*
 * A connection to the district's database, and queries on it: all that
 * archive-*.c need of one.  A query is one text for every kind of database,
 * with ?1 ?2 … for what is bound; db_open() makes the tables.
 *
 * A connection serves one thread at a time.
 */
typedef struct Db Db;
typedef struct DbQuery DbQuery;

/*
 * A path, sqlite:PATH, or postgresql://…, which must not carry a password:
 * it is readable to everybody on the machine.  FAULT_TOO_NEW, FAULT_DAMAGED;
 * FAULT_REFUSED if the server lets us not in.
 */
Db *db_open(const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool db_is_postgres(const char *address);
/* Whether other servers may write to it, too. */
bool db_is_shared(const Db *db);
void db_close(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_close)

/*
 * The prepared statement of an SQL text, which is a static array: the next
 * query of the same text gets the same statement.  At the end of its scope
 * it is reset, with nothing bound.
 */
DbQuery *
db_query(Db *db, const char *sql, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void db_query_reset(DbQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DbQuery, db_query_reset)

/* NULL binds NULL; what is bound must outlive the query's first step. */
void db_bind_int(DbQuery *query, int index, int64_t value);
void db_bind_text(DbQuery *query, int index, const char *text);
void db_bind_blob(DbQuery *query, int index, const void *bytes, size_t size);
void db_bind_bytes(DbQuery *query, int index, GBytes *bytes);

/* One step: *row tells whether there is a row. */
bool db_step(DbQuery *query, bool *row, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* A query that returns no row.  Within a transaction it may be only on its
 * way: whether it was done, db_flush(), db_end() or the next row tells. */
bool db_done(DbQuery *query, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* INSERT … RETURNING an integer; 0 if nothing was inserted. */
bool db_insert(DbQuery *query, int64_t *key, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * The rows of an array of structs, by one INSERT … VALUES (?1, ?2 …): a
 * column each for the members that are named, DB_END behind the last.  With
 * `distinct`, a column whose integers grow from row to row, it tells which
 * rows were inserted; without, it is with this as with db_done().
 */
typedef enum {
	DB_END,
	DB_INT,  /* int64_t */
	DB_TEXT, /* const char *, not NULL */
	DB_BLOB, /* const char *, not NULL, and its size: a size_t */
} DbColumnType;

typedef struct {
	DbColumnType type;
	size_t offset, size_offset; /* in the struct */
} DbColumn;

typedef struct {
	const DbColumn *columns;
	void *first;
	size_t size, n;       /* of the structs */
	const char *distinct; /* column's name, or NULL; … */
	size_t distinct_offset;
	size_t added_offset; /* of a bool: set where the row was inserted */
} DbRows;

bool
db_insert_rows(Db *db, const char *sql, const DbRows *rows, const char *doing,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of the row; the query keeps the text until its next step.  "" for NULL. */
int64_t db_int(DbQuery *query, int column);
const char *db_text(DbQuery *query, int column);
GBytes *db_bytes(DbQuery *query, int column); /* the caller's */
bool db_is_null(DbQuery *query, int column);
/* The query keeps the bytes until its next step. */
const void *db_blob(DbQuery *query, int column, size_t *size);

/* One or more statements at once, nothing bound. */
bool db_run(Db *db, const char *sql, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* One transaction after the other, whoever else writes to the database. */
bool db_begin(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Commits if ok, else rolls back and keeps the error that is set. */
bool db_end(Db *db, bool ok, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What is read until db_end(db, false) is of this instant, whatever is
 * written meanwhile; and may take as long as it does. */
bool db_begin_snapshot(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All that was sent within the transaction is done; else the first error. */
bool db_flush(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* db_settle() with ok false undoes what was written since db_mark(). */
bool db_mark(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool db_settle(Db *db, bool ok, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* See archive-erase.h. */
bool
db_scrub(Db *db, GPtrArray *remains, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* See archive.h. */
bool db_checkpoint(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool db_leave_checkpoints(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool db_try_room(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
