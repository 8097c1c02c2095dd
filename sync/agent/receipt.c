/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/agent-private.h"

#include "app/base/fault.h"
#include "app/store/store-audit.h"

/* Of a record whose words are gone, its place still has the hash. */
static bool
hash_place(Agent *agent, int64_t number, char out[static ID_SHA256 + 1])
{
	StoreLine line;

	if (!store_audit_line(agent->parts.store, number, &line, NULL) ||
	    line.number != number)
		return false;
	g_strlcpy(out, line.hash, ID_SHA256 + 1);
	return true;
}

bool
agent_hash_record(Agent *agent, int64_t number, char out[static ID_SHA256 + 1],
		  GError **error)
{
	g_autofree Evidence *evidence = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GError) cause = NULL;
	StoreIdentity identity;

	if (!store_get_identity(agent->parts.store, &identity, error))
		return false;
	if (number == 0 || number == identity.last_number) {
		g_strlcpy(out, number == 0 ? ID_NO_HASH : identity.last_hash,
			  ID_SHA256 + 1);
		return true;
	}
	evidence = g_new0(Evidence, 1);
	if (!store_get_evidence(agent->parts.store, number, evidence, &cause)) {
		if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND) &&
		    hash_place(agent, number, out))
			return true;
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	bytes = evidence_format(evidence);
	id_sha256_bytes(bytes, out);
	return true;
}

/* Whether a receipt's record is the one that is here. */
static bool
is_ours(Agent *agent, const Receipt *receipt, const StoreIdentity *identity)
{
	char hash[ID_SHA256 + 1];

	return receipt->number <= identity->last_number &&
	       agent_hash_record(agent, receipt->number, hash, NULL) &&
	       g_str_equal(hash, receipt->hash);
}

static bool
accept(Agent *agent, int64_t number, const Receipt *receipt, GError **error)
{
	return store_accept_receipt(agent->parts.store, number, receipt->at,
				    error);
}

bool
agent_take_answer(Agent *agent, const Receipt *receipt, int64_t last_sent,
		  GError **error)
{
	StoreIdentity identity;
	int64_t receipted;

	if (!store_get_identity(agent->parts.store, &identity, error) ||
	    !store_get_receipted(agent->parts.store, &receipted, error))
		return false;
	if (receipt->number <= receipted)
		return true;
	if (is_ours(agent, receipt, &identity))
		return accept(agent, receipt->number, receipt, error);
	if (receipt->number <= last_sent) {
		agent->mismatch = true;
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "the receipt for record %" G_GINT64_FORMAT
			    " is for another record than the one here",
			    (gint64)receipt->number);
		return false;
	}
	agent->ask_receipt = true;
	return accept(agent, last_sent, receipt, error);
}

/* A district that was put back from an older copy says so by itself. */
static bool
find_loss(Agent *agent, const Receipt *receipt, int64_t receipted,
	  GError **error)
{
	agent->gap = receipt->number + 1;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "the district gave a receipt for record %" G_GINT64_FORMAT
		    " and now knows of %" G_GINT64_FORMAT,
		    (gint64)receipted, (gint64)receipt->number);
	return false;
}

static bool
find_copy(Agent *agent, const Receipt *receipt, const StoreIdentity *identity,
	  GError **error)
{
	agent->fork.needed = true;
	agent->fork.after = identity->last_number;
	g_strlcpy(agent->fork.hash, identity->last_hash,
		  sizeof(agent->fork.hash));
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "the district holds record %" G_GINT64_FORMAT
		    " of this kiosk and this store ends at %" G_GINT64_FORMAT
		    ": it is an older copy",
		    (gint64)receipt->number, (gint64)identity->last_number);
	return false;
}

bool
agent_take_newest(Agent *agent, const Receipt *receipt, GError **error)
{
	StoreIdentity identity;
	OutboxCounts counts;

	if (!store_get_identity(agent->parts.store, &identity, error) ||
	    !store_count_outbox(agent->parts.store, &counts, error))
		return false;
	if (receipt->number < counts.receipted_number)
		return find_loss(agent, receipt, counts.receipted_number,
				 error);
	if (is_ours(agent, receipt, &identity))
		return accept(agent, receipt->number, receipt, error);
	return counts.waiting > 0 || receipt->number <= identity.last_number ||
	       find_copy(agent, receipt, &identity, error);
}
