/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include <string.h>

#include "sync/xapi/check-private.h"
#include "sync/xapi/number.h"

static const TapeValue *
get(const TapeValue *const *found, const XapiShape *shape, const char *name)
{
	return xapi_shape_get(found, shape, name);
}

static bool
fail(const Check *check, const Place *place, const char *name, const char *rule,
     const char *in_1_0, const char *in_2_0)
{
	return check_fail(check, place, name, rule,
			  check->version == XAPI_1_0 ? in_1_0 : in_2_0);
}

/* --- who --- */

static unsigned
count_ifis(const XapiShape *shape, const TapeValue *const *found)
{
	unsigned n = 0;

	for (unsigned i = 0; i < shape->n; i++)
		if ((shape->members[i].flags & MEMBER_IFI) != 0 &&
		    found[i] != NULL)
			n++;
	return n;
}

static bool
check_agent(const Check *check, const Place *place,
	    const TapeValue *const *found)
{
	return count_ifis(&xapi_shape_agent, found) == 1 ||
	       fail(check, place, NULL,
		    "must have exactly one of mbox, mbox_sha1sum, openid and "
		    "account",
		    "Data 2.4.2.1", "4.2.2.1");
}

static bool
check_group(const Check *check, const Place *place,
	    const TapeValue *const *found)
{
	unsigned ifis = count_ifis(&xapi_shape_group, found);
	const TapeValue *member = get(found, &xapi_shape_group, "member");

	if (ifis > 1)
		return fail(check, place, NULL,
			    "must have only one of mbox, mbox_sha1sum, openid "
			    "and account",
			    "Data 2.4.2.2", "4.2.2.1");
	if (ifis == 0 && (member == NULL || member->count == 0))
		return fail(check, place, "member",
			    "an anonymous group must list its members",
			    "Data 2.4.2.2", "4.2.2.1");
	/* An application and its user (OAuth). */
	if (check->in_authority && (ifis > 0 || member->count != 2))
		return fail(check, place, NULL,
			    "an authority must be an agent, or an anonymous "
			    "group of two",
			    "Data 2.4.9", "4.2.2");
	return true;
}

/* --- what --- */

static bool
are_distinct(const TapeValue *components)
{
	g_autofree const TapeValue **ids =
		g_new(const TapeValue *, components->count + 1);
	const TapeValue *at = tape_first(components);

	for (uint32_t i = 0; i < components->count; i++, at = tape_next(at))
		ids[i] = tape_member(at, "id");
	return !tape_has_twice(ids, components->count);
}

/* Which interactions have which lists of components (Data 2.4.4.1.s15). */
static const struct {
	const char *list, *type, *or_type;
} components[] = {
	{ "choices", "choice", "sequencing" },
	{ "scale", "likert", "likert" },
	{ "source", "matching", "matching" },
	{ "target", "matching", "matching" },
	{ "steps", "performance", "performance" },
};

static bool
is_type(const TapeValue *value, const char *type)
{
	return tape_is(value, type, strlen(type));
}

static bool
check_definition(const Check *check, const Place *place,
		 const TapeValue *const *found)
{
	const XapiShape *shape = &xapi_shape_definition;
	const TapeValue *type = get(found, shape, "interactionType");
	bool is_interaction = get(found, shape, "correctResponsesPattern");

	for (size_t i = 0; i < G_N_ELEMENTS(components); i++) {
		const char *name = components[i].list;
		const TapeValue *list = get(found, shape, name);

		if (list == NULL)
			continue;
		is_interaction = true;
		if (!are_distinct(list))
			return fail(check, place, name,
				    "must have each id once",
				    "Data 2.4.4.1.s16", "4.2.2.3");
		if (type != NULL && !is_type(type, components[i].type) &&
		    !is_type(type, components[i].or_type))
			return fail(check, place, name,
				    "is no list of such an interactionType",
				    "Data 2.4.4.1.s15", "4.2.2.3");
	}
	return !is_interaction || type != NULL ||
	       fail(check, place, "interactionType",
		    "is required of an interaction", "Data 2.4.4.1.s13",
		    "4.2.4.2");
}

