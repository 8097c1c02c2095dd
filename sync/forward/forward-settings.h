/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/settings.h"

/* [source], [target] and [forward].  Ends with an entry whose key is NULL. */
extern const Setting forward_settings[];
