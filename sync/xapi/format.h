/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "sync/xapi/language.h"
#include "sync/xapi/statement.h"

/*
 * A stored statement as a query's format wants it (Communication 2.1.3;
 * 2.0 4.1.6.1).  `exact` is the stored text itself.
 */

/*
 * What the LRS knows better than a statement: JSON texts, owned by the callee
 * until the next call; NULL: what the statement says.  What is no JSON is as
 * NULL.
 */
typedef struct {
	const char *(*definition)(void *self, const char *activity);
	const char *(*display)(void *self, const char *verb);
	void *self;
} XapiCanon;

/* Appends it with only what identifies agents, groups, verbs and
 * activities. */
void xapi_format_ids(GString *out, const XapiStatement *statement);

/* Appends it with each verb's display and each activity's definition as canon
 * (NULL: none) has them, and in every map of theirs one language. */
void
xapi_format_canonical(GString *out, const XapiStatement *statement,
		      const XapiCanon *canon, const XapiLanguages *languages);

/* Appends an activity's definition alone, with one language in each map; for
 * definitions that the LRS keeps. */
void xapi_format_definition(GString *out, const Tape *definition,
			    const XapiLanguages *languages);