/* --- how well --- */

static bool
get_number(const TapeValue *const *found, const char *name, XapiNumber *out)
{
	const TapeValue *value = get(found, &xapi_shape_score, name);

	if (value != NULL)
		*out = xapi_number(value->text, value->size);
	return value != NULL;
}

static bool
check_score(const Check *check, const Place *place,
	    const TapeValue *const *found)
{
	XapiNumber low = xapi_number("-1", 2), high = xapi_number("1", 1);
	XapiNumber scaled, raw, min, max;
	bool has_min = get_number(found, "min", &min);
	bool has_max = get_number(found, "max", &max);

	if (get_number(found, "scaled", &scaled) &&
	    (xapi_number_compare(&scaled, &low) < 0 ||
	     xapi_number_compare(&scaled, &high) > 0))
		return fail(check, place, "scaled", "must be from -1 to 1",
			    "Data 2.4.5.1", "4.2.2.4");
	if (has_min && has_max && xapi_number_compare(&min, &max) >= 0)
		return fail(check, place, "min", "must be less than max",
			    "Data 2.4.5.1", "4.2.2.4");
	if (get_number(found, "raw", &raw) &&
	    ((has_min && xapi_number_compare(&raw, &min) < 0) ||
	     (has_max && xapi_number_compare(&raw, &max) > 0)))
		return fail(check, place, "raw", "must be from min to max",
			    "Data 2.4.5.1", "4.2.2.4");
	return true;
}

static bool
check_attachment(const Check *check, const Place *place,
		 const TapeValue *const *found)
{
	const XapiShape *shape = &xapi_shape_attachment;
	const TapeValue *usage = get(found, shape, "usageType");
	const TapeValue *type = get(found, shape, "contentType");

	return !tape_is(usage, XAPI_SIGNATURE, strlen(XAPI_SIGNATURE)) ||
	       xapi_media_type_is(type->text, type->size,
				  "application/octet-stream") ||
	       fail(check, place, "contentType",
		    "a signature's must be application/octet-stream",
		    "Data 2.6.s4.b1", "4.2.6");
}

/* --- statements, and what is in one another --- */

static bool
check_whole(const Check *check, const Place *place, const XapiShape *shape,
	    const TapeValue *const *found)
{
	static const char *const of_activities[] = { "revision", "platform" };
	const TapeValue *verb = tape_member(get(found, shape, "verb"), "id");
	const TapeValue *context = get(found, shape, "context");
	const TapeValue *type =
		tape_member(get(found, shape, "object"), "objectType");

	if (tape_is(verb, XAPI_VERB_VOIDED, strlen(XAPI_VERB_VOIDED)) &&
	    (type == NULL || !tape_is(type, "StatementRef", 12)))
		return fail(check, place, "object",
			    "what voids must refer to a statement",
			    "Data 2.3.2.s2", "4.2.5");
	if (type == NULL || tape_is(type, "Activity", 8))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(of_activities); i++)
		if (tape_member(context, of_activities[i]) != NULL)
			return fail(check, place, "context",
				    "revision and platform are for activities "
				    "only",
				    "Data 2.4.6.s4", "4.2.2.5");
	return true;
}

bool
check_rules(const Check *check, const Place *place, const XapiShape *shape,
	    const TapeValue *const *found)
{
	if (shape == &xapi_shape_agent)
		return check_agent(check, place, found);
	if (shape == &xapi_shape_group)
		return check_group(check, place, found);
	if (shape == &xapi_shape_definition)
		return check_definition(check, place, found);
	if (shape == &xapi_shape_score)
		return check_score(check, place, found);
	if (shape == &xapi_shape_attachment)
		return check_attachment(check, place, found);
	if (shape == &xapi_shape_statement ||
	    shape == &xapi_shape_sub_statement)
		return check_whole(check, place, shape, found);
	return true;
}
