/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/log.h"
#include "sync/district/audit.h"
#include "sync/district/framing.h"
#include "sync/district/lrs-request.h"
#include "sync/district/reply-parts.h"
#include "sync/district/request-text.h"
#include "sync/district/route.h"
#include "sync/district/server-private.h"

/* A request from its headers to its answer. */

#define POOL_QUEUE_MAX 200 /* waiting for a pool; beyond: come back later */
/* A body up to here that is refused by its headers is read to its end, so that
 * a simple client sees the answer; of a larger one the connection is closed. */
#define DRAIN_MAX  (256 * 1024)
#define STOPPING_S 5 /* until another may be there */

/* --- the answer --- */

static struct MHD_Response *
make_response(Exchange *exchange)
{
	Reply *reply = &exchange->reply;
	size_t size = 0;
	const void *data;

	if (reply->file >= 0) {
		int file = reply->file;

		reply->file = -1; /* the response closes it */
		return MHD_create_response_from_fd_at_offset64(
			(uint64_t)reply->file_size, file,
			(uint64_t)reply->file_from);
	}
	if (reply->parts != NULL)
		return reply_parts_response(exchange);
	data = reply->body != NULL ? g_bytes_get_data(reply->body, &size)
				   : NULL;
	/* The exchange outlives the response's sending. */
	return MHD_create_response_from_buffer(size, (void *)(uintptr_t)data,
					       MHD_RESPMEM_PERSISTENT);
}

static bool
has_header(const Reply *reply, const char *name)
{
	for (guint i = 0; reply->headers != NULL && i < reply->headers->len;
	     i += 2)
		if (g_str_equal(reply->headers->pdata[i], name))
			return true;
	return false;
}

