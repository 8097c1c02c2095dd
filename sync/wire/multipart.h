/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/id.h"

/*
 * multipart/mixed (RFC 2046, section 5.1) as xAPI sends it: the first part
 * the statements, then an attachment a part.  Read as it arrives, in pieces
 * of any size; a medium never is in memory whole.  Lines end with CR LF, or
 * with LF where the body's first line, the boundary, does; a part may have no
 * headers.
 */
#define MULTIPART_PARTS_MAX    1000
#define MULTIPART_HEADERS_MAX  4096 /* bytes of one part's headers */
#define MULTIPART_BOUNDARY_MAX 70

typedef struct {
	char content_type[128]; /* as sent; "" if absent */
	char encoding[32];      /* Content-Transfer-Encoding */
	char sha256[129];       /* X-Experience-API-Hash; "" if absent */
} MultipartHeaders;

/* Each returns false with error set to stop the reading. */
typedef struct {
	bool (*begin)(const MultipartHeaders *headers, void *data,
		      GError **error);
	bool (*bytes)(const void *bytes, size_t size, void *data,
		      GError **error);
	bool (*end)(void *data, GError **error);
} MultipartEvents;

typedef struct MultipartReader MultipartReader;

/* content_type is the request's; FAULT_INVALID if it is not multipart/mixed
 * with a boundary. */
MultipartReader *
multipart_reader_new(const char *content_type, const MultipartEvents *events,
		     void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool
multipart_reader_feed(MultipartReader *reader, const void *bytes, size_t size,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* True only after the closing boundary. */
bool multipart_reader_finish(MultipartReader *reader, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void multipart_reader_free(MultipartReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MultipartReader, multipart_reader_free)

/* --- writing: head, the part's bytes, head, bytes, …, end --- */

/* Of letters, digits and hyphens: there are LRSs that read a boundary without
 * quotes up to the first other character, an underscore too. */
void multipart_new_boundary(char out[static MULTIPART_BOUNDARY_MAX + 1]);
void multipart_print_head(GString *out, const char *boundary,
			  const MultipartHeaders *headers);
void multipart_print_end(GString *out, const char *boundary);
