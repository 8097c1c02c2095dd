/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/agent-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/store/store-audit.h"
#include "app/store/store-roster.h"
#include "sync/agent/batch.h"

#define HEALS_MAX 3 /* in one round: more is somebody's mistake */

typedef struct {
	Agent *agent;             /* borrowed */
	const OutboxBatch *batch; /* borrowed */
	const char *base;         /* borrowed */
} Delivery;

/* --- one request --- */

static bool
is_refused_as(const Agent *agent, const GError *cause, const char *code)
{
	return g_error_matches(cause, FAULT, FAULT_INVALID) &&
	       g_str_equal(agent->refusal.problem.code, code);
}

/*
 * Whether it is the records that were refused.  Any other refusal, also one
 * that we do not know, sets nothing aside: that would empty a kiosk for a
 * fault of the agent's or the district's.
 */
static bool
is_about_records(const Agent *agent, const GError *cause)
{
	static const char *const codes[] = { "invalid", "conflict", "too-large",
					     "missing-medium",
					     "medium" /* ours */ };

	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
		if (is_refused_as(agent, cause, codes[i]))
			return true;
	return false;
}

/* A medium that cannot be read is the record's own trouble, like a refusal. */
static bool
blame_medium(Agent *agent, int64_t number, GError **error)
{
	agent->refusal = (Refusal){ .retry_after_s = -1 };
	g_strlcpy(agent->refusal.problem.code, "medium",
		  sizeof(agent->refusal.problem.code));
	agent->refusal.problem.number = number;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "a photo, drawing or voice of it cannot be read at the "
		    "kiosk");
	return false;
}

static bool
make_batch(const Delivery *d, size_t first, size_t n, Batch *out,
	   GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (batch_make(d->agent->parts.store, d->batch, first, n, d->base, out,
		       &cause))
		return true;
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED) ||
	    g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return blame_medium(d->agent, out->blamed, error);
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
post(const Delivery *d, size_t first, size_t n, GError **error)
{
	Agent *agent = d->agent;
	g_auto(Batch) batch = { 0 };
	g_autoptr(GError) cause = NULL;
	Receipt receipt;

	if (!make_batch(d, first, n, &batch, error))
		return false;
	if (talk_post_statements(&agent->talk, batch.body, batch.content_type,
				 &receipt, &agent->refusal, &cause))
		return agent_take_answer(agent, &receipt,
					 d->batch->entries[first + n - 1]
						 .evidence.number,
					 error);
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED))
		return blame_medium(agent, 0, error);
	if (g_error_matches(cause, FAULT, FAULT_OFFLINE))
		agent->ask_receipt = true;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

/* The district has another chain than we thought: heal before going on. */
static bool
note_chain(Agent *agent, const GError *cause, GError **error)
{
	int64_t number = agent->refusal.problem.number;

	if (is_refused_as(agent, cause, "forked"))
		return agent_find_fork(agent, number, error);
	if (is_refused_as(agent, cause, "gap"))
		agent->gap = number;
	return true;
}

/* --- a record that is refused by itself --- */

/* The district's own words, if it had any. */
static void
describe(const Agent *agent, const GError *why, char *out, size_t size)
{
	const Problem *problem = &agent->refusal.problem;
	g_autofree char *said = g_strdup_printf("%d %s: %s", problem->status,
						problem->code, problem->detail);

	agent_copy_text(out, size,
			problem->detail[0] != '\0' ? said : why->message);
}

