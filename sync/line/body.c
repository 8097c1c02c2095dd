/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "line"

#include "sync/line/body.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"

typedef struct {
	GBytes *bytes; /* owned; NULL: a file */
	char *path;    /* owned */
	int64_t size;
} Segment;

struct Body {
	GArray *segments; /* owned */
	int64_t size;
	guint current;
	int64_t done; /* bytes of the current one */
	int handle;   /* of the current file; -1: none */
};

static void
segment_clear(void *data)
{
	Segment *segment = data;

	g_clear_pointer(&segment->bytes, g_bytes_unref);
	g_clear_pointer(&segment->path, g_free);
}

Body *
body_new(void)
{
	Body *body = g_new0(Body, 1);

	body->segments = g_array_new(FALSE, TRUE, sizeof(Segment));
	g_array_set_clear_func(body->segments, segment_clear);
	body->handle = -1;
	return body;
}

static void
add(Body *body, Segment segment)
{
	g_array_append_val(body->segments, segment);
	body->size += segment.size;
}

void
body_add_bytes(Body *body, GBytes *bytes)
{
	add(body, (Segment){ .bytes = g_bytes_ref(bytes),
			     .size = (int64_t)g_bytes_get_size(bytes) });
}

bool
body_add_file(Body *body, const char *path, int64_t size, GError **error)
{
	struct stat about;

	if (stat(path, &about) != 0) {
		g_set_error(error, FAULT, file_fault(errno), "%s: %s", path,
			    g_strerror(errno));
		return false;
	}
	if (about.st_size != size) {
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "%s has another size than its record says", path);
		return false;
	}
	add(body, (Segment){ .path = g_strdup(path), .size = size });
	return true;
}

int64_t
body_get_size(const Body *body)
{
	return body->size;
}

static void
close_file(Body *body)
{
	if (body->handle >= 0)
		close(body->handle);
	body->handle = -1;
}

static bool
read_file(Body *body, const Segment *segment, void *out, size_t size, size_t *n,
	  GError **error)
{
	ssize_t got;

	if (body->handle < 0)
		body->handle = open(segment->path, O_RDONLY | O_CLOEXEC);
	do
		got = body->handle < 0 ? -1 : read(body->handle, out, size);
	while (got < 0 && errno == EINTR);
	if (got > 0) {
		*n = (size_t)got;
		return true;
	}
	g_set_error(error, FAULT, FAULT_DAMAGED, "%s: %s", segment->path,
		    got < 0 ? g_strerror(errno) : "it ends early");
	return false;
}

static bool
read_segment(Body *body, const Segment *segment, void *out, size_t size,
	     size_t *n, GError **error)
{
	size_t left = (size_t)(segment->size - body->done);
	const char *bytes;

	size = MIN(size, left);
	if (segment->bytes == NULL)
		return read_file(body, segment, out, size, n, error);
	bytes = g_bytes_get_data(segment->bytes, NULL);
	memcpy(out, bytes + body->done, size);
	*n = size;
	return true;
}

bool
body_read(Body *body, void *out, size_t size, size_t *n, GError **error)
{
	*n = 0;
	while (body->current < body->segments->len) {
		const Segment *segment =
			&g_array_index(body->segments, Segment, body->current);

		if (body->done < segment->size) {
			if (!read_segment(body, segment, out, size, n, error))
				return false;
			body->done += (int64_t)*n;
			return true;
		}
		close_file(body);
		body->current++;
		body->done = 0;
	}
	return true;
}

void
body_rewind(Body *body)
{
	close_file(body);
	body->current = 0;
	body->done = 0;
}

void
body_free(Body *body)
{
	if (body == NULL)
		return;
	close_file(body);
	g_array_unref(body->segments);
	g_free(body);
}
