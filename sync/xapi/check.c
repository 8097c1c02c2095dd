/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/check-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/xapi/number.h"

#define NAME_SHOWN_MAX 64 /* bytes of a stranger's name in a message */

/* What a kind of value must be, and where it says so. */
typedef struct {
	const char *rule;
	const char *section[2]; /* NULL: its object's */
} KindRule;

static const KindRule kind_rules[] = {
	[KIND_TEXT] = { .rule = "must be a text" },
	[KIND_IRI] = { .rule = "must be an IRI with a scheme",
		       .section = { "Data 2.2.s4.b1.b8", "4.2.1" } },
	[KIND_MBOX] = { .rule = "must be a mailto: IRI",
			.section = { "Data 2.4.2.3", "4.2.2.1" } },
	[KIND_SHA1] = { .rule = "must be 40 hex digits",
			.section = { "Data 2.4.2.3", "4.2.2.1" } },
	[KIND_SHA2] = { .rule = "must be a SHA-2 hash in hex digits" },
	[KIND_UUID] = { .rule = "must be a UUID",
			.section = { "Data 4.4", "4.2.7" } },
	[KIND_TIMESTAMP] = { .rule = "must be a timestamp",
			     .section = { "Data 4.5", "4.2.7" } },
	[KIND_DURATION] = { .rule = "must be an ISO 8601 duration",
			    .section = { "Data 4.6", "4.2.7" } },
	[KIND_LANGUAGE] = { .rule = "must be a language tag of RFC 5646",
			    .section = { "Data 2.4.6", "4.2.7" } },
	[KIND_VERSION] = { .rule = "must be a version of this xAPI",
			   .section = { "Data 2.4.10", "4.1.7" } },
	[KIND_MEDIA_TYPE] = { .rule = "must be a media type" },
	[KIND_INTERACTION] = { .rule = "must be an interaction type" },
	[KIND_NUMBER] = { .rule = "must be a number" },
	[KIND_LENGTH] = { .rule = "must be a whole number, 0 or more" },
	[KIND_FLAG] = { .rule = "must be true or false" },
	[KIND_LANGUAGE_MAP] = { .rule = "must be a language map",
				.section = { "Data 4.2", "4.2.7" } },
	[KIND_EXTENSIONS] = { .rule = "must be an object",
			      .section = { "Data 4.1", "4.2.7" } },
	[KIND_TEXTS] = { .rule = "must be a list of texts" },
	[KIND_IRIS] = { .rule = "must be a list of one or more IRIs" },
	[KIND_OBJECT] = { .rule = "must be an object" },
	[KIND_LIST] = { .rule = "must be a list of objects" },
	[KIND_ONE_OR_LIST] = { .rule = "must be an object or a list of objects" },
	[KIND_ACTOR] = { .rule = "must be an object" },
	[KIND_THING] = { .rule = "must be an object" },
	[KIND_SUB_THING] = { .rule = "must be an object" },
};

/* --- saying where --- */

static void
print_name(GString *out, const char *name, size_t size)
{
	g_autofree char *valid = NULL;
	bool is_plain = size > 0 && size <= NAME_SHOWN_MAX;

	for (size_t i = 0; i < size && is_plain; i++)
		is_plain = g_ascii_isalnum(name[i]) || name[i] == '_';
	if (is_plain) {
		g_string_append_printf(out, ".%.*s", (int)size, name);
		return;
	}
	valid = g_utf8_make_valid(name, (gssize)MIN(size, NAME_SHOWN_MAX));
	for (char *c = valid; *c != '\0'; c++)
		if (g_ascii_iscntrl(*c) || *c == '"')
			*c = '?';
	g_string_append_printf(out, "[\"%s%s\"]", valid,
			       size > NAME_SHOWN_MAX ? "…" : "");
}

