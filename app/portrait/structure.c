/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/portrait-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/portrait/toml.h"

#define PACK_FORMAT    1
#define PACK_TABLE_MAX 2000 /* entries of one [[table]] */
#define ID_LETTERS     "abcdefghijklmnopqrstuvwxyz0123456789-"
#define PROMPT_LETTERS "23456789ABCDEFGHJKMNPQRSTVWXYZ"
#define VOICE_SECONDS  45 /* where a prompt does not say */
#define VOICE_MAX      120
#define LIST_MAX       16

static bool
refuse(GError **error, const char *table, const char *id, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "portrait.toml: [[%s]] %s: %s",
		    table, id, rule);
	return false;
}

/* --- small readers --- */

static const char *
read_id(const json_t *entry, const char *table, GError **error)
{
	const char *id = json_text(entry, "id", 1, EVIDENCE_ID_MAX, error);

	if (id == NULL)
		g_prefix_error(error, "portrait.toml: [[%s]]: ", table);
	else if (id[strspn(id, ID_LETTERS)] != '\0') {
		refuse(error, table, id, "an id has only a-z, 0-9 and -");
		return NULL;
	}
	return id;
}

static const char *
read_uuid(const json_t *entry, const char *table, const char *id,
	  GError **error)
{
	const char *uuid = json_string_value(json_object_get(entry, "uuid"));

	if (id_is_uuid(uuid))
		return uuid;
	refuse(error, table, id, "uuid must be a lower-case UUID");
	return NULL;
}

/* A NULL-terminated array of the texts of a list; kept in blocks. */
static const char *const *
read_list(Portrait *portrait, const json_t *entry, const char *name, size_t *n)
{
	const json_t *list = json_object_get(entry, name);
	const char **texts = g_new0(const char *, LIST_MAX + 1);

	g_ptr_array_add(portrait->blocks, texts);
	*n = 0;
	for (size_t i = 0; i < json_array_size(list) && *n < LIST_MAX; i++)
		if (json_is_string(json_array_get(list, i)))
			texts[(*n)++] =
				json_string_value(json_array_get(list, i));
	return texts;
}

static void
warn_unknown(Portrait *portrait, json_t *entry, const char *table,
	     const char *const *known)
{
	const char *key;
	json_t *value;

	json_object_foreach(entry, key, value)
	{
		if (!g_strv_contains(known, key))
			portrait_warn(portrait,
				      "portrait.toml: [[%s]]: \"%s\" is not "
				      "known and was passed over",
				      table, key);
	}
}

/* --- the tables --- */

static bool
read_scale(Portrait *portrait, json_t *entry, void *slot, GError **error)
{
	static const char *const known[] = { "id", "use", "levels", "target",
					     NULL };
	PortraitScale *scale = slot;
	const char *use = json_string_value(json_object_get(entry, "use"));

	scale->id = read_id(entry, "scale", error);
	if (scale->id == NULL)
		return false;
	scale->self = g_strcmp0(use, "self") == 0;
	if (!scale->self && g_strcmp0(use, "teacher") != 0)
		return refuse(error, "scale", scale->id,
			      "use must be \"self\" or \"teacher\"");
	scale->levels = read_list(portrait, entry, "levels", &scale->n_levels);
	if (scale->n_levels < 2 || scale->n_levels > EVIDENCE_LEVELS_MAX)
		return refuse(error, "scale", scale->id,
			      "levels must be 2 to 9");
	warn_unknown(portrait, entry, "scale", known);
	return true;
}

static bool
read_band(Portrait *portrait, json_t *entry, void *slot, GError **error)
{
	static const char *const known[] = {
		"id", "grades", "reader", "self_scale", "teacher_scale", NULL
	};
	PortraitBand *band = slot;
	const char *scale =
		json_string_value(json_object_get(entry, "self_scale"));
	size_t n;

	band->id = read_id(entry, "band", error);
	if (band->id == NULL)
		return false;
	band->grades = read_list(portrait, entry, "grades", &n);
	if (n == 0)
		return refuse(error, "band", band->id, "grades are missing");
	band->reader = json_is_true(json_object_get(entry, "reader"));
	band->self_scale = portrait_find_scale(portrait, scale);
	if (band->self_scale == NULL || !band->self_scale->self)
		return refuse(error, "band", band->id,
			      "self_scale must name a scale with use = "
			      "\"self\"");
	warn_unknown(portrait, entry, "band", known);
	return true;
}

