/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/settings.h"

/* One file for a classroom's two programs: [kiosk] and [agent].  Ends with
 * an entry whose key is NULL. */
extern const Setting kiosk_settings[];
