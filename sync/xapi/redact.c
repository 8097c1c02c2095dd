/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/redact.h"

#include <string.h>

#include "sync/xapi/keys.h"

/* --- whom it names --- */

static bool
names_text(const char *bytes, size_t size, const XapiWho *who)
{
	for (guint i = 0; i < who->texts->len; i++) {
		const char *text = g_ptr_array_index(who->texts, i);

		if (memmem(bytes, size, text, strlen(text)) != NULL)
			return true;
	}
	return false;
}

static bool
is_of_them(const TapeValue *actor, const XapiWho *who)
{
	g_autofree char *key =
		actor->type == TAPE_OBJECT ? xapi_agent_key(actor) : NULL;

	return key != NULL && g_hash_table_contains(who->keys, key);
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
			g_hash_table_contains(who->keys, key->text);
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

static void copy_value(GString *out, const char *bytes, const TapeValue *value,
		       GHashTable *left);

static void
copy_list(GString *out, const char *bytes, const TapeValue *list,
	  GHashTable *left)
{
	const TapeValue *at = tape_first(list);
	size_t start = out->len;

	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		if (g_hash_table_contains(left, at))
			continue;
		if (out->len > start)
			g_string_append_c(out, ',');
		copy_value(out, bytes, at, left);
	}
}

static void
copy_object(GString *out, const char *bytes, const TapeValue *object,
	    GHashTable *left)
{
	const TapeValue *name = tape_first(object);

	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name)) {
		if (i > 0)
			g_string_append_c(out, ',');
		g_string_append_len(out, bytes + name->at,
				    name->end - name->at);
		g_string_append_c(out, ':');
		copy_value(out, bytes, tape_value_of(name), left);
	}
}

/* As deep as a tape may be. */
static void
copy_value(GString *out, const char *bytes, const TapeValue *value,
	   GHashTable *left)
{
	if (value->type == TAPE_LIST) {
		g_string_append_c(out, '[');
		copy_list(out, bytes, value, left);
		g_string_append_c(out, ']');
	} else if (value->type == TAPE_OBJECT) {
		g_string_append_c(out, '{');
		copy_object(out, bytes, value, left);
		g_string_append_c(out, '}');
	} else {
		g_string_append_len(out, bytes + value->at,
				    value->end - value->at);
	}
}

static void
blot_out(GString *text, const char *name)
{
	size_t size = strlen(name);
	char *at = text->str;

	while ((at = memmem(at, text->len - (size_t)(at - text->str), name,
			    size)) != NULL)
		for (size_t i = 0; i < size; i++, at++)
			if (g_ascii_isalnum(*at))
				*at = '0';
}

static GString *
copy_without(const Tape *tape, GHashTable *left)
{
	GString *out = g_string_new(NULL);

	copy_value(out, tape_bytes(tape), tape_root(tape), left);
	return out;
}

XapiRedact
xapi_redact(const char *bytes, size_t size, const XapiWho *who, GBytes **out)
{
	bool named = names_text(bytes, size, who);
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	g_autoptr(GHashTable) left =
		g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GString) rest = NULL;

	if (tape == NULL)
		return named ? XAPI_REDACT_WHOLE : XAPI_REDACT_NOTHING;
	if (!leave_all_members(tape, who, left))
		return XAPI_REDACT_WHOLE;
	if (g_hash_table_size(left) == 0 && !named)
		return is_about(bytes, size, who) ? XAPI_REDACT_WHOLE
						  : XAPI_REDACT_NOTHING;
	leave_signatures(tape_root(tape), left);
	rest = copy_without(tape, left);
	if (is_about(rest->str, rest->len, who))
		return XAPI_REDACT_WHOLE;
	for (guint i = 0; i < who->texts->len; i++)
		blot_out(rest, g_ptr_array_index(who->texts, i));
	*out = g_string_free_to_bytes(g_steal_pointer(&rest));
	return XAPI_REDACT_PART;
}