static bool
is_colour(const char *text)
{
	return text != NULL && strlen(text) == 7 && text[0] == '#' &&
	       strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

static bool
read_competency(Portrait *portrait, json_t *entry, void *slot, GError **error)
{
	static const char *const known[] = { "id",     "uuid", "code", "icon",
					     "colour", "maps", NULL };
	PortraitCompetency *competency = slot;

	competency->id = read_id(entry, "competency", error);
	if (competency->id == NULL)
		return false;
	competency->uuid =
		read_uuid(entry, "competency", competency->id, error);
	competency->icon = json_string_value(json_object_get(entry, "icon"));
	competency->colour =
		json_string_value(json_object_get(entry, "colour"));
	if (competency->uuid == NULL)
		return false;
	if (competency->icon == NULL)
		return refuse(error, "competency", competency->id,
			      "icon is missing");
	if (!is_colour(competency->colour))
		return refuse(error, "competency", competency->id,
			      "colour must be like \"#1b6ca8\"");
	warn_unknown(portrait, entry, "competency", known);
	return true;
}

static const PortraitCompetency *
find_competency(const Portrait *portrait, const char *id)
{
	for (size_t i = 0; i < portrait->n_competencies; i++)
		if (g_strcmp0(portrait->competencies[i].id, id) == 0)
			return &portrait->competencies[i];
	return NULL;
}

static const PortraitBand *
find_band_by_id(const Portrait *portrait, const char *id)
{
	for (size_t i = 0; i < portrait->n_bands; i++)
		if (g_strcmp0(portrait->bands[i].id, id) == 0)
			return &portrait->bands[i];
	return NULL;
}

static bool
read_statement(Portrait *portrait, json_t *entry, void *slot, GError **error)
{
	static const char *const known[] = { "id",         "uuid", "code",
					     "competency", "band", "leads_to",
					     NULL };
	PortraitStatement *statement = slot;

	statement->id = read_id(entry, "statement", error);
	if (statement->id == NULL)
		return false;
	statement->uuid = read_uuid(entry, "statement", statement->id, error);
	if (statement->uuid == NULL)
		return false;
	statement->competency =
		find_competency(portrait,
				json_string_value(
					json_object_get(entry, "competency")));
	if (statement->competency == NULL)
		return refuse(error, "statement", statement->id,
			      "competency is none of the pack's");
	statement->band =
		find_band_by_id(portrait,
				json_string_value(
					json_object_get(entry, "band")));
	if (statement->band == NULL)
		return refuse(error, "statement", statement->id,
			      "band is none of the pack's");
	warn_unknown(portrait, entry, "statement", known);
	return true;
}

static bool
read_modes(const json_t *entry, PortraitPrompt *prompt, GError **error)
{
	static const struct {
		const char *name;
		PieceKind kind;
	} modes[] = { { "photo", PIECE_PHOTO },
		      { "voice", PIECE_VOICE },
		      { "draw", PIECE_DRAWING },
		      { "pick", PIECE_CHOICE },
		      { "words", PIECE_TEXT } };
	const json_t *list = json_object_get(entry, "modes");
	size_t found = 0;

	for (size_t i = 0; i < json_array_size(list); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(modes); k++) {
			if (g_strcmp0(modes[k].name,
				      json_string_value(
					      json_array_get(list, i))) != 0)
				continue;
			prompt->offers[modes[k].kind] = true;
			found++;
		}
	if (found > 0 && found == json_array_size(list))
		return true;
	return refuse(error, "prompt", prompt->id,
		      "modes must be some of photo, voice, draw, pick, words");
}

static bool
read_voice_seconds(const json_t *entry, PortraitPrompt *prompt, GError **error)
{
	int64_t seconds = VOICE_SECONDS;

	if (json_object_get(entry, "voice_seconds") != NULL &&
	    !json_number(entry, "voice_seconds", 1, VOICE_MAX, &seconds,
			 error)) {
		g_prefix_error(error,
			       "portrait.toml: [[prompt]] %s: ", prompt->id);
		return false;
	}
	prompt->voice_seconds = (int)seconds;
	return true;
}

static const PortraitStatement *
find_statement_by_id(const Portrait *portrait, const char *id)
{
	for (size_t i = 0; i < portrait->n_statements; i++)
		if (g_strcmp0(portrait->statements[i].id, id) == 0)
			return &portrait->statements[i];
	return NULL;
}

static bool
read_prompt(Portrait *portrait, json_t *entry, void *slot, GError **error)
{
	static const char *const known[] = {
		"id",      "statement", "modes", "group", "voice_seconds",
		"choices", "icon",      NULL
	};
	PortraitPrompt *prompt = slot;

	prompt->id = json_text(entry, "id", 4, 4, error);
	if (prompt->id == NULL ||
	    strspn(prompt->id, PROMPT_LETTERS) != strlen(prompt->id))
		return g_clear_error(error),
		       refuse(error, "prompt", "id",
			      "must be four of 2-9 A-Z without I L O U");
	prompt->statement =
		find_statement_by_id(portrait,
				     json_string_value(
					     json_object_get(entry,
							     "statement")));
	if (prompt->statement == NULL)
		return refuse(error, "prompt", prompt->id,
			      "statement is none of the pack's");
	prompt->icon = json_string_value(json_object_get(entry, "icon"));
	if (prompt->icon == NULL)
		prompt->icon = prompt->statement->competency->icon;
	prompt->choices =
		read_list(portrait, entry, "choices", &prompt->n_choices);
	if (!read_modes(entry, prompt, error) ||
	    !read_voice_seconds(entry, prompt, error))
		return false;
	if (prompt->offers[PIECE_CHOICE] &&
	    (prompt->n_choices < 2 || prompt->n_choices > PORTRAIT_CHOICES_MAX))
		return refuse(error, "prompt", prompt->id,
			      "\"pick\" needs 2 to 8 choices");
	warn_unknown(portrait, entry, "prompt", known);
	return true;
}

/* --- the whole --- */

typedef bool (*ReadEntry)(Portrait *portrait, json_t *entry, void *slot,
			  GError **error);

static bool
check_unique(const char *const *ids, size_t n, size_t stride, const char *table,
	     GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < n; i++) {
		const char *id =
			*(const char *const *)((const char *)ids + i * stride);

		if (!g_hash_table_add(seen, (void *)(uintptr_t)id))
			return refuse(error, table, id, "is given twice");
	}
	return true;
}

