/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/store/store-outbox.h"
#include "sync/line/body.h"

/* Entries of the outbox as the body of POST /xapi/statements. */
typedef struct {
	Body *body;         /* owned */
	char *content_type; /* owned */
	int64_t blamed;     /* the record whose medium is not right; 0: none */
} Batch;

/*
 * entries[first … first + n) with each of their media once: multipart/mixed,
 * or plain JSON if there are none.  FAULT_NOT_FOUND or FAULT_DAMAGED with
 * out->blamed if a medium is not as its record says.
 */
bool batch_make(const Store *store, const OutboxBatch *from, size_t first,
		size_t n, const char *base, Batch *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void batch_clear(Batch *batch);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Batch, batch_clear)
