/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/evidence/evidence.h"

/*
 * The kiosk's record: one folder with a log, an SQLite file and a vault.
 *
 *     records.jsonl       every record's canonical bytes, a line each: the
 *                         truth, append-only
 *     kiosk.db            the same, to ask questions of; drafts, outbox,
 *                         roster, pack, reviews
 *     media/ab/abcd…      photo, voice, drawing by SHA-256
 *     secrets/            0700; one 0600 file an identity; sync/wire writes
 *
 * When a call that writes returns true, the data is on the disk and survives
 * a power cut; when it returns false, nothing was written.  Two processes
 * (kiosk and agent) may have the same folder open; a Store belongs to the
 * thread that opened it.  Faults: FAULT_FULL (no room, or read-only),
 * FAULT_DAMAGED, FAULT_BUSY, FAULT_TOO_NEW, FAULT_SYSTEM.
 *
 * Parts: store-outbox.h (what the agent does), store-roster.h (what the
 * district sent), store-erase.h, store-health.h, store-tidy.h.
 */
typedef struct Store Store;

/*
 * Opens the folder, creating or upgrading it first.  A damaged database is
 * kept beside as kiosk.db.damaged-N and a new one is filled from the log;
 * store_get_notice() then says so.
 */
Store *store_open(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The folder, as it was opened. */
const char *store_get_folder(const Store *store);

/* What an adult should know ("" if nothing); the store keeps the text. */
const char *store_get_notice(const Store *store);

/* --- who this kiosk is --- */

typedef struct {
	char kiosk[ID_UUID + 1]; /* made at the first opening */
	bool enrolled;
	int64_t last_number;           /* 0: no record yet */
	char last_hash[ID_SHA256 + 1]; /* ID_NO_HASH: no record yet */
} StoreIdentity;

bool store_get_identity(Store *store, StoreIdentity *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The agent was given an identity by the district (enrolment, or a copy of
 * a store was told apart): later records carry it, numbering goes on. */
bool store_set_identity(Store *store, const char *kiosk, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- media and records --- */

/* Whether there is room to begin a stone: below this, stop taking in.  What
 * was begun can still be laid, so the last one is never half a photo. */
bool store_has_room(const Store *store);

/*
 * Puts a medium into the vault, durably, and fills the piece but its kind.
 * The same bytes again are no error.  FAULT_INVALID past EVIDENCE_MEDIA_MAX.
 */
bool store_add_media(Store *store, GBytes *bytes, const char *type,
		     Piece *piece, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The file of a medium in the vault, whether it is there or not. */
char *store_media_path(const Store *store, const char *sha256);

/*
 * Lays a stone: gives the evidence its id, kiosk, number, previous and time
 * (from clock), and stores record, outbox row, and the end of its draft in
 * one durable transaction.  "Saved" may be shown when this returns true.
 * FAULT_INVALID if a value is out of bounds or a medium is not in the vault.
 */
bool store_lay(Store *store, const Clock *clock, Evidence *evidence,
	       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FAULT_NOT_FOUND if there is none with that number. */
bool store_get_evidence(Store *store, int64_t number, Evidence *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many stones this learner (or unknown badge) has laid here. */
int64_t store_count_stones(Store *store, const char *learner, const char *badge,
			   GError **error);

/*
 * Reads everything again: chain, hashes, media.  True if all is whole; else
 * FAULT_DAMAGED with the first number at fault.
 */
bool store_verify(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- drafts: what a child had begun; found again at the next scan --- */

#define STORE_DRAFT_MAX (64 * 1024)

/* who is the learner's id or the unknown badge's digits. */
bool store_save_draft(Store *store, const char *who, GBytes *draft,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL without an error if there is none. */
GBytes *store_load_draft(Store *store, const char *who, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool store_drop_draft(Store *store, const char *who, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* For idle moments: moves what the write-ahead log holds into the database,
 * so that it is not done while a child waits. */
void store_rest(Store *store);

void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)
