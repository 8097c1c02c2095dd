/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/multipart.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/wire/multipart-header.h"

/*
 * A delimiter is CR LF "--" boundary.  A boundary has no CR, so after a
 * mismatch what had matched is content but for, perhaps, the byte at hand:
 * nothing needs to be kept back but a count.
 *
 * Lines end with CR LF.  A body that begins with the boundary and a bare LF
 * has been through a tool that writes such lines, and all of its lines end so.
 * The first line decides and nothing else does: media are raw bytes, and
 * whether a byte before the boundary is theirs must never be a guess.
 */
typedef enum {
	AT_PREAMBLE, /* before the first delimiter */
	AT_LINE_END, /* behind a delimiter: spaces, then CR LF or "--" */
	AT_HEADERS,
	AT_BODY,
	AT_EPILOGUE, /* behind the closing delimiter: anything */
	AT_FAILURE,
} Place;

struct MultipartReader {
	MultipartEvents events; /* borrowed functions */
	void *data;             /* borrowed */
	Place place;
	char delimiter[4 + MULTIPART_BOUNDARY_MAX + 1];
	size_t delimiter_size;
	size_t matched;   /* bytes of the delimiter */
	size_t unsent;    /* of those, how many came before the body */
	char line_end[2]; /* of what stands behind a delimiter */
	size_t n_line_end;
	bool from_start;  /* nothing came before the first delimiter */
	bool bare;        /* this body's lines end with LF */
	GString *headers; /* owned; bytes of this part's so far */
	size_t n_parts;
};

/* Consumes a beginning of bytes; returns how many. */
typedef struct {
	const char *at;
	size_t left;
} Input;

static bool
fail(MultipartReader *reader, const char *rule, GError **error)
{
	reader->place = AT_FAILURE;
	g_set_error(error, FAULT, FAULT_INVALID, "multipart, part %zu: %s",
		    reader->n_parts, rule);
	return false;
}

static void
skip(Input *in, size_t n)
{
	in->at += n;
	in->left -= n;
}

/* --- finding delimiters --- */

static bool
give(MultipartReader *reader, const char *bytes, size_t size, GError **error)
{
	if (reader->place != AT_BODY || size == 0)
		return true;
	return reader->events.bytes(bytes, size, reader->data, error);
}

/* What had matched is content after all. */
static bool
give_back(MultipartReader *reader, GError **error)
{
	size_t from = MIN(reader->unsent, reader->matched);
	size_t n = reader->matched - from;

	reader->matched = 0;
	reader->unsent = 0;
	reader->from_start = false;
	return give(reader, reader->delimiter + from, n, error);
}

static bool
end_part(MultipartReader *reader, GError **error)
{
	bool in_part = reader->place == AT_BODY;

	reader->place = AT_LINE_END;
	reader->matched = 0;
	reader->unsent = 0;
	reader->n_line_end = 0;
	return !in_part || reader->events.end(reader->data, error);
}

/* In the preamble and in bodies. */
static bool
read_content(MultipartReader *reader, Input *in, GError **error)
{
	if (reader->matched == 0) {
		const char *end =
			memchr(in->at, reader->delimiter[0], in->left);
		size_t n = end != NULL ? (size_t)(end - in->at) : in->left;
		const char *run = in->at;

		skip(in, n);
		if (end != NULL) {
			skip(in, 1);
			reader->matched = 1;
		}
		return give(reader, run, n, error);
	}
	if (*in->at != reader->delimiter[reader->matched])
		return give_back(reader, error);
	skip(in, 1);
	reader->matched++;
	return reader->matched < reader->delimiter_size ||
	       end_part(reader, error);
}

/* --- behind a delimiter --- */

static bool
begin_headers(MultipartReader *reader, GError **error)
{
	if (++reader->n_parts > MULTIPART_PARTS_MAX)
		return fail(reader, "more parts than a batch may have", error);
	reader->place = AT_HEADERS;
	g_string_truncate(reader->headers, 0);
	return true;
}

static void
use_bare_lines(MultipartReader *reader)
{
	reader->bare = true;
	reader->delimiter_size--;
	memmove(reader->delimiter, reader->delimiter + 1,
		reader->delimiter_size + 1);
}

static bool
read_line_end(MultipartReader *reader, Input *in, GError **error)
{
	char c = *in->at;

	skip(in, 1);
	if (reader->n_line_end == 0 && (c == ' ' || c == '\t'))
		return true;
	if (c == '\n' && reader->n_parts == 0 && reader->from_start &&
	    reader->n_line_end == 0)
		use_bare_lines(reader);
	if (c == '\n' && reader->bare && reader->n_line_end == 0)
		return begin_headers(reader, error);
	reader->line_end[reader->n_line_end++] = c;
	if (reader->n_line_end < 2)
		return true;
	if (!reader->bare && memcmp(reader->line_end, "\r\n", 2) == 0)
		return begin_headers(reader, error);
	if (memcmp(reader->line_end, "--", 2) != 0)
		return fail(reader, "a line begins with the boundary", error);
	reader->place = AT_EPILOGUE;
	return true;
}

