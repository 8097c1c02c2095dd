/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/line/schedule.h"

#include <glib.h>
#include <sodium.h>

#define DOUBLINGS_MAX 20 /* past that, SCHEDULE_MOST_MS long rules */

void
schedule_init(Schedule *schedule, int64_t poll_ms)
{
	*schedule =
		(Schedule){ .poll_ms = poll_ms, .random = randombytes_uniform };
}

static int64_t
jitter(const Schedule *schedule, int64_t most_ms)
{
	return schedule->random((uint32_t)CLAMP(most_ms, 0, G_MAXINT32) + 1);
}

void
schedule_done(Schedule *schedule)
{
	schedule->failures = 0;
	schedule->told = false;
	schedule->since_ms = 0;
	schedule->wait_ms =
		schedule->poll_ms - jitter(schedule, schedule->poll_ms / 10);
}

static int64_t
next_step(Schedule *schedule)
{
	unsigned doublings = MIN(schedule->failures, DOUBLINGS_MAX);

	schedule->failures++;
	return MIN((int64_t)SCHEDULE_FIRST_MS << doublings, SCHEDULE_MOST_MS);
}

void
schedule_failed(Schedule *schedule, int64_t retry_after_s)
{
	int64_t step = next_step(schedule);
	int64_t told = CLAMP(retry_after_s, 0, SCHEDULE_TOLD_MOST_MS / 1000);

	schedule->since_ms = 0;
	schedule->told = retry_after_s >= 0;
	schedule->wait_ms = told * 1000 + jitter(schedule, step);
}

bool
schedule_pass(Schedule *schedule, int64_t ms, bool news)
{
	schedule->wait_ms -= ms;
	schedule->since_ms += ms;
	if (schedule->wait_ms <= 0)
		return true;
	if (!news || schedule->told)
		return false;
	return schedule->failures == 0 ||
	       schedule->since_ms >= SCHEDULE_WAKE_MS;
}
