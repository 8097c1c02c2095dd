/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/agent.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-roster.h"
#include "sync/agent/agent-private.h"

#define TIME_EVERY_MS    (INT64_C(6) * 3600 * 1000)
#define TIME_TRIP_MAX_US (10 * G_USEC_PER_SEC) /* else too vague */
#define LINK_FRESH_US    (5 * 60 * G_USEC_PER_SEC)
#define DAY_US           (INT64_C(86400) * G_USEC_PER_SEC)

Agent *
agent_new(const AgentParts *parts)
{
	Agent *agent = g_new0(Agent, 1);

	agent->parts = *parts;
	agent->talk.transport = &agent->parts.transport;
	agent->ask_receipt = true;
	agent->time_age_ms = TIME_EVERY_MS;
	agent->bundle_age_ms = parts->poll_ms;
	agent->fetched = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)g_bytes_unref);
	schedule_init(&agent->schedule, parts->poll_ms);
	if (!store_get_link(parts->store, &agent->link, NULL))
		agent->link = (StoreLink){ 0 };
	return agent;
}

void
agent_free(Agent *agent)
{
	if (agent == NULL)
		return;
	secrets_clear(&agent->talk.secrets);
	g_hash_table_unref(agent->fetched);
	g_free(agent);
}

bool
agent_go_on(const Agent *agent, GError **error)
{
	if (agent->parts.stop == NULL || *agent->parts.stop == 0)
		return true;
	g_set_error(error, FAULT, FAULT_BUSY, "stopping");
	return false;
}

void
agent_copy_text(char *out, size_t size, const char *text)
{
	static const char more[] = "…";
	const char *end;

	if (g_strlcpy(out, text, size) >= size)
		out[size - sizeof(more)] = '\0';
	if (!g_utf8_validate(out, -1, &end))
		out[end - out] = '\0';
	if (strlen(text) >= size)
		g_strlcat(out, more, size);
}

/* --- one at a time: the agent and `enrol` may meet --- */

FileLock
agent_lock(const Store *store, GError **error)
{
	g_autofree char *path =
		g_build_filename(store_get_folder(store), "agent.lock", NULL);

	return file_lock(path, error);
}

/* --- time --- */

WallTime
agent_now(const Agent *agent)
{
	ClockReading now = clock_read(agent->parts.clock);

	if (now.trusted)
		return now.wall;
	if (g_str_equal(now.boot, agent->anchor.boot))
		return (WallTime){ agent->anchor.booted.us +
				   now.since_boot_us };
	return (WallTime){ 0 };
}

static bool
is_time_due(const Agent *agent)
{
	ClockReading now = clock_read(agent->parts.clock);

	return agent->time_age_ms >= TIME_EVERY_MS ||
	       !g_str_equal(now.boot, agent->anchor.boot);
}

/* What the district no longer needs us to keep. */
static bool
forget(Agent *agent, WallTime now, GError **error)
{
	StoreBundle bundle;
	int64_t n;

	if (!store_get_bundle(agent->parts.store, &bundle, NULL))
		return true; /* none yet, so nobody said how long */
	n = store_forget(agent->parts.store, now,
			 bundle.retention_days * DAY_US, error);
	if (n > 0)
		g_message("forgot %" G_GINT64_FORMAT
			  " delivered records, after %" G_GINT64_FORMAT " days",
			  (gint64)n, (gint64)bundle.retention_days);
	return n >= 0;
}

