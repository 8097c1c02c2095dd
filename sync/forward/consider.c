/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include <string.h>

#include "app/base/fault.h"
#include "sync/forward/aside.h"
#include "sync/forward/forward-private.h"
#include "sync/xapi/keys.h"

/* A teacher says that an entry holds. */
#define VERB_CONFIRMED "https://w3id.org/xapi/tla/verbs/validated"
#define RECENT_MAX     5000

/* A statement that is looked at; owns what it stands on. */
typedef struct {
	XapiBatch *batch; /* owned */
	XapiStatement statement;
	XapiKeys keys; /* owned */
	char id[ID_UUID + 1];
} Look;

static void
look_clear(Look *look)
{
	xapi_keys_clear(&look->keys);
	g_clear_pointer(&look->batch, xapi_batch_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

/* By the rules of either version: an LRS gives what it took. */
static bool
look_at(Look *look, const char *bytes, size_t size, GError **error)
{
	look->batch =
		xapi_batch_read(bytes, size, XAPI_2_0, &xapi_limits, NULL);
	if (look->batch == NULL)
		look->batch = xapi_batch_read(bytes, size, XAPI_1_0,
					      &xapi_limits, error);
	if (look->batch == NULL)
		return false;
	look->statement = xapi_batch_get(look->batch, 0);
	xapi_keys(&look->statement, &look->keys);
	if (xapi_statement_id(&look->statement, look->id))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID, "a statement without an id");
	return false;
}

/* --- what goes out --- */

static char *
name_actor(const Forward *forward, const XapiStatement *statement)
{
	const TapeValue *actor = tape_member(statement->value, "actor");
	const Pseudonyms *pseudonyms = forward->parts.redaction.pseudonyms;
	char *key = actor != NULL ? xapi_agent_key(actor) : NULL;
	char *name;

	if (key == NULL)
		return g_strdup("");
	if (pseudonyms == NULL)
		return key;
	name = g_malloc(PSEUDONYM_SIZE + 1);
	pseudonym_of(pseudonyms, key, name);
	g_free(key);
	return name;
}

static bool
needs_bytes(const Outgoing *one)
{
	for (guint i = 0; i < one->wanted->len; i++)
		if (!g_array_index(one->wanted, RedactedMedium, i).has_file_url)
			return true;
	return false;
}

static bool
fetch_media(Forward *forward, Outgoing *one, GError **error)
{
	const ForwardParts *parts = &forward->parts;

	if (!needs_bytes(one))
		return true;
	return source_fetch(parts->source, one->id, forward->spool,
			    parts->media_bytes, &one->fetched, error) &&
	       outgoing_is_whole(one, error);
}

static bool
is_full(const Forward *forward)
{
	return forward->items->len >= forward->parts.batch_count ||
	       forward->item_bytes >= forward->parts.batch_bytes;
}

/* *kept is false if it was gone, or set aside. */
static bool
make_outgoing(Forward *forward, const Look *look, Outgoing *one, bool *kept,
	      GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) cause = NULL;

	memcpy(one->id, look->id, sizeof(one->id));
	one->wanted = g_array_new(FALSE, TRUE, sizeof(RedactedMedium));
	redact(&forward->parts.redaction, &look->statement, text, one->wanted);
	one->text = g_bytes_new(text->str, text->len);
	one->actor = name_actor(forward, &look->statement);
	*kept = fetch_media(forward, one, &cause);
	if (*kept)
		return true;
	if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return true; /* voided or erased since it was listed */
	if (g_error_matches(cause, FAULT, FAULT_INVALID))
		return forward_set_aside(forward, one->id, one->actor,
					 cause->message, error);
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
add(Forward *forward, const Look *look, GError **error)
{
	Outgoing one = { 0 };
	bool kept = false;
	bool ok = make_outgoing(forward, look, &one, &kept, error);

	g_array_append_val(forward->items, one); /* owns it from here on */
	if (!ok || !kept) {
		g_array_set_size(forward->items, forward->items->len - 1);
		return ok;
	}
	forward->item_bytes += outgoing_bytes(&one);
	return !is_full(forward) || forward_flush(forward, error);
}

/* --- what a teacher confirmed --- */

static bool
is_confirmation(const Look *look)
{
	return look->keys.target[0] != '\0' && look->keys.verb != NULL &&
	       tape_is(look->keys.verb, VERB_CONFIRMED, strlen(VERB_CONFIRMED));
}

/* Looks it up; *out is false if it is not there any more. */
static bool
get_one(Forward *forward, const char *id, Look *look, Fetched *fetched,
	bool *out, GError **error)
{
	g_autoptr(GError) cause = NULL;

	*out = source_get(forward->parts.source, id, fetched, &cause) &&
	       look_at(look, (const char *)fetched->json->data,
		       fetched->json->len, &cause);
	if (*out || g_error_matches(cause, FAULT, FAULT_NOT_FOUND) ||
	    g_error_matches(cause, FAULT, FAULT_INVALID))
		return true;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
consider_confirmed(Forward *forward, const char *id, GError **error)
{
	g_auto(Fetched) fetched = { 0 };
	g_auto(Look) look = { 0 };
	bool found;

	if (!get_one(forward, id, &look, &fetched, &found, error))
		return false;
	return !found || !rules_send(forward->rules, &look.statement, true) ||
	       add(forward, &look, error);
}

/* --- the whole --- */

/* An LRS that reads `since` less finely than it writes `stored` lists some
 * again. */
static bool
is_repeated(Forward *forward, const char *id)
{
	if (g_hash_table_contains(forward->recent, id))
		return true;
	if (g_hash_table_size(forward->recent) >= RECENT_MAX)
		g_hash_table_remove_all(forward->recent);
	g_hash_table_add(forward->recent, g_strdup(id));
	return false;
}

/* A voiding goes wherever its target went, and nowhere else. */
static bool
decide(Forward *forward, const Look *look, bool *send, GError **error)
{
	if (look->keys.is_voiding)
		return ledger_has(forward->ledger, look->keys.target, send,
				  error);
	*send = rules_send(forward->rules, &look->statement, false);
	return true;
}

static bool
set_unread_aside(Forward *forward, const char *bytes, size_t size,
		 const GError *why, GError **error)
{
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	const TapeValue *id =
		tape != NULL ? tape_member(tape_root(tape), "id") : NULL;
	g_autofree char *text = NULL;

	if (id == NULL || id->type != TAPE_TEXT ||
	    !xapi_is_uuid(id->text, id->size)) {
		g_message("a statement without an id is passed over");
		return true;
	}
	text = g_ascii_strdown(id->text, id->size);
	return forward_set_aside(forward, text, "", why->message, error);
}

bool
forward_consider(Forward *forward, const char *bytes, size_t size,
		 GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_auto(Look) look = { 0 };
	bool send;

	if (!forward_go_on(forward, error))
		return false;
	if (!look_at(&look, bytes, size, &cause))
		return set_unread_aside(forward, bytes, size, cause, error);
	if (is_repeated(forward, look.id))
		return true;
	if (is_confirmation(&look) && rules_ask_confirmed(forward->rules) &&
	    !consider_confirmed(forward, look.keys.target, error))
		return false;
	if (!decide(forward, &look, &send, error))
		return false;
	forward->progress.kept += send ? 0 : 1;
	return !send || add(forward, &look, error);
}

bool
forward_consider_again(Forward *forward, const char *id, GError **error)
{
	g_auto(Fetched) fetched = { 0 };
	g_auto(Look) look = { 0 };
	bool found, send = false;

	if (!forward_go_on(forward, error) ||
	    !get_one(forward, id, &look, &fetched, &found, error))
		return false;
	if (found && look.keys.is_voiding &&
	    !decide(forward, &look, &send, error))
		return false;
	if (found && !look.keys.is_voiding)
		send = rules_send(forward->rules, &look.statement, true);
	return send ? add(forward, &look, error)
		    : aside_remove(forward->parts.folder, id, error);
}
