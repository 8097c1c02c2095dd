/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/store/store.h"

/* What the store does not know: the settings, and this program. */
typedef struct {
	const char *lrs, *district; /* "": none */
	const char *version;
} AgentAbout;

/*
 * How a kiosk's record fares, for an adult: appended to out as lines to read,
 * or as JSON.  Says what the agent last told the store; asks nobody.  With an
 * LRS it also says what there is not.
 */
bool
agent_status(Store *store, const Clock *clock, const AgentAbout *about,
	     bool json, GString *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
