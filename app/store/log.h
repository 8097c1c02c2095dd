/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/log-index.h"

/*
 * records.jsonl: the canonical bytes of each record and a newline, synced
 * before the database commits.  Of a forgotten record a line stays that
 * keeps its place: {"forgotten":{"badge",…,"prompt"}}; "erased":true in it
 * says that it was never sent.  A line that a power cut tore is left where it
 * is and passed over.
 *
 * The log and the database have the same records.  Where a power cut or a
 * bad disk left one of them behind, the next transaction brings it up to the
 * other, so it never happens that two records get one number.
 */

bool store_open_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * In two steps, so that the disk begins while the database takes the record:
 * the first writes a line, the second waits until it is durable.  If false
 * comes back, from either, or it is not to be kept, the file is as `before`.
 */
bool store_write_log(Store *store, GBytes *record, int64_t *before,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool store_sync_log(Store *store, GBytes *record, int64_t before, bool keep,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the newest append back, since the database would not commit it: now
 * or, if the disk does not let us, in the next transaction that agrees. */
void store_undo_log(Store *store, GBytes *record);
/* In the caller's transaction: what only one of the two has, both have; *at is
 * where both end. */
bool store_agree_with_log(Store *store, StoreIdentity *at, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Both end with this record: until one changes, nobody need look. */
void store_note_agreed(Store *store, int64_t number);
/* Writes the log anew from the database, without forgotten words. */
bool store_rewrite_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Puts a line into the database behind `at`, and moves `at` on to it.  What
 * is missing in between is put in as lost.  *taken is false, and nothing is
 * changed, if the line does not follow in the chain.
 */
bool log_take_in(Store *store, const LogLine *line, StoreIdentity *at,
		 bool *taken, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What contradicts the chain is kept aside, and an adult told; the caller
 * writes the log anew. */
bool log_keep_odd(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
