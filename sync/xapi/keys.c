/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/keys.h"

#include <string.h>

#define TEXTS_BLOCK 1024 /* the keys of an ordinary statement */
#define FEW_KEYS    24   /* up to here, looking at each is quickest */

/* --- one identifier --- */

static void
append_folded(GString *out, const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		g_string_append_c(out, g_ascii_tolower(text[i]));
}

static void
append_mbox(GString *out, const TapeValue *mbox)
{
	const char *at = memchr(mbox->text, '@', mbox->size);
	size_t local = at != NULL ? (size_t)(at - mbox->text) : mbox->size;

	g_string_append_len(out, mbox->text, (gssize)local);
	append_folded(out, mbox->text + local, mbox->size - local);
}

/* A home page has no blank, so the two can't run into each other. */
static void
append_account(GString *out, const TapeValue *account)
{
	const TapeValue *home = tape_member(account, "homePage");
	const TapeValue *name = tape_member(account, "name");

	if (home == NULL || name == NULL)
		return;
	g_string_append(out, "account:");
	g_string_append_len(out, home->text, home->size);
	g_string_append_c(out, ' ');
	/* A NUL can't be kept in a text that ends with one. */
	for (uint32_t i = 0; i < name->size; i++) {
		if (name->text[i] == '\0')
			g_string_append(out, "\\0");
		else if (name->text[i] == '\\')
			g_string_append(out, "\\\\");
		else
			g_string_append_c(out, name->text[i]);
	}
}

/* Appends nothing if there is none. */
static void
append_identifier(GString *out, const TapeValue *actor)
{
	const TapeValue *name = tape_first(actor);

	if (actor->type != TAPE_OBJECT)
		return;
	for (uint32_t i = 0; i < actor->count;
	     i++, name = tape_next_name(name)) {
		const TapeValue *value = tape_value_of(name);

		if (tape_is(name, "mbox", 4)) {
			append_mbox(out, value);
		} else if (tape_is(name, "account", 7)) {
			append_account(out, value);
		} else if (tape_is(name, "mbox_sha1sum", 12)) {
			g_string_append(out, "sha1:");
			append_folded(out, value->text, value->size);
		} else if (tape_is(name, "openid", 6)) {
			g_string_append(out, "openid:");
			g_string_append_len(out, value->text, value->size);
		}
	}
}

char *
xapi_agent_key(const TapeValue *actor)
{
	g_autoptr(GString) out = g_string_new(NULL);

	append_identifier(out, actor);
	return out->len > 0 ? g_string_free(g_steal_pointer(&out), FALSE)
			    : NULL;
}

/* --- all of a statement --- */

static bool
is_agent(const XapiKey *key)
{
	return (key->roles & (XAPI_KEY_AGENT | XAPI_KEY_RELATED_AGENT)) != 0;
}

static guint
hash_key(const void *key)
{
	const XapiKey *of = key;

	return g_str_hash(of->text) ^ (is_agent(of) ? 1 : 0);
}

static gboolean
is_same_key(const void *a, const void *b)
{
	const XapiKey *first = a, *second = b;

	return first->size == second->size &&
	       is_agent(first) == is_agent(second) &&
	       memcmp(first->text, second->text, first->size) == 0;
}

/* The set holds copies of the keys, each with its index. */
static XapiKey *
find_among_many(XapiKeys *keys, const XapiKey *key)
{
	void *found;

	if (keys->seen == NULL) {
		keys->seen = g_hash_table_new_full(hash_key, is_same_key,
						   g_free, NULL);
		for (guint i = 0; i < keys->keys->len; i++)
			g_hash_table_insert(keys->seen,
					    g_memdup2(&g_array_index(keys->keys,
								     XapiKey,
								     i),
						      sizeof(XapiKey)),
					    GUINT_TO_POINTER(i));
	}
	if (!g_hash_table_lookup_extended(keys->seen, key, NULL, &found))
		return NULL;
	return &g_array_index(keys->keys, XapiKey, GPOINTER_TO_UINT(found));
}

static XapiKey *
find_key(XapiKeys *keys, const XapiKey *key)
{
	if (keys->keys->len > FEW_KEYS)
		return find_among_many(keys, key);
	for (guint i = 0; i < keys->keys->len; i++) {
		XapiKey *held = &g_array_index(keys->keys, XapiKey, i);

		if (is_same_key(held, key))
			return held;
	}
	return NULL;
}

static void
add(XapiKeys *keys, const char *text, size_t size, XapiKeyRoles roles)
{
	XapiKey key = { text, (uint32_t)size, roles };
	XapiKey *held;

	key.text = g_string_chunk_insert_len(keys->texts, text, (gssize)size);
	held = find_key(keys, &key);
	if (held != NULL) {
		held->roles |= roles;
		return;
	}
	if (keys->seen != NULL)
		g_hash_table_insert(keys->seen, g_memdup2(&key, sizeof(key)),
				    GUINT_TO_POINTER(keys->keys->len));
	g_array_append_val(keys->keys, key);
}

