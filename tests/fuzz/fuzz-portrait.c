/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a pack's portrait.toml, a NUL, and its lang/en.toml.  The law:
 * a pack that loads answers every question about its parts, and whatever a
 * prompt needs is there.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/portrait/measures.h"
#include "app/portrait/portrait.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
put(GHashTable *files, const char *path, const void *bytes, size_t size)
{
	g_hash_table_insert(files, g_strdup(path), g_bytes_new(bytes, size));
}

static GHashTable *
make_pack(const uint8_t *bytes, size_t size)
{
	static const char svg[] = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
	static const char *const icons[] = {
		"icons/a.svg", "icons/choice/a.svg", "icons/choice/b.svg",
		"icons/level/a.svg", "icons/level/b.svg"
	};
	GHashTable *files =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_bytes_unref);
	const uint8_t *cut = size > 0 ? memchr(bytes, 0, size) : NULL;
	size_t n = cut != NULL ? (size_t)(cut - bytes) : size;

	put(files, "portrait.toml", bytes, n);
	put(files, "lang/en.toml", bytes + MIN(n + 1, size),
	    size - MIN(n + 1, size));
	for (size_t i = 0; i < G_N_ELEMENTS(icons); i++)
		put(files, icons[i], svg, strlen(svg));
	return files;
}

static void
need_word(const Portrait *portrait, const char *pattern, const char *id)
{
	g_auto(GStrv) parts = g_strsplit(pattern, "*", 2);
	g_autofree char *key = g_strconcat(parts[0], id, parts[1], NULL);

	g_assert_nonnull(portrait_word(portrait, "xx", key));
}

static void
check_prompt(const Portrait *portrait, const PortraitPrompt *prompt)
{
	const PortraitStatement *statement = prompt->statement;

	g_assert_true(portrait_find_prompt(portrait, prompt->id) == prompt);
	g_assert_true(portrait_find_statement(portrait, statement->uuid) ==
		      statement);
	g_assert_true(statement->band->self_scale->self);
	g_assert_nonnull(portrait_peek_file(portrait, prompt->icon));
	need_word(portrait, "prompt.*.say", prompt->id);
	need_word(portrait, "competency.*.name", statement->competency->id);
	for (size_t i = 0; i < prompt->n_choices; i++)
		need_word(portrait, "choice.*", prompt->choices[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) files = make_pack(bytes, size);
	g_autoptr(Portrait) portrait = portrait_load(files, &error);

	if (portrait == NULL) {
		g_assert_true(g_error_matches(error, FAULT, FAULT_INVALID) ||
			      g_error_matches(error, FAULT, FAULT_TOO_NEW));
		return 0;
	}
	for (size_t i = 0; i < portrait_count_prompts(portrait); i++)
		check_prompt(portrait, portrait_get_prompt(portrait, i));
	for (size_t i = 0; i < portrait_count_measures(portrait); i++)
		need_word(portrait, "measure.*.how",
			  portrait_get_measure(portrait, i)->id);
	return 0;
}
