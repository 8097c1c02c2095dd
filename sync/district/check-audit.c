/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-audit-chain.h"
#include "sync/district/check-private.h"

/* The audit log, from its first event to the last that was written: no
 * number is missing, and each hash is that of the event and the one before. */

#define WHO_WROTE \
	"find out who may write to the database; `audit --json` that was " \
	"kept elsewhere has the events as they were"

typedef struct {
	Check *check; /* borrowed */
	AuditEnd end;
	int64_t last;             /* seq looked at */
	char hash[ID_SHA256 + 1]; /* of it; "": nothing to follow */
	bool drop_is_said;
	bool remembered; /* what somebody noted was there */
} AuditChain;

static void
found(const AuditChain *chain, const char *what, int64_t seq)
{
	check_found(chain->check, what, WHO_WROTE,
		    "audit log, event %" G_GINT64_FORMAT, (gint64)seq);
}

static bool
says_drop(const AuditChain *chain, const AuditEvent *event)
{
	g_autofree char *object =
		g_strdup_printf(AUDIT_DROPPED "%" G_GINT64_FORMAT,
				(gint64)(chain->end.from - 1));

	return event->kind == AUDIT_SERVER &&
	       g_str_equal(event->action, AUDIT_DROP) &&
	       g_str_equal(event->object, object);
}

static void
judge_event(AuditChain *chain, const AuditEvent *event)
{
	char hash[ID_SHA256 + 1];

	if (event->seq > chain->last + 1) {
		found(chain, "an event is missing", chain->last + 1);
	} else {
		audit_hash(chain->hash, event, hash);
		if (!g_str_equal(hash, event->hash))
			found(chain,
			      "an event is not as it was, or does not follow "
			      "the one before it",
			      event->seq);
	}
	chain->drop_is_said |= says_drop(chain, event);
}

static bool
look_at_event(const AuditEvent *event, void *data, GError **error)
{
	AuditChain *chain = data;
	const Check *check = chain->check;

	chain->check->audit_events++;
	if (event->seq < chain->end.from) {
		/* Of before there was a chain: without a hash. */
		if (event->hash[0] != '\0')
			found(chain, "an event is there that was dropped",
			      event->seq);
		return true;
	}
	judge_event(chain, event);
	chain->remembered |= event->seq == check->remembered_seq &&
			     g_str_equal(event->hash, check->remembered_hash);
	chain->last = event->seq;
	g_strlcpy(chain->hash, event->hash, sizeof(chain->hash));
	return true;
}

static void
judge_end(const AuditChain *chain)
{
	const AuditEnd *end = &chain->end;

	if (chain->last < end->seq)
		found(chain, "an event is missing", chain->last + 1);
	else if (chain->last > end->seq ||
		 (end->seq >= end->from &&
		  !g_str_equal(chain->hash, end->hash)))
		found(chain, "the log does not end where it was written to",
		      chain->last);
	if (!g_str_equal(end->before, ID_NO_HASH) && !chain->drop_is_said)
		found(chain, "events are gone, and no event says so",
		      end->from - 1);
}

/* What was dropped as too old cannot be told any more. */
static void
judge_memory(const AuditChain *chain)
{
	const Check *check = chain->check;

	if (check->remembered_seq >= chain->end.from && !chain->remembered)
		found(chain, "this event is another than it was",
		      check->remembered_seq);
}

bool
check_parse_audit(Check *check, const char *text, GError **error)
{
	char *end = NULL;

	check->remembered_seq = g_ascii_strtoll(text, &end, 10);
	if (check->remembered_seq > 0 && *end == ':' && id_is_sha256(end + 1)) {
		g_strlcpy(check->remembered_hash, end + 1,
			  sizeof(check->remembered_hash));
		return true;
	}
	g_set_error(error, FAULT, FAULT_INVALID,
		    "\"%s\" is not NUMBER:HASH, as an earlier check or the "
		    "journal has it",
		    text);
	return false;
}

bool
check_audit(Check *check, Archive *archive, GError **error)
{
	AuditChain chain = { .check = check };

	if (!archive_get_audit_end(archive, &chain.end, error))
		return false;
	chain.last = chain.end.from - 1;
	g_strlcpy(chain.hash, chain.end.before, sizeof(chain.hash));
	if (!archive_stream_audit(archive, look_at_event, &chain, error))
		return false;
	judge_end(&chain);
	judge_memory(&chain);
	check->audit_seq = chain.end.seq;
	g_strlcpy(check->audit_hash, chain.end.hash, sizeof(check->audit_hash));
	return true;
}
