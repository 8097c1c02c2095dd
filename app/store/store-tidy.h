/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store.h"

/*
 * For idle moments of whoever adds media, when none is between being added
 * and being named: removes from the vault what neither a record nor a draft
 * names, a photo that was discarded, say.  It goes when it is found so by two
 * calls in a row, and not while a damaged copy is kept, whose it may be.
 * Cheap if nothing was added or let go since.
 */
bool store_tidy(Store *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;
