/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-audit.h"
#include "sync/district/archive.h"
#include "sync/district/db.h"

/* What the modules archive-*.c share; nobody else includes this. */

/* Within a transaction: the last event of the audit log. */
typedef struct {
	bool is_known, has_moved;
	int64_t seq;
	char hash[ID_SHA256 + 1];
} ArchiveAuditEnd;

struct Archive {
	Db *db;           /* owned */
	GHashTable *used; /* owned: "kiosk learner" pairs that usage has */
	bool within;      /* a transaction, in which: */
	int64_t end_us;   /* the last instant allotted; 0: not known */
	bool end_moved;   /* it is later than the row says */
	bool knows_erased, any_erased; /* archive_has_erased_who() */
	ArchiveAuditEnd audit, audit_at_mark;
};

/* Writes down the last instant allotted. */
bool
archive_move_end(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* See db_query(). */
typedef DbQuery ArchiveQuery;
ArchiveQuery *archive_query(Archive *archive, const char *sql, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveQuery, db_query_reset)

/* One step of it that must give a row: FAULT_NOT_FOUND with what if not. */
bool archive_find_row(ArchiveQuery *query, const char *what, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The first column of each row that is left. */
GPtrArray *archive_list_texts(ArchiveQuery *query, const char *doing,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies a column's text into a buffer; cut, if it were too long. */
void archive_copy(ArchiveQuery *query, int column, char *out, size_t size);

/* An event's columns, and one read from them. */
#define AUDIT_COLUMNS \
	"SELECT seq, at_us, who_kind, who, address, action, object, about," \
	" n, status, hash"
void archive_read_event(ArchiveQuery *query, AuditEvent *out);