static bool
put_aside(const Delivery *d, size_t i, const GError *why, GError **error)
{
	Agent *agent = d->agent;
	const Evidence *evidence = &d->batch->entries[i].evidence;
	g_autoptr(GBytes) bytes = evidence_format(evidence);
	g_autoptr(GError) cause = NULL;
	AsideNotice notice = { .number = evidence->number };

	id_sha256_bytes(bytes, notice.hash);
	describe(agent, why, notice.reason, sizeof(notice.reason));
	g_message("record %" G_GINT64_FORMAT " is set aside: %s",
		  (gint64)notice.number, notice.reason);
	if (!talk_aside(&agent->talk, &notice, &agent->refusal, &cause)) {
		if (note_chain(agent, cause, error))
			g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	return store_set_aside(agent->parts.store, notice.number, notice.reason,
			       error);
}

/* --- halving --- */

static bool send(const Delivery *d, size_t first, size_t n, GError **error);

/* Where the record that the district named is; first + n if nowhere. */
static size_t
find_blamed(const Delivery *d, size_t first, size_t n)
{
	int64_t number = d->agent->refusal.problem.number;
	size_t i = first;

	while (i < first + n && d->batch->entries[i].evidence.number != number)
		i++;
	return i;
}

/* The one named goes alone, and proves or clears itself; else by halves. */
static bool
split(const Delivery *d, size_t first, size_t n, GError **error)
{
	size_t end = first + n;
	size_t at = find_blamed(d, first, n);
	size_t half = first + n / 2;

	if (at < end)
		return send(d, first, at - first, error) &&
		       send(d, at, 1, error) &&
		       send(d, at + 1, end - at - 1, error);
	return send(d, first, half - first, error) &&
	       send(d, half, end - half, error);
}

static bool
send(const Delivery *d, size_t first, size_t n, GError **error)
{
	Agent *agent = d->agent;
	g_autoptr(GError) cause = NULL;

	if (n == 0)
		return true;
	if (!agent_go_on(agent, error))
		return false;
	if (post(d, first, n, &cause))
		return true;
	if (!note_chain(agent, cause, error))
		return false;
	if (!is_about_records(agent, cause)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	return n > 1 ? split(d, first, n, error)
		     : put_aside(d, first, cause, error);
}

/* --- the outbox, batch after batch --- */

static bool
ask_receipt(Agent *agent, GError **error)
{
	Receipt receipt;

	if (!talk_get_receipt(&agent->talk, &receipt, &agent->refusal, error))
		return false;
	agent->ask_receipt = false;
	return agent_take_newest(agent, &receipt, error);
}

static OutboxBatch *
read_batch(Agent *agent, GError **error)
{
	return store_read_outbox(agent->parts.store, agent->parts.clock,
				 MIN(agent->parts.batch_count, AGENT_BATCH_MAX),
				 agent->parts.batch_bytes, error);
}

/* Otherwise the same batch would be sent for ever. */
static bool
check_progress(Agent *agent, const OutboxBatch *batch, int64_t *before,
	       GError **error)
{
	int64_t first = batch->entries[0].evidence.number;

	if (first != *before) {
		*before = first;
		return true;
	}
	agent->mismatch = true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "the district took record %" G_GINT64_FORMAT
		    " but gives no receipt for it: it lacks an earlier one "
		    "(was it put back from an older copy?)",
		    (gint64)first);
	return false;
}

static void
tell_sent(Agent *agent, size_t n)
{
	int64_t receipted;

	if (store_get_receipted(agent->parts.store, &receipted, NULL))
		g_message("sent %zu; receipt for record %" G_GINT64_FORMAT, n,
			  (gint64)receipted);
}

static bool
deliver_batch(Agent *agent, const OutboxBatch *batch, int64_t *before,
	      GError **error)
{
	StoreBundle bundle;
	const Delivery delivery = { agent, batch, bundle.base };

	if (!check_progress(agent, batch, before, error) ||
	    !store_get_bundle(agent->parts.store, &bundle, error) ||
	    !send(&delivery, 0, batch->n, error))
		return false;
	tell_sent(agent, batch->n);
	return true;
}

/* One batch; *done when there was none. */
static bool
deliver_one(Agent *agent, int64_t *before, bool *done, GError **error)
{
	g_autoptr(OutboxBatch) batch = NULL;

	if (agent->ask_receipt && !ask_receipt(agent, error))
		return false;
	batch = read_batch(agent, error);
	*done = batch != NULL && batch->n == 0;
	return batch != NULL &&
	       (*done || deliver_batch(agent, batch, before, error));
}

static bool
is_aside(Agent *agent, int64_t number, StoreLine *line)
{
	return store_audit_line(agent->parts.store, number, line, NULL) &&
	       line->number == number && line->state == OUTBOX_ASIDE;
}

/* From this number on what the store itself set aside, since the disk lost
 * or changed it: the district does not know of that yet. */
static bool
tell_aside(Agent *agent, int64_t number, bool *told, GError **error)
{
	StoreLine line;

	*told = is_aside(agent, number, &line);
	for (; is_aside(agent, number, &line); number++) {
		AsideNotice notice = { .number = number };

		agent_copy_text(notice.hash, sizeof(notice.hash), line.hash);
		agent_copy_text(notice.reason, sizeof(notice.reason),
				line.reason);
		g_message("record %" G_GINT64_FORMAT " is set aside: %s",
			  (gint64)number, notice.reason);
		if (!talk_aside(&agent->talk, &notice, &agent->refusal, error))
			return false;
	}
	return true;
}

/* It was put back from an older copy; what is remembered here heals it. */
static bool
fill_gap(Agent *agent, GError **error)
{
	int64_t number = agent->gap, n;
	bool told;

	agent->gap = 0;
	if (!tell_aside(agent, number, &told, error))
		return false;
	if (told)
		return true;
	n = store_send_again(agent->parts.store, number, error);
	if (n > 0)
		g_message("the district lost %" G_GINT64_FORMAT
			  " records from number %" G_GINT64_FORMAT
			  " on: they are sent again",
			  (gint64)n, (gint64)number);
	agent->mismatch = n == 0;
	if (n == 0)
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "the district lacks record %" G_GINT64_FORMAT
			    ", and it is no longer kept here",
			    (gint64)number);
	return n > 0;
}

static bool
heal(Agent *agent, const GError *cause, GError **error)
{
	g_message("%s", cause->message);
	return agent->fork.needed ? agent_fork(agent, error)
				  : fill_gap(agent, error);
}

bool
agent_deliver(Agent *agent, GError **error)
{
	int64_t before = 0;
	unsigned heals = 0;
	bool done = false;

	agent->fork = (ForkPoint){ 0 };
	agent->gap = 0;
	while (!done) {
		g_autoptr(GError) cause = NULL;

		if (deliver_one(agent, &before, &done, &cause))
			continue;
		if ((!agent->fork.needed && agent->gap == 0) ||
		    heals++ >= HEALS_MAX) {
			agent->mismatch |= heals > HEALS_MAX;
			g_propagate_error(error, g_steal_pointer(&cause));
			return false;
		}
		if (!heal(agent, cause, error))
			return false;
		before = 0;
	}
	return true;
}
