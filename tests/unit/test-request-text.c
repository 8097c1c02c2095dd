/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/district/request-text.h"

#define SIZE 1000

static const struct {
	const char *header;
	Range range;
	int64_t first, last;
} ranges[] = {
	{ NULL, RANGE_WHOLE, 0, 0 },
	{ "bytes=0-499", RANGE_PART, 0, 499 },
	{ "Bytes=500-", RANGE_PART, 500, 999 },
	{ "bytes=-300", RANGE_PART, 700, 999 },
	{ "bytes=-3000", RANGE_PART, 0, 999 },
	{ "bytes=999-5000", RANGE_PART, 999, 999 },
	{ "bytes=0-99999999999999999999999", RANGE_PART, 0, 999 },
	{ "bytes=1000-", RANGE_NONE, 0, 0 },
	{ "bytes=-0", RANGE_NONE, 0, 0 },
	{ "bytes=99999999999999999999999-", RANGE_NONE, 0, 0 },
	{ "bytes=5-4", RANGE_WHOLE, 0, 0 },
	{ "bytes=0-1,5-6", RANGE_WHOLE, 0, 0 },
	{ "bytes=", RANGE_WHOLE, 0, 0 },
	{ "bytes=-", RANGE_WHOLE, 0, 0 },
	{ "bytes=--1", RANGE_WHOLE, 0, 0 },
	{ "bytes= 1-2", RANGE_WHOLE, 0, 0 },
	{ "pages=1-2", RANGE_WHOLE, 0, 0 },
};

static void
test_range(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ranges); i++) {
		int64_t first = 0, last = 0;

		g_test_message("%s", ranges[i].header);
		g_assert_cmpint(range_parse(ranges[i].header, SIZE, &first,
					    &last),
				==, ranges[i].range);
		g_assert_cmpint(first, ==, ranges[i].first);
		g_assert_cmpint(last, ==, ranges[i].last);
	}
}

static void
test_empty(void)
{
	int64_t first, last;

	g_assert_cmpint(range_parse("bytes=0-", 0, &first, &last), ==,
			RANGE_NONE);
	g_assert_cmpint(range_parse("bytes=-5", 0, &first, &last), ==,
			RANGE_NONE);
}

static void
test_gaps(void)
{
	static const char *const rows[][2] = {
		{ "/a/b", "/a/b" },       { "/a//b", "/a/b" },
		{ "/a/b/", "/a/b" },      { "/", "/" },
		{ "///a///b//", "/a/b" }, { "//", "/" },
		{ "/a/../b", "/a/../b" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *plain = path_without_gaps(rows[i][0]);

		g_assert_cmpstr(plain, ==, rows[i][1]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/request-text/a-range-is-within-the-file", test_range);
	g_test_add_func("/request-text/nothing-has-no-range", test_empty);
	g_test_add_func("/request-text/a-path-has-no-empty-parts", test_gaps);
	return g_test_run();
}
