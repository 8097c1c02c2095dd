/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/shape.h"

#include <string.h>

#define NAMED(text)      .name = (text), .size = sizeof(text) - 1
#define SHAPE(n, s1, s2) .name = (n), .section = { (s1), (s2) }
#define MEMBERS(table)   .members = (table), .n = G_N_ELEMENTS(table)

/* --- actors --- */

static const XapiMember account_members[] = {
	{ NAMED("homePage"), KIND_IRI, MEMBER_REQUIRED },
	{ NAMED("name"), KIND_TEXT, MEMBER_REQUIRED },
};

const XapiShape xapi_shape_account = {
	SHAPE("account", "Data 2.4.2.4", "4.2.2.1"), MEMBERS(account_members)
};

static const XapiMember agent_members[] = {
	{ NAMED("objectType"), KIND_WORD, .word = "Agent" },
	{ NAMED("name"), KIND_TEXT },
	{ NAMED("mbox"), KIND_MBOX, MEMBER_IFI },
	{ NAMED("account"), KIND_OBJECT, MEMBER_IFI, &xapi_shape_account },
	{ NAMED("mbox_sha1sum"), KIND_SHA1, MEMBER_IFI },
	{ NAMED("openid"), KIND_IRI, MEMBER_IFI },
};

const XapiShape xapi_shape_agent = { SHAPE("agent", "Data 2.4.2.1", "4.2.2.1"),
				     MEMBERS(agent_members) };

static const XapiMember group_members[] = {
	{ NAMED("objectType"), KIND_WORD, MEMBER_REQUIRED, .word = "Group" },
	{ NAMED("name"), KIND_TEXT },
	{ NAMED("member"), KIND_LIST, MEMBER_UNORDERED, &xapi_shape_agent },
	{ NAMED("mbox"), KIND_MBOX, MEMBER_IFI },
	{ NAMED("account"), KIND_OBJECT, MEMBER_IFI, &xapi_shape_account },
	{ NAMED("mbox_sha1sum"), KIND_SHA1, MEMBER_IFI },
	{ NAMED("openid"), KIND_IRI, MEMBER_IFI },
};

const XapiShape xapi_shape_group = { SHAPE("group", "Data 2.4.2.2", "4.2.2.1"),
				     MEMBERS(group_members) };

/* --- verb, objects --- */

static const XapiMember verb_members[] = {
	{ NAMED("id"), KIND_IRI, MEMBER_REQUIRED },
	{ NAMED("display"), KIND_LANGUAGE_MAP, MEMBER_OUTSIDE },
};

const XapiShape xapi_shape_verb = { SHAPE("verb", "Data 2.4.3", "4.2.2.2"),
				    MEMBERS(verb_members) };

static const XapiMember component_members[] = {
	{ NAMED("id"), KIND_TEXT, MEMBER_REQUIRED },
	{ NAMED("description"), KIND_LANGUAGE_MAP },
};

const XapiShape xapi_shape_component = { SHAPE("interaction component",
					       "Data 2.4.4.1", "4.2.2.3"),
					 MEMBERS(component_members) };

static const XapiMember definition_members[] = {
	{ NAMED("name"), KIND_LANGUAGE_MAP },
	{ NAMED("description"), KIND_LANGUAGE_MAP },
	{ NAMED("type"), KIND_IRI },
	{ NAMED("moreInfo"), KIND_IRI },
	{ NAMED("extensions"), KIND_EXTENSIONS },
	{ NAMED("interactionType"), KIND_INTERACTION },
	{ NAMED("correctResponsesPattern"), KIND_TEXTS },
	{ NAMED("choices"), KIND_LIST, 0, &xapi_shape_component },
	{ NAMED("scale"), KIND_LIST, 0, &xapi_shape_component },
	{ NAMED("source"), KIND_LIST, 0, &xapi_shape_component },
	{ NAMED("target"), KIND_LIST, 0, &xapi_shape_component },
	{ NAMED("steps"), KIND_LIST, 0, &xapi_shape_component },
};

const XapiShape xapi_shape_definition = { SHAPE("activity definition",
						"Data 2.4.4.1", "4.2.2.3"),
					  MEMBERS(definition_members) };

static const XapiMember activity_members[] = {
	{ NAMED("objectType"), KIND_WORD, .word = "Activity" },
	{ NAMED("id"), KIND_IRI, MEMBER_REQUIRED },
	{ NAMED("definition"), KIND_OBJECT, MEMBER_OUTSIDE,
	  &xapi_shape_definition },
};

const XapiShape xapi_shape_activity = {
	SHAPE("activity", "Data 2.4.4.1", "4.2.2.3"), MEMBERS(activity_members)
};

static const XapiMember statement_ref_members[] = {
	{ NAMED("objectType"), KIND_WORD, MEMBER_REQUIRED,
	  .word = "StatementRef" },
	{ NAMED("id"), KIND_UUID, MEMBER_REQUIRED },
};

