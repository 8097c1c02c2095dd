/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/forward/forward.h"
#include "sync/forward/ledger.h"
#include "sync/forward/outgoing.h"
#include "sync/forward/progress.h"
#include "sync/forward/rules.h"

/* What the modules of a round share; nobody else includes this. */

struct Forward {
	ForwardParts parts;
	char *spool;    /* owned */
	Rules *rules;   /* owned: of this round */
	Ledger *ledger; /* owned: of this round */
	GArray *items;  /* owned: Outgoing; what waits to be sent */
	int64_t item_bytes;
	GHashTable *recent; /* owned: ids that were decided lately */
	Progress progress, written;
	char safe[PROGRESS_TIME_MAX + 1]; /* all up to here is decided */
	unsigned refusals;                /* one after another */
	bool aside;                       /* one was set aside in this round */
	bool retrying;
	char message[PROGRESS_MESSAGE_MAX + 1];
};

/* FAULT_BUSY if we are to stop. */
bool
forward_go_on(const Forward *forward, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool forward_save(Forward *forward, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- consider.c: what becomes of one statement --- */
bool forward_consider(Forward *forward, const char *bytes, size_t size,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One that was set aside. */
bool forward_consider_again(Forward *forward, const char *id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- flush.c: what waits goes out --- */
bool forward_flush(Forward *forward, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool
forward_set_aside(Forward *forward, const char *id, const char *actor,
		  const char *reason, GError **error) G_GNUC_WARN_UNUSED_RESULT;