/* Every entry struct begins with its id. */
static bool
read_table(Portrait *portrait, const char *name, size_t size, void **entries,
	   size_t *n, ReadEntry read, GError **error)
{
	json_t *list =
		json_list(portrait->structure, name, PACK_TABLE_MAX, error);
	char *slots;

	if (list == NULL) {
		g_prefix_error(error, "portrait.toml: ");
		return false;
	}
	slots = g_malloc0_n(MAX(json_array_size(list), 1), size);
	*entries = slots;
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!read(portrait, json_array_get(list, i), slots + i * size,
			  error))
			return false;
		*n = i + 1;
	}
	return check_unique((const char *const *)(void *)slots, *n, size, name,
			    error);
}

static bool
read_head(Portrait *portrait, GError **error)
{
	const json_t *head = json_object_get(portrait->structure, "portrait");
	size_t n;

	portrait->id = json_text(head, "id", ID_UUID, ID_UUID, error);
	portrait->uri = portrait->id != NULL
				? json_text(head, "uri", 1, 1000, error)
				: NULL;
	portrait->version =
		portrait->uri != NULL
			? json_text(head, "version", 1, EVIDENCE_ID_MAX, error)
			: NULL;
	portrait->default_language =
		portrait->version != NULL
			? json_text(head, "default_language", 2, 35, error)
			: NULL;
	if (portrait->default_language == NULL || !id_is_uuid(portrait->id)) {
		g_clear_error(error);
		g_set_error(error, FAULT, FAULT_INVALID,
			    "portrait.toml: [portrait] needs id (a UUID), uri, "
			    "version and default_language");
		return false;
	}
	portrait->languages = read_list(portrait, head, "languages", &n);
	if (n > 0 &&
	    g_strv_contains(portrait->languages, portrait->default_language))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "portrait.toml: languages must have default_language");
	return false;
}

static bool
check_format(const json_t *structure, GError **error)
{
	int64_t format;

	if (!json_number(structure, "format", 1, JSON_INTEGER_MAX, &format,
			 error)) {
		g_prefix_error(error, "portrait.toml: ");
		return false;
	}
	if (format == PACK_FORMAT)
		return true;
	g_set_error(error, FAULT, FAULT_TOO_NEW,
		    "portrait.toml: format %" G_GINT64_FORMAT
		    " needs a later program",
		    (gint64)format);
	return false;
}

bool
portrait_read_structure(Portrait *p, GError **error)
{
	GBytes *file = portrait_peek_file(p, "portrait.toml");

	if (file == NULL) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "the pack has no portrait.toml");
		return false;
	}
	p->structure = toml_read(g_bytes_get_data(file, NULL),
				 g_bytes_get_size(file), error);
	if (p->structure == NULL) {
		g_prefix_error(error, "portrait.toml: ");
		return false;
	}
	return check_format(p->structure, error) && read_head(p, error) &&
	       read_table(p, "scale", sizeof(*p->scales), (void **)&p->scales,
			  &p->n_scales, read_scale, error) &&
	       read_table(p, "band", sizeof(*p->bands), (void **)&p->bands,
			  &p->n_bands, read_band, error) &&
	       read_table(p, "competency", sizeof(*p->competencies),
			  (void **)&p->competencies, &p->n_competencies,
			  read_competency, error) &&
	       read_table(p, "statement", sizeof(*p->statements),
			  (void **)&p->statements, &p->n_statements,
			  read_statement, error) &&
	       read_table(p, "prompt", sizeof(*p->prompts),
			  (void **)&p->prompts, &p->n_prompts, read_prompt,
			  error);
}
