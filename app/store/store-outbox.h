/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/evidence/shown-time.h"
#include "app/store/store.h"

/*
 * The outbox: read → token → receipt → may be forgotten.  Nothing leaves the
 * disk before the district has said, signed, that it is durable there.
 */

/* What is known of an entry's way out; numbered on the disk. */
typedef enum {
	OUTBOX_WAITING = 1,
	OUTBOX_RECEIPTED = 2,
	OUTBOX_ASIDE = 3, /* refused by itself; kept, shown to IT */
	OUTBOX_SENT = 4,  /* taken by an LRS that gives no receipts: kept */
} OutboxState;

typedef struct {
	Evidence evidence;
	ShownTime shown; /* fixed at its first reading, so resends are equal */
} OutboxEntry;

typedef struct {
	OutboxEntry *entries; /* in record order */
	size_t n;
} OutboxBatch;

/*
 * The first waiting entries, at most max_count of them and, beyond the
 * first, at most max_bytes with their media; their numbers have no gap.  An entry's shown time is
 * derived and stored when it is first read: FAULT_BUSY while the time is not
 * known (no trusted clock and no anchor of this boot).  An empty batch is no
 * error.
 */
OutboxBatch *
store_read_outbox(Store *store, const Clock *clock, size_t max_count,
		  int64_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The district holds everything up to and including this number.  Numbers
 * beyond the last record here are FAULT_REFUSED: this store is a copy. */
bool store_accept_receipt(Store *store, int64_t number, WallTime at,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An LRS without receipts took what waited of these.  They don't wait any
 * more, and are never forgotten; a district's receipt covers them later. */
bool store_note_sent(Store *store, int64_t first, int64_t last, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Sets one entry aside with the district's reason; it blocks no other. */
bool store_set_aside(Store *store, int64_t number, const char *reason,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The district lost what it had receipted (it was put back from an older
 * copy): entries from number on that are remembered here wait again.  Returns
 * how many, -1 with error set. */
int64_t store_send_again(Store *store, int64_t number, GError **error);

typedef struct {
	int64_t waiting, receipted, aside;
	int64_t receipted_number; /* the newest receipt's; 0: none */
	int64_t sent;             /* without a receipt */
} OutboxCounts;

/* Reads the whole outbox, which is long after a month. */
bool store_count_outbox(Store *store, OutboxCounts *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Its receipted_number alone, at once. */
bool store_get_receipted(Store *store, int64_t *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * Forgets media and words of entries receipted at least keep_us ago by the
 * trusted time `now`; number, hash and learner stay, so the chain does.
 * Returns how many, -1 with error set.
 */
int64_t
store_forget(Store *store, WallTime now, int64_t keep_us, GError **error);

/* In this boot, time since boot 0 was at this wall time (district-signed
 * or a trusted clock). */
bool store_add_anchor(Store *store, const ClockAnchor *anchor, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void outbox_batch_free(OutboxBatch *batch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OutboxBatch, outbox_batch_free)
