/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/media-copy.h"

#include "app/base/fault.h"
#include "sync/district/media-stream.h"

#define BLOCK (128 * 1024)

typedef struct {
	Media *from, *to; /* borrowed */
	bool verify;
	MediaDamaged damaged;
	MediaCopied *count;
	char *block; /* owned by the caller */
} Copying;

static bool
is_there(const Copying *copying, const char *sha256, int64_t size, bool *there,
	 GError **error)
{
	g_autoptr(GError) cause = NULL;
	int64_t held;

	if (!media_find(copying->to, sha256, &held, error))
		return false;
	*there = held == size;
	if (!*there || !copying->verify ||
	    media_verify(copying->to, sha256, size, &cause))
		return true;
	*there = false;
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED))
		return true;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
pour(const Copying *copying, MediaStream *stream, MediaFile *file,
     GError **error)
{
	ssize_t n;

	while ((n = media_stream_read(stream, copying->block, BLOCK, error)) >
	       0)
		if (!media_write(file, copying->block, (size_t)n, error))
			return false;
	return n == 0;
}

static bool
copy_one(const Copying *copying, const char *sha256, int64_t size,
	 GError **error)
{
	MediaRange whole = media_whole(sha256, size);
	g_autoptr(MediaStream) stream = media_stream_new(copying->from, &whole);
	g_autoptr(MediaFile) file = media_begin(copying->to, size, error);
	char is[ID_SHA256 + 1];
	int64_t got;

	if (file == NULL || !pour(copying, stream, file, error))
		return false;
	media_end(file, is, &got);
	if (g_str_equal(is, sha256))
		return media_keep(file, error);
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the medium %s holds other bytes (SHA-256 %s)", sha256, is);
	return false;
}

static bool
take_one(const char *sha256, int64_t size, void *data, GError **error)
{
	Copying *copying = data;
	g_autoptr(GError) cause = NULL;
	bool there;

	if (!is_there(copying, sha256, size, &there, error))
		return false;
	if (there) {
		copying->count->there++;
		return true;
	}
	if (copy_one(copying, sha256, size, &cause)) {
		copying->count->copied++;
		copying->count->bytes += size;
		return true;
	}
	if (!g_error_matches(cause, FAULT, FAULT_DAMAGED)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	copying->count->damaged++;
	copying->damaged(sha256, cause);
	return true;
}

bool
media_copy(Media *from, Media *to, bool verify, MediaDamaged damaged,
	   MediaCopied *out, GError **error)
{
	g_autofree char *block = g_malloc(BLOCK);
	Copying copying = { from, to, verify, damaged, out, block };

	*out = (MediaCopied){ 0 };
	return media_each(from, take_one, &copying, error);
}
