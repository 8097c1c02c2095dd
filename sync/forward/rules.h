/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/roster/classes.h"
#include "sync/xapi/statement.h"

/*
 * What may be sent on: a text file, one rule a line, read from the top.  The
 * first rule whose conditions all hold decides; what no rule fits is kept.
 *
 *     send|keep [condition …]       # and a comment
 *
 *     verb=IRI       its verb
 *     activity=IRI   its object
 *     related=IRI    its object, or an activity of its context
 *     actor=NAME     who did it: the name of an account, or an identifier
 *                    as in sync/xapi/keys.h ("mailto:…", "openid:…")
 *     actor=@FILE    … any of the names in a file, one a line
 *     home=IRI       the home page of their account
 *     class=NAME     their class, by its id or title: see below
 *     grade=NAME     their grade, as the roster has it: "KG", "03"
 *     confirmed      a teacher has confirmed it; only of `send`
 *
 * A * at the end of a value stands for anything; "…" holds blanks, with \"
 * and \\ in it.  Of a group, `keep` fits if any of its people fit, `send` only
 * if all do.
 *
 * No statement names a class: who is in which one is said by a file that the
 * district writes (app/roster/classes.h), as it is now.  Of whom it does not
 * know, `send` does not fit and `keep` does: in doubt it stays.
 */
#define RULES_BYTES_MAX (256 * 1024)
#define RULES_MAX       1000
#define RULES_NAMES_MAX (4 * 1024 * 1024) /* bytes of a file of names */

typedef struct Rules Rules;

/* The bytes of a file of names; NULL with error set. */
typedef GBytes *(*RulesFile)(const char *path, void *data, GError **error);

/* FAULT_INVALID with the line and what to do; else what file() set. */
Rules *rules_parse(const char *text, size_t size, RulesFile file, void *data,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From a file, names from those it speaks of, and classes from theirs, which
 * may be "" if no rule asks for one. */
Rules *rules_read(const char *path, const char *classes, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Takes them over; without them nobody's class is known. */
void rules_set_classes(Rules *rules, Classes *classes);

/* Whether it may be sent on; a plain statement that was checked. */
bool
rules_send(const Rules *rules, const XapiStatement *statement, bool confirmed);

/* Whether any rule asks for what a teacher has confirmed; for a class or a
 * grade. */
bool rules_ask_confirmed(const Rules *rules);
bool rules_ask_classes(const Rules *rules);
size_t rules_count(const Rules *rules);

/* One rule a line, as it was understood; reads back as the same. */
void rules_print(const Rules *rules, GString *out);

void rules_free(Rules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rules, rules_free)