static void
add_headers(struct MHD_Response *response, const Reply *reply)
{
	static const char *const always[][2] = {
		{ "Content-Security-Policy",
		  "default-src 'self'; object-src 'none'; base-uri 'none'; "
		  "form-action 'self'; frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(always); i++)
		MHD_add_response_header(response, always[i][0], always[i][1]);
	if (!has_header(reply, "Cache-Control"))
		MHD_add_response_header(response, "Cache-Control", "no-store");
	if (reply->type != NULL)
		MHD_add_response_header(response, "Content-Type", reply->type);
	for (guint i = 0; reply->headers != NULL && i < reply->headers->len;
	     i += 2)
		MHD_add_response_header(response, reply->headers->pdata[i],
					reply->headers->pdata[i + 1]);
}

static int64_t
size_of(const Reply *reply)
{
	if (reply->file >= 0)
		return reply->file_size;
	if (reply->parts != NULL)
		return reply_parts_size(reply->parts);
	return reply->body != NULL ? (int64_t)g_bytes_get_size(reply->body) : 0;
}

static void
log_it(const Exchange *exchange, const MetricsRequest *request)
{
	if (request->status < exchange->service->log_from)
		return;
	log_request(&(LogRequest){
		.method = request->method[0] != '\0' ? request->method : "?",
		.route = request->path[0] != '\0' ? request->path : "?",
		.status = request->status,
		.taken_us = request->taken_us,
		.kiosk = exchange->kiosk.id });
}

/* Paths are the routes' patterns: what a client wrote is in no figure. */
static void
count(const Exchange *exchange, int64_t size)
{
	const Route *route = exchange->route;
	MetricsRequest request = {
		.method = route != NULL ? route->method : "",
		.path = route != NULL ? route->path : "",
		.status = exchange->reply.status,
		.taken_us = clock_read(clock_system()).since_boot_us -
			    exchange->begun_us,
		.received = (int64_t)exchange->body_size,
		.sent = size,
		.statements =
			exchange->reply.status < 300 ? exchange->statements : 0,
	};

	metrics_add(exchange->service->metrics, &request);
	log_it(exchange, &request);
}

static enum MHD_Result
send_reply(Exchange *exchange)
{
	Reply *reply = &exchange->reply;
	struct MHD_Response *response;
	enum MHD_Result result;
	int64_t size;

	if (reply->status == 0)
		reply_problem(exchange, 500, "system", 0, "no answer was made");
	size = size_of(reply);
	response = make_response(exchange);
	if (response == NULL)
		return MHD_NO;
	add_headers(response, reply);
	lrs_add_headers(exchange, response);
	if (exchange_is_secure(exchange))
		MHD_add_response_header(response, "Strict-Transport-Security",
					"max-age=31536000");
	link_send(exchange->link, size);
	count(exchange, size);
	audit_reply(exchange);
	result = MHD_queue_response(exchange->connection,
				    (unsigned)reply->status, response);
	MHD_destroy_response(response);
	return result;
}

/* --- other threads --- */

static void
set_down(Exchange *exchange)
{
	Server *server = exchange->server;

	exchange->suspended = true;
	g_atomic_int_inc(&server->set_down);
	link_rest(exchange->link);
	MHD_suspend_connection(exchange->connection);
}

static void
hand_back(Exchange *exchange)
{
	Server *server = exchange->server;

	exchange->finished = true;
	MHD_resume_connection(exchange->connection);
	g_atomic_int_add(&server->set_down, -1);
}

void
dispatch_pause(Exchange *exchange)
{
	g_atomic_int_inc(&exchange->server->set_down);
	MHD_suspend_connection(exchange->connection);
}

void
dispatch_go_on(void *data)
{
	const Exchange *exchange = data;
	Server *server = exchange->server;

	MHD_resume_connection(exchange->connection);
	g_atomic_int_add(&server->set_down, -1);
}

static bool
run_write(Archive *archive, void *data, GError **error)
{
	Exchange *exchange = data;

	return exchange->route->write(archive, exchange, error) &&
	       audit_change(exchange, archive, error);
}

/* A reply that tells of a success must not outlive a failed commit. */
static void
forget_reply(Exchange *exchange)
{
	g_clear_pointer(&exchange->reply.body, g_bytes_unref);
	g_clear_pointer(&exchange->reply.headers, g_ptr_array_unref);
	exchange->reply.status = 0;
	exchange->audit.is_written = false;
}

static void
on_written(void *data, bool committed, const GError *error)
{
	Exchange *exchange = data;

	if (!committed && error != NULL) {
		forget_reply(exchange);
		reply_error(exchange, error);
	}
	hand_back(exchange);
}

/* The connection is set down already. */
static void
write_or_answer(Exchange *exchange)
{
	const Route *route = exchange->route;

	if (exchange->reply.status == 0 && route->write != NULL) {
		if (writer_add(exchange->service->writer, run_write, on_written,
			       exchange))
			return;
		reply_retry(exchange, 503, "busy", 2,
			    "too much waits to be written: try again");
	}
	hand_back(exchange);
}

static void
handle(Exchange *exchange)
{
	g_autoptr(GError) error = NULL;
	Archive *archive;

	if (exchange->route->handle == NULL)
		return;
	archive = service_take(exchange->service, &error);
	if (archive == NULL) {
		reply_error(exchange, error);
		return;
	}
	exchange->route->handle(exchange, archive);
	service_give_back(exchange->service, archive);
}

void
dispatch_run(void *data, void *server)
{
	Exchange *exchange = data;

	handle(exchange);
	write_or_answer(exchange);
}

/* --- this thread --- */

/* Where media are files, waiting for them is waiting for a disk. */
static RunOn
where_to_run(const Exchange *exchange)
{
	bool here = media_is_here(exchange->service->media);
	RunOn run = exchange->route->run;

	if (run == RUN_MEDIA)
		return here ? RUN_HERE : RUN_MEDIA;
	if (exchange->has_media)
		return here ? RUN_DISK : RUN_MEDIA;
	if (run == RUN_DISK && !here && exchange_query(exchange, "attachments"))
		return RUN_MEDIA;
	return run;
}

static enum MHD_Result
run_elsewhere(Server *server, Exchange *exchange, GThreadPool *pool)
{
	if (g_thread_pool_unprocessed(pool) >= POOL_QUEUE_MAX) {
		reply_retry(exchange, 503, "busy", 2, "try again");
		return send_reply(exchange);
	}
	set_down(exchange);
	g_thread_pool_push(pool, exchange, NULL);
	return MHD_YES;
}

static enum MHD_Result
run(Server *server, Exchange *exchange)
{
	switch (where_to_run(exchange)) {
	case RUN_DISK:
		return run_elsewhere(server, exchange, server->disk);
	case RUN_MEDIA:
		return run_elsewhere(server, exchange, server->media);
	case RUN_PASSWORD:
		return run_elsewhere(server, exchange, server->password);
	case RUN_HERE:
		break;
	}
	handle(exchange);
	if (exchange->reply.status != 0 || exchange->route->write == NULL)
		return send_reply(exchange);
	set_down(exchange);
	write_or_answer(exchange);
	return MHD_YES;
}

/* --- the body --- */

static bool
is_over(const Exchange *exchange, size_t more)
{
	int64_t limit = exchange->route != NULL ? exchange->route->limit : 0;

	return exchange->body_size + more > (uint64_t)limit;
}

static void
refuse_size(Exchange *exchange)
{
	g_autofree char *detail =
		g_strdup_printf("the body may have %" G_GINT64_FORMAT " bytes",
				(gint64)(exchange->route != NULL
						 ? exchange->route->limit
						 : 0));

	reply_problem(exchange, 413, "too-large", 0, detail);
}

/* What was received of a refused body holds no room while the rest is read. */
static void
drop_state(Exchange *exchange)
{
	if (exchange->reply.status == 0 || exchange->state == NULL)
		return;
	if (exchange->state_free != NULL)
		exchange->state_free(exchange->state);
	exchange->state = NULL;
}

/* Only who is heard to the end can be answered: of what is refused when some
 * of it has come, as much is read as would have been taken. */
static bool
may_drain(const Exchange *exchange)
{
	int64_t limit = exchange->route != NULL ? exchange->route->limit : 0;

	return exchange->body_size <= (uint64_t)limit + DRAIN_MAX;
}

static enum MHD_Result
take_bytes(Exchange *exchange, const char *data, size_t *size)
{
	size_t n = *size;

	*size = 0;
	if (exchange->reply.status == 0 && is_over(exchange, n))
		refuse_size(exchange);
	exchange->body_size += n;
	link_received(exchange->link, exchange->body_size);
	if (exchange->reply.status != 0)
		return may_drain(exchange) ? MHD_YES : MHD_NO;
	if (exchange->route->feed != NULL) {
		if (!exchange->route->feed(exchange, data, n))
			drop_state(exchange);
		return MHD_YES;
	}
	if (exchange->body == NULL)
		exchange->body = g_byte_array_new();
	g_byte_array_append(exchange->body, (const guint8 *)data, (guint)n);
	return MHD_YES;
}

/* --- the headers --- */

static void
authorize(Exchange *exchange)
{
	g_autoptr(GError) error = NULL;
	Archive *archive = service_take(exchange->service, &error);

	if (archive == NULL) {
		reply_error(exchange, error);
		return;
	}
	route_authorize(exchange, archive);
	service_give_back(exchange->service, archive);
}

static bool
promises_too_much(const Exchange *exchange)
{
	const char *length = exchange_header(exchange, "Content-Length");

	return length != NULL && g_ascii_strtoull(length, NULL, 10) >
					 (guint64)exchange->route->limit;
}

/*
 * Tools join the address that they were given and a resource's name as they
 * please: `…/xapi/` and `/statements` is `…/xapi//statements`.
 */
static char *
read_path(const char *url)
{
	return g_str_has_prefix(url, LRS_PATH) ? path_without_gaps(url)
					       : g_strdup(url);
}

static void
judge_headers(Exchange *exchange, const char *url, const char *method,
	      const char *version)
{
	const char *refusal = framing_refusal(exchange->connection, version);
	Server *server = exchange->server;

	if (refusal != NULL) {
		reply_problem(exchange, 400, "framing", 0, refusal);
		return;
	}
	exchange->path = read_path(url);
	exchange->xapi.is = g_str_has_prefix(exchange->path, LRS_PATH);
	if (g_atomic_int_get(&server->stopping)) {
		reply_header(exchange, "Connection", "close");
		reply_retry(exchange, 503, "stopping", STOPPING_S,
			    "the server is stopping");
		return;
	}
	route_find(exchange, method, exchange->path);
	if (exchange->xapi.is)
		lrs_negotiate(exchange);
	if (exchange->reply.status == 0 && exchange->route->who != WHO_ANYONE)
		authorize(exchange);
	if (exchange->reply.status == 0 && promises_too_much(exchange))
		refuse_size(exchange);
	if (exchange->reply.status == 0 && exchange->route->begin != NULL)
		(void)exchange->route->begin(exchange);
}

static bool
has_body(const Exchange *exchange)
{
	const char *length = exchange_header(exchange, "Content-Length");

	return exchange_header(exchange, "Transfer-Encoding") != NULL ||
	       (length != NULL && strcmp(length, "0") != 0);
}

/* A refusal of a large body is sent at once; that closes the connection. */
static bool
can_drain(const Exchange *exchange)
{
	const char *length = exchange_header(exchange, "Content-Length");
	const char *expect = exchange_header(exchange, "Expect");

	return expect == NULL && length != NULL &&
	       g_ascii_strtoull(length, NULL, 10) <= DRAIN_MAX;
}

static enum MHD_Result
begin(Exchange *exchange, const char *url, const char *method,
      const char *version)
{
	exchange->begun = true;
	exchange->begun_us = clock_read(clock_system()).since_boot_us;
	link_receive(exchange->link);
	judge_headers(exchange, url, method, version);
	if (exchange->reply.status == 0)
		return MHD_YES;
	if (exchange->reply.status == 400 &&
	    framing_refusal(exchange->connection, version) != NULL)
		reply_header(exchange, "Connection", "close");
	else if (!has_body(exchange) || can_drain(exchange))
		return MHD_YES;
	return send_reply(exchange);
}

/* --- connections --- */

static Link *
link_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection,
				       MHD_CONNECTION_INFO_SOCKET_CONTEXT)
		->socket_context;
}

