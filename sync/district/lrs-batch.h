/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/lrs-index.h"
#include "sync/district/receive.h"
#include "sync/xapi/statement.h"

/*
 * A tool's statements on their way into the record: checked, appended; all or
 * nothing.
 */
typedef struct LrsBatch LrsBatch;

/* received is borrowed, and has come whole. */
LrsBatch *lrs_batch_new(const Received *received, XapiVersion version,
			const XapiLimits *limits);

/* FAULT_INVALID names what is wrong.  put is the statementId of a PUT, or
 * NULL; authority is JSON. */
bool lrs_batch_read(LrsBatch *batch, const char *put, const char *authority,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Appends.  False with an error, or with *conflict naming the id that is held
 * with another meaning; what it wrote must be undone then. */
bool lrs_batch_write(LrsBatch *batch, Archive *archive, int64_t tool,
		     WallTime now, const char **conflict, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* What those that were appended are found by, behind lrs_batch_write(). */
void lrs_batch_hand_over(LrsBatch *batch, LrsIndex *index);

size_t lrs_batch_count(const LrsBatch *batch);
const char *lrs_batch_get_id(const LrsBatch *batch, size_t i);

void lrs_batch_free(LrsBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LrsBatch, lrs_batch_free)
