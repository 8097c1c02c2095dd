/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-review.h"

/*
 * A teacher's decisions as xAPI statements, so that any tool can read what was
 * confirmed, and a forwarder can wait for it: the teacher `validated` or did
 * `return` the entry, which is referred to.  `later` says nothing.  Undo voids
 * what was said.  A note to the child stays out: it is words about a child,
 * and no StatementRef would lead to their erasure.
 *
 * Within the transaction that adds the review.
 */

/* review is the one now in force. */
bool review_statement_add(Archive *archive, const ArchiveStaff *staff,
			  const char *entry, const ArchiveReview *review,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* seq was in force until now; one of before there were statements is no
 * error. */
bool review_statement_void(Archive *archive, const ArchiveStaff *staff,
			   const char *entry, int64_t seq, WallTime now,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
