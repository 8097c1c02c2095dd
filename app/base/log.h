/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

/*
 * Where a program's log goes: to the journal with its fields, if systemd
 * started it; else to stderr, a line each, as text or as JSON.  No learner's
 * name, badge or evidence, no secret and nothing that a client wrote is ever
 * in it: whoever logs sees to that.
 */
typedef enum {
	LOG_AUTO, /* the journal, else text */
	LOG_TEXT,
	LOG_JSON,
} LogFormat;

/* "auto", "text" or "json"; FAULT_INVALID. */
bool log_format_parse(const char *text, LogFormat *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Before the first message; again to change the format. */
void log_start(LogFormat format);

/* What is said of a request that was answered. */
typedef struct {
	const char *method, *route; /* the route's pattern, never the path */
	int status;
	int64_t taken_us;
	const char *kiosk; /* its id, or NULL */
} LogRequest;

#define LOG_REQUEST_ID "b7f4a3c1d2e84f6a9c0b5d7e8f102938"
void log_request(const LogRequest *request);

/* One message as it goes to stderr, with a line's end; the caller's. */
char *log_line(LogFormat format, GLogLevelFlags level, const GLogField *fields,
	       gsize n);
