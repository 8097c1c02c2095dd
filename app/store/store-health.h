/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-link.h"
#include "app/store/store-outbox.h"
#include "app/store/store-roster.h"

/*
 * How a kiosk's record fares, as far as the store can tell: for the screen
 * that an adult opens and for `cairn-agent status`.  Asks nobody, writes
 * nothing, and holds no child's data.
 */
typedef struct {
	StoreIdentity identity;
	OutboxCounts counts;
	WallTime waiting_since; /* of the oldest that waits; 0: not known */
	StoreLink link;
	bool has_bundle;
	char bundle[EVIDENCE_ID_MAX + 1]; /* its version; "" before the first */
	WallTime bundle_at;               /* when it was taken in; 0: unknown */
	char district[ROSTER_NAME_MAX + 1]; /* as it calls itself, or "" */
	bool knows_time;                    /* trusted, or told by a district */
	bool has_room;
	int64_t free_bytes; /* -1: not known */
	int schema;         /* the store's version */
	int damaged;        /* copies of what was damaged that are kept */
	const char *notice; /* the store's: see store_get_notice() */
} StoreHealth;

bool store_read_health(Store *store, const Clock *clock, StoreHealth *out,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the kiosk may be taken away: every stone has a receipt or was set
 * aside, and the last round went well.  Never so with an LRS: what it took
 * without a receipt is nowhere proven to be safe. */
bool
store_is_safe(const OutboxCounts *counts, const StoreLink *link, bool has_lrs);
