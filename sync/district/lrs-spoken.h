/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/xapi/value.h"

/*
 * Which version of xAPI each key spoke last.  A request that names none is
 * refused, and the refusal must be in some version: a tool of 1.0.3 looks for
 * 1.0.3 there, one of 2.0 for 2.0.0, and both are in use.  A hint, of this
 * process alone; any thread may call.
 */
typedef struct LrsSpoken LrsSpoken;

LrsSpoken *lrs_spoken_new(void);

/* Of a key whose secret was right, so there are never more than keys. */
void lrs_spoken_note(LrsSpoken *spoken, const char *key, XapiVersion version);
/* False, and *version untouched, if it never spoke. */
bool lrs_spoken_find(LrsSpoken *spoken, const char *key, XapiVersion *version);

void lrs_spoken_free(LrsSpoken *spoken);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LrsSpoken, lrs_spoken_free)
