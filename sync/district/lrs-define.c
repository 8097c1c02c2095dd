/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-define.h"

#include <string.h>

#include "sync/xapi/document.h"

#define SEEN_MAX 20000

struct LrsDefinitions {
	GHashTable *seen; /* owned: Term of an activity and its definition */
};

typedef struct {
	const char *bytes; /* of the statement */
	GArray *list;      /* of Term: no more is asked for; or NULL */
	LrsDefinitions *definitions;
	Archive *archive;
} Defining;

LrsDefinitions *
lrs_definitions_new(void)
{
	LrsDefinitions *definitions = g_new0(LrsDefinitions, 1);

	definitions->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal,
						  g_free, NULL);
	return definitions;
}

void
lrs_definitions_free(LrsDefinitions *definitions)
{
	if (definitions == NULL)
		return;

	g_hash_table_unref(definitions->seen);
	g_free(definitions);
}

void
lrs_definitions_forget(LrsDefinitions *definitions)
{
	g_hash_table_remove_all(definitions->seen);
}

bool
lrs_definitions_know(const LrsDefinitions *definitions, const Term *each,
		     guint n)
{
	for (guint i = 0; i < n; i++)
		if (!g_hash_table_contains(definitions->seen, &each[i]))
			return false;
	return true;
}

void
lrs_definitions_note(LrsDefinitions *definitions, const Term *each, guint n)
{
	if (g_hash_table_size(definitions->seen) + n > SEEN_MAX)
		g_hash_table_remove_all(definitions->seen);
	for (guint i = 0; i < n; i++)
		g_hash_table_add(definitions->seen,
				 g_memdup2(&each[i], sizeof(each[i])));
}

/* --- one activity --- */

static bool
merge(const Defining *defining, const char *activity, const char *newer,
      size_t size, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autofree char *held =
		archive_get_definition(defining->archive, activity, &cause);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(Tape) old = NULL;
	g_autoptr(Tape) new = NULL;

	if (cause != NULL) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	if (held != NULL) {
		old = tape_read(held, strlen(held), error);
		new = tape_read(newer, size, error);
		if (old == NULL || new == NULL)
			return false;
		xapi_definition_merge(text, old, new);
	} else {
		g_string_append_len(text, newer, (gssize)size);
	}
	if (g_strcmp0(held, text->str) == 0)
		return true;
	return archive_set_definition(defining->archive, activity, text->str,
				      error);
}

static bool
define(const Defining *defining, const TapeValue *activity, GError **error)
{
	const TapeValue *id = tape_member(activity, "id");
	const TapeValue *definition = tape_member(activity, "definition");
	g_autofree char *name = NULL;
	Term term;

	if (id == NULL || definition == NULL ||
	    definition->type != TAPE_OBJECT || definition->count == 0)
		return true;
	term = archive_term('d', defining->bytes + definition->at,
			    definition->end - definition->at) ^
	       archive_term('i', id->text, id->size);
	if (defining->list != NULL) {
		g_array_append_val(defining->list, term);
		return true;
	}
	if (lrs_definitions_know(defining->definitions, &term, 1))
		return true;
	name = g_strndup(id->text, id->size);
	if (!merge(defining, name, defining->bytes + definition->at,
		   definition->end - definition->at, error))
		return false;
	lrs_definitions_note(defining->definitions, &term, 1);
	return true;
}

/* --- all of a statement --- */

static bool
define_each(const Defining *defining, const TapeValue *value, GError **error)
{
	const TapeValue *at;

	if (value->type != TAPE_LIST)
		return define(defining, value, error);
	at = tape_first(value);
	for (uint32_t i = 0; i < value->count; i++, at = tape_next(at))
		if (!define(defining, at, error))
			return false;
	return true;
}

static bool
define_context(const Defining *defining, const TapeValue *context,
	       GError **error)
{
	const TapeValue *map = tape_member(context, "contextActivities");
	const TapeValue *name;

	if (map == NULL || map->type != TAPE_OBJECT)
		return true;
	name = tape_first(map);
	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name))
		if (!define_each(defining, tape_value_of(name), error))
			return false;
	return true;
}

static bool
define_all(const Defining *defining, const XapiStatement *statement,
	   GError **error)
{
	const TapeValue *value = statement->value;

	/* Only an activity has a definition; a sub-statement has an object. */
	while (value != NULL && value->type == TAPE_OBJECT) {
		const TapeValue *object = tape_member(value, "object");
		const TapeValue *context = tape_member(value, "context");

		if (object != NULL && object->type == TAPE_OBJECT &&
		    !define(defining, object, error))
			return false;
		if (context != NULL &&
		    !define_context(defining, context, error))
			return false;
		value = object;
	}
	return true;
}

GArray *
lrs_define_list(const XapiStatement *statement)
{
	const Defining defining = {
		.bytes = statement->bytes,
		.list = g_array_new(FALSE, FALSE, sizeof(Term)),
	};

	(void)define_all(&defining, statement, NULL);
	return defining.list;
}

bool
lrs_define(LrsDefinitions *definitions, Archive *archive,
	   const XapiStatement *statement, GError **error)
{
	const Defining defining = {
		.bytes = statement->bytes,
		.definitions = definitions,
		.archive = archive,
	};

	return define_all(&defining, statement, error);
}
