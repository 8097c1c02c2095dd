/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "line"

#include "sync/line/stop.h"

#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t word = STOP_NOT;
static int woken = -1; /* an eventfd that wakes the waiting */

static void
on_signal(int number)
{
	const uint64_t one = 1;

	word = number == SIGALRM || word != STOP_NOT ? STOP_ABORT : STOP_FINISH;
	if (word == STOP_FINISH)
		alarm(STOP_GRACE_S);
	if (write(woken, &one, sizeof(one)) < 0)
		return; /* the next tick sees the word */
}

void
stop_catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	woken = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

const volatile sig_atomic_t *
stop_get_word(void)
{
	return &word;
}

void
stop_wait_a_tick(void)
{
	struct pollfd wake = { .fd = woken, .events = POLLIN };

	poll(&wake, 1, STOP_TICK_MS);
}
