/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/clock.h"

/*
 * When it happened, as far as can honestly be said.  Derived, never stored
 * in the record: a trusted wall; else the same boot's anchor; else an
 * interval between its neighbours in record order.
 */
typedef struct {
	WallTime wall;
	int64_t about_us; /* may be off by this much either way; 0: exact */
} ShownTime;

/* In this boot, the time since boot was 0 at this wall time. */
typedef struct {
	char boot[CLOCK_BOOT_ID + 1];
	WallTime booted;
} ClockAnchor;

/*
 * Fills shown[i] for readings[0 … n), which are in record order.  A boot
 * with a trusted reading anchors its untrusted ones, besides anchors.
 * Readings with no anchor are spread between the nearest known neighbours
 * with about_us covering the interval; `before` bounds the last ones (they
 * were made no later than that), `after` the first (the software's build
 * date, say): both trusted.
 */
void shown_time_derive(const ClockReading *readings, size_t n,
		       const ClockAnchor *anchors, size_t n_anchors,
		       WallTime after, WallTime before, ShownTime *shown);
