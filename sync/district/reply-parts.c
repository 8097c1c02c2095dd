/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/reply-parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define BLOCK (32 * 1024)

/* Where the sending is. */
typedef struct {
	GPtrArray *parts; /* borrowed */
	guint i;
	int64_t begin; /* of part i in the whole */
	int file;      /* owned; -1: none is open */
} Sending;

static void
part_free(void *data)
{
	ReplyPart *part = data;

	g_clear_pointer(&part->bytes, g_bytes_unref);
	g_free(part->path);
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
reply_parts_add_file(GPtrArray *parts, const char *path, int64_t size)
{
	ReplyPart *part = g_new0(ReplyPart, 1);

	part->path = g_strdup(path);
	part->size = size;
	g_ptr_array_add(parts, part);
}

/* --- sending --- */

static void
close_file(Sending *sending)
{
	if (sending->file >= 0)
		close(sending->file);
	sending->file = -1;
}

/* To the part in which the byte at this place is; NULL: behind the last. */
static const ReplyPart *
seek(Sending *sending, int64_t at)
{
	while (sending->i < sending->parts->len) {
		const ReplyPart *part = sending->parts->pdata[sending->i];

		if (at < sending->begin + part->size)
			return part;
		close_file(sending);
		sending->begin += part->size;
		sending->i++;
	}
	return NULL;
}

static ssize_t
read_file(Sending *sending, const ReplyPart *part, int64_t at, char *out,
	  size_t max)
{
	if (sending->file < 0)
		sending->file = open(part->path, O_RDONLY | O_CLOEXEC);
	if (sending->file < 0) {
		g_warning("sending a medium: %s", g_strerror(errno));
		return MHD_CONTENT_READER_END_WITH_ERROR;
	}
	max = MIN(max, (size_t)(part->size - at));
	max = (size_t)MAX(pread(sending->file, out, max, at), 0);
	return max > 0 ? (ssize_t)max : MHD_CONTENT_READER_END_WITH_ERROR;
}

static ssize_t
give(void *data, uint64_t place, char *out, size_t max)
{
	Sending *sending = data;
	const ReplyPart *part = seek(sending, (int64_t)place);
	int64_t at = (int64_t)place - sending->begin;

	if (part == NULL)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (part->bytes == NULL)
		return read_file(sending, part, at, out, max);
	max = MIN(max, (size_t)(part->size - at));
	memcpy(out, (const char *)g_bytes_get_data(part->bytes, NULL) + at,
	       max);
	return (ssize_t)max;
}

static void
end(void *data)
{
	Sending *sending = data;

	close_file(sending);
	g_free(sending);
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
reply_parts_response(GPtrArray *parts)
{
	Sending *sending = g_new0(Sending, 1);

	sending->parts = parts;
	sending->file = -1;
	return MHD_create_response_from_callback((uint64_t)reply_parts_size(
							 parts),
						 BLOCK, give, sending, end);
}
