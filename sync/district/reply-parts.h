/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * An answer of many pieces, texts and files one behind the other: only what
 * is on the way is in memory.
 */
GPtrArray *reply_parts_new(void);
void reply_parts_add_bytes(GPtrArray *parts, GBytes *bytes);
/* Opened when its turn comes; the answer breaks off if it is gone. */
void reply_parts_add_file(GPtrArray *parts, const char *path, int64_t size);

int64_t reply_parts_size(const GPtrArray *parts);

/* parts must outlive the sending. */
struct MHD_Response *reply_parts_response(GPtrArray *parts);
