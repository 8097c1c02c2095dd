/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/portrait/toml.h"

static void
what_packs_are_written_in_is_read(void)
{
	static const struct {
		const char *toml, *json;
	} cases[] = {
		{ "", "{}" },
		{ "# nothing\n\n  # more", "{}" },
		{ "\xef\xbb\xbf"
		  "a = 1\r\nb = -2 # c\r\n",
		  "{\"a\":1,\"b\":-2}" },
		{ "a = \"x\\t\\\"\\u00e9\\U0001F600#\" # c",
		  "{\"a\":\"x\\t\\\"é😀#\"}" },
		{ "a = 'C:\\x'", "{\"a\":\"C:\\\\x\"}" },
		{ "a = [1, # one\n  [true, false],\n \"x\",\n]",
		  "{\"a\":[1,[true,false],\"x\"]}" },
		{ "a = { b = 1, c.d = [ { e = 'f' } ] }",
		  "{\"a\":{\"b\":1,\"c\":{\"d\":[{\"e\":\"f\"}]}}}" },
		{ "a.b.c = 1\na.b.d = 2", "{\"a\":{\"b\":{\"c\":1,\"d\":2}}}" },
		{ "[a.b]\nc = 1\n[a]\nd = 2",
		  "{\"a\":{\"b\":{\"c\":1},\"d\":2}}" },
		{ "[[l]]\na = 1\n[[l]]\n[l.t]\nb = 2",
		  "{\"l\":[{\"a\":1},{\"t\":{\"b\":2}}]}" },
		{ "\"a b\" = 1\n'c.d' = 2\n1 = 3",
		  "{\"a b\":1,\"c.d\":2,\"1\":3}" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(json_t) read =
			toml_read(cases[i].toml, strlen(cases[i].toml), &error);
		g_autoptr(json_t) meant =
			json_read(cases[i].json, strlen(cases[i].json), NULL);

		g_assert_no_error(error);
		g_assert_true(json_equal(read, meant));
	}
}

static void
slips_are_refused_by_line_and_column(void)
{
	static const struct {
		const char *toml, *says;
	} cases[] = {
		{ "a = 1\nb = 1.5\n", "line 2, column 5: " },
		{ "a = 1\na = 2\n", "line 2, column 6: a key is given twice" },
		{ "[t\n", "line 1, column 3: ] is missing" },
		{ "a = \"x\ny\"\n", "line 1, column 7: a string must end" },
		{ "a = \"\"\"x\"\"\"\n", "multi-line" },
		{ "a = [1, 2\n", "line 2, column 1: " },
		{ "a = 1 b = 2\n", "line 1, column 7: something follows" },
		{ "a = \"é\\q\"\n", "line 1, column 8: unknown escape" },
		{ "a = \"x\\", "a string must end on its line" },
		{ "a = \"\\ud800\"", "no character" },
		{ "a = 2026-08-20", "column 5: not a string" },
		{ "g = [01, 02]", "column 6: not a string" },
		{ "a = 99999999999999999999", "not a string" },
		{ "[t]\n[t]", "line 2, column 4: a table is opened twice" },
		{ "a = { b = 1 }\n[a.c]", "line 2, " },
		{ "a = { b = 1, }", "a key is missing" },
		{ "a = [{ b = 1 }]\n[[a]]", "line 2, " },
		{ "[[a]]\n[a]", "line 2, " },
		{ "a = 1\n[a.b]", "line 2, " },
		{ "a =", "column 4: not a string" },
		{ "= 1", "column 1: a key is missing" },
		{ "a = \xff", "not UTF-8" },
		{ "a = [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "too deep" },
		{ "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1", "too many parts" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(json_t) read =
			toml_read(cases[i].toml, strlen(cases[i].toml), &error);

		g_assert_null(read);
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

static void
too_large_or_not_text_is_refused(void)
{
	g_autofree char *large = g_malloc0(TOML_BYTES_MAX + 1);
	g_autoptr(GError) error = NULL;

	memset(large, '\n', TOML_BYTES_MAX + 1);
	g_assert_null(toml_read(large, TOML_BYTES_MAX + 1, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);
	g_assert_null(toml_read("a = 1\0", 6, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/toml/what-packs-are-written-in",
			what_packs_are_written_in_is_read);
	g_test_add_func("/toml/slips-refused-by-line-and-column",
			slips_are_refused_by_line_and_column);
	g_test_add_func("/toml/too-large-or-not-text",
			too_large_or_not_text_is_refused);
	return g_test_run();
}
