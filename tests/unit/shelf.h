/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store.h"

/* A store in a folder of its own with a clock that the test holds. */
typedef struct {
	Clock clock;
	ClockReading now;
} HeldClock;

typedef struct {
	char *folder;
	Store *store;
	HeldClock held;
} Shelf;

#define SHELF_DAY_US (INT64_C(86400) * G_USEC_PER_SEC)
#define SHELF_TODAY  (INT64_C(1795000000) * G_USEC_PER_SEC)

/* For g_test_add(). */
void shelf_setup(Shelf *f, const void *data);
void shelf_teardown(Shelf *f, const void *data);

/* Every reading is a millisecond later; boot is one letter. */
void shelf_set_clock(Shelf *f, const char *boot, int64_t wall_us, bool trusted);
void shelf_reopen(Shelf *f);

Evidence shelf_choice(void);
void shelf_lay(Shelf *f, int n); /* so many choices */

/* Overwrites the database and opens again. */
void shelf_lose_database(Shelf *f);