static void
print_place(GString *out, const Place *place)
{
	if (place->within == NULL) {
		g_string_append(out, place->root);
		return;
	}
	print_place(out, place->within);
	if (place->name != NULL)
		print_name(out, place->name->text, place->name->size);
	else
		g_string_append_printf(out, "[%u]", place->index);
}

bool
check_fail(const Check *check, const Place *place, const char *name,
	   const char *rule, const char *section)
{
	g_autoptr(GString) path = g_string_new(NULL);

	print_place(path, place);
	if (name != NULL)
		print_name(path, name, strlen(name));
	g_set_error(check->error, FAULT, FAULT_INVALID, "%s: %s (xAPI %s %s)",
		    path->str, rule, xapi_version_name(check->version),
		    section);
	return false;
}

static bool
fail_kind(const Check *check, const Place *place, const XapiShape *shape,
	  XapiKind kind)
{
	const KindRule *rule = &kind_rules[kind];
	const char *section = rule->section[check->version];

	return check_fail(check, place, NULL, rule->rule,
			  section != NULL ? section
					  : shape->section[check->version]);
}

static bool
fail_member(const Check *check, const Place *place, const XapiShape *shape,
	    const XapiMember *member)
{
	g_autofree char *rule = NULL;

	if (member->kind != KIND_WORD)
		return fail_kind(check, place, shape, member->kind);
	rule = g_strdup_printf("must be %s", member->word);
	return check_fail(check, place, NULL, rule,
			  shape->section[check->version]);
}

/* --- texts --- */

static bool
is_interaction(const TapeValue *value)
{
	static const char *const known[] = {
		"choice",      "sequencing", "likert",  "matching",
		"performance", "true-false", "fill-in", "long-fill-in",
		"numeric",     "other",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (tape_is(value, known[i], strlen(known[i])))
			return true;
	return false;
}

/* A later LRS's statement may come in by an older request and the other way
 * round: 2.0 says that a version alone is no reason to refuse (4.2.4.2);
 * 1.0.3 that only its own may stay (Data 2.4.10.s3). */
static bool
is_version(const TapeValue *value, XapiVersion version)
{
	XapiVersion said;

	return xapi_version_parse(value->text, value->size, &said) &&
	       said <= version;
}

static bool
is_text_of(const TapeValue *value, const XapiMember *member,
	   XapiVersion version)
{
	const char *text = value->text;
	size_t size = value->size;
	WallTime instant;

	switch (member->kind) {
	case KIND_TEXT:
		return true;
	case KIND_WORD:
		return tape_is(value, member->word, strlen(member->word));
	case KIND_IRI:
		return xapi_is_iri(text, size);
	case KIND_MBOX:
		return xapi_is_mbox(text, size);
	case KIND_SHA1:
		return xapi_is_sha1(text, size);
	case KIND_SHA2:
		return xapi_is_sha2(text, size);
	case KIND_UUID:
		return xapi_is_uuid(text, size);
	case KIND_TIMESTAMP:
		return xapi_timestamp_parse(text, size, version, &instant);
	case KIND_DURATION:
		return xapi_is_duration(text, size, version);
	case KIND_LANGUAGE:
		return xapi_is_language(text, size);
	case KIND_VERSION:
		return is_version(value, version);
	case KIND_MEDIA_TYPE:
		return xapi_is_media_type(text, size);
	case KIND_INTERACTION:
		return is_interaction(value);
	case KIND_NUMBER:
	case KIND_LENGTH:
	case KIND_FLAG:
	case KIND_LANGUAGE_MAP:
	case KIND_EXTENSIONS:
	case KIND_TEXTS:
	case KIND_IRIS:
	case KIND_OBJECT:
	case KIND_LIST:
	case KIND_ONE_OR_LIST:
	case KIND_ACTOR:
	case KIND_THING:
	case KIND_SUB_THING:
		break;
	}
	return false;
}

/* --- maps and lists --- */

static bool
check_language_map(const Check *check, const Place *place, const TapeValue *map)
{
	const char *section =
		kind_rules[KIND_LANGUAGE_MAP].section[check->version];
	const TapeValue *name = tape_first(map);

	if (map->count == 0)
		return check_fail(check, place, NULL,
				  "must have a language at least", section);
	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name)) {
		Place entry = { .within = place, .name = name };

		if (!xapi_is_language(name->text, name->size))
			return check_fail(check, &entry, NULL,
					  "the name must be a language tag of "
					  "RFC 5646",
					  section);
		if (tape_value_of(name)->type != TAPE_TEXT)
			return check_fail(check, &entry, NULL, "must be a text",
					  section);
	}
	return true;
}

