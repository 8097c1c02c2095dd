/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include "app/base/fault.h"
#include "sync/forward/aside.h"
#include "sync/forward/forward-private.h"

/* So many refused one after another are the target's fault rather than
 * theirs: from then on one a round is set aside, and an adult is told. */
#define REFUSALS_MAX 10

static WallTime
now(void)
{
	return clock_read(clock_system()).wall;
}

static const Outgoing *
get(const Forward *forward, guint i)
{
	return &g_array_index(forward->items, Outgoing, i);
}

bool
forward_set_aside(Forward *forward, const char *id, const char *actor,
		  const char *reason, GError **error)
{
	Aside aside = { .at = now() };
	LedgerLine line = { .actor = actor, .at = aside.at, .refused = true };

	g_strlcpy(aside.id, id, sizeof(aside.id));
	g_strlcpy(aside.reason, reason, sizeof(aside.reason));
	g_strlcpy(line.id, id, sizeof(line.id));
	g_message("statement %s is set aside: %s", id, reason);
	forward->aside = true;
	if (!aside_add(forward->parts.folder, &aside, error))
		return false;
	ledger_add(forward->ledger, &line);
	return ledger_sync(forward->ledger, error);
}

static bool
put_aside(Forward *forward, guint i, const GError *why, GError **error)
{
	const Outgoing *one = get(forward, i);

	if (++forward->refusals > REFUSALS_MAX && forward->aside) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "the target refused %u statements one after "
			    "another (%s); is it the right one, and of the "
			    "right version?",
			    forward->refusals, why->message);
		return false;
	}
	return forward_set_aside(forward, one->id, one->actor, why->message,
				 error);
}

/* --- halving --- */

static bool
let_go(Forward *forward, guint first, guint n, GError **error)
{
	forward->refusals = 0;
	forward->progress.sent += n;
	for (guint i = first; forward->retrying && i < first + n; i++)
		if (!aside_remove(forward->parts.folder, get(forward, i)->id,
				  error))
			return false;
	return true;
}

static bool
send(Forward *forward, guint first, guint n, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (!forward_go_on(forward, error))
		return false;
	if (outgoing_post(forward->parts.target, forward->items, first, n,
			  &cause))
		return let_go(forward, first, n, error);
	if (!g_error_matches(cause, FAULT, FAULT_INVALID)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	if (n == 1)
		return put_aside(forward, first, cause, error);
	return send(forward, first, n / 2, error) &&
	       send(forward, first + n / 2, n - n / 2, error);
}

/* --- the whole --- */

/* Before they go: what may be there is noted here. */
static bool
note(Forward *forward, GError **error)
{
	WallTime at = now();

	for (guint i = 0; i < forward->items->len; i++) {
		LedgerLine line = { .actor = get(forward, i)->actor, .at = at };

		g_strlcpy(line.id, get(forward, i)->id, sizeof(line.id));
		ledger_add(forward->ledger, &line);
	}
	return ledger_sync(forward->ledger, error);
}

bool
forward_flush(Forward *forward, GError **error)
{
	guint n = forward->items->len;
	bool ok =
		n == 0 || (note(forward, error) && send(forward, 0, n, error));

	g_array_set_size(forward->items, 0);
	forward->item_bytes = 0;
	if (!ok)
		return false;
	if (!forward->retrying)
		g_strlcpy(forward->progress.since, forward->safe,
			  sizeof(forward->progress.since));
	return n == 0 || forward_save(forward, error);
}
