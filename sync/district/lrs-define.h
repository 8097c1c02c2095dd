/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-index.h"
#include "sync/xapi/statement.h"

/*
 * What the LRS knows of activities: the definitions that statements bring,
 * merged (Data 2.4.4.1.s4).  Remembers what it has seen, since most say the
 * same again.
 */
typedef struct LrsDefinitions LrsDefinitions;

LrsDefinitions *lrs_definitions_new(void);
void lrs_definitions_free(LrsDefinitions *definitions);
/* What was written is undone. */
void lrs_definitions_forget(LrsDefinitions *definitions);

/*
 * Each definition of a statement as a number, of Term: a statement of which all
 * are known need not be read again.  lrs_definitions_note() tells that those
 * of one that was read are.
 */
GArray *lrs_define_list(const XapiStatement *statement);
bool lrs_definitions_know(const LrsDefinitions *definitions, const Term *each,
			  guint n);
void
lrs_definitions_note(LrsDefinitions *definitions, const Term *each, guint n);

/* Those of a statement, its context and its sub-statement. */
bool lrs_define(LrsDefinitions *definitions, Archive *archive,
		const XapiStatement *statement, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