static bool
check_extensions(const Check *check, const Place *place, const TapeValue *map)
{
	const TapeValue *name = tape_first(map);

	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name)) {
		Place entry = { .within = place, .name = name };

		if (!xapi_is_iri(name->text, name->size))
			return check_fail(check, &entry, NULL,
					  "the name must be an IRI",
					  kind_rules[KIND_EXTENSIONS]
						  .section[check->version]);
	}
	return true;
}

static bool
check_texts(const Check *check, const Place *place, const XapiShape *shape,
	    const TapeValue *list, XapiKind kind)
{
	const TapeValue *at = tape_first(list);

	if (kind == KIND_IRIS && list->count == 0)
		return fail_kind(check, place, shape, kind);
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		Place element = { .within = place, .index = i };

		if (at->type != TAPE_TEXT)
			return fail_kind(check, &element, shape, KIND_TEXT);
		if (kind == KIND_IRIS && !xapi_is_iri(at->text, at->size))
			return fail_kind(check, &element, shape, KIND_IRI);
	}
	return true;
}

static bool
is_plain_of(const TapeValue *value, XapiKind kind)
{
	XapiNumber number;
	int64_t count;

	if (kind == KIND_FLAG)
		return value->type == TAPE_TRUE || value->type == TAPE_FALSE;
	if (value->type != TAPE_NUMBER)
		return false;
	if (kind == KIND_NUMBER)
		return true;
	number = xapi_number(value->text, value->size);
	return xapi_number_is_count(&number, &count);
}

/* --- objects --- */

static bool check_object(const Check *check, const Place *place,
			 const XapiShape *shape, const TapeValue *object);

/* One object of a member whose shape may depend on its objectType. */
static bool
check_shaped(const Check *check, const Place *place, const XapiShape *within,
	     const XapiMember *member, const TapeValue *value)
{
	bool is_actor = member->kind == KIND_ACTOR;
	const XapiShape *shape;

	if (value->type != TAPE_OBJECT)
		return fail_kind(check, place, within, member->kind);
	shape = xapi_shape_of(member, value);
	if (shape == NULL)
		return check_fail(
			check, place, "objectType",
			is_actor ? "must be Agent or Group"
				 : "must be Activity, Agent, Group, "
				   "StatementRef or, in no "
				   "sub-statement, SubStatement",
			is_actor ? xapi_shape_agent.section[check->version]
				 : xapi_shape_activity.section[check->version]);
	return check_object(check, place, shape, value);
}

static bool
check_list(const Check *check, const Place *place, const XapiShape *within,
	   const XapiMember *member, const TapeValue *list)
{
	const TapeValue *at = tape_first(list);

	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		Place element = { .within = place, .index = i };

		if (at->type != TAPE_OBJECT)
			return fail_kind(check, &element, within, KIND_OBJECT);
		if (!check_object(check, &element, member->shape, at))
			return false;
	}
	return true;
}

