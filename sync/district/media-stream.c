/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/media-stream.h"

#include "sync/district/media-private.h"

struct MediaStream {
	const MediaPlace *place;
	void *state;  /* owned: the place's own */
	int64_t left; /* not taken yet */
};

MediaRange
media_whole(const char *sha256, int64_t size)
{
	MediaRange range = { .whole = size, .from = 0, .size = size };

	g_strlcpy(range.sha256, sha256, sizeof(range.sha256));
	return range;
}

MediaStream *
media_stream_new(Media *media, const MediaRange *range)
{
	MediaStream *stream = g_new0(MediaStream, 1);

	stream->place = media->place;
	stream->state = media->place->open(media->self, range);
	stream->left = range->size;
	return stream;
}

bool
media_stream_wait(MediaStream *stream, GError **error)
{
	return stream->place->wait(stream->state, error);
}

ssize_t
media_stream_take(MediaStream *stream, void *out, size_t max, GError **error)
{
	ssize_t n;

	max = MIN(max, (size_t)stream->left);
	if (max == 0)
		return 0;
	n = stream->place->take(stream->state, out, max, error);
	if (n > 0)
		stream->left -= n;
	return n;
}

ssize_t
media_stream_read(MediaStream *stream, void *out, size_t max, GError **error)
{
	ssize_t n = 0;

	/* An empty one may still be gone. */
	if (stream->left == 0)
		return media_stream_wait(stream, error) ? 0 : -1;
	while (n == 0) {
		if (!media_stream_wait(stream, error))
			return -1;
		n = media_stream_take(stream, out, max, error);
	}
	return n;
}

void
media_stream_arm(MediaStream *stream, void (*wake)(void *data), void *data)
{
	stream->place->arm(stream->state, wake, data);
}

int
media_stream_steal_file(MediaStream *stream)
{
	return stream->place->steal(stream->state);
}

void
media_stream_free(MediaStream *stream)
{
	if (stream == NULL)
		return;

	stream->place->close(stream->state);
	g_free(stream);
}
