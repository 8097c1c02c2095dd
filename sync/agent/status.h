/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store-outbox.h"

/*
 * How a kiosk's record fares, for an adult: appended to out as lines to read,
 * or as JSON.  Says what the agent last told the store; asks nobody.  lrs and
 * district are the settings; with an LRS it also says what there is not.
 */
bool agent_status(Store *store, const char *lrs, const char *district,
		  bool json, GString *out, LinkState *state, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