/* --- headers --- */

static bool
begin_body(MultipartReader *reader, GError **error)
{
	MultipartHeaders headers = { 0 };
	g_autoptr(GError) cause = NULL;

	if (!multipart_headers_parse(reader->headers->str, &headers, &cause))
		return fail(reader, cause->message, error);
	/* The empty line is the delimiter's own line end if that follows
	 * at once; it is no content in either case. */
	reader->place = AT_BODY;
	reader->matched = reader->bare ? 1 : 2;
	reader->unsent = reader->matched;
	return reader->events.begin(&headers, reader->data, error);
}

static bool
ends_headers(const GString *headers)
{
	return g_str_equal(headers->str, "\r\n") ||
	       g_str_has_suffix(headers->str, "\r\n\r\n");
}

static bool
read_headers(MultipartReader *reader, Input *in, GError **error)
{
	char c = *in->at;

	skip(in, 1);
	if (c == '\0')
		return fail(reader, "a zero byte among the headers", error);
	if (reader->headers->len >= MULTIPART_HEADERS_MAX)
		return fail(reader, "headers are too long", error);
	if (reader->bare && c == '\r')
		return fail(reader, "its lines end with LF and with CR LF",
			    error);
	if (reader->bare && c == '\n')
		g_string_append_c(reader->headers, '\r');
	g_string_append_c(reader->headers, c);
	return c != '\n' || !ends_headers(reader->headers) ||
	       begin_body(reader, error);
}

/* --- the reader --- */

MultipartReader *
multipart_reader_new(const char *content_type, const MultipartEvents *events,
		     void *data, GError **error)
{
	g_autoptr(MultipartReader) reader = g_new0(MultipartReader, 1);
	char boundary[MULTIPART_BOUNDARY_MAX + 1];

	g_return_val_if_fail(events != NULL, NULL);
	reader->headers = g_string_new(NULL);
	if (!multipart_boundary_parse(content_type, boundary, error))
		return NULL;
	reader->events = *events;
	reader->data = data;
	reader->delimiter_size =
		(size_t)g_snprintf(reader->delimiter, sizeof(reader->delimiter),
				   "\r\n--%s", boundary);
	reader->matched = 2; /* a delimiter may stand at the very beginning */
	reader->unsent = 2;
	reader->from_start = true;
	return g_steal_pointer(&reader);
}

static bool
read_some(MultipartReader *reader, Input *in, GError **error)
{
	switch (reader->place) {
	case AT_PREAMBLE:
	case AT_BODY:
		return read_content(reader, in, error);
	case AT_LINE_END:
		return read_line_end(reader, in, error);
	case AT_HEADERS:
		return read_headers(reader, in, error);
	case AT_EPILOGUE:
		skip(in, in->left);
		return true;
	case AT_FAILURE:
		return fail(reader, "it was refused already", error);
	}
	return false;
}

bool
multipart_reader_feed(MultipartReader *reader, const void *bytes, size_t size,
		      GError **error)
{
	Input in = { bytes, size };

	while (in.left > 0)
		if (!read_some(reader, &in, error)) {
			reader->place = AT_FAILURE;
			return false;
		}
	return true;
}

bool
multipart_reader_finish(MultipartReader *reader, GError **error)
{
	return reader->place == AT_EPILOGUE ||
	       fail(reader, "it ends before its closing boundary", error);
}

void
multipart_reader_free(MultipartReader *reader)
{
	if (reader == NULL)
		return;
	g_string_free(reader->headers, TRUE);
	g_free(reader);
}

/* --- writing --- */

void
multipart_new_boundary(char out[static MULTIPART_BOUNDARY_MAX + 1])
{
	char uuid[ID_UUID + 1];

	id_new_uuid(uuid);
	g_snprintf(out, MULTIPART_BOUNDARY_MAX + 1, "cairn-%s", uuid);
}

void
multipart_print_head(GString *out, const char *boundary,
		     const MultipartHeaders *headers)
{
	g_string_append_printf(out, "\r\n--%s\r\nContent-Type: %s\r\n",
			       boundary, headers->content_type);
	if (headers->encoding[0] != '\0')
		g_string_append_printf(out, "Content-Transfer-Encoding: %s\r\n",
				       headers->encoding);
	if (headers->sha256[0] != '\0')
		g_string_append_printf(out, "X-Experience-API-Hash: %s\r\n",
				       headers->sha256);
	g_string_append(out, "\r\n");
}

void
multipart_print_end(GString *out, const char *boundary)
{
	g_string_append_printf(out, "\r\n--%s--\r\n", boundary);
}
