/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/audit-json.h"

#include <string.h>

#include "app/base/fault.h"

#define HOUR_US   (INT64_C(3600) * G_USEC_PER_SEC)
#define HOURS_MAX (24 * 36525) /* a century */

json_t *
audit_to_json(const AuditEvent *event)
{
	char at[CLOCK_TIMESTAMP_SIZE];

	clock_format(event->at, at);
	return json_pack("{s:I,s:s,s:I,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:i,s:s}",
			 "seq", (json_int_t)event->seq, "at", at, "at_us",
			 (json_int_t)event->at.us, "kind",
			 audit_who_name(event->kind), "who", event->who,
			 "address", event->address, "action", event->action,
			 "object", event->object, "about", event->about, "n",
			 (json_int_t)event->n, "status", event->status, "hash",
			 event->hash);
}

/* "12h", "30d" */
static bool
parse_ago(const char *text, WallTime now, WallTime *out)
{
	char *end;
	guint64 n = g_ascii_strtoull(text, &end, 10);
	guint64 hours = *end == 'd' ? 24 : 1;

	if (!g_ascii_isdigit(text[0]) || (*end != 'h' && *end != 'd') ||
	    end[1] != '\0' || n > HOURS_MAX / hours)
		return false;
	out->us = now.us - (int64_t)(n * hours) * HOUR_US;
	return true;
}

bool
audit_parse_when(const char *text, WallTime now, WallTime *out, GError **error)
{
	g_autofree char *midnight = g_strconcat(text, "T00:00:00Z", NULL);

	if (parse_ago(text, now, out) || clock_parse(text, out) ||
	    (strlen(text) == strlen("2026-11-26") &&
	     clock_parse(midnight, out)))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "\"%s\" is no time: write 2026-11-26, "
		    "2026-11-26T08:00:00Z, 12h or 30d",
		    text);
	return false;
}
