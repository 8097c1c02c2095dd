/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

/* How forwarding goes, from what is in its folder alone: it may be asked
 * beside a running forwarder. */
typedef enum {
	STATUS_TEXT,
	STATUS_JSON,
	STATUS_METRICS, /* Prometheus' text format */
} StatusForm;

/* Appends to out.  *well is false if the last round failed, or was more than
 * alarm_s ago. */
bool forward_status(const char *folder, int64_t alarm_s, StatusForm form,
		    GString *out, bool *well, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
