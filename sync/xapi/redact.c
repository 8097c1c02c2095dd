/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/redact.h"

#include <string.h>

#include "app/base/json.h"
#include "sync/xapi/keys.h"

/* --- whom it names --- */

static bool
is_of_them(const TapeValue *actor, const XapiWho *who)
{
	g_autofree char *key =
		actor->type == TAPE_OBJECT ? xapi_agent_key(actor) : NULL;

	return key != NULL && xapi_who_is(who, key);
}

static bool
is_about(const char *bytes, size_t size, const XapiWho *who)
{
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	g_auto(XapiKeys) keys = { 0 };
	XapiStatement statement;
	bool found = false;

	if (tape == NULL)
		return true;
	statement = xapi_statement_on(tape);
	xapi_keys(&statement, &keys);
	xapi_keys_add_authority(&keys,
				tape_member(tape_root(tape), "authority"));
	for (guint i = 0; i < keys.keys->len && !found; i++) {
		const XapiKey *key = &g_array_index(keys.keys, XapiKey, i);

		found = (key->roles & XAPI_KEY_RELATED_AGENT) != 0 &&
			xapi_who_is(who, key->text);
	}
	return found;
}

/* --- what is left out --- */

/* A set of the values to leave out; false if a group would have nobody and no
 * name left. */
static bool
leave_members(const TapeValue *group, const XapiWho *who, GHashTable *left)
{
	const TapeValue *members = tape_member(group, "member");
	g_autofree char *name = NULL;
	const TapeValue *at;
	uint32_t n = 0;

	if (members == NULL || members->type != TAPE_LIST)
		return true;
	at = tape_first(members);
	for (uint32_t i = 0; i < members->count; i++, at = tape_next(at))
		if (is_of_them(at, who)) {
			g_hash_table_add(left, (void *)(uintptr_t)at);
			n++;
		}
	if (n < members->count || n == 0)
		return true;
	name = xapi_agent_key(group);
	return name != NULL;
}

static bool
leave_all_members(const Tape *tape, const XapiWho *who, GHashTable *left)
{
	const TapeValue *root = tape_root(tape);

	for (uint32_t i = 0; i < root->span; i++)
		if (root[i].type == TAPE_OBJECT &&
		    !leave_members(&root[i], who, left))
			return false;
	return true;
}

static void
leave_signatures(const TapeValue *statement, GHashTable *left)
{
	const TapeValue *list = tape_member(statement, "attachments");
	const TapeValue *at;

	if (list == NULL || list->type != TAPE_LIST)
		return;
	at = tape_first(list);
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		const TapeValue *usage = tape_member(at, "usageType");

		if (usage != NULL && usage->type == TAPE_TEXT &&
		    tape_is(usage, XAPI_SIGNATURE, strlen(XAPI_SIGNATURE)))
			g_hash_table_add(left, (void *)(uintptr_t)at);
	}
}

/* --- the rest --- */

typedef struct {
	const char *bytes;
	GHashTable *left;   /* a set of the values to leave out */
	const XapiWho *who; /* whose names become noughts; NULL: nobody's */
	GString *out;
} Copy;

static void copy_value(Copy *copy, const TapeValue *value);

static void
copy_bytes(Copy *copy, const TapeValue *value)
{
	g_string_append_len(copy->out, copy->bytes + value->at,
			    value->end - value->at);
}

/* A number of noughts alone is no JSON. */
static void
copy_plain(Copy *copy, const TapeValue *value)
{
	g_autoptr(GString) text = NULL;

	if (copy->who == NULL ||
	    (value->type != TAPE_TEXT && value->type != TAPE_NUMBER) ||
	    !xapi_who_in_text(copy->who, value->text, value->size)) {
		copy_bytes(copy, value);
		return;
	}
	if (value->type == TAPE_NUMBER) {
		g_string_append_c(copy->out, '0');
		return;
	}
	text = g_string_new_len(value->text, value->size);
	xapi_who_blot(copy->who, text);
	json_print_text(copy->out, text->str, text->len);
}

static void
copy_list(Copy *copy, const TapeValue *list)
{
	const TapeValue *at = tape_first(list);
	size_t start = copy->out->len;

	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		if (g_hash_table_contains(copy->left, at))
			continue;
		if (copy->out->len > start)
			g_string_append_c(copy->out, ',');
		copy_value(copy, at);
	}
}

static void
copy_object(Copy *copy, const TapeValue *object)
{
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		if (i > 0)
			g_string_append_c(copy->out, ',');
		copy_plain(copy, name);
		g_string_append_c(copy->out, ':');
		copy_value(copy, tape_value_of(name));
	}
}

/* As deep as a tape may be. */
static void
copy_value(Copy *copy, const TapeValue *value)
{
	if (value->type == TAPE_LIST) {
		g_string_append_c(copy->out, '[');
		copy_list(copy, value);
		g_string_append_c(copy->out, ']');
	} else if (value->type == TAPE_OBJECT) {
		g_string_append_c(copy->out, '{');
		copy_object(copy, value);
		g_string_append_c(copy->out, '}');
	} else {
		copy_plain(copy, value);
	}
}

static GString *
copy_without(const Tape *tape, GHashTable *left, const XapiWho *who)
{
	Copy copy = { tape_bytes(tape), left, who, g_string_new(NULL) };

	copy_value(&copy, tape_root(tape));
	return copy.out;
}

/* NULL if what is left would be no JSON: two names became the same. */
static GString *
blot_names(const GString *statement, const XapiWho *who)
{
	g_autoptr(Tape) tape = tape_read(statement->str, statement->len, NULL);
	g_autoptr(GHashTable) nothing =
		g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GString) out = NULL;
	g_autoptr(Tape) again = NULL;

	if (tape == NULL)
		return NULL;
	out = copy_without(tape, nothing, who);
	again = tape_read(out->str, out->len, NULL);
	return again != NULL ? g_steal_pointer(&out) : NULL;
}

XapiRedact
xapi_redact(const char *bytes, size_t size, const XapiWho *who, GBytes **out)
{
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	bool named = tape != NULL ? xapi_who_in_value(who, tape_root(tape))
				  : xapi_who_in_text(who, bytes, size);
	g_autoptr(GHashTable) left =
		g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GString) without = NULL;
	GString *rest;

	if (tape == NULL)
		return named ? XAPI_REDACT_WHOLE : XAPI_REDACT_NOTHING;
	if (!leave_all_members(tape, who, left))
		return XAPI_REDACT_WHOLE;
	if (g_hash_table_size(left) == 0 && !named)
		return is_about(bytes, size, who) ? XAPI_REDACT_WHOLE
						  : XAPI_REDACT_NOTHING;
	leave_signatures(tape_root(tape), left);
	without = copy_without(tape, left, NULL);
	if (is_about(without->str, without->len, who))
		return XAPI_REDACT_WHOLE;
	rest = blot_names(without, who);
	if (rest == NULL)
		return XAPI_REDACT_WHOLE;
	*out = g_string_free_to_bytes(rest);
	return XAPI_REDACT_PART;
}
