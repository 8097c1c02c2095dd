/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/store/store.h"
#include "sync/line/lrs.h"
#include "sync/line/transport.h"

/*
 * The kiosk's one talker, without its network, its clock and its waiting,
 * which are handed in.  A round does everything that is due: time, bundle,
 * outbox, forgetting; each step leaves the store whole, so a round may stop
 * anywhere and the next one goes on.
 *
 * With an LRS in place of a district there is the outbox alone: no enrolment,
 * no receipts, so nothing is forgotten; no bundle, reviews, or fork check.
 */
#define AGENT_BATCH_MAX 124 /* records: their media fit a multipart */

typedef struct {
	Store *store;           /* borrowed */
	const Clock *clock;     /* borrowed */
	Transport transport;    /* its self is borrowed */
	Lrs *lrs;               /* borrowed; NULL: a district */
	const char *lrs_wanted; /* its version: "auto", "1.0.3" or "2.0.0" */
	const char *lrs_base;   /* "": the district's that was, or its url */
	const char *lrs_url;
	size_t batch_count;
	int64_t batch_bytes;
	int64_t poll_ms;
	const volatile sig_atomic_t *stop; /* borrowed; not 0: finish */
} AgentParts;

typedef enum {
	ROUND_DELIVERED, /* nothing waits any more */
	ROUND_OFFLINE,   /* later: nobody answered, or "try again" */
	ROUND_REFUSED,   /* an adult must look */
	ROUND_NOT_ENROLLED,
	ROUND_BROKEN, /* the store's disk */
	ROUND_STOPPED,
} RoundResult;

typedef struct Agent Agent;

Agent *agent_new(const AgentParts *parts);

/* Also tells the store's link, so that the screen can show it. */
RoundResult agent_round(Agent *agent);

/* ms were waited; true if a round is due.  A stone that was laid, or an
 * enrolment, wakes it early; see schedule.h. */
bool agent_pass(Agent *agent, int64_t ms);

/*
 * Enrols the store's kiosk with a code of 12 digits (spaces and dashes are
 * let be).  Again is allowed, with a new code: the secret is renewed.
 * FAULT_INVALID for a wrong code.
 */
bool agent_enrol(const AgentParts *parts, const char *code, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void agent_free(Agent *agent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Agent, agent_free)
