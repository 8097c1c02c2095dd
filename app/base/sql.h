/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>
#include <sqlite3.h>

/*
 * The few SQLite calls that app/store and sync/district share.  Nothing here
 * knows a table.  Everything durable: WAL, synchronous=FULL.
 */
#define SQL_BUSY_TIMEOUT_MS 5000

typedef sqlite3_stmt SqlStatement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlStatement, sqlite3_finalize)

/*
 * Opens and configures; brings the file up to n_migrations, each applied in
 * order within one transaction with user_version.  FAULT_TOO_NEW leaves the
 * file byte for byte as it was; FAULT_DAMAGED if it is no database or what
 * was read of it is broken (PRAGMA quick_check looks at the rest).  A
 * connection belongs to the thread that opened it; a new file is 0600.
 */
sqlite3 *
sql_open(const char *path, const char *const *migrations, size_t n_migrations,
	 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the error of the last call on db; always returns false. */
bool sql_fail(sqlite3 *db, const char *doing, GError **error);

bool sql_run(sqlite3 *db, const char *sql, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
SqlStatement *sql_prepare(sqlite3 *db, const char *sql, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* One step: *row tells whether there is a row. */
bool sql_step(SqlStatement *stmt, bool *row, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* A statement that returns no row. */
bool sql_done(SqlStatement *stmt, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* NULL binds NULL; the text must outlive the statement's step. */
void sql_bind_text(SqlStatement *stmt, int index, const char *text);
void sql_bind_int(SqlStatement *stmt, int index, int64_t value);
void sql_bind_bytes(SqlStatement *stmt, int index, GBytes *bytes);

/* "" for NULL; the statement keeps it until its next step. */
const char *sql_text(SqlStatement *stmt, int column);
int64_t sql_int(SqlStatement *stmt, int column);
GBytes *sql_bytes(SqlStatement *stmt, int column); /* the caller's */

bool sql_begin(sqlite3 *db, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Commits if ok, else rolls back and keeps the error that is set. */
bool sql_end(sqlite3 *db, bool ok, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
