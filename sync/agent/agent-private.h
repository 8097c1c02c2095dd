/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/file.h"
#include "app/store/store-link.h"
#include "app/store/store-outbox.h"
#include "sync/agent/agent.h"
#include "sync/line/schedule.h"
#include "sync/agent/talk.h"

/* What the modules of a round share; nobody else includes this. */

/* The last record that this store and the district's chain have in common. */
typedef struct {
	bool needed;
	int64_t after;
	char hash[ID_SHA256 + 1];
} ForkPoint;

struct Agent {
	AgentParts parts;
	Schedule schedule;
	Talk talk;       /* as of this round */
	Refusal refusal; /* of this round's last question */
	ForkPoint fork;
	int64_t gap;       /* a record that the district lacks; 0: none */
	bool ask_receipt;  /* an answer may have been lost */
	unsigned refusals; /* by an LRS, one after another */
	bool mismatch;     /* of the records here and there, in this round */

	/* time */
	ClockAnchor anchor; /* boot "": none yet */
	int64_t time_age_ms, bundle_age_ms;

	GHashTable *fetched; /* owned: sha256 → GBytes of a bundle to come */

	/* what was seen last */
	char kiosk[ID_UUID + 1];
	int64_t number;
	int64_t secrets_us; /* when those in use were written; 0: none are */
	StoreLink link;     /* as the store has it */
	bool told;          /* in this process */
};

/* FAULT_BUSY if we are to stop. */
bool agent_go_on(const Agent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As best known; 0: not known in this boot. */
WallTime agent_now(const Agent *agent);

/* Why the round failed. */
LinkReason agent_reason(const Agent *agent, const GError *error);

/* As much as fits, cut between characters; what is cut ends with "…". */
void agent_copy_text(char *out, size_t size, const char *text);

/* One at a time: the agent and `enrol` may meet.  Waits; -1 on error. */
FileLock
agent_lock(const Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- pull.c: the district's bundle into the store --- */
bool agent_pull(Agent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- deliver.c: the store's outbox to the district --- */
bool agent_deliver(Agent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- lrs-deliver.c: the store's outbox to an LRS that is no district --- */
bool
agent_deliver_to_lrs(Agent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- receipt.c --- */

/*
 * The receipt that answers a batch, which ended with record last_sent.  The
 * batch is held, whatever else is: if the receipt is for a later record that
 * is not ours (the other copy's), it counts as far as the batch goes, and
 * the district will say where the two part.
 */
bool agent_take_answer(Agent *agent, const Receipt *receipt, int64_t last_sent,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * The newest receipt of this kiosk.  One for less than we hold receipts for
 * sets agent->gap; one for more than is here, when nothing waits, sets
 * agent->fork: both with FAULT_REFUSED.
 */
bool agent_take_newest(Agent *agent, const Receipt *receipt, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The hash of a record that is here; FAULT_NOT_FOUND if it is forgotten. */
bool
agent_hash_record(Agent *agent, int64_t number, char out[static ID_SHA256 + 1],
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- fork.c: a copied store becomes a kiosk of its own --- */

/* Sets agent->fork from the first record that the district holds with
 * another hash. */
bool agent_find_fork(Agent *agent, int64_t number, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* The store has a new identity after this. */
bool agent_fork(Agent *agent, GError **error) G_GNUC_WARN_UNUSED_RESULT;