/* The district's time holds for the middle of its trip. */
static bool
keep_time(Agent *agent, GError **error)
{
	ClockReading before, after;
	WallTime time;
	ClockAnchor anchor;
	int64_t trip_us;

	if (!is_time_due(agent))
		return true;
	before = clock_read(agent->parts.clock);
	if (!talk_get_time(&agent->talk, &time, &agent->refusal, error))
		return false;
	after = clock_read(agent->parts.clock);
	trip_us = after.since_boot_us - before.since_boot_us;
	if (trip_us > TIME_TRIP_MAX_US) {
		agent->refusal.status = 0; /* as good as none */
		g_set_error(error, FAULT, FAULT_OFFLINE,
			    "the district's time took too long to come");
		return false;
	}
	memcpy(anchor.boot, before.boot, sizeof(anchor.boot));
	anchor.booted.us = time.us - before.since_boot_us - trip_us / 2;
	if (!store_add_anchor(agent->parts.store, &anchor, error))
		return false;
	agent->anchor = anchor;
	agent->time_age_ms = 0;
	agent->ask_receipt = true; /* as often: has the district lost some? */
	agent->talk.now = agent_now(agent);
	return forget(agent, time, error);
}

/* --- a round --- */

static bool
load_secrets(Agent *agent, const StoreIdentity *identity, GError **error)
{
	if (!g_str_equal(agent->kiosk, identity->kiosk))
		agent->ask_receipt = true;
	memcpy(agent->kiosk, identity->kiosk, sizeof(agent->kiosk));
	agent->number = identity->last_number;
	agent->talk.now = agent_now(agent);
	agent->secrets_us =
		secrets_written(store_get_folder(agent->parts.store),
				identity->kiosk);
	return secrets_read(store_get_folder(agent->parts.store),
			    identity->kiosk, &agent->talk.secrets, error);
}

static bool
pull_if_due(Agent *agent, GError **error)
{
	if (agent->bundle_age_ms < agent->parts.poll_ms)
		return true;
	if (!agent_pull(agent, error))
		return false;
	agent->bundle_age_ms = 0;
	return true;
}

/* Statements are named under the district's base: the first bundle says it. */
static bool
has_base(const Agent *agent)
{
	StoreBundle bundle;

	return store_get_bundle(agent->parts.store, &bundle, NULL);
}

/* What children laid goes first: a bundle that cannot come, or cannot be
 * believed, holds none of it up. */
static bool
work(Agent *agent, const StoreIdentity *identity, GError **error)
{
	if (agent->parts.lrs != NULL)
		return agent_go_on(agent, error) &&
		       agent_deliver_to_lrs(agent, error);
	return agent_go_on(agent, error) &&
	       load_secrets(agent, identity, error) &&
	       keep_time(agent, error) && agent_go_on(agent, error) &&
	       (has_base(agent) || pull_if_due(agent, error)) &&
	       agent_deliver(agent, error) && agent_go_on(agent, error) &&
	       pull_if_due(agent, error);
}

static RoundResult
result_of(const Agent *agent, const GError *error)
{
	if (error == NULL)
		return ROUND_DELIVERED;
	if (!agent_go_on(agent, NULL))
		return ROUND_STOPPED;
	switch ((Fault)error->code) {
	case FAULT_OFFLINE:
	case FAULT_BUSY:
		return ROUND_OFFLINE;
	case FAULT_REFUSED:
	case FAULT_INVALID:
	case FAULT_NOT_FOUND:
	case FAULT_TOO_NEW:
		return ROUND_REFUSED;
	case FAULT_SYSTEM:
	case FAULT_FULL:
	case FAULT_DAMAGED:
		return ROUND_BROKEN;
	}
	return ROUND_BROKEN;
}

/* --- what the screen and the journal hear --- */

static LinkState
link_of(RoundResult result)
{
	switch (result) {
	case ROUND_DELIVERED:
		return LINK_ONLINE;
	case ROUND_NOT_ENROLLED:
		return LINK_NEVER;
	case ROUND_OFFLINE:
	case ROUND_STOPPED:
		return LINK_OFFLINE;
	case ROUND_REFUSED:
	case ROUND_BROKEN:
		return LINK_REFUSED;
	}
	return LINK_REFUSED;
}

static const char *
link_word(LinkState state)
{
	switch (state) {
	case LINK_NEVER:
		return "not enrolled";
	case LINK_OFFLINE:
		return "offline";
	case LINK_ONLINE:
		return "online";
	case LINK_REFUSED:
		return "refused";
	}
	return "";
}

