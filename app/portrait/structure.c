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

bool
portrait_refuse(GError **error, const char *table, const char *id,
		const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "portrait.toml: [[%s]] %s: %s",
		    table, id, rule);
	return false;
}

/* --- small readers --- */

const char *
portrait_read_id(const json_t *entry, const char *table, GError **error)
{
	const char *id = json_text(entry, "id", 1, EVIDENCE_ID_MAX, error);

	if (id == NULL)
		g_prefix_error(error, "portrait.toml: [[%s]]: ", table);
	else if (id[strspn(id, ID_LETTERS)] != '\0') {
		portrait_refuse(error, table, id,
				"an id has only a-z, 0-9 and -");
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
	portrait_refuse(error, table, id, "uuid must be a lower-case UUID");
	return NULL;
}

/*
 * A NULL-terminated array of the texts of a list, kept in blocks; empty if
 * there is none, NULL if it holds anything but LIST_MAX different texts.
 */
const char *const *
portrait_read_list(Portrait *portrait, const json_t *entry, const char *name,
		   size_t *n)
{
	const json_t *list = json_object_get(entry, name);
	const char **texts = g_new0(const char *, LIST_MAX + 1);

	g_ptr_array_add(portrait->blocks, texts);
	*n = 0;
	if (list != NULL &&
	    (!json_is_array(list) || json_array_size(list) > LIST_MAX))
		return NULL;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL || g_strv_contains(texts, text))
			return NULL;
		texts[(*n)++] = text;
	}
	return texts;
}

