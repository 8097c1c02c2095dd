/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "sync/xapi/statement.h"

/*
 * What a statement means, so that one that is sent again is known for the
 * same (Data 2.3.1; 2.0 4.2).  Left out: id, stored, authority, version; verb
 * displays and activity definitions; the order of names and of a group's
 * members; how numbers, timestamps and durations are spelled; the case of
 * UUIDs, hashes, language tags and mail domains; an objectType that says only
 * what is assumed anyway; whether one context activity stands in a list.
 *
 * A plain value; all of it may be kept and compared later.
 */
#define XAPI_HASH_SIZE 32 /* SHA-256 */

typedef struct {
	uint8_t statement[XAPI_HASH_SIZE];
	uint8_t attachments[XAPI_HASH_SIZE]; /* but for signatures */
	bool has_timestamp;                  /* else the LRS sets it */
	int64_t timestamp_ms;                /* since 1970, UTC */
} XapiMeaning;

void xapi_meaning(const XapiStatement *statement, XapiMeaning *out);

/*
 * Whether one is the other, sent again.  A timestamp that one of them left to
 * the LRS is no difference.  2.0 also says that neither timestamps nor
 * attachments may be one (4.2, Statement Immutability); in 1.0.3 another
 * instant, or other attachments, are.
 */
bool xapi_meaning_is_same(const XapiMeaning *held, const XapiMeaning *sent,
			  XapiVersion version);
