/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/clock.h"

static void
prints_milliseconds_in_utc(void)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ 999, "1970-01-01T00:00:00.000Z" },
		{ 1000, "1970-01-01T00:00:00.001Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ -1000000, "1969-12-31T23:59:59.000Z" },
		{ INT64_C(1795446245123456), "2026-11-23T15:04:05.123Z" },
		{ INT64_C(951782400000000), "2000-02-29T00:00:00.000Z" },
		{ INT64_C(-61318252800000000), "0026-11-26T00:00:00.000Z" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		char text[CLOCK_TIMESTAMP_SIZE];

		clock_format((WallTime){ rows[i].us }, text);
		g_assert_cmpstr(text, ==, rows[i].text);
	}
}

static void
prints_something_for_any_number(void)
{
	static const int64_t extremes[] = { INT64_MIN, INT64_MAX };

	for (size_t i = 0; i < G_N_ELEMENTS(extremes); i++) {
		char text[CLOCK_TIMESTAMP_SIZE];

		clock_format((WallTime){ extremes[i] }, text);
		g_assert_cmpuint(strlen(text), <, CLOCK_TIMESTAMP_SIZE);
	}
}

static void
reads_any_zone(void)
{
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-23T15:04:05.123456Z", INT64_C(1795446245123456) },
		{ "2026-11-23T16:04:05+01:00", INT64_C(1795446245000000) },
		{ "2026-11-23T09:34:05-05:30", INT64_C(1795446245000000) },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		WallTime wall;

		g_assert_true(clock_parse(rows[i].text, &wall));
		g_assert_cmpint(wall.us, ==, rows[i].us);
	}
}

static void
refuses_what_is_no_timestamp(void)
{
	static const char *const texts[] = {
		"",
		"today",
		"2026-11-23",
		"2026-11-23T15:04:05", /* no zone */
		"20261123T150405Z",
		"2026-W48-1T15:04:05Z",
		"2026-13-01T00:00:00Z",
		"2026-02-30T00:00:00Z",
		"2026-11-23T25:00:00Z",
		"2026-11-23T15:04:05,5Z",
		"2026-11-23T15:04:05Zulu",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		WallTime wall;

		g_test_message("%s", texts[i]);
		g_assert_false(clock_parse(texts[i], &wall));
	}
}

static void
the_machine_tells_one_boot_and_moves_on(void)
{
	const Clock *clock = clock_system();
	ClockReading first = clock_read(clock);
	ClockReading second = clock_read(clock);

	g_assert_cmpuint(strlen(first.boot), ==, CLOCK_BOOT_ID);
	g_assert_cmpuint(strspn(first.boot, "0123456789abcdef"), ==,
			 CLOCK_BOOT_ID);
	g_assert_cmpstr(first.boot, ==, second.boot);
	g_assert_cmpint(first.since_boot_us, >, 0);
	g_assert_cmpint(second.since_boot_us, >=, first.since_boot_us);
}

static void
a_file_owns_time(void)
{
	g_autofree char *path = NULL;
	int handle = g_file_open_tmp("cairn-clock-XXXXXX", &path, NULL);
	ClockReading reading;

	close(handle);
	g_assert_true(g_file_set_contents(
		path, "0123456789abcdef0123456789abcdef 5000 -7 1\n", -1,
		NULL));
	g_setenv("CAIRN_CLOCK_FILE", path, TRUE);
	reading = clock_read(clock_system());
	g_unsetenv("CAIRN_CLOCK_FILE");
	g_unlink(path);
	g_assert_cmpstr(reading.boot, ==, "0123456789abcdef0123456789abcdef");
	g_assert_cmpint(reading.since_boot_us, ==, 5000);
	g_assert_cmpint(reading.wall.us, ==, -7);
	g_assert_true(reading.trusted);
}

/* Else nothing could be pressed while a test holds the time. */
static void
what_is_measured_passes_though_a_file_stands_still(void)
{
	int64_t first, second;

	g_setenv("CAIRN_CLOCK_FILE", "/dev/null", TRUE);
	first = clock_measure();
	do
		second = clock_measure();
	while (second == first);
	g_unsetenv("CAIRN_CLOCK_FILE");
	g_assert_cmpint(second, >, first);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/clock/format/milliseconds-in-utc",
			prints_milliseconds_in_utc);
	g_test_add_func("/clock/format/any-number",
			prints_something_for_any_number);
	g_test_add_func("/clock/parse/any-zone", reads_any_zone);
	g_test_add_func("/clock/parse/no-timestamp",
			refuses_what_is_no_timestamp);
	g_test_add_func("/clock/system/one-boot-and-moves-on",
			the_machine_tells_one_boot_and_moves_on);
	g_test_add_func("/clock/system/a-file-owns-time", a_file_owns_time);
	g_test_add_func("/clock/measure/passes-though-a-file-stands-still",
			what_is_measured_passes_though_a_file_stands_still);
	return g_test_run();
}
