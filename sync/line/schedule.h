/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * When the next round is due.  Reads no clock: it is told how long was
 * waited, so a clock that jumps, or stands at 1970, changes nothing.
 */
#define SCHEDULE_FIRST_MS     2000             /* the first backoff's most */
#define SCHEDULE_MOST_MS      (5 * 60 * 1000)  /* any backoff's most */
#define SCHEDULE_TOLD_MOST_MS (60 * 60 * 1000) /* of a Retry-After */
#define SCHEDULE_WAKE_MS      10000 /* between tries that news may ask for */

typedef struct {
	int64_t poll_ms;
	uint32_t (*random)(uint32_t bound); /* 0 … bound - 1 */
	/* private */
	int64_t wait_ms;  /* until the next round */
	int64_t since_ms; /* the last round */
	unsigned failures;
	bool told; /* the other end named the wait */
} Schedule;

/* The first round is due at once. */
void schedule_init(Schedule *schedule, int64_t poll_ms);

/* A round went well: the next one after poll_ms or a little less. */
void schedule_done(Schedule *schedule);

/*
 * A round failed: exponential backoff with full jitter, 0 … 2 s, then 0 …
 * 4 s, up to 0 … 5 min.  If the other end named a time (retry_after_s is not
 * -1), at least that, at most an hour, and jitter behind it.
 */
void schedule_failed(Schedule *schedule, int64_t retry_after_s);

/*
 * ms have passed; true if a round is due.  With news (a stone was laid) it
 * is due at once while all is well; while offline at most each 10 s; and
 * not before the time that the other end named.
 */
bool schedule_pass(Schedule *schedule, int64_t ms, bool news);
