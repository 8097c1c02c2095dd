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
