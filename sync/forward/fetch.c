/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/forward/source.h"
#include "sync/wire/multipart.h"

/*
 * One statement as it comes: its JSON into memory, what is attached to it
 * into files, a part at a time.
 */

#define STATEMENT_MAX (8 * 1024 * 1024) /* bytes of the JSON */

typedef struct {
	Fetched *fetched;        /* borrowed */
	const char *spool;       /* borrowed */
	MultipartReader *reader; /* owned; NULL: no multipart */
	GChecksum *sum;          /* owned; NULL: of no kind that we know */
	int64_t room;
	unsigned part;
	int handle; /* of the part's file; -1: none */
	bool begun;
} Trip;

static void
trip_clear(Trip *trip)
{
	g_clear_pointer(&trip->reader, multipart_reader_free);
	g_clear_pointer(&trip->sum, g_checksum_free);
	if (trip->handle >= 0)
		close(trip->handle);
	trip->handle = -1;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trip, trip_clear)

static void
medium_clear(void *data)
{
	SourceMedium *medium = data;

	if (medium->path != NULL)
		g_unlink(medium->path);
	g_clear_pointer(&medium->path, g_free);
}

static bool
too_large(GError **error, const char *what)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s too large to be sent on",
		    what);
	return false;
}

static bool
fail_file(const char *path, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "writing %s: %s", path,
		    g_strerror(saved));
	return false;
}

/* --- parts --- */

static GChecksum *
new_sum(const char *sha2)
{
	switch (strlen(sha2)) {
	case 64:
		return g_checksum_new(G_CHECKSUM_SHA256);
	case 96:
		return g_checksum_new(G_CHECKSUM_SHA384);
	case 128:
		return g_checksum_new(G_CHECKSUM_SHA512);
	default:
		return NULL;
	}
}

static bool
on_begin(const MultipartHeaders *headers, void *data, GError **error)
{
	static unsigned count;
	Trip *trip = data;
	SourceMedium medium = { 0 };
	g_autofree char *sha2 = g_ascii_strdown(headers->sha256, -1);

	if (trip->part++ == 0)
		return true;
	g_strlcpy(medium.sha2, sha2, sizeof(medium.sha2));
	medium.path =
		g_strdup_printf("%s/%u" FILE_UNFINISHED, trip->spool, count++);
	g_array_append_val(trip->fetched->media, medium);
	trip->sum = new_sum(sha2);
	trip->handle = open(medium.path,
			    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return trip->handle >= 0 || fail_file(medium.path, error);
}

static bool
add_json(Trip *trip, const void *bytes, size_t size, GError **error)
{
	GByteArray *json = trip->fetched->json;

	if (json->len + size > STATEMENT_MAX)
		return too_large(error, "the statement is");
	g_byte_array_append(json, bytes, (guint)size);
	return true;
}

static SourceMedium *
current(const Trip *trip)
{
	GArray *media = trip->fetched->media;

	return &g_array_index(media, SourceMedium, media->len - 1);
}

static bool
on_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	Trip *trip = data;
	const char *at = bytes;

	if (trip->part == 1)
		return add_json(trip, bytes, size, error);
	if ((int64_t)size > trip->room)
		return too_large(error, "its media are");
	trip->room -= (int64_t)size;
	current(trip)->size += (int64_t)size;
	if (trip->sum != NULL)
		g_checksum_update(trip->sum, bytes, (gssize)size);
	while (size > 0) {
		ssize_t n = write(trip->handle, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail_file(current(trip)->path, error);
		at += n;
		size -= (size_t)n;
	}
	return true;
}

static bool
on_end(void *data, GError **error)
{
	Trip *trip = data;
	bool fits;

	if (trip->part == 1)
		return true;
	close(trip->handle);
	trip->handle = -1;
	fits = trip->sum == NULL ||
	       g_str_equal(g_checksum_get_string(trip->sum),
			   current(trip)->sha2);
	g_clear_pointer(&trip->sum, g_checksum_free);
	if (!fits)
		g_set_error(error, FAULT, FAULT_INVALID,
			    "a medium of it is damaged at the source");
	return fits;
}

/* --- the answer --- */

static bool
begin(Trip *trip, const Answer *answer, GError **error)
{
	static const MultipartEvents events = { on_begin, on_bytes, on_end };
	const char *type = answer->headers.content_type;

	trip->begun = true;
	if (g_ascii_strncasecmp(type, "multipart/", 10) != 0) {
		trip->part = 1;
		return true;
	}
	trip->reader = multipart_reader_new(type, &events, trip, error);
	return trip->reader != NULL;
}

static bool
take(void *self, const Answer *answer, const void *bytes, size_t size,
     GError **error)
{
	Trip *trip = self;

	if (!trip->begun && !begin(trip, answer, error))
		return false;
	return trip->reader != NULL
		       ? multipart_reader_feed(trip->reader, bytes, size, error)
		       : add_json(trip, bytes, size, error);
}

static bool
fetch(Lrs *lrs, const char *resource, Trip *trip, GError **error)
{
	g_autofree char *path = lrs_path(lrs, resource);
	const Sink sink = { take, trip };
	g_auto(Answer) answer = { 0 };
	Request request = { .path = path,
			    .answer_max = STATEMENT_MAX,
			    .sink = &sink };

	trip->fetched->json = g_byte_array_new();
	trip->fetched->media = g_array_new(FALSE, TRUE, sizeof(SourceMedium));
	g_array_set_clear_func(trip->fetched->media, medium_clear);
	if (!lrs_ask(lrs, &request, &answer, error))
		return false;
	return trip->reader == NULL ||
	       multipart_reader_finish(trip->reader, error);
}

bool
source_fetch(Lrs *lrs, const char *id, const char *spool, int64_t media_max,
	     Fetched *out, GError **error)
{
	g_autofree char *resource =
		g_strdup_printf("/statements?statementId=%s&attachments=true",
				id);
	g_auto(Trip) trip = {
		.fetched = out, .spool = spool, .room = media_max, .handle = -1
	};

	return fetch(lrs, resource, &trip, error);
}

bool
source_get(Lrs *lrs, const char *id, Fetched *out, GError **error)
{
	g_autofree char *resource =
		g_strdup_printf("/statements?statementId=%s", id);
	g_auto(Trip) trip = { .fetched = out, .handle = -1 };

	return fetch(lrs, resource, &trip, error);
}

void
fetched_clear(Fetched *fetched)
{
	g_clear_pointer(&fetched->json, g_byte_array_unref);
	g_clear_pointer(&fetched->media, g_array_unref);
}
