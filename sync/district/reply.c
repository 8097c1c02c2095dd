/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/reply.h"

#include <string.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "sync/district/exchange.h"
#include "sync/district/reply-parts.h"
#include "sync/district/request-text.h"

#define FULL_S 60 /* until somebody may have made room */

static bool
begin_reply(Exchange *exchange, int status)
{
	if (exchange->reply.status != 0)
		return false;
	exchange->reply.status = status;
	return true;
}

void
reply_empty(Exchange *exchange, int status)
{
	(void)begin_reply(exchange, status);
}

void
reply_bytes(Exchange *exchange, int status, const char *type, GBytes *bytes)
{
	if (!begin_reply(exchange, status))
		return;
	exchange->reply.type = type;
	exchange->reply.body = g_bytes_ref(bytes);
}

void
reply_json(Exchange *exchange, int status, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);
	g_autoptr(GBytes) bytes =
		g_bytes_new_with_free_func(text, strlen(text), free, text);

	json_decref(value);
	reply_bytes(exchange, status, "application/json", bytes);
}

/* A range of a file that has changed since would fit nothing. */
static bool
is_same(const Exchange *exchange)
{
	const char *tag = exchange_header(exchange, "If-Range");
	const char *ours = NULL;

	if (tag == NULL)
		return true;
	for (guint i = 0; exchange->reply.headers != NULL &&
			  i < exchange->reply.headers->len;
	     i += 2)
		if (g_str_equal(exchange->reply.headers->pdata[i], "ETag"))
			ours = exchange->reply.headers->pdata[i + 1];
	return ours != NULL && g_str_equal(ours, tag);
}

typedef struct {
	Range kind;
	int64_t from, size; /* that is sent */
	int64_t whole;
} Part;

static Part
ask_part(const Exchange *exchange, int64_t size)
{
	Part part = { .whole = size };
	int64_t last = size - 1;
	const char *asked =
		is_same(exchange) ? exchange_header(exchange, "Range") : NULL;

	part.kind = range_parse(asked, size, &part.from, &last);
	part.size = part.kind == RANGE_NONE ? 0 : last - part.from + 1;
	return part;
}

static void
say_part(Exchange *exchange, const Part *part)
{
	Reply *reply = &exchange->reply;
	g_autofree char *range = NULL;

	reply_header(exchange, "Accept-Ranges", "bytes");
	switch (part->kind) {
	case RANGE_WHOLE:
		return;
	case RANGE_PART:
		reply->status = 206;
		range = g_strdup_printf("bytes %" G_GINT64_FORMAT
					"-%" G_GINT64_FORMAT
					"/%" G_GINT64_FORMAT,
					(gint64)part->from,
					(gint64)(part->from + part->size - 1),
					(gint64)part->whole);
		break;
	case RANGE_NONE:
		reply->status = 416;
		range = g_strdup_printf("bytes */%" G_GINT64_FORMAT,
					(gint64)part->whole);
		break;
	}
	reply_header(exchange, "Content-Range", range);
}

static void
send_file(Exchange *exchange, const char *type, int file, const Part *part)
{
	Reply *reply = &exchange->reply;

	if (!begin_reply(exchange, 200)) {
		close(file);
		return;
	}
	reply->type = type;
	reply->file = file;
	reply->file_from = part->from;
	reply->file_size = part->size;
	say_part(exchange, part);
}

void
reply_file(Exchange *exchange, const char *type, int file, int64_t size)
{
	Part part = ask_part(exchange, size);

	send_file(exchange, type, file, &part);
}

void
reply_medium(Exchange *exchange, const char *type, const char *sha256,
	     int64_t size)
{
	Media *media = exchange->service->media;
	Part part = ask_part(exchange, size);
	MediaRange range = media_whole(sha256, size);
	g_autoptr(MediaStream) stream = NULL;
	g_autoptr(GError) error = NULL;
	GPtrArray *parts;
	int file;

	range.from = part.from;
	range.size = part.size;
	stream = media_stream_new(media, &range);
	if (!media_stream_wait(stream, &error)) {
		reply_error(exchange, error);
		return;
	}
	file = media_stream_steal_file(stream);
	if (file >= 0) {
		send_file(exchange, type, file, &part);
		return;
	}
	parts = reply_parts_new();
	reply_parts_add_stream(parts, g_steal_pointer(&stream), part.size);
	exchange->reply.type = type;
	reply_parts(exchange, 200, parts);
	say_part(exchange, &part);
}

