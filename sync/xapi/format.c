/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/format.h"

#include <string.h>

typedef struct {
	GString *out;
	const char *bytes; /* that the tape is of */
	bool ids_only;
	const XapiCanon *canon; /* NULL: none */
	const XapiLanguages *languages;
} Printer;

static void print_shaped(const Printer *printer, const XapiShape *shape,
			 const TapeValue *object);

static void
print_bytes(const Printer *printer, const TapeValue *value)
{
	g_string_append_len(printer->out, printer->bytes + value->at,
			    (gssize)(value->end - value->at));
}

/* --- language maps --- */

static void
print_map(const Printer *printer, const TapeValue *map)
{
	const TapeValue *name = NULL;

	if (map->type == TAPE_OBJECT && printer->languages != NULL)
		name = xapi_languages_choose(printer->languages, map);
	if (name == NULL) {
		print_bytes(printer, map);
		return;
	}
	g_string_append_c(printer->out, '{');
	print_bytes(printer, name);
	g_string_append_c(printer->out, ':');
	print_bytes(printer, tape_value_of(name));
	g_string_append_c(printer->out, '}');
}

/* --- what the LRS knows better --- */

/* Asks for the id's text and reads what is said; NULL: nothing. */
static Tape *
ask(const char *(*question)(void *, const char *), void *self,
    const TapeValue *id, char **bytes)
{
	g_autofree char *name = NULL;
	const char *said;

	if (question == NULL || id == NULL || id->type != TAPE_TEXT)
		return NULL;
	name = g_strndup(id->text, id->size);
	said = question(self, name);
	if (said == NULL)
		return NULL;
	*bytes = g_strdup(said);
	return tape_read(*bytes, strlen(*bytes), NULL);
}

/* False: it knows nothing. */
static bool
print_known(const Printer *printer, const XapiShape *shape, const TapeValue *id)
{
	const XapiCanon *canon = printer->canon;
	bool is_verb = shape == &xapi_shape_verb;
	g_autofree char *bytes = NULL;
	g_autoptr(Tape) tape = NULL;
	Printer known = *printer;

	if (canon == NULL)
		return false;
	tape = ask(is_verb ? canon->display : canon->definition, canon->self,
		   id, &bytes);
	if (tape == NULL || tape_root(tape)->type != TAPE_OBJECT)
		return false;
	known.bytes = bytes;
	if (is_verb)
		print_map(&known, tape_root(tape));
	else
		print_shaped(&known, &xapi_shape_definition, tape_root(tape));
	return true;
}

/* --- members --- */

static void
print_list(const Printer *printer, const XapiShape *shape,
	   const TapeValue *list)
{
	const TapeValue *at = tape_first(list);

	g_string_append_c(printer->out, '[');
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		if (i > 0)
			g_string_append_c(printer->out, ',');
		print_shaped(printer, shape, at);
	}
	g_string_append_c(printer->out, ']');
}

static bool
is_map_to_choose_from(const XapiShape *shape, const XapiMember *member)
{
	return member->kind == KIND_LANGUAGE_MAP &&
	       shape != &xapi_shape_attachment;
}

static void
print_member(const Printer *printer, const XapiShape *within,
	     const XapiMember *member, const TapeValue *value)
{
	const XapiShape *shape = NULL;

	if (member != NULL && is_map_to_choose_from(within, member)) {
		print_map(printer, value);
		return;
	}
	if (member != NULL && xapi_kind_has_shape(member->kind))
		shape = xapi_shape_of(member, value);
	if (shape != NULL && value->type == TAPE_OBJECT)
		print_shaped(printer, shape, value);
	else if (shape != NULL && value->type == TAPE_LIST)
		print_list(printer, shape, value);
	else
		print_bytes(printer, value);
}

/* What is more than an id: names, displays and definitions; the members of a
 * group that has one; of an activity its objectType, too, for what names none
 * is an activity. */
static bool
is_left_out(const Printer *printer, const XapiShape *shape,
	    const XapiMember *member, bool has_ifi)
{
	if (!printer->ids_only || member == NULL)
		return false;
	if (shape == &xapi_shape_agent || shape == &xapi_shape_group)
		return strcmp(member->name, "name") == 0 ||
		       (member->kind == KIND_LIST && has_ifi);
	if (shape == &xapi_shape_activity)
		return strcmp(member->name, "id") != 0;
	return shape == &xapi_shape_verb &&
	       (member->flags & MEMBER_OUTSIDE) != 0;
}

static bool
has_ifi(const XapiShape *shape, const TapeValue *object)
{
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		const XapiMember *member =
			xapi_shape_find(shape, name, XAPI_2_0);

		if (member != NULL && (member->flags & MEMBER_IFI) != 0)
			return true;
	}
	return false;
}

/* Verb displays and definitions come from the LRS where it has them, also
 * if the statement has none. */
static const char *
canonical_member(const Printer *printer, const XapiShape *shape)
{
	if (printer->ids_only)
		return NULL;
	if (shape == &xapi_shape_verb)
		return "display";
	return shape == &xapi_shape_activity ? "definition" : NULL;
}

/* The LRS's own, else the statement's, else nothing. */
static void
print_better(const Printer *printer, const XapiShape *shape,
	     const TapeValue *object, const char *better, bool is_first)
{
	const TapeValue *own = tape_member(object, better);
	gsize before = printer->out->len;

	g_string_append_printf(printer->out, "%s\"%s\":", is_first ? "" : ",",
			       better);
	if (print_known(printer, shape, tape_member(object, "id")))
		return;
	if (own == NULL)
		g_string_truncate(printer->out, before);
	else if (shape == &xapi_shape_verb)
		print_map(printer, own);
	else
		print_shaped(printer, &xapi_shape_definition, own);
}

static void
print_shaped(const Printer *printer, const XapiShape *shape,
	     const TapeValue *object)
{
	const char *better = canonical_member(printer, shape);
	const TapeValue *name = tape_first(object);
	bool identified = has_ifi(shape, object), is_first = true;

	g_string_append_c(printer->out, '{');
	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		const XapiMember *member =
			xapi_shape_find(shape, name, XAPI_2_0);

		if (is_left_out(printer, shape, member, identified) ||
		    (better != NULL && tape_is(name, better, strlen(better))))
			continue;
		if (!is_first)
			g_string_append_c(printer->out, ',');
		is_first = false;
		print_bytes(printer, name);
		g_string_append_c(printer->out, ':');
		print_member(printer, shape, member, tape_value_of(name));
	}
	if (better != NULL)
		print_better(printer, shape, object, better, is_first);
	g_string_append_c(printer->out, '}');
}

void
xapi_format_ids(GString *out, const XapiStatement *statement)
{
	Printer printer = { .out = out,
			    .bytes = statement->bytes,
			    .ids_only = true };

	print_shaped(&printer, &xapi_shape_statement, statement->value);
}

void
xapi_format_canonical(GString *out, const XapiStatement *statement,
		      const XapiCanon *canon, const XapiLanguages *languages)
{
	Printer printer = { .out = out,
			    .bytes = statement->bytes,
			    .canon = canon,
			    .languages = languages };

	print_shaped(&printer, &xapi_shape_statement, statement->value);
}

void
xapi_format_definition(GString *out, const Tape *definition,
		       const XapiLanguages *languages)
{
	Printer printer = { .out = out,
			    .bytes = tape_bytes(definition),
			    .languages = languages };

	if (tape_root(definition)->type == TAPE_OBJECT)
		print_shaped(&printer, &xapi_shape_definition,
			     tape_root(definition));
	else
		print_bytes(&printer, tape_root(definition));
}
