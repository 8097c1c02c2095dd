/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-index.h"
#include "sync/xapi/keys.h"
#include "sync/xapi/query.h"

/*
 * What a statement is found by, as terms.  They are made where a statement is
 * read anyway, and go with it to whoever posts them (lrs-index.h), so that it
 * need not be read a second time.
 */
typedef struct {
	/* How its row is told from any other; set where it is appended. */
	WallTime stored;
	int64_t tool;
	Term sender; /* lrs_terms_sender() of it */
	char id[ID_UUID + 1], hash[ID_SHA256 + 1];

	char target[ID_UUID + 1]; /* "" */
	bool voids;
	guint n, n_defined;
	Term terms[]; /* n; then n_defined of lrs_define_list() */
} LrsTerms;

/* keys: with the authority; defined: Term, or NULL.  Freed by g_free(). */
LrsTerms *lrs_terms_new(const XapiKeys *keys, const GArray *defined);

Term lrs_terms_sender(int64_t tool);
/* Of an agent in its normal form, wherever a statement has it. */
Term lrs_terms_agent(const char *key);
Term lrs_terms_activity(const char *activity, bool related);

/* The terms that a query asks for; tool: only what that one sent, or 0. */
void lrs_terms_asked(const XapiQuery *query, int64_t tool, ArchiveFind *out);
