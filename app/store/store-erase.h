/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store.h"

/*
 * What the district has erased goes from the kiosk, too: words, media and
 * drafts.  Of a record stay number, hash and opaque id, so that the chain is
 * whole.  It comes with the bundle (store-roster.h) and is part of applying
 * it; nothing else erases.
 */

/* A record, if it is still the one of this hash: a copied store may have
 * another. */
typedef struct {
	int64_t number;
	char hash[ID_SHA256 + 1];
} StoreErased;

/* Everything of somebody, sent or not: the SHA-256 of a learner's id, or of a
 * badge's digits. */
typedef struct {
	char hash[ID_SHA256 + 1];
} StoreErasedWho;

/* The reason by which a record is set aside that was erased before it was
 * sent: the district is told of it as of any other. */
#define STORE_ERASED "erased"

/*
 * Carries through what a power cut, or another process, left undone of an
 * erasure: files, the database's free pages, and copies of what was damaged
 * that may hold it.  A copy that may also hold a stone that is nowhere else is
 * held for STORE_DAMAGED_DAYS from the first call that knows the time: now.us
 * is 0 while it is not known.  Cheap if there is nothing.  FAULT_BUSY: the
 * other process is in the way; the next call goes on.
 */
#define STORE_DAMAGED_DAYS 30
bool store_finish_erasing(Store *store, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
