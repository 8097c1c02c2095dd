/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "sync/district/media.h"

/*
 * Is a district's record whole?  The log and its chains, its media, what is
 * drawn from it, and the database under them.  Nothing is changed, and a
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
} Check;

/* False with an error if it could not be looked at; findings are none. */
bool check_district(Check *check, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Draws entries, postings and what else comes from the log again, and puts
 * right what differs.  *changed: rows that did. */
bool check_redraw(Check *check, int64_t *changed, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
