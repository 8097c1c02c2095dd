/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/roster/csv.h"

static Csv *
read_text(const char *text)
{
	g_autoptr(GError) error = NULL;
	Csv *csv = csv_read(text, strlen(text), &error);

	g_assert_no_error(error);
	return csv;
}

static void
every_line_end_and_quote_is_read(void)
{
	static const char *const texts[] = {
		"a,b\n1,\"x, \"\"y\"\"\"\n",
		"a,b\r\n1,\"x, \"\"y\"\"\"\r\n",
		"\xef\xbb\xbf\"a\",b\n1,\"x, \"\"y\"\"\"",
		"\"a\",\"b\"\n\n\"1\",\"x, \"\"y\"\"\"\n\n",
		"b,a\n\"x, \"\"y\"\"\",1,too many\n",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(Csv) csv = read_text(texts[i]);

		g_assert_cmpuint(csv_count(csv), ==, 1);
		g_assert_cmpstr(csv_get(csv, 0, "a"), ==, "1");
		g_assert_cmpstr(csv_get(csv, 0, "B"), ==, "x, \"y\"");
		g_assert_cmpstr(csv_get(csv, 0, "c"), ==, "");
		g_assert_false(csv_has(csv, "c"));
	}
}

static void
a_short_row_is_empty_at_its_end(void)
{
	g_autoptr(Csv) csv = read_text("a,b\n1\n");

	g_assert_cmpstr(csv_get(csv, 0, "b"), ==, "");
}

static void
slips_are_refused_by_line(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "header" },         { "a\n\"x\ny\"\n", "line 2" },
		{ "a\n\"x\n", "line 2" }, { "a\n\n\"x\"y\n", "line 3" },
		{ "a\n\xff\n", "UTF-8" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(
			csv_read(cases[i].text, strlen(cases[i].text), &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

/* A message names the file's own line, blank ones counted. */
static void
rows_know_their_line(void)
{
	g_autoptr(Csv) csv = read_text("a\n1\n\n\n2\n");

	g_assert_cmpuint(csv_line(csv, 0), ==, 2);
	g_assert_cmpuint(csv_line(csv, 1), ==, 5);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/csv/line-ends-and-quotes",
			every_line_end_and_quote_is_read);
	g_test_add_func("/csv/short-row", a_short_row_is_empty_at_its_end);
	g_test_add_func("/csv/slips-refused-by-line",
			slips_are_refused_by_line);
	g_test_add_func("/csv/rows-know-their-line", rows_know_their_line);
	return g_test_run();
}
