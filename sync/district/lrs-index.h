/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-index.h"
#include "sync/xapi/query.h"

/*
 * Draws what statements are found by from the log.  The writer does so when
 * it has a moment, when much waits, or when a query does: many statements'
 * postings together cost a fraction of what each costs alone.
 */
typedef struct LrsIndex LrsIndex;

LrsIndex *lrs_index_new(void);
void lrs_index_free(LrsIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LrsIndex, lrs_index_free)

/* A transaction of its own; *more tells whether some statements are left. */
bool lrs_index_some(LrsIndex *index, Archive *archive, bool *more,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The terms that a query asks for; tool: only what that one sent, or 0. */
void lrs_index_terms(const XapiQuery *query, int64_t tool, ArchiveFind *out);
