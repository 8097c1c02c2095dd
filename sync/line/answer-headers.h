/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>

#include "sync/wire/sign.h"

/*
 * What is kept of an answer's headers, line by line as they come.  Any bytes
 * may come; "" is what was not said.  A value that is too long for its place
 * was not said either: half a receipt is none.
 */
typedef struct {
	char content_type[128];
	char signature[SIGN_SIGNATURE_TEXT + 1]; /* Cairn-Signature */
	char receipt[1025];                      /* Cairn-Receipt */
	char retry_after[128];
	char date[128];
	char version[32];            /* X-Experience-API-Version */
	char consistent_through[64]; /* X-Experience-API-Consistent-Through */
} AnswerHeaders;

/* A status line forgets what came before it: that was a 100 Continue's. */
void answer_headers_take(AnswerHeaders *headers, const char *line, size_t size);
