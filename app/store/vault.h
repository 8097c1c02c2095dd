/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-private.h"

/* What the vault does beside store.h; of app/store alone. */

/* Removes what power cuts left of unfinished writes. */
void vault_sweep(const Store *store);
/* Its name is off the disk when this returns true. */
bool vault_remove(const Store *store, const char *sha256, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
