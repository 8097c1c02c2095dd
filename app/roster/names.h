/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <glib.h>

/*
 * What children are called.  Nothing is assumed of a name but that it is
 * text: a given name may be several words, a family name may be missing.
 */
typedef struct {
	const char *group; /* who must be told apart: a class's id */
	char *called;      /* owned: "Maya", in NFC */
	char *rest;        /* owned: "Ramírez Ana", may be "" */
} RosterName;

/* In Unicode's composed form (NFC), without spaces around; the caller's. */
char *roster_tidy_name(const char *text);

/*
 * For each of n names what to show: "Maya", but "Maya R." beside "Maya T.":
 * the shortest beginning of the rest that differs from all others of the
 * group who are called the same.  A letter is never cut from its marks.  Two
 * who are wholly alike stay so: their pictures differ.  An array of n texts,
 * NULL-terminated, the caller's.
 */
char **roster_tell_apart(const RosterName *names, size_t n);

void roster_name_clear(RosterName *name);