static void
add_actor(XapiKeys *keys, const TapeValue *actor, XapiKeyRoles roles)
{
	g_autoptr(GString) text = NULL;
	const TapeValue *members;
	const TapeValue *at;

	if (actor == NULL || actor->type != TAPE_OBJECT)
		return;
	text = g_string_sized_new(128);
	append_identifier(text, actor);
	if (text->len > 0)
		add(keys, text->str, text->len, roles | XAPI_KEY_RELATED_AGENT);
	members = tape_member(actor, "member");
	if (members == NULL || members->type != TAPE_LIST)
		return;
	at = tape_first(members);
	for (uint32_t i = 0; i < members->count; i++, at = tape_next(at))
		add_actor(keys, at, roles);
}

static void
add_activity(XapiKeys *keys, const TapeValue *activity, XapiKeyRoles roles)
{
	const TapeValue *id = tape_member(activity, "id");

	if (id != NULL && id->type == TAPE_TEXT)
		add(keys, id->text, id->size,
		    roles | XAPI_KEY_RELATED_ACTIVITY);
}

static void
add_context_activities(XapiKeys *keys, const TapeValue *map)
{
	const TapeValue *name;

	if (map == NULL || map->type != TAPE_OBJECT)
		return;
	name = tape_first(map);
	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name)) {
		const TapeValue *value = tape_value_of(name);
		bool is_list = value->type == TAPE_LIST;
		const TapeValue *at = is_list ? tape_first(value) : value;
		uint32_t n = is_list ? value->count : 1;

		for (uint32_t k = 0; k < n; k++, at = tape_next(at))
			add_activity(keys, at, 0);
	}
}

static void
add_each(XapiKeys *keys, const TapeValue *list, const char *name)
{
	const TapeValue *at;

	if (list == NULL || list->type != TAPE_LIST)
		return;
	at = tape_first(list);
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at))
		add_actor(keys, tape_member(at, name), 0);
}

static void
add_context(XapiKeys *keys, const TapeValue *context)
{
	if (context == NULL)
		return;
	add_actor(keys, tape_member(context, "instructor"), 0);
	add_actor(keys, tape_member(context, "team"), 0);
	add_each(keys, tape_member(context, "contextAgents"), "agent");
	add_each(keys, tape_member(context, "contextGroups"), "group");
	add_context_activities(keys, tape_member(context, "contextActivities"));
}

static void
fold_uuid(char out[static 37], const TapeValue *uuid)
{
	if (uuid == NULL || uuid->size != 36)
		return;
	for (int i = 0; i < 36; i++)
		out[i] = g_ascii_tolower(uuid->text[i]);
	out[36] = '\0';
}

static void add_sub_statement(XapiKeys *keys, const TapeValue *sub);

static void
add_object(XapiKeys *keys, const TapeValue *object, bool is_sub)
{
	const TapeValue *type = tape_member(object, "objectType");

	if (type == NULL || tape_is(type, "Activity", 8)) {
		add_activity(keys, object, is_sub ? 0 : XAPI_KEY_ACTIVITY);
	} else if (tape_is(type, "StatementRef", 12)) {
		if (!is_sub)
			fold_uuid(keys->target, tape_member(object, "id"));
	} else if (tape_is(type, "SubStatement", 12)) {
		if (!is_sub)
			add_sub_statement(keys, object);
	} else {
		add_actor(keys, object, is_sub ? 0 : XAPI_KEY_AGENT);
	}
}

static void
add_sub_statement(XapiKeys *keys, const TapeValue *sub)
{
	add_actor(keys, tape_member(sub, "actor"), 0);
	add_object(keys, tape_member(sub, "object"), true);
	add_context(keys, tape_member(sub, "context"));
}

void
xapi_keys(const XapiStatement *statement, XapiKeys *out)
{
	const TapeValue *value = statement->value;
	const TapeValue *context = tape_member(value, "context");

	*out = (XapiKeys){
		.verb = tape_member(tape_member(value, "verb"), "id"),
		.keys = g_array_sized_new(FALSE, FALSE, sizeof(XapiKey), 16),
		.texts = g_string_chunk_new(TEXTS_BLOCK),
	};
	add_actor(out, tape_member(value, "actor"), XAPI_KEY_AGENT);
	add_object(out, tape_member(value, "object"), false);
	add_context(out, context);
	fold_uuid(out->registration, tape_member(context, "registration"));
	out->is_voiding =
		out->verb != NULL &&
		tape_is(out->verb, XAPI_VERB_VOIDED, strlen(XAPI_VERB_VOIDED));
}

void
xapi_keys_add_authority(XapiKeys *keys, const TapeValue *authority)
{
	add_actor(keys, authority, 0);
}

void
xapi_keys_clear(XapiKeys *keys)
{
	g_clear_pointer(&keys->keys, g_array_unref);
	g_clear_pointer(&keys->texts, g_string_chunk_free);
	g_clear_pointer(&keys->seen, g_hash_table_unref);
}
