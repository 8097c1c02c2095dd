/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/stored.h"

#include <stdlib.h>
#include <string.h>

/* In the statement: timestamp, stored, authority; in it and in its
 * sub-statement: two for each of four context activities, a timestamp. */
#define EDITS_MAX 20

typedef struct {
	uint32_t at, end; /* bytes that are replaced, of what was read */
	char *text;       /* owned; what replaces them */
} Edit;

typedef struct {
	Edit edits[EDITS_MAX];
	size_t n;
} Edits;

static void
replace(Edits *edits, uint32_t at, uint32_t end, char *text)
{
	g_assert(edits->n < EDITS_MAX);
	edits->edits[edits->n++] = (Edit){ at, end, text };
}

static void
edit_timestamp(Edits *edits, const TapeValue *value)
{
	g_autofree char *utc = NULL;

	if (value == NULL || value->type != TAPE_TEXT)
		return;
	utc = xapi_timestamp_to_utc(value->text, value->size);
	if (utc != NULL)
		replace(edits, value->at, value->end,
			g_strdup_printf("\"%s\"", utc));
}

static void
edit_context(Edits *edits, const TapeValue *context)
{
	const TapeValue *map = tape_member(context, "contextActivities");
	const TapeValue *name;

	if (map == NULL || map->type != TAPE_OBJECT)
		return;
	name = tape_first(map);
	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name)) {
		const TapeValue *value = tape_value_of(name);

		if (value->type != TAPE_OBJECT)
			continue;
		replace(edits, value->at, value->at, g_strdup("["));
		replace(edits, value->end, value->end, g_strdup("]"));
	}
}

static bool
is_sub_statement(const TapeValue *object)
{
	const TapeValue *type = tape_member(object, "objectType");

	return type != NULL && tape_is(type, "SubStatement", 12);
}

static void
find_edits(Edits *edits, const TapeValue *statement, const XapiLrs *lrs)
{
	const TapeValue *stored = tape_member(statement, "stored");
	const TapeValue *authority = tape_member(statement, "authority");
	const TapeValue *object = tape_member(statement, "object");

	edit_timestamp(edits, tape_member(statement, "timestamp"));
	edit_context(edits, tape_member(statement, "context"));
	if (is_sub_statement(object)) {
		edit_timestamp(edits, tape_member(object, "timestamp"));
		edit_context(edits, tape_member(object, "context"));
	}
	if (stored != NULL)
		replace(edits, stored->at, stored->end,
			g_strdup_printf("\"%s\"", lrs->stored));
	if (authority != NULL && !lrs->trust_authority)
		replace(edits, authority->at, authority->end,
			g_strdup(lrs->authority));
}

static int
compare_edits(const void *a, const void *b)
{
	const Edit *first = a, *second = b;

	return (first->at > second->at) - (first->at < second->at);
}

static void
add_text(GString *out, const TapeValue *statement, const char *name,
	 const char *text)
{
	if (tape_member(statement, name) == NULL)
		g_string_append_printf(out, ",\"%s\":\"%s\"", name, text);
}

void
xapi_stored(GString *out, const XapiStatement *statement, const XapiLrs *lrs)
{
	const TapeValue *value = statement->value;
	uint32_t at = value->at;
	Edits edits = { .n = 0 };

	find_edits(&edits, value, lrs);
	qsort(edits.edits, edits.n, sizeof(edits.edits[0]), compare_edits);
	for (size_t i = 0; i < edits.n; i++) {
		Edit *edit = &edits.edits[i];

		g_string_append_len(out, statement->bytes + at,
				    (gssize)edit->at - at);
		g_string_append(out, edit->text);
		at = edit->end;
		g_free(edit->text);
	}
	/* All but the closing brace; what came has three members at least. */
	g_string_append_len(out, statement->bytes + at,
			    (gssize)value->end - 1 - at);
	add_text(out, value, "id", lrs->id);
	add_text(out, value, "timestamp", lrs->stored);
	add_text(out, value, "stored", lrs->stored);
	add_text(out, value, "version",
		 xapi_version_of_statement(statement->version));
	if (tape_member(value, "authority") == NULL)
		g_string_append_printf(out, ",\"authority\":%s",
				       lrs->authority);
	g_string_append_c(out, '}');
}
