/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/portrait/portrait.h"
#include "app/portrait/toml.h"

#define SAMPLE "app/portrait/sample"

static Portrait *
load_sample(GHashTable **files)
{
	g_autofree char *path =
		g_test_build_filename(G_TEST_DIST, "..", SAMPLE, NULL);
	g_autoptr(GError) error = NULL;
	Portrait *portrait;

	*files = portrait_read_folder(path, &error);
	g_assert_no_error(error);
	portrait = portrait_load(*files, &error);
	g_assert_no_error(error);
	return portrait;
}

static void
the_sample_is_whole(void)
{
	g_autoptr(GHashTable) files = NULL;
	g_autoptr(Portrait) portrait = load_sample(&files);

	g_assert_cmpuint(portrait_count_competencies(portrait), ==, 5);
	g_assert_cmpuint(portrait_count_prompts(portrait), >=, 15);
	g_assert_null(portrait_get_warnings(portrait)[0]);
	g_assert_nonnull(portrait_find_band(portrait, "KG"));
	g_assert_nonnull(portrait_find_band(portrait, "05"));
	g_assert_null(portrait_find_band(portrait, "12"));
}

static void
words_fall_back_to_the_default_language(void)
{
	g_autoptr(GHashTable) files = NULL;
	g_autoptr(Portrait) portrait = load_sample(&files);

	g_assert_cmpstr(portrait_word(portrait, "es", "choice.calm"), ==,
			"Respiré hondo");
	g_assert_cmpstr(portrait_word(portrait, "fr", "choice.calm"), ==,
			"I took a breath");
	g_assert_null(portrait_word(portrait, "en", "choice.nothing"));
}

static void
replace(GHashTable *files, const char *path, const char *from, const char *to)
{
	GBytes *old = g_hash_table_lookup(files, path);
	g_autofree char *text =
		g_strndup(g_bytes_get_data(old, NULL), g_bytes_get_size(old));
	g_auto(GStrv) parts = g_strsplit(text, from, 2);
	char *changed;

	g_assert_cmpuint(g_strv_length(parts), ==, 2);
	changed = g_strjoinv(to, parts);
	g_hash_table_replace(files, g_strdup(path),
			     g_bytes_new_take(changed, strlen(changed)));
}

static void
flaws_are_refused_by_name(void)
{
	static const struct {
		const char *path, *from, *to, *says;
		int fault;
	} flaws[] = {
		{ "portrait.toml", "format = 1", "format = 2", "format 2",
		  FAULT_TOO_NEW },
		{ "portrait.toml", "id = \"A2C3\"", "id = \"A2C0\"", "I L O U",
		  FAULT_INVALID },
		{ "portrait.toml", "colour = \"#1b6ca8\"", "colour = \"blue\"",
		  "colour", FAULT_INVALID },
		{ "portrait.toml", "id = \"A2D4\"", "id = \"A2C3\"", "twice",
		  FAULT_INVALID },
		{ "lang/en.toml", "[choice]", "[choices]", "choice.",
		  FAULT_INVALID },
		{ "icons/choice/calm.svg", "<circle", "<script/><circle",
		  "icons/choice/calm.svg", FAULT_INVALID },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(flaws); i++) {
		g_autoptr(GHashTable) files = NULL;
		g_autoptr(Portrait) whole = load_sample(&files);
		g_autoptr(GError) error = NULL;

		g_assert_nonnull(whole);
		replace(files, flaws[i].path, flaws[i].from, flaws[i].to);
		g_assert_null(portrait_load(files, &error));
		g_assert_error(error, FAULT, flaws[i].fault);
		g_assert_nonnull(strstr(error->message, flaws[i].says));
	}
}

static void
toml_says_the_line(void)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "a = 1\nb = 1.5\n", "line 2" },
		{ "a = 1\na = 2\n", "line 2" },
		{ "[t\n", "line 1" },
		{ "a = \"x\ny\"\n", "line 1" },
		{ "a = \"\"\"x\"\"\"\n", "line 1" },
		{ "a = [1, 2\n", "line 2" },
		{ "a = 1 b = 2\n", "line 1" },
		{ "a = \"\\q\"\n", "line 1" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(toml_read(cases[i].text, strlen(cases[i].text),
					&error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/portrait/sample/is-whole", the_sample_is_whole);
	g_test_add_func("/portrait/words/fall-back",
			words_fall_back_to_the_default_language);
	g_test_add_func("/portrait/flaws/refused-by-name",
			flaws_are_refused_by_name);
	g_test_add_func("/portrait/toml/says-the-line", toml_says_the_line);
	return g_test_run();
}
