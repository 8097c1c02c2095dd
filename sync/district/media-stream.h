/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <sys/types.h>

#include "sync/district/media.h"

/*
 * The bytes of a medium as they come, in little memory however large it is.
 * One thread at a time has a stream.
 */
typedef struct MediaStream MediaStream;

/* Where to begin and how much; whole is the size that it must have. */
typedef struct {
	char sha256[ID_SHA256 + 1];
	int64_t whole, from, size;
} MediaRange;

/* All of one. */
MediaRange media_whole(const char *sha256, int64_t size);

/* Does not wait; what is wrong shows when it is read. */
MediaStream *media_stream_new(Media *media, const MediaRange *range);
/* After this the bytes are on their way.  Waits.  FAULT_NOT_FOUND, DAMAGED if
 * it has another size, OFFLINE, BUSY. */
bool media_stream_wait(MediaStream *stream, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* The next bytes, at least one but at the end, 0 there; -1 with an error.
 * Waits. */
ssize_t media_stream_read(MediaStream *stream, void *out, size_t max,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As above without waiting: 0 also if there is nothing yet. */
ssize_t media_stream_take(MediaStream *stream, void *out, size_t max,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Calls wake once, from any thread and perhaps at once, when there is
 * something to take, or an error. */
void
media_stream_arm(MediaStream *stream, void (*wake)(void *data), void *data);

/* The whole as a descriptor, its owner's from then on, and the place of the
 * stream's first byte; -1: it is not a file of this machine. */
int media_stream_steal_file(MediaStream *stream);

void media_stream_free(MediaStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaStream, media_stream_free)
