/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/sql.h"
#include "app/store/store-outbox.h"
#include "app/store/store.h"

/* What the modules of app/store share; nobody else includes this. */
struct Store {
	sqlite3 *db;      /* owned */
	uint64_t db_file; /* its inode, to see that it was replaced */
	GPtrArray *kept;  /* owned: see kept.h */
	int log;          /* owned: records.jsonl, for appending; -1: closed */
	int lock;         /* owned: see store_begin(); -1: closed */
	char *folder;     /* owned */
	GString *notice;  /* owned */

	/* A line that must be taken back and could not be yet; or NULL. */
	GBytes *owed; /* owned */

	/* Found without a name by the last store_tidy(); and whether there may
	 * be more. */
	GHashTable *unnamed; /* owned: names; NULL: none */
	bool untidy;

	/* So long and so far the log and the database agreed; -1: look. */
	int64_t agreed_size, agreed_number;
};

#define STORE_DATABASE "kiosk.db"
#define STORE_LOG      "records.jsonl"
#define STORE_LOCK     "kiosk.lock"
#define STORE_KEPT_MAX 100 /* damaged files kept beside, of each kind */

/* Of a record that neither the log nor a damaged database had any more, the
 * id is this and its number; it stands in the chain as set aside. */
#define STORE_LOST_ID "lost-"

/* Below this much free room nothing new is begun … */
#define STORE_RESERVE_BYTES (16 * 1024 * 1024)
/* … but what was begun can still be laid down to this. */
#define STORE_LAST_BYTES (1024 * 1024)

/* FAULT_FULL unless the folder's disk has this much free. */
bool store_check_room(const Store *store, int64_t bytes, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- store.c --- */

/* A path in the folder; the caller's. */
char *store_path(const Store *store, const char *name);

/*
 * A transaction on the newest database: should the other process have
 * replaced a damaged one, that is opened first, and while this lasts it
 * cannot (kiosk.lock is held, shared; who replaces holds it alone).
 */
bool store_begin(Store *store, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool store_end(Store *store, bool ok, const char *doing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* With the statements that kept.h keeps. */
void store_close_database(Store *store);

/* Before a call of one statement: opens a database that was replaced. */
bool store_follow(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- heal.c --- */

/* After FAULT_DAMAGED: keeps the database aside and fills a new one. */
bool store_heal(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* flock() of kiosk.lock. */
bool store_take_lock(const Store *store, int how, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void store_drop_lock(const Store *store);

/* Under the lock: the file; and the file checked, with an identity and all
 * that the log has. */
bool store_open_newest(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool
store_open_database(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In a transaction: who this kiosk is, if the database does not say. */
bool
store_make_identity(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Keeps a copy as NAME.damaged-N and says which N; 0 if it failed. */
int store_keep_copy(const Store *store, const char *name, GError **error);

/* --- salvage.c: a new database from the log and a damaged one --- */

/* In a transaction; damaged is the name of the file that was kept aside. */
bool store_salvage(Store *store, const char *damaged, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- record.c --- */

/* Inserts record, media and outbox rows; ends the draft.  body is NULL for a
 * forgotten record, of which evidence has number, id, who and prompt. */
bool
store_insert_record(Store *store, const Evidence *evidence, GBytes *body,
		    const char *hash, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Number and hash of a record that is nowhere any more, set aside. */
bool store_insert_lost(Store *store, int64_t number, const char *hash,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Puts a record's bytes back from the log; FAULT_DAMAGED if they are not
 * there either. */
bool store_repair_record(Store *store, int64_t number, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- erase.c --- */

struct StoreBundle;
/* In a transaction: the rows of what the bundle says is erased. */
bool store_erase(Store *store, const struct StoreBundle *bundle, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
