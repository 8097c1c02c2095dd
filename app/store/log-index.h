/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-private.h"

#define LOG_BYTES_MAX ((size_t)1024 * 1024 * 1024)

/* The lines of records.jsonl, read and held against each other. */

/* What one line says: of a record, or of a forgotten one. */
typedef struct {
	int64_t number;
	char hash[ID_SHA256 + 1];
	GBytes *body; /* owned; NULL: forgotten, and what follows is known */
	bool erased;  /* before the district had it */
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
/* Of two sources' word on a record (each may be NULL) the one that the record
 * behind it confirms; NULL if that says both have changed. */
const LogLine *
log_pick(const LogLine *first, const LogLine *second, const LogLine *next);
void log_index_free(LogIndex *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LogIndex, log_index_free)
