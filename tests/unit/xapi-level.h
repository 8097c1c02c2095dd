/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/xapi/statement.h"

/*
 * Whether what was stored is the statement that was sent, but for what an LRS
 * sets (id, stored, authority, version, a timestamp) and levels (one context
 * activity is a list of one).  True also of a number that jansson can't hold.
 */
bool xapi_is_level(const XapiStatement *sent, const char *stored, size_t size);
