/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/agent-private.h"

#include "app/base/fault.h"

bool
agent_hash_record(Agent *agent, int64_t number, char out[static ID_SHA256 + 1],
		  GError **error)
{
	g_autofree Evidence *evidence = NULL;
	g_autoptr(GBytes) bytes = NULL;
	StoreIdentity identity;

	if (!store_get_identity(agent->parts.store, &identity, error))
		return false;
	if (number == 0 || number == identity.last_number) {
		g_strlcpy(out, number == 0 ? ID_NO_HASH : identity.last_hash,
			  ID_SHA256 + 1);
		return true;
	}
	evidence = g_new0(Evidence, 1);
	if (!store_get_evidence(agent->parts.store, number, evidence, error))
		return false;
	bytes = evidence_format(evidence);
	id_sha256_bytes(bytes, out);
	return true;
}

/* This store went another way than the district's chain. */
static bool
is_copy(Agent *agent, int64_t number, int64_t after, GError **error)
{
	if (!agent_hash_record(agent, after, agent->fork.hash, error))
		return false;
	agent->fork.needed = true;
	agent->fork.after = after;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "the district holds another record %" G_GINT64_FORMAT
		    " of this kiosk: the store is a copy",
		    (gint64)number);
	return false;
}

/* A receipt that was believed before needs no second look: its record may
 * have been forgotten since. */
static bool
check_receipt(Agent *agent, const Receipt *receipt, GError **error)
{
	StoreIdentity identity;
	OutboxCounts counts;
	char hash[ID_SHA256 + 1];

	if (!store_get_identity(agent->parts.store, &identity, error) ||
	    !store_count_outbox(agent->parts.store, &counts, error))
		return false;
	if (receipt->number <= counts.receipted_number)
		return true;
	if (receipt->number > identity.last_number)
		return is_copy(agent, receipt->number, identity.last_number,
			       error);
	if (!agent_hash_record(agent, receipt->number, hash, error))
		return false;
	return g_str_equal(hash, receipt->hash) ||
	       is_copy(agent, receipt->number, counts.receipted_number, error);
}

bool
agent_take_receipt(Agent *agent, const Receipt *receipt, GError **error)
{
	return check_receipt(agent, receipt, error) &&
	       store_accept_receipt(agent->parts.store, receipt->number,
				    receipt->at, error);
}