void
portrait_warn_unknown(Portrait *portrait, json_t *entry, const char *table,
		      const char *const *known)
{
	const char *key;
	json_t *value;

	json_object_foreach(entry, key, value)
	{
		if (!g_strv_contains(known, key))
			portrait_warn(portrait,
				      "portrait.toml: %s: \"%s\" is not known "
				      "and was passed over",
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

	scale->id = portrait_read_id(entry, "scale", error);
	if (scale->id == NULL)
		return false;
	scale->self = g_strcmp0(use, "self") == 0;
	if (!scale->self && g_strcmp0(use, "teacher") != 0)
		return portrait_refuse(error, "scale", scale->id,
				       "use must be \"self\" or \"teacher\"");
	scale->levels =
		portrait_read_list(portrait, entry, "levels", &scale->n_levels);
	if (scale->levels == NULL || scale->n_levels < 2 ||
	    scale->n_levels > EVIDENCE_LEVELS_MAX)
		return portrait_refuse(error, "scale", scale->id,
				       "levels must be 2 to 9 different texts");
	portrait_warn_unknown(portrait, entry, "[[scale]]", known);
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

	band->id = portrait_read_id(entry, "band", error);
	if (band->id == NULL)
		return false;
	band->grades = portrait_read_list(portrait, entry, "grades", &n);
	if (band->grades == NULL || n == 0)
		return portrait_refuse(
			error, "band", band->id,
			"grades must be texts, as [\"KG\", \"01\"]");
	band->reader = json_is_true(json_object_get(entry, "reader"));
	band->self_scale = portrait_find_scale(portrait, scale);
	if (band->self_scale == NULL || !band->self_scale->self)
		return portrait_refuse(
			error, "band", band->id,
			"self_scale must name a scale with use = "
			"\"self\"");
	portrait_warn_unknown(portrait, entry, "[[band]]", known);
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

	competency->id = portrait_read_id(entry, "competency", error);
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
		return portrait_refuse(error, "competency", competency->id,
				       "icon is missing");
	if (!is_colour(competency->colour))
		return portrait_refuse(error, "competency", competency->id,
				       "colour must be like \"#1b6ca8\"");
	portrait_warn_unknown(portrait, entry, "[[competency]]", known);
	return true;
}

const PortraitCompetency *
portrait_find_competency(const Portrait *portrait, const char *id)
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

	statement->id = portrait_read_id(entry, "statement", error);
	if (statement->id == NULL)
		return false;
	statement->uuid = read_uuid(entry, "statement", statement->id, error);
	if (statement->uuid == NULL)
		return false;
	statement->competency = portrait_find_competency(
		portrait,
		json_string_value(json_object_get(entry, "competency")));
	if (statement->competency == NULL)
		return portrait_refuse(error, "statement", statement->id,
				       "competency is none of the pack's");
	statement->band =
		find_band_by_id(portrait,
				json_string_value(
					json_object_get(entry, "band")));
	if (statement->band == NULL)
		return portrait_refuse(error, "statement", statement->id,
				       "band is none of the pack's");
	portrait_warn_unknown(portrait, entry, "[[statement]]", known);
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
	return portrait_refuse(
		error, "prompt", prompt->id,
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
		       portrait_refuse(
			       error, "prompt", "id",
			       "must be four of 2-9 A-Z without I L O U");
	prompt->statement =
		find_statement_by_id(portrait,
				     json_string_value(
					     json_object_get(entry,
							     "statement")));
	if (prompt->statement == NULL)
		return portrait_refuse(error, "prompt", prompt->id,
				       "statement is none of the pack's");
	prompt->icon = json_string_value(json_object_get(entry, "icon"));
	g_assert(prompt->statement->competency != NULL);
	if (prompt->icon == NULL)
		prompt->icon = prompt->statement->competency->icon;
	prompt->choices = portrait_read_list(portrait, entry, "choices",
					     &prompt->n_choices);
	if (prompt->choices == NULL)
		return portrait_refuse(error, "prompt", prompt->id,
				       "choices must be different texts");
	if (!read_modes(entry, prompt, error) ||
	    !read_voice_seconds(entry, prompt, error))
		return false;
	if (prompt->offers[PIECE_CHOICE] &&
	    (prompt->n_choices < 2 || prompt->n_choices > PORTRAIT_CHOICES_MAX))
		return portrait_refuse(error, "prompt", prompt->id,
				       "\"pick\" needs 2 to 8 choices");
	portrait_warn_unknown(portrait, entry, "[[prompt]]", known);
	return true;
}

/* --- the whole --- */

static bool
check_unique(const char *const *ids, size_t n, size_t stride, const char *table,
	     GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < n; i++) {
		const char *id =
			*(const char *const *)((const char *)ids + i * stride);

		if (!g_hash_table_add(seen, (void *)(uintptr_t)id))
			return portrait_refuse(error, table, id,
					       "is given twice");
	}
	return true;
}

/* Every entry struct begins with its id. */
bool
portrait_read_table(Portrait *portrait, const char *name, size_t size,
		    void **entries, size_t *n, PortraitReadEntry read,
		    GError **error)
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
	static const char *const known[] = { "id",        "uri",
					     "title",     "creator",
					     "version",   "status",
					     "license",   "default_language",
					     "languages", NULL };
	json_t *head = json_object_get(portrait->structure, "portrait");
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
	portrait_warn_unknown(portrait, head, "[portrait]", known);
	portrait->languages =
		portrait_read_list(portrait, head, "languages", &n);
	if (portrait->languages != NULL &&
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

/* What evidence refers to for ever must be one thing. */
static bool
check_uuids(const Portrait *p, GError **error)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	size_t n = p->n_competencies + p->n_statements;

	for (size_t i = 0; i < n; i++) {
		bool above = i < p->n_competencies;
		size_t k = above ? i : i - p->n_competencies;
		const char *uuid =
			above ? p->competencies[k].uuid : p->statements[k].uuid;

		if (!g_hash_table_add(seen, (void *)(uintptr_t)uuid))
			return portrait_refuse(error,
					       above ? "competency"
						     : "statement",
					       above ? p->competencies[k].id
						     : p->statements[k].id,
					       "uuid is used twice");
	}
	return true;
}

static void
check_leads(Portrait *p)
{
	const json_t *list = json_object_get(p->structure, "statement");

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *leads =
			json_object_get(json_array_get(list, i), "leads_to");

		for (size_t k = 0; k < json_array_size(leads); k++) {
			const char *to =
				json_string_value(json_array_get(leads, k));

			if (find_statement_by_id(p, to) == NULL)
				portrait_warn(p,
					      "portrait.toml: [[statement]] "
					      "%s: leads_to is none of the "
					      "pack's",
					      p->statements[i].id);
		}
	}
}

static bool
check_whole(Portrait *p, GError **error)
{
	static const char *const known[] = {
		"format",     "portrait",  "source", "scale",   "band",
		"competency", "statement", "prompt", "measure", NULL
	};

	portrait_warn_unknown(p, p->structure, "the file", known);
	check_leads(p);
	return check_uuids(p, error);
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
	       portrait_read_table(p, "scale", sizeof(*p->scales),
				   (void **)&p->scales, &p->n_scales,
				   read_scale, error) &&
	       portrait_read_table(p, "band", sizeof(*p->bands),
				   (void **)&p->bands, &p->n_bands, read_band,
				   error) &&
	       portrait_read_table(p, "competency", sizeof(*p->competencies),
				   (void **)&p->competencies,
				   &p->n_competencies, read_competency,
				   error) &&
	       portrait_read_table(p, "statement", sizeof(*p->statements),
				   (void **)&p->statements, &p->n_statements,
				   read_statement, error) &&
	       portrait_read_table(p, "prompt", sizeof(*p->prompts),
				   (void **)&p->prompts, &p->n_prompts,
				   read_prompt, error) &&
	       portrait_read_measures(p, error) && check_whole(p, error);
}
