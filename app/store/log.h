/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-private.h"

/*
 * records.jsonl: the canonical bytes of each record and a newline, synced
 * before the database commits.  Of a forgotten record a line stays that
 * keeps its place: {"forgotten":{"badge",…,"prompt"}}.  A line that a power
 * cut tore is left where it is and passed over.
 *
 * The log and the database have the same records.  Where a power cut or a
 * bad disk left one of them behind, the next transaction brings it up to the
 * other, so it never happens that two records get one number.
 */

bool store_open_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Durable when it returns true; the file is as it was when false. */
bool store_append_log(Store *store, GBytes *record, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Takes the newest append back: the database would not commit it. */
void store_undo_log(Store *store, GBytes *record);
/* In the caller's transaction: what only one of the two has, both have. */
bool
store_agree_with_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes the log anew from the database, without forgotten words. */
bool store_rewrite_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What one line says: of a record, or of a forgotten one. */
typedef struct {
	int64_t number;
	char hash[ID_SHA256 + 1];
	GBytes *body; /* owned; NULL: forgotten, and what follows is known */
	char id[ID_UUID + 1];
	char learner[EVIDENCE_ID_MAX + 1];
	char badge[EVIDENCE_ID_MAX + 1];
	char prompt[EVIDENCE_ID_MAX + 1];
	char previous[ID_SHA256 + 1]; /* "": not known */
} LogLine;

/* A record's line from its bytes; NULL if they are none. */
LogLine *log_line_read(const void *bytes, size_t size);
void log_line_free(LogLine *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogLine, log_line_free)

/* number (int64_t) → LogLine; odd: some line contradicts another. */
typedef struct {
	GHashTable *lines;
	int64_t first, last;
	bool odd;
} LogIndex;

LogIndex *log_index_new(void);
/* Takes the line; of two that contradict each other the first is kept. */
void log_index_add(LogIndex *log, LogLine *line);
LogIndex *
log_index_read(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const LogLine *log_index_find(const LogIndex *log, int64_t number);
void log_index_free(LogIndex *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogIndex, log_index_free)

/*
 * Puts a line into the database behind `at`, and moves `at` on to it.  What
 * is missing in between is put in as lost.  *taken is false, and nothing is
 * changed, if the line does not follow in the chain.
 */
bool log_take_in(Store *store, const LogLine *line, StoreIdentity *at,
		 bool *taken, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What contradicts the chain is kept aside, and an adult told; the caller
 * writes the log anew. */
bool log_keep_odd(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