const XapiShape xapi_shape_statement_ref = { SHAPE("statement reference",
						   "Data 2.4.4.3", "4.2.2.3"),
					     MEMBERS(statement_ref_members) };

/* --- result, context, attachments --- */

static const XapiMember score_members[] = {
	{ NAMED("scaled"), KIND_NUMBER },
	{ NAMED("raw"), KIND_NUMBER },
	{ NAMED("min"), KIND_NUMBER },
	{ NAMED("max"), KIND_NUMBER },
};

const XapiShape xapi_shape_score = { SHAPE("score", "Data 2.4.5.1", "4.2.2.4"),
				     MEMBERS(score_members) };

static const XapiMember result_members[] = {
	{ NAMED("score"), KIND_OBJECT, 0, &xapi_shape_score },
	{ NAMED("success"), KIND_FLAG },
	{ NAMED("completion"), KIND_FLAG },
	{ NAMED("response"), KIND_TEXT },
	{ NAMED("duration"), KIND_DURATION },
	{ NAMED("extensions"), KIND_EXTENSIONS },
};

static const XapiShape shape_result = {
	SHAPE("result", "Data 2.4.5", "4.2.2.4"), MEMBERS(result_members)
};

static const XapiMember context_activities_members[] = {
	{ NAMED("parent"), KIND_ONE_OR_LIST, 0, &xapi_shape_activity },
	{ NAMED("grouping"), KIND_ONE_OR_LIST, 0, &xapi_shape_activity },
	{ NAMED("category"), KIND_ONE_OR_LIST, 0, &xapi_shape_activity },
	{ NAMED("other"), KIND_ONE_OR_LIST, 0, &xapi_shape_activity },
};

static const XapiShape shape_context_activities = {
	SHAPE("contextActivities", "Data 2.4.6.2", "4.2.2.5"),
	MEMBERS(context_activities_members)
};

static const XapiMember context_agent_members[] = {
	{ NAMED("objectType"), KIND_WORD, MEMBER_REQUIRED,
	  .word = "contextAgent" },
	{ NAMED("agent"), KIND_OBJECT, MEMBER_REQUIRED, &xapi_shape_agent },
	{ NAMED("relevantTypes"), KIND_IRIS },
};

static const XapiShape shape_context_agent = {
	SHAPE("contextAgent", "", "4.2.2.5"), MEMBERS(context_agent_members)
};

static const XapiMember context_group_members[] = {
	{ NAMED("objectType"), KIND_WORD, MEMBER_REQUIRED,
	  .word = "contextGroup" },
	{ NAMED("group"), KIND_OBJECT, MEMBER_REQUIRED, &xapi_shape_group },
	{ NAMED("relevantTypes"), KIND_IRIS },
};

static const XapiShape shape_context_group = {
	SHAPE("contextGroup", "", "4.2.2.5"), MEMBERS(context_group_members)
};

static const XapiMember context_members[] = {
	{ NAMED("registration"), KIND_UUID },
	{ NAMED("contextActivities"), KIND_OBJECT, 0,
	  &shape_context_activities },
	{ NAMED("extensions"), KIND_EXTENSIONS },
	{ NAMED("platform"), KIND_TEXT },
	{ NAMED("language"), KIND_LANGUAGE },
	{ NAMED("instructor"), KIND_ACTOR },
	{ NAMED("team"), KIND_OBJECT, 0, &xapi_shape_group },
	{ NAMED("revision"), KIND_TEXT },
	{ NAMED("statement"), KIND_OBJECT, 0, &xapi_shape_statement_ref },
	{ NAMED("contextAgents"), KIND_LIST, MEMBER_SINCE_2_0,
	  &shape_context_agent },
	{ NAMED("contextGroups"), KIND_LIST, MEMBER_SINCE_2_0,
	  &shape_context_group },
};

const XapiShape xapi_shape_context = {
	SHAPE("context", "Data 2.4.6", "4.2.2.5"), MEMBERS(context_members)
};

static const XapiMember attachment_members[] = {
	{ NAMED("usageType"), KIND_IRI, MEMBER_REQUIRED },
	{ NAMED("display"), KIND_LANGUAGE_MAP,
	  MEMBER_REQUIRED | MEMBER_OUTSIDE },
	{ NAMED("description"), KIND_LANGUAGE_MAP, MEMBER_OUTSIDE },
	{ NAMED("contentType"), KIND_MEDIA_TYPE, MEMBER_REQUIRED },
	{ NAMED("length"), KIND_LENGTH, MEMBER_REQUIRED },
	{ NAMED("sha2"), KIND_SHA2, MEMBER_REQUIRED },
	{ NAMED("fileUrl"), KIND_IRI },
};

