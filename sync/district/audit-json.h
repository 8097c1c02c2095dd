/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/json.h"

#include "sync/district/archive-audit.h"

/* {"seq","at","at_us","kind","who","address","action","object","about","n",
 * "status","hash"} */
json_t *audit_to_json(const AuditEvent *event);

/* A date, an RFC 3339 instant, or so long before now ("12h", "30d");
 * FAULT_INVALID. */
bool audit_parse_when(const char *text, WallTime now, WallTime *out,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
