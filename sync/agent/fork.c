/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/agent-private.h"

#include "app/base/fault.h"

/*
 * A card that was copied, or an older image put back: two stores with one
 * identity.  The one that comes second gets an identity of its own; its
 * records stay byte for byte as they were.
 *
 * Steps, each durable, so that a power cut between any two is harmless: the
 * new key in its pending file; the district's answer (the same key, sent
 * again, gets the same identity); the secrets' file; the store's identity;
 * the pending file goes.
 */
#define WHAT "fork"

bool
agent_find_fork(Agent *agent, int64_t number, GError **error)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);

	if (!store_get_evidence(agent->parts.store, number, evidence, error)) {
		g_prefix_error(error,
			       "the district says that record "
			       "%" G_GINT64_FORMAT " is another one there: ",
			       (gint64)number);
		return false;
	}
	agent->fork.needed = true;
	agent->fork.after = number - 1;
	g_strlcpy(agent->fork.hash, evidence->previous,
		  sizeof(agent->fork.hash));
	return true;
}

/* A pending key that is ours already is left from a cut after the store was
 * told: a new identity needs a new key. */
static bool
open_key(Agent *agent, SignKey *out, GError **error)
{
	const char *folder = store_get_folder(agent->parts.store);
	const Secrets *own = &agent->talk.secrets;

	if (!secrets_open_pending(folder, WHAT, out, error))
		return false;
	if (sodium_memcmp(out->public_key, own->key.public_key,
			  sizeof(out->public_key)) != 0)
		return true;
	return secrets_drop_pending(folder, WHAT, error) &&
	       secrets_open_pending(folder, WHAT, out, error);
}

static bool
adopt(Agent *agent, const EnrolAnswer *answer, const SignKey *key,
      GError **error)
{
	const char *folder = store_get_folder(agent->parts.store);
	g_auto(Secrets) secrets = { .key = *key };

	if (g_str_equal(answer->kiosk, agent->talk.secrets.kiosk)) {
		agent->mismatch = true;
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "the district gave a copied store the same "
			    "identity again");
		return false;
	}
	g_strlcpy(secrets.kiosk, answer->kiosk, sizeof(secrets.kiosk));
	g_strlcpy(secrets.secret, answer->secret, sizeof(secrets.secret));
	g_strlcpy(secrets.district_key, answer->district_key,
		  sizeof(secrets.district_key));
	if (!secrets_write(folder, &secrets, error) ||
	    !store_set_identity(agent->parts.store, secrets.kiosk, error) ||
	    !secrets_drop_pending(folder, WHAT, error))
		return false;
	agent->talk.secrets = secrets;
	g_message("this store is a copy: it goes on as kiosk %s",
		  secrets.kiosk);
	return true;
}

/* The district takes a point only if its chain has that record. */
static bool
ask_at(Agent *agent, int64_t after, const char *hash, const SignKey *key,
       GError **error)
{
	ForkRequest request = { .after = after };
	EnrolAnswer answer = { 0 };
	bool ok;

	g_strlcpy(request.hash, hash, sizeof(request.hash));
	sign_key_text(key, request.public_key);
	ok = talk_fork(&agent->talk, &request, &answer, &agent->refusal,
		       error) &&
	     adopt(agent, &answer, key, error);
	sodium_memzero(&answer, sizeof(answer));
	return ok;
}

static bool
ask_lower(Agent *agent, const SignKey *key, GError **error)
{
	int64_t receipted;
	char hash[ID_SHA256 + 1];
	g_autoptr(GError) cause = NULL;

	if (!store_get_receipted(agent->parts.store, &receipted, error))
		return false;
	if (receipted > 0 && receipted < agent->fork.after &&
	    agent_hash_record(agent, receipted, hash, NULL)) {
		if (ask_at(agent, receipted, hash, key, &cause))
			return true;
		if (!g_error_matches(cause, FAULT, FAULT_INVALID)) {
			g_propagate_error(error, g_steal_pointer(&cause));
			return false;
		}
	}
	return ask_at(agent, 0, ID_NO_HASH, key, error);
}

bool
agent_fork(Agent *agent, GError **error)
{
	g_autoptr(GError) cause = NULL;
	SignKey key;
	bool ok;

	g_return_val_if_fail(agent->fork.needed, false);
	if (!open_key(agent, &key, error))
		return false;
	ok = ask_at(agent, agent->fork.after, agent->fork.hash, &key, &cause);
	if (!ok && agent->fork.after > 0 &&
	    g_error_matches(cause, FAULT, FAULT_INVALID))
		ok = ask_lower(agent, &key, error);
	else if (!ok)
		g_propagate_error(error, g_steal_pointer(&cause));
	sign_key_clear(&key);
	if (ok)
		agent->fork = (ForkPoint){ 0 };
	return ok;
}
