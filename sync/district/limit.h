/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"

/*
 * How often somebody may fail: a bucket a key, emptied by one at each
 * failure, filled by one every so often.  Any thread may call.
 */
typedef struct Limit Limit;

Limit *limit_new(int burst, int64_t refill_us, const Clock *clock);

/* Seconds to wait before the next try; 0: go on. */
int64_t limit_wait(Limit *limit, const char *key);
void limit_fail(Limit *limit, const char *key);
/* As others have counted, it is full again in so long (0: now): no sooner
 * than that; or, if they know all of it, just then. */
void limit_hear(Limit *limit, const char *key, int64_t full_in_us, bool all);
/* It was them: forget their failures. */
void limit_forgive(Limit *limit, const char *key);

void limit_free(Limit *limit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Limit, limit_free)
