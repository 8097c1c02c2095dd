/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/store/store-roster.h"
#include "sync/agent/agent-private.h"
#include "sync/agent/batch.h"

/*
 * To an LRS that is no district.  It says that it took statements, and signs
 * nothing: what it took is noted as sent, waits no more, and is never
 * forgotten here.  Should the kiosk be enrolled one day, the district asks
 * for all of it.
 */

#define IDS_MAX (256 * 1024) /* bytes of an answer */

/* So many refused one after another are the LRS's fault: from then on one a
 * round is set aside, and an adult is told. */
#define REFUSALS_MAX 10

typedef struct {
	Agent *agent;             /* borrowed */
	const OutboxBatch *batch; /* borrowed */
	const char *base;         /* borrowed */
	bool aside;               /* one was set aside in this round */
} Delivery;

static int64_t
number_at(const Delivery *d, size_t i)
{
	return d->batch->entries[i].evidence.number;
}

/* --- one request --- */

static bool
misread(const Answer *answer, GError **error)
{
	g_set_error(error, FAULT, FAULT_OFFLINE,
		    "[agent] %d, but not as an LRS answers: a network's "
		    "sign-in page, or a wrong [agent] lrs?",
		    answer->status);
	return false;
}

/* A 200 is also what a sign-in page says. */
static bool
is_taken(const Answer *answer, size_t n, GError **error)
{
	g_autoptr(json_t) ids = NULL;

	if (answer->headers.version[0] == '\0')
		return misread(answer, error);
	if (answer->status == 204)
		return true;
	ids = json_read(g_bytes_get_data(answer->body, NULL),
			g_bytes_get_size(answer->body), NULL);
	return (json_is_array(ids) && json_array_size(ids) == n) ||
	       misread(answer, error);
}

static void
note_answer(Agent *agent)
{
	const Lrs *lrs = agent->parts.lrs;

	agent->refusal.asked = true;
	agent->refusal.status = lrs->status;
	agent->refusal.retry_after_s = lrs->retry_after_s;
}

static bool
post(const Delivery *d, size_t first, size_t n, GError **error)
{
	const AgentParts *parts = &d->agent->parts;
	g_autofree char *path = lrs_path(parts->lrs, "/statements");
	g_auto(Batch) batch = { 0 };
	g_auto(Answer) answer = { 0 };
	Request request = { .path = path, .post = true, .answer_max = IDS_MAX };
	bool taken;

	if (!batch_make(parts->store, d->batch, first, n, d->base, &batch,
			error))
		return false;
	request.content_type = batch.content_type;
	request.body = batch.body;
	taken = lrs_ask(parts->lrs, &request, &answer, error);
	note_answer(d->agent);
	return taken && is_taken(&answer, n, error);
}

/* --- halving --- */

/* The record's own trouble: refused, or a medium of it that is not as it
 * says. */
static bool
is_about_records(const GError *cause)
{
	return g_error_matches(cause, FAULT, FAULT_INVALID) ||
	       g_error_matches(cause, FAULT, FAULT_DAMAGED) ||
	       g_error_matches(cause, FAULT, FAULT_NOT_FOUND);
}

static bool
put_aside(Delivery *d, size_t i, const GError *why, GError **error)
{
	int64_t number = number_at(d, i);

	if (++d->agent->refusals > REFUSALS_MAX && d->aside) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "the LRS refused %d records one after another; is "
			    "it the right one?",
			    REFUSALS_MAX);
		return false;
	}
	d->aside = true;
	g_message("record %" G_GINT64_FORMAT " is set aside: %s",
		  (gint64)number, why->message);
	return store_set_aside(d->agent->parts.store, number, why->message,
			       error);
}

static bool
send(Delivery *d, size_t first, size_t n, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (!agent_go_on(d->agent, error))
		return false;
	if (post(d, first, n, &cause)) {
		d->agent->refusals = 0;
		return store_note_sent(d->agent->parts.store,
				       number_at(d, first),
				       number_at(d, first + n - 1), error);
	}
	if (!is_about_records(cause)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	if (n == 1)
		return put_aside(d, first, cause, error);
	return send(d, first, n / 2, error) &&
	       send(d, first + n / 2, n - n / 2, error);
}

/* --- the outbox --- */

/* What was named under a district goes on under its name. */
static char *
find_base(const Agent *agent)
{
	const AgentParts *parts = &agent->parts;
	StoreBundle bundle;

	if (parts->lrs_base[0] != '\0')
		return g_strdup(parts->lrs_base);
	if (store_get_bundle(parts->store, &bundle, NULL))
		return g_strdup(bundle.base);
	return g_strdup(parts->lrs_url);
}

static bool
agree(Agent *agent, GError **error)
{
	Lrs *lrs = agent->parts.lrs;

	lrs->now = agent_now(agent);
	lrs_refresh_key(lrs);
	if (lrs->version[0] != '\0' ||
	    lrs_agree(lrs, agent->parts.lrs_wanted, error))
		return true;
	note_answer(agent);
	return false;
}

bool
agent_deliver_to_lrs(Agent *agent, GError **error)
{
	const AgentParts *parts = &agent->parts;
	g_autofree char *base = find_base(agent);
	StoreIdentity identity;
	Delivery delivery = { .agent = agent, .base = base };

	if (!store_get_identity(parts->store, &identity, error) ||
	    !agree(agent, error))
		return false;
	agent->number = identity.last_number;
	g_strlcpy(agent->kiosk, identity.kiosk, sizeof(agent->kiosk));
	for (;;) {
		g_autoptr(OutboxBatch) batch =
			store_read_outbox(parts->store, parts->clock,
					  MIN(parts->batch_count,
					      AGENT_BATCH_MAX),
					  parts->batch_bytes, error);

		if (batch == NULL || batch->n == 0)
			return batch != NULL;
		delivery.batch = batch;
		if (!send(&delivery, 0, batch->n, error))
			return false;
		g_message("sent %zu to the LRS", batch->n);
	}
}
