/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

/*
 * Where time comes from.  Nothing else in the program reads a clock, so a
 * test can hand any module a clock of its own.
 *
 * The boards have no battery clock: the wall may say 1970.  So a reading has
 * three raw values that are kept for ever as they were read: which boot, how
 * long since that boot, and what the wall said.
 */
#define CLOCK_BOOT_ID 32 /* lower-case hex digits */

/* Unix epoch, UTC, microseconds: never mixed up with a duration. */
typedef struct {
	int64_t us;
} WallTime;

typedef struct {
	char boot[CLOCK_BOOT_ID + 1]; /* the kernel's boot id */
	int64_t since_boot_us;        /* counts while suspended, too */
	WallTime wall;
	bool trusted; /* the wall was set from the network in this boot */
} ClockReading;

typedef struct {
	ClockReading (*read)(void *self);
	void *self;
} Clock;

/*
 * The machine's clock.  Static; never freed.
 *
 * If the environment names a file in CAIRN_CLOCK_FILE, every reading comes
 * from that file instead, so that a test of the real programs owns time:
 * one line "BOOT SINCE_BOOT_US WALL_US TRUSTED(0|1)".
 */
const Clock *clock_system(void);

ClockReading clock_read(const Clock *clock);

/*
 * Microseconds from some beginning that only go forward, to measure what
 * somebody at the screen does.  Never kept, and no test holds it: a hand is
 * as slow as ever while CAIRN_CLOCK_FILE stands still.
 */
int64_t clock_measure(void);

/* RFC 3339 in UTC with milliseconds, "2026-11-23T15:04:05.000Z". */
#define CLOCK_TIMESTAMP_SIZE 32
void clock_format(WallTime wall, char out[static CLOCK_TIMESTAMP_SIZE]);

/* Takes any RFC 3339 zone; false if text is no timestamp. */
bool clock_parse(const char *text, WallTime *out) G_GNUC_WARN_UNUSED_RESULT;
