/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forward/redact.h"

#include <string.h>

#include "app/base/json.h"
#include "sync/xapi/check.h"
#include "sync/xapi/keys.h"

/* One statement being printed. */
typedef struct {
	const Redaction *how; /* borrowed */
	const char *bytes;    /* borrowed: what was read */
	GString *out;         /* borrowed */
	GArray *media;        /* borrowed: RedactedMedium */
	bool signatures;      /* may go along */
	bool altered;         /* says less than what was signed */
} Redactor;

/* Prints a value; false if it, and its name, are left out. */
typedef bool (*PrintFunc)(Redactor *r, const TapeValue *value);

typedef struct {
	const char *name;
	PrintFunc print;
} Member;

static bool print_statement(Redactor *r, const TapeValue *value);

static bool
copy(Redactor *r, const TapeValue *value)
{
	g_string_append_len(r->out, r->bytes + value->at,
			    (gssize)value->end - value->at);
	return true;
}

/* What the LRS set: nobody signed it. */
static bool
leave_out(Redactor *r, const TapeValue *value)
{
	return false;
}

static bool
drop(Redactor *r)
{
	r->altered = true;
	return false;
}

static PrintFunc
find_print(const Member *members, size_t n, const TapeValue *name)
{
	for (size_t i = 0; i < n; i++)
		if (tape_is(name, members[i].name, strlen(members[i].name)))
			return members[i].print;
	return copy;
}

/* An object whose members are printed as the table says, others as they are. */
static bool
print_members(Redactor *r, const TapeValue *value, const Member *members,
	      size_t n)
{
	const TapeValue *name = tape_first(value);
	bool first = true;

	if (value->type != TAPE_OBJECT)
		return copy(r, value);
	g_string_append_c(r->out, '{');
	for (uint32_t i = 0; i < value->count;
	     i++, name = tape_next_name(name)) {
		gsize before = r->out->len;

		g_string_append(r->out, first ? "" : ",");
		copy(r, name);
		g_string_append_c(r->out, ':');
		if (find_print(members, n, name)(r, tape_value_of(name)))
			first = false;
		else
			g_string_truncate(r->out, before);
	}
	g_string_append_c(r->out, '}');
	return true;
}

/* Each element as print has it, also where one stands without a list; false
 * if none is left. */
static bool
print_each(Redactor *r, const TapeValue *list, PrintFunc print)
{
	const TapeValue *at = tape_first(list);
	bool first = true;

	if (list->type != TAPE_LIST)
		return print(r, list);
	g_string_append_c(r->out, '[');
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		gsize before = r->out->len;

		g_string_append(r->out, first ? "" : ",");
		if (print(r, at))
			first = false;
		else
			g_string_truncate(r->out, before);
	}
	g_string_append_c(r->out, ']');
	return !first;
}

/* --- people --- */

static void
print_pseudonym(Redactor *r, const char *key)
{
	const char *home = pseudonyms_get_home(r->how->pseudonyms);
	char name[PSEUDONYM_SIZE + 1];

	pseudonym_of(r->how->pseudonyms, key, name);
	g_string_append(r->out, ",\"account\":{\"homePage\":");
	json_print_text(r->out, home, strlen(home));
	g_string_append_printf(r->out, ",\"name\":\"%s\"}", name);
}

static bool
print_person(Redactor *r, const TapeValue *value)
{
	const TapeValue *type = tape_member(value, "objectType");
	const TapeValue *members = tape_member(value, "member");
	g_autofree char *key = NULL;

	if (r->how->pseudonyms == NULL || value->type != TAPE_OBJECT)
		return copy(r, value);
	r->altered = true;
	key = xapi_agent_key(value);
	g_string_append(r->out, "{\"objectType\":");
	if (type != NULL)
		copy(r, type);
	else
		g_string_append(r->out, "\"Agent\"");
	if (key != NULL)
		print_pseudonym(r, key);
	if (members != NULL) {
		g_string_append(r->out, ",\"member\":");
		print_each(r, members, print_person);
	}
	g_string_append_c(r->out, '}');
	return true;
}

/* --- extensions, words --- */

static bool
is_listed(const Redactor *r, const TapeValue *name)
{
	for (const char *const *at = r->how->extensions; *at != NULL; at++)
		if (g_str_equal(*at, "*") || tape_is(name, *at, strlen(*at)))
			return true;
	return false;
}

static bool
print_extensions(Redactor *r, const TapeValue *value)
{
	const TapeValue *name = tape_first(value);
	bool any = false;

	if (value->type != TAPE_OBJECT)
		return copy(r, value);
	g_string_append_c(r->out, '{');
	for (uint32_t i = 0; i < value->count;
	     i++, name = tape_next_name(name)) {
		if (!is_listed(r, name)) {
			r->altered = true;
			continue;
		}
		g_string_append(r->out, any ? "," : "");
		copy(r, name);
		g_string_append_c(r->out, ':');
		copy(r, tape_value_of(name));
		any = true;
	}
	g_string_append_c(r->out, '}');
	return any || value->count == 0;
}

