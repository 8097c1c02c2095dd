/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/sql.h"
#include "app/store/store.h"

/* What the modules of app/store share; nobody else includes this. */
struct Store {
	sqlite3 *db;     /* owned */
	int log;         /* owned: records.jsonl, for appending; -1: closed */
	char *folder;    /* owned */
	GString *notice; /* owned */
};

#define STORE_DATABASE "kiosk.db"
#define STORE_LOG      "records.jsonl"

/* Below this much free room nothing new is begun … */
#define STORE_RESERVE_BYTES (16 * 1024 * 1024)
/* … but what was begun can still be laid down to this. */
#define STORE_LAST_BYTES (1024 * 1024)

/* FAULT_FULL unless the folder's disk has this much free. */
bool store_check_room(const Store *store, int64_t bytes, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- log.c: the append-only file --- */

/* Opens it, making it if need be, ready to append after a torn line. */
bool store_open_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Durable when it returns true; the file is as it was when false. */
bool store_append_log(Store *store, GBytes *record, int64_t *undo_size,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes the newest append back: the database would not commit it. */
void store_undo_log(Store *store, int64_t undo_size);
/* Brings the database up to the log, in the caller's transaction. */
bool store_replay_log(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keeps only the records from number on. */
bool store_shorten_log(Store *store, int64_t number, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- record.c --- */

/* Inserts record, media and outbox rows; drops the draft. */
bool store_insert_record(Store *store, const Evidence *evidence, GBytes *body,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