static const char without_receipts[] =
	"an LRS takes the records, and gives no receipts: none is forgotten "
	"here";

static void
describe(Agent *agent, const GError *error, StoreLink *link)
{
	OutboxCounts counts;

	if (error != NULL) {
		link->reason = agent_reason(agent, error);
		agent_copy_text(link->message, sizeof(link->message),
				error->message);
	} else if (store_count_outbox(agent->parts.store, &counts, NULL) &&
		   counts.aside > 0) {
		link->reason = LINK_ASIDE;
		g_snprintf(link->message, sizeof(link->message),
			   "%" G_GINT64_FORMAT
			   " records were refused by the %s and are "
			   "kept aside",
			   (gint64)counts.aside,
			   agent->parts.lrs != NULL ? "LRS" : "district");
	} else if (agent->parts.lrs != NULL) {
		link->reason = LINK_NO_RECEIPTS;
		g_strlcpy(link->message, without_receipts,
			  sizeof(link->message));
	}
}

/* A card's life is its writes: nothing new is not written every time. */
static void
tell_link(Agent *agent, RoundResult result, const GError *error)
{
	StoreLink link = { .state = link_of(result),
			   .last_contact = agent->link.last_contact };
	WallTime now = agent_now(agent);
	bool changed;

	describe(agent, error, &link);
	changed = !agent->told || link.state != agent->link.state ||
		  link.reason != agent->link.reason ||
		  !g_str_equal(link.message, agent->link.message);
	if (result == ROUND_DELIVERED && now.us != 0)
		link.last_contact = now;
	if (!changed &&
	    link.last_contact.us - agent->link.last_contact.us < LINK_FRESH_US)
		return;
	if (changed)
		g_message("%s%s%s", link_word(link.state),
			  link.message[0] != '\0' ? ": " : "", link.message);
	agent->told = true;
	if (store_set_link(agent->parts.store, &link, NULL))
		agent->link = link;
}

static void
plan_next(Agent *agent, RoundResult result)
{
	if (result == ROUND_DELIVERED || result == ROUND_NOT_ENROLLED)
		schedule_done(&agent->schedule);
	else
		schedule_failed(&agent->schedule, agent->refusal.retry_after_s);
}

/* An LRS needs no enrolment, but a key. */
static bool
is_at_work(const Agent *agent, const StoreIdentity *identity)
{
	return identity->enrolled || agent->parts.lrs != NULL;
}

RoundResult
agent_round(Agent *agent)
{
	g_autoptr(GError) error = NULL;
	g_auto(FileLock) lock = agent_lock(agent->parts.store, &error);
	StoreIdentity identity = { 0 };
	RoundResult result;

	agent->refusal = (Refusal){ .retry_after_s = -1 };
	agent->mismatch = false;
	if (lock < 0 ||
	    !store_get_identity(agent->parts.store, &identity, &error) ||
	    (is_at_work(agent, &identity) && !work(agent, &identity, &error)))
		g_assert(error != NULL);
	result = error == NULL && !is_at_work(agent, &identity)
			 ? ROUND_NOT_ENROLLED
			 : result_of(agent, error);
	if (result != ROUND_STOPPED)
		tell_link(agent, result, error);
	plan_next(agent, result);
	return result;
}

/* Enrolled again, as the same kiosk. */
static bool
has_new_secret(const Agent *agent, const StoreIdentity *identity)
{
	return agent->secrets_us != 0 &&
	       secrets_written(store_get_folder(agent->parts.store),
			       identity->kiosk) != agent->secrets_us;
}

bool
agent_pass(Agent *agent, int64_t ms)
{
	StoreIdentity identity;
	bool news = store_get_identity(agent->parts.store, &identity, NULL) &&
		    is_at_work(agent, &identity) &&
		    (identity.last_number != agent->number ||
		     !g_str_equal(identity.kiosk, agent->kiosk) ||
		     has_new_secret(agent, &identity));

	agent->time_age_ms += ms;
	agent->bundle_age_ms += ms;
	return schedule_pass(&agent->schedule, ms, news);
}
