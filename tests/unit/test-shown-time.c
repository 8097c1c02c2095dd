/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib.h>

#include "app/evidence/shown-time.h"

#define HOUR  (INT64_C(3600) * G_USEC_PER_SEC)
#define EIGHT (INT64_C(500000) * HOUR)

/* One letter a boot; hours since boot; trusted readings tell the time. */
static ClockReading
reading(char boot, int64_t since_h, int64_t wall_us, bool trusted)
{
	ClockReading r = { .since_boot_us = since_h * HOUR,
			   .wall.us = wall_us,
			   .trusted = trusted };

	memset(r.boot, boot, CLOCK_BOOT_ID);
	return r;
}

static void
a_trusted_wall_is_exact(void)
{
	ClockReading r = reading('a', 1, EIGHT, true);
	ShownTime shown;

	shown_time_derive(&r, 1, NULL, 0, (WallTime){ 0 }, (WallTime){ EIGHT },
			  &shown);
	g_assert_cmpint(shown.wall.us, ==, EIGHT);
	g_assert_cmpint(shown.about_us, ==, 0);
}

static void
a_later_trust_repairs_the_same_boot(void)
{
	const ClockReading r[] = {
		reading('a', 1, 0, false),
		reading('a', 2, 0, false),
		reading('a', 5, EIGHT, true),
	};
	ShownTime shown[3];

	shown_time_derive(r, 3, NULL, 0, (WallTime){ 0 }, (WallTime){ EIGHT },
			  shown);
	g_assert_cmpint(shown[0].wall.us, ==, EIGHT - 4 * HOUR);
	g_assert_cmpint(shown[1].wall.us, ==, EIGHT - 3 * HOUR);
	g_assert_cmpint(shown[1].about_us, ==, 0);
}

static void
an_anchor_repairs_its_boot_alone(void)
{
	const ClockReading r[] = {
		reading('a', 1, 0, false),
		reading('b', 1, 0, false),
	};
	ClockAnchor anchor = { .booted = { EIGHT } };
	ShownTime shown[2];

	memset(anchor.boot, 'b', CLOCK_BOOT_ID);
	shown_time_derive(r, 2, &anchor, 1, (WallTime){ EIGHT - 10 * HOUR },
			  (WallTime){ EIGHT + 2 * HOUR }, shown);
	g_assert_cmpint(shown[1].wall.us, ==, EIGHT + HOUR);
	g_assert_cmpint(shown[1].about_us, ==, 0);
	g_assert_cmpint(shown[0].about_us, >, 0);
}

/* Whatever the true time was, it lies within what is shown. */
static void
an_interval_covers_the_truth(void)
{
	const ClockReading r[] = {
		reading('a', 1, EIGHT, true),
		reading('b', 1, 0, false),
		reading('b', 2, 0, false),
		reading('c', 1, 0, false),
		reading('d', 1, EIGHT + 100 * HOUR, true),
	};
	ShownTime shown[5];

	shown_time_derive(r, 5, NULL, 0, (WallTime){ 0 },
			  (WallTime){ EIGHT + 200 * HOUR }, shown);
	for (int i = 1; i <= 3; i++) {
		g_assert_cmpint(shown[i].wall.us - shown[i].about_us, <=,
				EIGHT);
		g_assert_cmpint(shown[i].wall.us + shown[i].about_us, >=,
				EIGHT + 100 * HOUR);
		g_assert_cmpint(shown[i].wall.us, >, shown[i - 1].wall.us);
	}
	g_assert_cmpint(shown[4].wall.us, >, shown[3].wall.us);
}

static void
the_ends_have_bounds(void)
{
	const ClockReading r[] = {
		reading('a', 1, 0, false),
		reading('b', 1, EIGHT, true),
		reading('c', 1, 0, false),
	};
	ShownTime shown[3];

	shown_time_derive(r, 3, NULL, 0, (WallTime){ EIGHT - 2 * HOUR },
			  (WallTime){ EIGHT + 4 * HOUR }, shown);
	g_assert_cmpint(shown[0].wall.us, ==, EIGHT - HOUR);
	g_assert_cmpint(shown[0].about_us, ==, HOUR);
	g_assert_cmpint(shown[2].wall.us, ==, EIGHT + 2 * HOUR);
	g_assert_cmpint(shown[2].about_us, ==, 2 * HOUR);
}

static void
bounds_that_disagree_are_never_exact(void)
{
	/* A clock that was trusted, and wrong: later than what follows. */
	const ClockReading r[] = {
		reading('a', 1, EIGHT + 5 * HOUR, true),
		reading('b', 1, 0, false),
		reading('c', 1, EIGHT, true),
	};
	ShownTime shown[3];

	shown_time_derive(r, 3, NULL, 0, (WallTime){ 0 }, (WallTime){ EIGHT },
			  shown);
	g_assert_cmpint(shown[1].about_us, >=, 5 * HOUR);
}

static void
a_month_of_dark_boots_is_quick_and_in_order(void)
{
	enum { N = 4000 };
	g_autofree ClockReading *r = g_new0(ClockReading, N);
	g_autofree ShownTime *shown = g_new0(ShownTime, N);

	for (int i = 0; i < N; i++)
		r[i] = reading((char)('a' + i / 40 % 26), i % 40, 0, false);
	shown_time_derive(r, N, NULL, 0, (WallTime){ EIGHT },
			  (WallTime){ EIGHT + 720 * HOUR }, shown);
	for (int i = 1; i < N; i++)
		g_assert_cmpint(shown[i].wall.us, >=, shown[i - 1].wall.us);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shown-time/trusted-is-exact",
			a_trusted_wall_is_exact);
	g_test_add_func("/shown-time/later-trust-repairs-the-same-boot",
			a_later_trust_repairs_the_same_boot);
	g_test_add_func("/shown-time/anchor-repairs-its-boot-alone",
			an_anchor_repairs_its_boot_alone);
	g_test_add_func("/shown-time/interval-covers-the-truth",
			an_interval_covers_the_truth);
	g_test_add_func("/shown-time/ends-have-bounds", the_ends_have_bounds);
	g_test_add_func("/shown-time/bounds-that-disagree-are-never-exact",
			bounds_that_disagree_are_never_exact);
	g_test_add_func("/shown-time/dark-month-is-quick-and-in-order",
			a_month_of_dark_boots_is_quick_and_in_order);
	return g_test_run();
}