const XapiShape xapi_shape_attachment = { SHAPE("attachment", "Data 2.4.11",
						"4.2.2.6"),
					  MEMBERS(attachment_members) };

/* --- statements --- */

static const XapiMember statement_members[] = {
	{ NAMED("id"), KIND_UUID, MEMBER_BY_LRS },
	{ NAMED("timestamp"), KIND_TIMESTAMP, MEMBER_BY_LRS },
	{ NAMED("actor"), KIND_ACTOR, MEMBER_REQUIRED },
	{ NAMED("verb"), KIND_OBJECT, MEMBER_REQUIRED, &xapi_shape_verb },
	{ NAMED("object"), KIND_THING, MEMBER_REQUIRED },
	{ NAMED("result"), KIND_OBJECT, 0, &shape_result },
	{ NAMED("context"), KIND_OBJECT, 0, &xapi_shape_context },
	{ NAMED("attachments"), KIND_LIST, MEMBER_APART,
	  &xapi_shape_attachment },
	{ NAMED("authority"), KIND_ACTOR, MEMBER_BY_LRS },
	{ NAMED("stored"), KIND_TIMESTAMP, MEMBER_BY_LRS },
	{ NAMED("version"), KIND_VERSION, MEMBER_BY_LRS },
};

const XapiShape xapi_shape_statement = {
	SHAPE("statement", "Data 2.4", "4.2.2"), MEMBERS(statement_members)
};

static const XapiMember sub_statement_members[] = {
	{ NAMED("objectType"), KIND_WORD, MEMBER_REQUIRED,
	  .word = "SubStatement" },
	{ NAMED("timestamp"), KIND_TIMESTAMP },
	{ NAMED("actor"), KIND_ACTOR, MEMBER_REQUIRED },
	{ NAMED("verb"), KIND_OBJECT, MEMBER_REQUIRED, &xapi_shape_verb },
	{ NAMED("object"), KIND_SUB_THING, MEMBER_REQUIRED },
	{ NAMED("result"), KIND_OBJECT, 0, &shape_result },
	{ NAMED("context"), KIND_OBJECT, 0, &xapi_shape_context },
	{ NAMED("attachments"), KIND_LIST, MEMBER_APART,
	  &xapi_shape_attachment },
};

const XapiShape xapi_shape_sub_statement = { SHAPE("sub-statement",
						   "Data 2.4.4.3", "4.2.2.3"),
					     MEMBERS(sub_statement_members) };

/* --- finding --- */

const XapiMember *
xapi_shape_find(const XapiShape *shape, const TapeValue *name,
		XapiVersion version)
{
	for (unsigned i = 0; i < shape->n; i++) {
		const XapiMember *member = &shape->members[i];

		if (!tape_is(name, member->name, member->size))
			continue;
		if ((member->flags & MEMBER_SINCE_2_0) != 0 &&
		    version < XAPI_2_0)
			return NULL;
		return member;
	}
	return NULL;
}

static const XapiShape *
among(const TapeValue *type, const XapiShape *const *shapes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < shapes[i]->n; k++) {
			const char *word = shapes[i]->members[k].word;

			if (word != NULL && type->type == TAPE_TEXT &&
			    tape_is(type, word, strlen(word)))
				return shapes[i];
		}
	return NULL;
}

static const XapiShape *
thing_of(const TapeValue *value, bool is_sub)
{
	static const XapiShape *const things[] = {
		&xapi_shape_activity,      &xapi_shape_statement_ref,
		&xapi_shape_agent,         &xapi_shape_group,
		&xapi_shape_sub_statement,
	};
	const TapeValue *type = tape_member(value, "objectType");

	if (type == NULL)
		return &xapi_shape_activity;
	return among(type, things, G_N_ELEMENTS(things) - (is_sub ? 1 : 0));
}

static const XapiShape *
actor_of(const TapeValue *value)
{
	static const XapiShape *const actors[] = { &xapi_shape_agent,
						   &xapi_shape_group };
	const TapeValue *type = tape_member(value, "objectType");

	return type == NULL ? &xapi_shape_agent
			    : among(type, actors, G_N_ELEMENTS(actors));
}

const XapiShape *
xapi_shape_of(const XapiMember *member, const TapeValue *value)
{
	if (member->kind == KIND_ACTOR)
		return actor_of(value);
	if (member->kind == KIND_THING || member->kind == KIND_SUB_THING)
		return thing_of(value, member->kind == KIND_SUB_THING);
	return member->shape;
}

bool
xapi_kind_has_shape(XapiKind kind)
{
	return kind >= KIND_OBJECT;
}

const TapeValue *
xapi_shape_get(const TapeValue *const *found, const XapiShape *shape,
	       const char *name)
{
	for (unsigned i = 0; i < shape->n; i++)
		if (strcmp(shape->members[i].name, name) == 0)
			return found[i];
	return NULL;
}
