/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/xapi/statement.h"

/*
 * A statement as an LRS keeps it and gives it back in the format `exact`: the
 * bytes that came, with only this changed (Data 2.3.1.b1, 2.4.6.2.s4.b3):
 *
 *   id, timestamp, version   added if not there
 *   stored, authority        set
 *   timestamps               in UTC, with all their digits
 *   context activities       in lists
 *
 * So numbers, escapes, the order of names and blanks stay as they were sent.
 */
typedef struct {
	const char *id;        /* a new UUID, for a statement that has none */
	const char *stored;    /* RFC 3339, UTC */
	const char *authority; /* JSON of an agent */
	bool trust_authority;  /* keep one that came (Data 2.4.9.s3.b5) */
} XapiLrs;

/* Appends the stored text. */
void
xapi_stored(GString *out, const XapiStatement *statement, const XapiLrs *lrs);
