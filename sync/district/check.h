/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "sync/district/media.h"

/*
 * Is a district's record whole?  The log and its chains, the audit log,
 * media, what is drawn, and the database under them.  Nothing is changed, and a
 * server may run: what is looked at is one instant.
 */
typedef struct {
	const char *what;  /* is wrong: "a medium is missing" */
	const char *where; /* which: a kiosk and number, a file; never a name */
	const char *to_do;
} CheckFinding;

typedef struct {
	const char *archive; /* its address */
	Media *media;        /* borrowed */
	bool quick;          /* media by size only; nothing drawn again */
	void (*found)(void *data, const CheckFinding *finding);
	void *data;

	/* What was looked at. */
	int64_t kiosks, statements, media_files, drawn_rows;
	int64_t findings;
	int64_t audit_events;
	int64_t audit_seq; /* the audit log's last event, and its hash */
	char audit_hash[ID_SHA256 + 1];

	/* One that somebody noted earlier, and that must be there still; 0:
	 * none. */
	int64_t remembered_seq;
	char remembered_hash[ID_SHA256 + 1];
} Check;

/* "SEQ:HASH", to be looked for; FAULT_INVALID. */
bool check_parse_audit(Check *check, const char *text, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* False with an error if it could not be looked at; findings are none. */
bool check_district(Check *check, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Draws entries, postings and what else comes from the log again, and puts
 * right what differs.  *changed: rows that did. */
bool check_redraw(Check *check, int64_t *changed, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
