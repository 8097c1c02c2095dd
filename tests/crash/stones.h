/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store.h"

/* What the crash tests lay, and where. */

/* A clock that moves on by a second at each look; trusted. */
Clock stones_clock(int64_t *seconds);

/* One choice of a learner, ready to be laid. */
Evidence stones_choice(const char *learner);
/* With a photo in the vault; false with the store's error. */
bool
stones_photo(Store *store, const char *bytes, Evidence *out, GError **error);

/* Damage and torn lines are what these tests are after: no word of them. */
void stones_hush_store(void);

/* How often, from the environment: CRASH_SEEDS=100 for a long look. */
int64_t stones_how_often(const char *variable, int64_t otherwise);

/* An empty folder in memory where there is room for it; the caller's. */
char *stones_make_folder(void);
void stones_remove_folder(const char *folder);
