/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/id.h"
#include "sync/forward/redact.h"
#include "sync/forward/source.h"

/* A statement that is to go out, with its media in files. */
typedef struct {
	char id[ID_UUID + 1];
	char *actor;     /* owned: who did it, as it is sent; "" */
	GBytes *text;    /* owned */
	GArray *wanted;  /* owned: RedactedMedium */
	Fetched fetched; /* owned */
} Outgoing;

GArray *outgoing_new(void); /* of Outgoing, which it owns */

/* Takes redacted text and fetched media; the parts that the text needs and
 * that are not there are FAULT_INVALID. */
bool outgoing_is_whole(const Outgoing *one, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
int64_t outgoing_bytes(const Outgoing *one);

/*
 * Sends items[first … first + n) in one request, each medium once, streamed.
 * True only if the answer is that of an LRS which holds them all.  Faults as
 * in lrs.h.
 */
bool outgoing_post(Lrs *target, const GArray *items, guint first, guint n,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
