/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/reply-parts.h"

#include <string.h>

#include "sync/district/server-private.h"

#define BLOCK (32 * 1024)

/* Where the sending is. */
typedef struct {
	Exchange *exchange; /* borrowed */
	GPtrArray *parts;   /* borrowed */
	guint i;
	int64_t begin; /* of part i in the whole */
} Sending;

static void
part_free(void *data)
{
	ReplyPart *part = data;

	g_clear_pointer(&part->bytes, g_bytes_unref);
	media_stream_free(part->stream);
	g_free(part);
}

GPtrArray *
reply_parts_new(void)
{
	return g_ptr_array_new_with_free_func(part_free);
}

void
reply_parts_add_bytes(GPtrArray *parts, GBytes *bytes)
{
	ReplyPart *part = g_new0(ReplyPart, 1);

	part->bytes = g_bytes_ref(bytes);
	part->size = (int64_t)g_bytes_get_size(bytes);
	g_ptr_array_add(parts, part);
}

void
reply_parts_add_medium(GPtrArray *parts, Media *media, const char *sha256,
		       int64_t size)
{
	ReplyPart *part = g_new0(ReplyPart, 1);

	part->media = media;
	part->range = media_whole(sha256, size);
	part->size = size;
	g_ptr_array_add(parts, part);
}

void
reply_parts_add_stream(GPtrArray *parts, MediaStream *stream, int64_t size)
{
	ReplyPart *part = g_new0(ReplyPart, 1);

	part->stream = stream;
	part->size = size;
	g_ptr_array_add(parts, part);
}

static MediaStream *
begun(ReplyPart *part)
{
	if (part->stream == NULL)
		part->stream = media_stream_new(part->media, &part->range);
	return part->stream;
}

bool
reply_parts_begin(GPtrArray *parts, GError **error)
{
	for (guint i = 0; i < parts->len; i++) {
		ReplyPart *part = parts->pdata[i];

		if (part->bytes == NULL)
			return media_stream_wait(begun(part), error);
	}
	return true;
}

/* --- sending --- */

/* To the part in which the byte at this place is; NULL: behind the last. */
static ReplyPart *
seek(Sending *sending, int64_t at)
{
	while (sending->i < sending->parts->len) {
		ReplyPart *part = sending->parts->pdata[sending->i];

		if (at < sending->begin + part->size)
			return part;
		g_clear_pointer(&part->stream, media_stream_free);
		sending->begin += part->size;
		sending->i++;
	}
	return NULL;
}

/* While there is nothing to send the connection is set down. */
static ssize_t
give_medium(Sending *sending, ReplyPart *part, char *out, size_t max)
{
	MediaStream *stream = begun(part);
	g_autoptr(GError) error = NULL;
	ssize_t n = media_stream_take(stream, out, max, &error);

	if (n < 0) {
		g_warning("sending a medium: %s", error->message);
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (n == 0) {
		dispatch_pause(sending->exchange);
		media_stream_arm(stream, dispatch_go_on, sending->exchange);
	}
	return n;
}

static ssize_t
give(void *data, uint64_t place, char *out, size_t max)
{
	Sending *sending = data;
	ReplyPart *part = seek(sending, (int64_t)place);
	int64_t at = (int64_t)place - sending->begin;

	if (part == NULL)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (part->bytes == NULL)
		return give_medium(sending, part, out, max);
	max = MIN(max, (size_t)(part->size - at));
	memcpy(out, (const char *)g_bytes_get_data(part->bytes, NULL) + at,
	       max);
	return (ssize_t)max;
}

int64_t
reply_parts_size(const GPtrArray *parts)
{
	int64_t size = 0;

	for (guint i = 0; i < parts->len; i++)
		size += ((const ReplyPart *)parts->pdata[i])->size;
	return size;
}

struct MHD_Response *
reply_parts_response(Exchange *exchange)
{
	GPtrArray *parts = exchange->reply.parts;
	uint64_t size = (uint64_t)reply_parts_size(parts);
	Sending *sending = g_new0(Sending, 1);

	sending->exchange = exchange;
	sending->parts = parts;
	return MHD_create_response_from_callback(size, BLOCK, give, sending,
						 g_free);
}
