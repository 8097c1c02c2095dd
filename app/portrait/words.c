/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/portrait-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/portrait/toml.h"

#define WORDS_MAX   EVIDENCE_ASKED_MAX /* bytes of one text */
#define WORDS_DEPTH 4

#define LANGUAGE_MAX 35 /* of a BCP 47 tag */
#define LANGUAGE_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"

/* Nested tables become dotted keys: prompt.C2T4.ask. */
static bool
flatten(GHashTable *out, const char *prefix, json_t *table, int depth,
	GError **error)
{
	const char *name;
	json_t *value;

	json_object_foreach(table, name, value)
	{
		g_autofree char *key =
			g_strconcat(prefix, prefix[0] != '\0' ? "." : "", name,
				    NULL);

		if (json_is_object(value) && depth < WORDS_DEPTH) {
			if (!flatten(out, key, value, depth + 1, error))
				return false;
			continue;
		}
		if (!json_is_string(value) ||
		    json_string_length(value) > WORDS_MAX) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "%s must be a text of at most %d bytes",
				    key, WORDS_MAX);
			return false;
		}
		g_hash_table_insert(out, g_steal_pointer(&key),
				    g_strdup(json_string_value(value)));
	}
	return true;
}

/* "es", "hmn", "pt-BR": it names a file, so nothing else will do. */
static bool
is_language(const char *tag)
{
	return g_ascii_islower(tag[0]) && strlen(tag) <= LANGUAGE_MAX &&
	       strspn(tag, LANGUAGE_LETTERS) == strlen(tag);
}

static bool
read_language(Portrait *portrait, const char *language, GError **error)
{
	g_autofree char *path = g_strdup_printf("lang/%s.toml", language);
	g_autoptr(GHashTable) words =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(json_t) table = NULL;
	GBytes *file = is_language(language)
			       ? portrait_peek_file(portrait, path)
			       : NULL;

	if (file == NULL) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "the pack has no %s, which portrait.toml names",
			    path);
		return false;
	}
	table = toml_read(g_bytes_get_data(file, NULL), g_bytes_get_size(file),
			  error);
	if (table == NULL || !flatten(words, "", table, 0, error)) {
		g_prefix_error(error, "%s: ", path);
		return false;
	}
	g_hash_table_insert(portrait->words, g_strdup(language),
			    g_steal_pointer(&words));
	return true;
}

static const char *
word_in(const Portrait *portrait, const char *language, const char *key)
{
	GHashTable *words = g_hash_table_lookup(portrait->words, language);

	const char *word =
		words != NULL ? g_hash_table_lookup(words, key) : NULL;

	/* A translator's empty line is one that is still to be written. */
	return word != NULL && word[0] != '\0' ? word : NULL;
}

const char *
portrait_word(const Portrait *portrait, const char *language, const char *key)
{
	const char *word = word_in(portrait, language, key);

	return word != NULL
		       ? word
		       : word_in(portrait, portrait->default_language, key);
}

/* The default language must have it; another may fall back, but a person
 * should know. */
static bool
need(Portrait *portrait, GError **error, const char *pattern, const char *id)
{
	g_auto(GStrv) parts = g_strsplit(pattern, "*", 2);
	g_autofree char *full = g_strconcat(parts[0], id, parts[1], NULL);

	for (size_t i = 0; portrait->languages[i] != NULL; i++) {
		const char *language = portrait->languages[i];

		if (word_in(portrait, language, full) != NULL)
			continue;
		if (g_str_equal(language, portrait->default_language)) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "lang/%s.toml: %s is missing", language,
				    full);
			return false;
		}
		portrait_warn(portrait, "lang/%s.toml: %s is missing", language,
			      full);
	}
	return true;
}

static bool
need_prompt(Portrait *portrait, const PortraitPrompt *prompt, GError **error)
{
	if (!need(portrait, error, "prompt.*.ask", prompt->id) ||
	    !need(portrait, error, "prompt.*.say", prompt->id))
		return false;
	for (size_t i = 0; i < prompt->n_choices; i++)
		if (!need(portrait, error, "choice.*", prompt->choices[i]))
			return false;
	return true;
}

/* A child's levels are "scale.self.*", a teacher's "scale.<id>.*". */
static bool
need_scale(Portrait *portrait, const PortraitScale *scale, GError **error)
{
	g_autofree char *pattern =
		g_strdup_printf("scale.%s.*", scale->self ? "self" : scale->id);

	for (size_t i = 0; i < scale->n_levels; i++)
		if (!need(portrait, error, pattern, scale->levels[i]))
			return false;
	return true;
}

static bool
need_all(Portrait *portrait, GError **error)
{
	for (size_t i = 0; i < portrait->n_competencies; i++)
		if (!need(portrait, error, "competency.*.name",
			  portrait->competencies[i].id))
			return false;
	for (size_t i = 0; i < portrait->n_statements; i++)
		if (!need(portrait, error, "statement.*",
			  portrait->statements[i].id))
			return false;
	for (size_t i = 0; i < portrait->n_prompts; i++)
		if (!need_prompt(portrait, &portrait->prompts[i], error))
			return false;
	for (size_t i = 0; i < portrait->n_scales; i++)
		if (!need_scale(portrait, &portrait->scales[i], error))
			return false;
	for (size_t i = 0; i < portrait->n_measures; i++)
		if (!need(portrait, error, "measure.*.why",
			  portrait->measures[i].id) ||
		    !need(portrait, error, "measure.*.how",
			  portrait->measures[i].id))
			return false;
	return true;
}

bool
portrait_read_words(Portrait *portrait, GError **error)
{
	for (size_t i = 0; portrait->languages[i] != NULL; i++)
		if (!read_language(portrait, portrait->languages[i], error))
			return false;
	return need_all(portrait, error);
}
