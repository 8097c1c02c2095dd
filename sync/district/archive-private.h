/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/sql.h"
#include "sync/district/archive.h"

/* What the modules archive-*.c share; nobody else includes this. */
struct Archive {
	sqlite3 *db;         /* owned */
	GHashTable *queries; /* owned: SQL text → prepared statement */
	GHashTable *used;    /* owned: "kiosk learner" pairs that usage has */
};

/*
 * The prepared statement of an SQL text, which is a static array: the next
 * query of the same text gets the same statement.  At the end of its scope
 * it is reset, with nothing bound.
 */
typedef sqlite3_stmt ArchiveQuery;
ArchiveQuery *archive_query(Archive *archive, const char *sql, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void archive_query_reset(ArchiveQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveQuery, archive_query_reset)

/* One step of it that must give a row: FAULT_NOT_FOUND with what if not. */
bool archive_find_row(ArchiveQuery *query, const char *what, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Copies a column's text into a buffer; cut, if it were too long. */
void archive_copy(ArchiveQuery *query, int column, char *out, size_t size);