static bool
print_words(Redactor *r, const TapeValue *value)
{
	return r->how->words ? copy(r, value) : drop(r);
}

static bool
print_result(Redactor *r, const TapeValue *value)
{
	static const Member members[] = { { "response", print_words },
					  { "extensions", print_extensions } };

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

/* --- activities --- */

static bool
print_definition(Redactor *r, const TapeValue *value)
{
	static const Member members[] = { { "extensions", print_extensions } };

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

static bool
print_activity(Redactor *r, const TapeValue *value)
{
	static const Member members[] = { { "definition", print_definition } };

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

static bool
print_activities(Redactor *r, const TapeValue *value)
{
	return print_each(r, value, print_activity);
}

static bool
print_context_activities(Redactor *r, const TapeValue *value)
{
	static const Member members[] = { { "parent", print_activities },
					  { "grouping", print_activities },
					  { "category", print_activities },
					  { "other", print_activities } };

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

static bool
type_is(const TapeValue *value, const char *name)
{
	const TapeValue *type = tape_member(value, "objectType");

	return type != NULL && tape_is(type, name, strlen(name));
}

static bool
print_object(Redactor *r, const TapeValue *value)
{
	if (type_is(value, "Agent") || type_is(value, "Group"))
		return print_person(r, value);
	if (type_is(value, "SubStatement"))
		return print_statement(r, value);
	return type_is(value, "StatementRef") ? copy(r, value)
					      : print_activity(r, value);
}

/* --- context --- */

static bool
print_context_agent(Redactor *r, const TapeValue *value)
{
	static const Member members[] = { { "agent", print_person },
					  { "group", print_person } };

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

static bool
print_context_agents(Redactor *r, const TapeValue *value)
{
	return print_each(r, value, print_context_agent);
}

static bool
print_context(Redactor *r, const TapeValue *value)
{
	static const Member members[] = {
		{ "instructor", print_person },
		{ "team", print_person },
		{ "contextActivities", print_context_activities },
		{ "contextAgents", print_context_agents },
		{ "contextGroups", print_context_agents },
		{ "extensions", print_extensions },
	};

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

/* --- attachments --- */

static void
copy_text(char *out, size_t size, const TapeValue *text, bool lower)
{
	out[0] = '\0';
	if (text == NULL || text->size >= size)
		return;
	for (uint32_t i = 0; i < text->size; i++)
		out[i] = lower ? g_ascii_tolower(text->text[i]) : text->text[i];
	out[text->size] = '\0';
}

static bool
print_attachment(Redactor *r, const TapeValue *value)
{
	const TapeValue *usage = tape_member(value, "usageType");
	RedactedMedium medium = {
		.has_file_url = tape_member(value, "fileUrl") != NULL
	};

	if (!r->signatures && usage != NULL &&
	    tape_is(usage, XAPI_SIGNATURE, strlen(XAPI_SIGNATURE)))
		return false;
	copy_text(medium.sha2, sizeof(medium.sha2), tape_member(value, "sha2"),
		  true);
	copy_text(medium.content_type, sizeof(medium.content_type),
		  tape_member(value, "contentType"), false);
	g_array_append_val(r->media, medium);
	return copy(r, value);
}

static bool
print_attachments(Redactor *r, const TapeValue *value)
{
	return r->how->media ? print_each(r, value, print_attachment) : drop(r);
}

/* --- the whole --- */

static bool
print_statement(Redactor *r, const TapeValue *value)
{
	static const Member members[] = {
		{ "stored", leave_out },
		{ "authority", leave_out },
		{ "version", leave_out },
		{ "actor", print_person },
		{ "object", print_object },
		{ "result", print_result },
		{ "context", print_context },
		{ "attachments", print_attachments },
	};

	return print_members(r, value, members, G_N_ELEMENTS(members));
}

void
redact(const Redaction *how, const XapiStatement *statement, GString *out,
       GArray *media)
{
	Redactor r = { .how = how,
		       .bytes = statement->bytes,
		       .out = out,
		       .media = media,
		       .signatures = true };
	gsize before = out->len;

	g_array_set_size(media, 0);
	print_statement(&r, statement->value);
	if (!r.altered)
		return;
	/* Once more, now that it is known that a signature would not fit. */
	r.signatures = false;
	g_string_truncate(out, before);
	g_array_set_size(media, 0);
	print_statement(&r, statement->value);
}