void
on_connection(void *data, struct MHD_Connection *connection, void **slot,
	      enum MHD_ConnectionNotificationCode code)
{
	Server *server = data;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		watch_remove(server->watch, *slot);
		*slot = NULL;
		return;
	}
	*slot = watch_add(server->watch,
			  MHD_get_connection_info(
				  connection, MHD_CONNECTION_INFO_CONNECTION_FD)
				  ->connect_fd);
	if (server->tls != NULL)
		gnutls_session_set_ptr(
			MHD_get_connection_info(
				connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
				->tls_session,
			server->tls);
}

/* --- requests --- */

enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url,
	   const char *method, const char *version, const char *upload_data,
	   size_t *size, void **slot)
{
	Server *server = data;
	Exchange *exchange = *slot;

	if (exchange == NULL) {
		exchange = exchange_new(server->service, connection);
		exchange->server = server;
		exchange->link = link_of(connection);
		*slot = exchange;
		g_atomic_int_inc(&server->in_hand);
	}
	if (!exchange->begun)
		return begin(exchange, url, method, version);
	if (*size > 0)
		return take_bytes(exchange, upload_data, size);
	if (exchange->suspended && !exchange->finished)
		return MHD_YES; /* woken for nothing */
	if (exchange->finished || exchange->reply.status != 0)
		return send_reply(exchange);
	return run(server, exchange);
}

void
on_completed(void *data, struct MHD_Connection *connection, void **slot,
	     enum MHD_RequestTerminationCode code)
{
	Server *server = data;

	if (*slot == NULL)
		return;
	link_wait(((Exchange *)*slot)->link);
	exchange_free(*slot);
	*slot = NULL;
	g_atomic_int_dec_and_test(&server->in_hand);
}
