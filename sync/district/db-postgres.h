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