void
reply_parts(Exchange *exchange, int status, GPtrArray *parts)
{
	if (begin_reply(exchange, status))
		exchange->reply.parts = parts;
	else
		g_ptr_array_unref(parts);
}

void
reply_header(Exchange *exchange, const char *name, const char *value)
{
	Reply *reply = &exchange->reply;

	if (reply->headers == NULL)
		reply->headers = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(reply->headers, g_strdup(name));
	g_ptr_array_add(reply->headers, g_strdup(value));
}

bool
reply_not_modified(Exchange *exchange, const char *tag)
{
	g_autofree char *quoted = g_strdup_printf("\"%s\"", tag);

	reply_header(exchange, "ETag", quoted);
	if (!etag_matches(exchange_header(exchange, "If-None-Match"), tag))
		return false;
	reply_empty(exchange, 304);
	return true;
}

void
reply_problem(Exchange *exchange, int status, const char *code, int64_t number,
	      const char *detail)
{
	Problem problem = { .status = status, .number = number };
	g_autofree char *valid = g_utf8_make_valid(detail, -1);
	g_autoptr(GBytes) bytes = NULL;
	const char *end;

	if (exchange->reply.status != 0)
		return;
	g_strlcpy(problem.code, code, sizeof(problem.code));
	g_strlcpy(problem.detail, valid, sizeof(problem.detail));
	g_utf8_validate(problem.detail, -1, &end);
	problem.detail[end - problem.detail] = '\0'; /* cut in a letter */
	bytes = problem_format(&problem);
	if (bytes != NULL)
		reply_bytes(exchange, status, "application/problem+json",
			    bytes);
	else
		reply_empty(exchange, status);
}

void
reply_retry(Exchange *exchange, int status, const char *code, int64_t after_s,
	    const char *detail)
{
	g_autofree char *after =
		g_strdup_printf("%" G_GINT64_FORMAT, (gint64)after_s);

	reply_header(exchange, "Retry-After", after);
	reply_problem(exchange, status, code, 0, detail);
}

static int
status_of(const GError *error)
{
	if (error->domain != FAULT)
		return 500;
	switch ((Fault)error->code) {
	case FAULT_BUSY:
	case FAULT_OFFLINE:
		return 503;
	case FAULT_FULL:
		return 507;
	case FAULT_INVALID:
	case FAULT_TOO_NEW:
		return 400;
	case FAULT_NOT_FOUND:
		return 404;
	case FAULT_REFUSED:
		return 403;
	case FAULT_SYSTEM:
	case FAULT_DAMAGED:
		return 500;
	}
	return 500;
}

/* What went wrong with us is for our log, not for the world. */
void
reply_error(Exchange *exchange, const GError *error)
{
	int status = status_of(error);
	const char *code = error->domain == FAULT
				   ? fault_name((Fault)error->code)
				   : "system";

	if (status < 500) {
		reply_problem(exchange, status, code, 0, error->message);
		return;
	}
	g_warning("%s", error->message);
	if (status == 507)
		reply_retry(exchange, status, code, FULL_S,
			    "no room is left: try again later");
	else if (status == 503)
		reply_retry(exchange, status, code, 2, "busy: try again");
	else
		reply_problem(exchange, status, code, 0,
			      "the server could not do this; its log says why");
}

void
reply_clear(Reply *reply)
{
	g_clear_pointer(&reply->body, g_bytes_unref);
	g_clear_pointer(&reply->headers, g_ptr_array_unref);
	g_clear_pointer(&reply->parts, g_ptr_array_unref);
	if (reply->file >= 0)
		close(reply->file);
}
