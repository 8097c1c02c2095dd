/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "sync/xapi/tape.h"

/*
 * Somebody's names, UTF-8, found in what a text says and not in how it is spelled:
 * JSON's escapes, an IRI's percent signs and the case of ASCII letters make no
 * difference.
 */
typedef struct {
	GHashTable *keys; /* borrowed: a set of agents in their normal form
			   * (keys.h), an mbox in small letters */
	GPtrArray *texts; /* borrowed: found wherever they stand */
	GPtrArray *words; /* borrowed: found where nothing adjoins that would
			   * make another of them, as big.kid@a.b of kid@a.b */
} XapiWho;

/* Is an agent of this normal form theirs? */
bool xapi_who_is(const XapiWho *who, const char *key);

bool xapi_who_in_text(const XapiWho *who, const char *text, size_t size);
/* In texts, names of members and numbers, at any depth. */
bool xapi_who_in_value(const XapiWho *who, const TapeValue *value);
/* Of JSON in what it says, of anything else as it stands. */
bool xapi_who_in_bytes(const XapiWho *who, const char *bytes, size_t size);

/* Letters and digits of what is found become noughts; nothing is found
 * afterwards, and the text is no longer than it was. */
void xapi_who_blot(const XapiWho *who, GString *text);
