/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * An answer of many pieces, texts and files one behind the other: only what
 * is on the way is in memory.
 */
GPtrArray *reply_parts_new(void);
void reply_parts_add_bytes(GPtrArray *parts, GBytes *bytes);
/* Begun when its turn comes; the answer breaks off if it is gone. */
void reply_parts_add_medium(GPtrArray *parts, Media *media, const char *sha256,
			    int64_t size);
/* Takes the stream of size bytes. */
void
reply_parts_add_stream(GPtrArray *parts, MediaStream *stream, int64_t size);
/* The first medium is on its way when this returns true.  Waits. */
bool
reply_parts_begin(GPtrArray *parts, GError **error) G_GNUC_WARN_UNUSED_RESULT;

int64_t reply_parts_size(const GPtrArray *parts);

/* Of the exchange's own reply, which outlives the sending. */
struct MHD_Response *reply_parts_response(Exchange *exchange);
