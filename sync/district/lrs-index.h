/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/lrs-terms.h"

/*
 * Draws what statements are found by from the log.  The writer does so when
 * it has a moment, when much waits, or when a query does: many statements'
 * postings together cost a fraction of what each costs alone.
 */
typedef struct LrsIndex LrsIndex;

LrsIndex *lrs_index_new(void);
void lrs_index_free(LrsIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LrsIndex, lrs_index_free)

/* What a statement that is being appended is found by, so that it need not be
 * read again if it is drawn soon; the index's from now on.  It is only a help:
 * what is forgotten, or was undone, is not missed. */
void lrs_index_take(LrsIndex *index, LrsTerms *terms);

/* A transaction of its own; *more tells whether some statements are left. */
bool lrs_index_some(LrsIndex *index, Archive *archive, bool *more,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- erasing; within the caller's transaction, after lrs_index_begin() --- */

bool lrs_index_begin(LrsIndex *index, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* A statement, while its body is there, is no longer found; adds to *n how
 * many postings went. */
bool lrs_index_drop(LrsIndex *index, const ArchiveStatement *statement,
		    int64_t *n, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Found again, by what its body is now. */
bool lrs_index_add(LrsIndex *index, const ArchiveStatement *statement,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether any statement is found by this activity. */
bool
lrs_index_has_activity(const LrsIndex *index, const char *activity, bool *has,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
