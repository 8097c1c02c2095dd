/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "app/base/fault.h"
#include "sync/agent/agent-private.h"

/* Why a round failed, as a word that a screen has in its own language; the
 * error's own is for IT. */

static bool
is_good(int status)
{
	return (status >= 200 && status < 300) || status == 304;
}

static LinkReason
of_no_answer(const GError *error)
{
	switch ((Fault)error->code) {
	case FAULT_OFFLINE:
		return LINK_NO_ANSWER;
	case FAULT_REFUSED:
		return LINK_CERTIFICATE;
	case FAULT_INVALID:
	case FAULT_NOT_FOUND:
	case FAULT_TOO_NEW:
		return LINK_OTHER_ANSWER;
	case FAULT_SYSTEM:
	case FAULT_BUSY:
	case FAULT_FULL:
	case FAULT_DAMAGED:
		return LINK_HERE;
	}
	return LINK_UNKNOWN;
}

static LinkReason
of_answer(int status, const GError *error)
{
	if (status == 401 || status == 403)
		return LINK_KEY;
	if (status == 407)
		return LINK_PROXY;
	if (status == 507)
		return LINK_THERE_FULL;
	if (status == 429 || status >= 500)
		return LINK_THERE_BUSY;
	if (is_good(status) || g_error_matches(error, FAULT, FAULT_OFFLINE))
		return LINK_OTHER_ANSWER;
	return LINK_REFUSES;
}

static bool
is_ours(const GError *error)
{
	return g_error_matches(error, FAULT, FAULT_SYSTEM) ||
	       g_error_matches(error, FAULT, FAULT_BUSY) ||
	       g_error_matches(error, FAULT, FAULT_FULL) ||
	       g_error_matches(error, FAULT, FAULT_DAMAGED);
}

LinkReason
agent_reason(const Agent *agent, const GError *error)
{
	const Refusal *last = &agent->refusal;

	if (agent->mismatch)
		return LINK_MISMATCH;
	if (g_error_matches(error, FAULT, FAULT_BUSY) &&
	    agent_now(agent).us == 0)
		return LINK_CLOCK;
	if (!last->asked || is_ours(error))
		return LINK_HERE;
	return last->status == 0 ? of_no_answer(error)
				 : of_answer(last->status, error);
}
