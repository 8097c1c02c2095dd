/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-private.h"
#include "app/store/store-roster.h"

/* Copies of what was damaged (NAME.damaged-N), of the database and of the
 * log, and when they go; of app/store alone. */

/* A database with its helpers is one. */
int store_count_damaged(const Store *store);
/* In a transaction: what the bundle erases anew may be in them. */
bool store_note_damaged(Store *store, const StoreBundle *bundle, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Removes those that are due.  now.us is 0 while the time is not known. */
bool store_drop_damaged(Store *store, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
