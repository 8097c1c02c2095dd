/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>

/*
 * Being told to stop.  The first SIGTERM or SIGINT asks to finish; a second,
 * or STOP_GRACE_S without an end, aborts the request at hand.  Of the whole
 * process: main() calls, and hands the word on.
 */
#define STOP_GRACE_S 3
#define STOP_TICK_MS 1000 /* between looks for news */

enum { STOP_NOT = 0, STOP_FINISH = 1, STOP_ABORT = 2 };

/* From now on; a line that breaks kills nobody either. */
void stop_catch_signals(void);

/* One of the above, as long as the process lives. */
const volatile sig_atomic_t *stop_get_word(void);

/* Returns after a tick, or as soon as a signal comes. */
void stop_wait_a_tick(void);
