/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <libpq-fe.h>

#include "sync/district/db-private.h"

/* What the modules db-postgres*.c share; nobody else includes this. */

/*
 * Connects, and makes or upgrades the tables.  The connection is one for
 * pipelines, and commits are durable whatever the server's default is.
 */
PGconn *
postgres_connect(const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the error of an answer, or of the connection if there is none; always
 * returns false.  What the server quotes of our data is left out. */
bool postgres_fail(PGconn *conn, const PGresult *answer, const char *doing,
		   GError **error);

/* See db_scrub(). */
bool postgres_scrub(Db *db, GPtrArray *remains, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The caller's: with $1 for ?1; and, of that, "VALUES ($1, $2)" made
 * "SELECT * FROM unnest($1, $2)", which takes sql.  returning: a column, or
 * NULL. */
char *postgres_number_parameters(const char *sql);
char *postgres_unnest(char *sql, const char *returning);

/* A column of the rows, in binary, and its type; the caller's. */
GByteArray *
postgres_array(const DbRows *rows, const DbColumn *column, Oid *type);

typedef struct {
	Db db;
	char *address;   /* owned */
	PGconn *conn;    /* owned; NULL: to be made anew */
	unsigned era;    /* of the connection: what it has prepared is gone */
	unsigned names;  /* of prepared statements, so far */
	unsigned on_way; /* answers to come */
	bool within;     /* a transaction */
	GError *failed;  /* owned: what the transaction died of */
} PostgresDb;

typedef struct {
	DbQuery query;
	char *sql; /* owned: with $1 for ?1 */
	char name[16];
	unsigned era; /* when it was prepared; 0: never */
	bool many;    /* its values are arrays: of insert_rows() */

	int n;
	Oid types[DB_PARAMETERS_MAX];
	const char *values[DB_PARAMETERS_MAX]; /* borrowed, or of numbers */
	int sizes[DB_PARAMETERS_MAX], formats[DB_PARAMETERS_MAX];
	gint64 numbers[DB_PARAMETERS_MAX]; /* big-endian */

	PGresult *answer; /* owned; NULL: not asked yet */
	int row;
	bool stream;  /* of rows, each an answer */
	bool flowing; /* some are still to come */
} PostgresQuery;

/* Takes what a transaction died of: all that is asked for in it hears.
 * Always false. */
bool postgres_die(PostgresDb *db, GError *why, GError **error);
bool postgres_flush(Db *db, GError **error); /* of DbKind */

/* A query whose rows come one at a time, outside of the pipeline. */
bool postgres_step_stream(PostgresQuery *query, bool *row, const char *doing,
			  GError **error);
void postgres_stop_stream(PostgresQuery *query);

/* Of DbKind. */
int64_t postgres_get_int(DbQuery *base, int column);
const char *postgres_get_text(DbQuery *base, int column);
const void *postgres_get_blob(DbQuery *base, int column, size_t *size);
bool postgres_is_null(DbQuery *base, int column);
