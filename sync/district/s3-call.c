/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "sync/district/s3-private.h"

/* A request as others see it: what they wait for and take. */

static void
header_clear(void *data)
{
	S3Header *header = data;

	g_free((char *)(uintptr_t)header->name);
	g_free((char *)(uintptr_t)header->value);
}

static void
copy_pairs(S3Call *call, const S3Ask *ask)
{
	call->pairs = g_array_new(FALSE, FALSE, sizeof(S3Header));
	g_array_set_clear_func(call->pairs, header_clear);
	for (size_t i = 0; i < ask->n_query; i++) {
		S3Header pair = { g_strdup(ask->query[i].name),
				  g_strdup(ask->query[i].value) };

		g_array_append_val(call->pairs, pair);
	}
	call->query = s3_query(ask->query, ask->n_query);
}

/* A bucket's own path has no slash behind it, but where it is all there is. */
static char *
make_path(const S3Config *config, const char *key)
{
	GString *path = g_string_new(NULL);

	s3_escape(path, config->root, true);
	if (key == NULL && path->len > 1)
		g_string_truncate(path, path->len - 1);
	if (key != NULL) {
		s3_escape(path, config->prefix, true);
		s3_escape(path, key, true);
	}
	return g_string_free(path, FALSE);
}

S3Call *
s3_call_new(S3Line *line, const S3Ask *ask)
{
	S3Call *call = g_new0(S3Call, 1);

	g_atomic_ref_count_init(&call->references);
	call->line = line;
	call->method = ask->method;
	call->path = make_path(&line->config, ask->key);
	copy_pairs(call, ask);
	call->file = g_strdup(ask->file);
	if (ask->sha256 != NULL)
		g_strlcpy(call->sha256, ask->sha256, sizeof(call->sha256));
	call->streams = ask->streams;
	call->whole = ask->whole;
	call->from = ask->from;
	call->size = ask->size;
	call->handle = -1;
	call->begun_us = clock_read(clock_system()).since_boot_us;
	call->text = g_string_new(NULL);
	call->bytes = g_byte_array_new();
	g_mutex_init(&call->lock);
	g_cond_init(&call->changed);
	s3_line_order(line, call);
	return call;
}

void
s3_call_unref(void *data)
{
	S3Call *call = data;

	if (!g_atomic_ref_count_dec(&call->references))
		return;
	g_array_unref(call->pairs);
	g_string_free(call->text, TRUE);
	g_byte_array_unref(call->bytes);
	g_clear_error(&call->cause);
	g_clear_error(&call->error);
	g_mutex_clear(&call->lock);
	g_cond_clear(&call->changed);
	g_free(call->path);
	g_free(call->query);
	g_free(call->file);
	g_free(call);
}

void
s3_call_free(S3Call *call)
{
	bool done;

	if (call == NULL)
		return;

	g_mutex_lock(&call->lock);
	call->cancelled = true;
	call->wake = NULL;
	done = call->done;
	g_mutex_unlock(&call->lock);
	if (!done)
		s3_line_order(call->line, call);
	s3_call_unref(call);
}

/* --- the line's thread --- */

/* Wakes who waits; with the lock, which it gives back. */
static void
tell(S3Call *call)
{
	void (*wake)(void *data) = call->wake;
	void *data = call->wake_data;

	call->wake = NULL;
	g_cond_broadcast(&call->changed);
	g_mutex_unlock(&call->lock);
	if (wake != NULL)
		wake(data);
}

bool
s3_call_put(S3Call *call, const void *bytes, size_t n)
{
	size_t waiting;

	g_mutex_lock(&call->lock);
	waiting = call->bytes->len - call->taken;
	/* One block is always taken, however small the buffer is. */
	if (waiting > 0 &&
	    waiting + n > (size_t)call->line->config.buffer_bytes) {
		call->paused = true;
		g_mutex_unlock(&call->lock);
		return false;
	}
	if (call->taken > 0)
		g_byte_array_remove_range(call->bytes, 0, (guint)call->taken);
	call->taken = 0;
	g_byte_array_append(call->bytes, bytes, (guint)n);
	tell(call);
	return true;
}

void
s3_call_done(S3Call *call, GError *error)
{
	g_mutex_lock(&call->lock);
	call->done = true;
	call->error = error;
	tell(call);
}

/* --- those who take --- */

static bool
has_something(const S3Call *call)
{
	return call->bytes->len > call->taken || call->done;
}

static bool
give_error(const S3Call *call, GError **error)
{
	if (call->error == NULL)
		return true;
	g_propagate_error(error, g_error_copy(call->error));
	return false;
}

bool
s3_call_wait(S3Call *call, GError **error)
{
	bool ok = true;

	g_mutex_lock(&call->lock);
	while (!has_something(call))
		g_cond_wait(&call->changed, &call->lock);
	if (call->bytes->len == call->taken)
		ok = give_error(call, error);
	g_mutex_unlock(&call->lock);
	return ok;
}

bool
s3_call_finish(S3Call *call, GError **error)
{
	bool ok;

	g_mutex_lock(&call->lock);
	while (!call->done)
		g_cond_wait(&call->changed, &call->lock);
	ok = give_error(call, error);
	g_mutex_unlock(&call->lock);
	return ok;
}

bool
s3_call_is_done(S3Call *call)
{
	bool done;

	g_mutex_lock(&call->lock);
	done = call->done;
	g_mutex_unlock(&call->lock);
	return done;
}

ssize_t
s3_call_take(S3Call *call, void *out, size_t max, GError **error)
{
	bool ok = true, order;
	size_t n;

	g_mutex_lock(&call->lock);
	n = MIN(max, call->bytes->len - call->taken);
	if (n > 0)
		memcpy(out, call->bytes->data + call->taken, n);
	else
		ok = give_error(call, error);
	call->taken += n;
	/* When half of the buffer is free, the rest may come. */
	order = call->paused && (call->bytes->len - call->taken) * 2 <=
					(size_t)call->line->config.buffer_bytes;
	if (order) {
		call->paused = false;
		call->wanted = true;
	}
	g_mutex_unlock(&call->lock);
	if (order)
		s3_line_order(call->line, call);
	return ok ? (ssize_t)n : -1;
}

void
s3_call_arm(S3Call *call, void (*wake)(void *data), void *data)
{
	g_mutex_lock(&call->lock);
	call->wake = wake;
	call->wake_data = data;
	if (has_something(call))
		tell(call);
	else
		g_mutex_unlock(&call->lock);
}

const S3Headers *
s3_call_get_headers(const S3Call *call)
{
	return &call->headers;
}

const GString *
s3_call_get_text(const S3Call *call)
{
	return call->text;
}
