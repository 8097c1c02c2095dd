/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "sync/line/retry-after.h"
#include "sync/line/schedule.h"

#define POLL_MS 30000

static uint32_t
most(uint32_t bound)
{
	return bound - 1;
}

static uint32_t
least(uint32_t bound)
{
	return 0;
}

/* How many ms of waiting until a round is due, in steps of a second. */
static int64_t
wait_for(Schedule *s, bool news)
{
	int64_t waited = 1000;

	while (!schedule_pass(s, 1000, news))
		waited += 1000;
	return waited;
}

static Schedule
make(uint32_t (*random)(uint32_t bound))
{
	Schedule s;

	schedule_init(&s, POLL_MS);
	s.random = random;
	return s;
}

static void
test_first_at_once(void)
{
	Schedule s = make(most);

	g_assert_true(schedule_pass(&s, 0, false));
}

static void
test_polls(void)
{
	Schedule s = make(least);

	schedule_done(&s);
	g_assert_cmpint(wait_for(&s, false), ==, POLL_MS);
	s.random = most;
	schedule_done(&s);
	g_assert_cmpint(wait_for(&s, false), ==, POLL_MS * 9 / 10);
}

static void
test_backs_off(void)
{
	static const int64_t waits_ms[] = { 2000,   4000,   8000,   16000,
					    32000,  64000,  128000, 256000,
					    300000, 300000, 300000 };
	Schedule s = make(most);

	for (size_t i = 0; i < G_N_ELEMENTS(waits_ms); i++) {
		schedule_failed(&s, -1);
		g_assert_cmpint(wait_for(&s, false), ==, waits_ms[i]);
	}
	for (int i = 0; i < 100; i++)
		schedule_failed(&s, -1);
	g_assert_cmpint(wait_for(&s, false), ==, SCHEDULE_MOST_MS);
	schedule_done(&s);
	schedule_failed(&s, -1);
	g_assert_cmpint(wait_for(&s, false), ==, SCHEDULE_FIRST_MS);
}

static void
test_jitter_is_full(void)
{
	Schedule s = make(least);

	for (int i = 0; i < 10; i++)
		schedule_failed(&s, -1);
	g_assert_cmpint(wait_for(&s, false), ==, 1000);
}

static void
test_told_waits(void)
{
	Schedule s = make(least);

	schedule_failed(&s, 90);
	g_assert_cmpint(wait_for(&s, true), ==, 90000);
	s.random = most;
	schedule_failed(&s, 90);
	g_assert_cmpint(wait_for(&s, true), ==, 94000);
	s.random = least;
	schedule_failed(&s, INT64_C(1) << 40);
	g_assert_cmpint(wait_for(&s, true), ==, SCHEDULE_TOLD_MOST_MS);
}

static void
test_news(void)
{
	Schedule s = make(least);

	schedule_done(&s);
	g_assert_cmpint(wait_for(&s, true), ==, 1000);
	s.random = most;
	for (int i = 0; i < 10; i++)
		schedule_failed(&s, -1);
	g_assert_cmpint(wait_for(&s, true), ==, SCHEDULE_WAKE_MS);
}

/* --- Retry-After --- */

static const struct {
	const char *text, *date;
	int64_t seconds;
} cases[] = {
	{ "120", NULL, 120 },
	{ "0", NULL, 0 },
	{ "99999999999999999999", NULL, G_MAXINT32 },
	{ "Mon, 23 Nov 2026 10:02:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT",
	  120 },
	{ "Mon, 23 Nov 2026 09:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 GMT", 0 },
	{ "Mon, 23 Nov 2026 10:02:00 GMT", NULL, -1 },
	{ "Mon, 23 Nov 2026 10:02:00 GMT", "", -1 },
	{ "-5", "Mon, 23 Nov 2026 10:00:00 GMT", -1 },
	{ "soon", NULL, -1 },
	{ "", NULL, -1 },
	{ NULL, NULL, -1 },
};

static void
test_retry_after(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_test_message("%s", cases[i].text);
		g_assert_cmpint(retry_after_parse(cases[i].text, cases[i].date),
				==, cases[i].seconds);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/schedule/first-round-is-at-once", test_first_at_once);
	g_test_add_func("/schedule/polls-and-never-all-at-once", test_polls);
	g_test_add_func("/schedule/backs-off-to-a-most", test_backs_off);
	g_test_add_func("/schedule/jitter-is-full", test_jitter_is_full);
	g_test_add_func("/schedule/waits-as-long-as-told", test_told_waits);
	g_test_add_func("/schedule/news-wake-it-but-not-too-often", test_news);
	g_test_add_func("/schedule/retry-after-is-a-number-or-a-date",
			test_retry_after);
	return g_test_run();
}
