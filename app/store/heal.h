/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-private.h"

/*
 * A damaged database is kept beside as kiosk.db.damaged-N, its write-ahead
 * log with it, and a new one is filled.
 */

/* Looks at every page; FAULT_DAMAGED. */
bool heal_check(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a power cut came while it was being replaced. */
bool heal_is_unfinished(const Store *store);