static bool
check_member(const Check *check, const Place *place, const XapiShape *shape,
	     const XapiMember *member, const TapeValue *value)
{
	XapiKind kind = member->kind;

	if (value->type == TAPE_TEXT && kind <= KIND_INTERACTION)
		return is_text_of(value, member, check->version) ||
		       fail_member(check, place, shape, member);
	if (kind >= KIND_NUMBER && kind <= KIND_FLAG)
		return is_plain_of(value, kind) ||
		       fail_kind(check, place, shape, kind);
	if (value->type == TAPE_OBJECT && kind == KIND_LANGUAGE_MAP)
		return check_language_map(check, place, value);
	if (value->type == TAPE_OBJECT && kind == KIND_EXTENSIONS)
		return check_extensions(check, place, value);
	if (value->type == TAPE_LIST &&
	    (kind == KIND_TEXTS || kind == KIND_IRIS))
		return check_texts(check, place, shape, value, kind);
	if (value->type == TAPE_LIST &&
	    (kind == KIND_LIST || kind == KIND_ONE_OR_LIST))
		return check_list(check, place, shape, member, value);
	if (xapi_kind_has_shape(kind) && kind != KIND_LIST) {
		Check within = *check;

		within.in_authority = shape == &xapi_shape_statement &&
				      strcmp(member->name, "authority") == 0;
		return check_shaped(&within, place, shape, member, value);
	}
	return fail_member(check, place, shape, member);
}

static bool
check_required(const Check *check, const Place *place, const XapiShape *shape,
	       const TapeValue *const *found)
{
	for (unsigned i = 0; i < shape->n; i++)
		if ((shape->members[i].flags & MEMBER_REQUIRED) != 0 &&
		    found[i] == NULL)
			return check_fail(check, place, shape->members[i].name,
					  "is required",
					  shape->section[check->version]);
	return true;
}

static bool
check_object(const Check *check, const Place *place, const XapiShape *shape,
	     const TapeValue *object)
{
	const TapeValue *found[SHAPE_MEMBERS_MAX] = { NULL };
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		Place here = { .within = place, .name = name };
		const XapiMember *member =
			xapi_shape_find(shape, name, check->version);

		if (member == NULL)
			return check_fail(check, &here, NULL,
					  "no property of this name is allowed",
					  shape->section[check->version]);
		if (!check_member(check, &here, shape, member,
				  tape_value_of(name)))
			return false;
		found[member - shape->members] = tape_value_of(name);
	}
	return check_required(check, place, shape, found) &&
	       check_rules(check, place, shape, found);
}

bool
xapi_check_statement(const TapeValue *statement, XapiVersion version,
		     const char *path, GError **error)
{
	Check check = { .version = version, .error = error };
	Place root = { .root = path };

	if (statement->type != TAPE_OBJECT)
		return fail_kind(&check, &root, &xapi_shape_statement,
				 KIND_OBJECT);
	return check_object(&check, &root, &xapi_shape_statement, statement);
}

bool
xapi_check_actor(const TapeValue *actor, XapiVersion version, bool agent_only,
		 const char *path, GError **error)
{
	static const XapiMember any = { "agent", 5, KIND_ACTOR, 0, NULL, NULL };
	Check check = { .version = version, .error = error };
	Place root = { .root = path };
	const XapiShape *shape;
	bool has_ifi = false;

	if (actor->type != TAPE_OBJECT)
		return fail_kind(&check, &root, &xapi_shape_agent, KIND_ACTOR);
	shape = agent_only ? &xapi_shape_agent : xapi_shape_of(&any, actor);
	if (shape == NULL)
		return check_fail(&check, &root, "objectType",
				  "must be Agent or Group",
				  xapi_shape_agent.section[version]);
	if (!check_object(&check, &root, shape, actor))
		return false;
	for (unsigned i = 0; i < shape->n; i++)
		if ((shape->members[i].flags & MEMBER_IFI) != 0 &&
		    tape_member(actor, shape->members[i].name) != NULL)
			has_ifi = true;
	return has_ifi || check_fail(&check, &root, NULL,
				     "must be an agent or an identified group",
				     version == XAPI_1_0 ? "Communication 2.1.3"
							 : "4.1.6.1");
}
