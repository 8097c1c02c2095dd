/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

/*
 * What a store that speaks S3 answers: headers, errors, lists.  Pure, and
 * nothing in it is believed before it is looked at.
 */
#define S3_CODE_MAX     64
#define S3_ANSWER_BYTES (4 * 1024 * 1024) /* of a list or an error */

typedef struct {
	int64_t size;          /* Content-Length; -1: not said */
	int64_t first, whole;  /* Content-Range; -1: not said */
	int64_t retry_after_s; /* -1: not said */
	char checksum[44 + 1]; /* x-amz-checksum-sha256; "" */
} S3Headers;

void s3_headers_clear(S3Headers *headers);
/* One line as it came; "HTTP/1.1 200 …" begins anew. */
void s3_headers_take(S3Headers *headers, const char *line, size_t size);

/* The Code of an error, or "": no more of it is needed or repeated. */
void
s3_error_code(const char *text, size_t size, char out[static S3_CODE_MAX + 1]);

/* An object of a list; the key is borrowed for the call. */
typedef bool (*S3ObjectFunc)(const char *key, int64_t size, void *data,
			     GError **error);
/*
 * Calls each for every object of one answer to ListObjectsV2, and sets *next to
 * the token of the rest, the caller's; NULL: there is no more.  FAULT_DAMAGED
 * if it is no such answer.
 */
bool s3_list_read(const char *text, size_t size, S3ObjectFunc each, void *data,
		  char **next, GError **error) G_GNUC_WARN_UNUSED_RESULT;
