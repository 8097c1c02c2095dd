/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/portrait/measures.h"
#include "app/portrait/portrait.h"

#define SAMPLE "app/portrait/sample"

static GHashTable *
read_sample(void)
{
	g_autofree char *path =
		g_test_build_filename(G_TEST_DIST, "..", SAMPLE, NULL);
	g_autoptr(GError) error = NULL;
	GHashTable *files = portrait_read_folder(path, &error);

	g_assert_no_error(error);
	return files;
}

static Portrait *
load_sample(GHashTable **files)
{
	g_autoptr(GError) error = NULL;
	Portrait *portrait;

	*files = read_sample();
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
		{ "portrait.toml", "\"KG\", \"01\"", "0, 1", "grades",
		  FAULT_INVALID },
		{ "portrait.toml",
		  "uuid = \"53ca882e-957d-58ea-9ea2-f9106bc1bdfc\"",
		  "uuid = \"18ea3be2-63df-56a7-9d0f-7725a4b078b8\"",
		  "communication: uuid is used twice", FAULT_INVALID },
		{ "portrait.toml", "not_for  = [\"grade\", ", "forbid = [",
		  "not_for", FAULT_INVALID },
		{ "portrait.toml", "languages = [\"en\", ",
		  "languages = [\"../en\", ", "default_language",
		  FAULT_INVALID },
		{ "portrait.toml", "\"es\"]", "\"../x\"]", "lang/../x.toml",
		  FAULT_INVALID },
		{ "lang/en.toml", "how = ", "hows = ", "measure.",
		  FAULT_INVALID },
		{ "lang/en.toml", "name = \"Accountability\"", "name = \"\"",
		  "competency.accountability.name", FAULT_INVALID },
		{ "lang/en.toml", "[choice]", "[choices]", "choice.",
		  FAULT_INVALID },
		{ "icons/choice/calm.svg", "<circle", "<script/><circle",
		  "icons/choice/calm.svg", FAULT_INVALID },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(flaws); i++) {
		g_autoptr(GHashTable) files = read_sample();
		g_autoptr(GError) error = NULL;

		replace(files, flaws[i].path, flaws[i].from, flaws[i].to);
		g_assert_null(portrait_load(files, &error));
		g_assert_error(error, FAULT, flaws[i].fault);
		g_assert_nonnull(strstr(error->message, flaws[i].says));
	}
}

static void
oddities_are_warned_of(void)
{
	static const struct {
		const char *path, *from, *to, *says;
	} oddities[] = {
		{ "portrait.toml", "format = 1", "format = 1\ncolour = 2",
		  "\"colour\" is not known" },
		{ "portrait.toml", "reader = false", "read = false",
		  "[[band]]: \"read\" is not known" },
		{ "portrait.toml", "leads_to = [\"accountability-35-1\"]",
		  "leads_to = [\"nowhere\"]", "leads_to" },
		{ "lang/es.toml", "calm = \"Respiré hondo\"", "calm = \"\"",
		  "lang/es.toml: choice.calm is missing" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(oddities); i++) {
		g_autoptr(GHashTable) files = read_sample();
		g_autoptr(Portrait) odd = NULL;
		g_autoptr(GError) error = NULL;

		replace(files, oddities[i].path, oddities[i].from,
			oddities[i].to);
		odd = portrait_load(files, &error);
		g_assert_no_error(error);
		g_assert_nonnull(strstr(portrait_get_warnings(odd)[0],
					oddities[i].says));
		g_assert_cmpstr(portrait_word(odd, "es", "choice.calm"), !=,
				"");
	}
}

static void
measures_say_what_they_are_not_for(void)
{
	g_autoptr(GHashTable) files = NULL;
	g_autoptr(Portrait) portrait = load_sample(&files);

	g_assert_cmpuint(portrait_count_measures(portrait), ==, 5);
	for (size_t i = 0; i < 5; i++) {
		const PortraitMeasure *measure =
			portrait_get_measure(portrait, i);

		g_assert_cmpint(measure->needs, ==, 3);
		g_assert_true(g_strv_contains(measure->not_for, "ranking"));
	}
}

/* What a child of five sees: each prompt can be answered without writing and
 * without speaking, and none shows one of its answers as its own picture. */
static void
young_learners_can_answer_every_prompt(void)
{
	g_autoptr(GHashTable) files = NULL;
	g_autoptr(Portrait) portrait = load_sample(&files);
	g_autoptr(GHashTable) asked = g_hash_table_new(NULL, NULL);

	for (size_t i = 0; i < portrait_count_prompts(portrait); i++) {
		const PortraitPrompt *prompt = portrait_get_prompt(portrait, i);
		GBytes *icon = portrait_peek_file(portrait, prompt->icon);

		g_hash_table_add(asked, (void *)(uintptr_t)prompt->statement);
		g_assert_true(prompt->offers[PIECE_PHOTO] ||
			      prompt->offers[PIECE_CHOICE] ||
			      prompt->offers[PIECE_DRAWING]);
		for (size_t k = 0; k < prompt->n_choices; k++) {
			g_autofree char *path =
				g_strdup_printf("icons/choice/%s.svg",
						prompt->choices[k]);

			g_assert_false(
				g_bytes_equal(icon, portrait_peek_file(portrait,
								       path)));
		}
	}
	g_assert_cmpuint(g_hash_table_size(asked), ==, 20);
}

static void
every_picture_has_a_name(void)
{
	g_autoptr(GHashTable) files = NULL;
	g_autoptr(Portrait) portrait = load_sample(&files);
	GHashTableIter at;
	gpointer path;
	size_t n = 0;

	g_hash_table_iter_init(&at, files);
	while (g_hash_table_iter_next(&at, &path, NULL)) {
		g_autofree char *name = g_path_get_basename(path);
		g_autofree char *key = NULL;

		if (!g_str_has_prefix(path, "icons/pictures/"))
			continue;
		name[strlen(name) - strlen(".svg")] = '\0';
		key = g_strconcat("picture.", name, NULL);
		g_assert_nonnull(portrait_word(portrait, "en", key));
		g_assert_nonnull(portrait_word(portrait, "es", key));
		n++;
	}
	g_assert_cmpuint(n, >=, 28);
}

static void
a_pack_may_be_empty_files(void)
{
	g_autoptr(GHashTable) files =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				      (GDestroyNotify)g_bytes_unref);
	g_autoptr(GError) error = NULL;

	g_assert_null(portrait_load(files, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);
	g_hash_table_insert(files, (void *)(uintptr_t) "portrait.toml",
			    g_bytes_new(NULL, 0));
	g_assert_null(portrait_load(files, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
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
	g_test_add_func("/portrait/oddities/warned-of", oddities_are_warned_of);
	g_test_add_func("/portrait/measures/not-for",
			measures_say_what_they_are_not_for);
	g_test_add_func("/portrait/sample/young-can-answer",
			young_learners_can_answer_every_prompt);
	g_test_add_func("/portrait/sample/pictures-have-names",
			every_picture_has_a_name);
	g_test_add_func("/portrait/empty-files", a_pack_may_be_empty_files);
	return g_test_run();
}
