/* SPDX-License-Identifier: Apache-2.0 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/line/curl-transport.h"

/* Answers that are not held but poured on. */

#define FILM_BYTES (3 * 1024 * 1024)

typedef struct {
	struct MHD_Daemon *daemon;
	unsigned status;
	const char *text;
	CurlTransport *curl;
	Transport transport;
} Fixture;

static enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url,
	   const char *method, const char *version, const char *bytes,
	   size_t *size, void **state)
{
	const Fixture *f = data;
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(f->text),
						(void *)(uintptr_t)f->text,
						MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	MHD_add_response_header(response, "X-Experience-API-Version", "1.0.3");
	result = MHD_queue_response(connection, f->status, response);
	MHD_destroy_response(response);
	return result;
}

static void
setup(Fixture *f, const void *data)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	g_autofree char *base = NULL;
	g_autoptr(GError) error = NULL;
	CurlSettings settings = { .group = "agent",
				  .key = "district",
				  .connect_s = 5,
				  .stall_s = 5 };

	f->status = 200;
	f->text = "hello";
	f->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL,
				     NULL, on_request, f, MHD_OPTION_SOCK_ADDR,
				     &address, MHD_OPTION_END);
	g_assert_nonnull(f->daemon);
	base = g_strdup_printf("http://127.0.0.1:%u",
			       MHD_get_daemon_info(f->daemon,
						   MHD_DAEMON_INFO_BIND_PORT)
				       ->port);
	settings.base = base;
	settings.ca_file = settings.proxy = settings.proxy_ca_file = "";
	f->curl = curl_transport_new(&settings, &error);
	g_assert_no_error(error);
	f->transport = curl_transport_get(f->curl);
}

static void
teardown(Fixture *f, const void *data)
{
	curl_transport_free(f->curl);
	MHD_stop_daemon(f->daemon);
}

typedef struct {
	size_t size, most; /* most: then it refuses */
} Poured;

static bool
take(void *self, const Answer *answer, const void *bytes, size_t size,
     GError **error)
{
	Poured *poured = self;

	g_assert_cmpint(answer->status, ==, 200);
	g_assert_cmpstr(answer->headers.version, ==, "1.0.3");
	poured->size += size;
	if (poured->size <= poured->most)
		return true;
	g_set_error(error, FAULT, FAULT_FULL, "no more room");
	return false;
}

static bool
pour(Fixture *f, Poured *poured, Answer *answer, GError **error)
{
	const Sink sink = { take, poured };
	const Request request = { .path = "/xapi/statements",
				  .answer_max = 4,
				  .sink = &sink };

	*answer = (Answer){ .retry_after_s = -1 };
	return f->transport.send(f->transport.self, &request, answer, error);
}

static void
test_pours(Fixture *f, const void *data)
{
	g_autofree char *large = g_strnfill(FILM_BYTES, 'x');
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };
	Poured poured = { .most = FILM_BYTES };

	f->text = large;
	g_assert_true(pour(f, &poured, &answer, &error));
	g_assert_cmpuint(poured.size, ==, FILM_BYTES);
	g_assert_cmpuint(g_bytes_get_size(answer.body), ==, 0);
}

static void
test_sink_refuses(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };
	Poured poured = { .most = 2 };

	g_assert_false(pour(f, &poured, &answer, &error));
	g_assert_error(error, FAULT, FAULT_FULL);
}

/* Only what was asked for: a refusal is short, and told. */
static void
test_refusal_is_not_poured(Fixture *f, const void *data)
{
	g_auto(Answer) answer = { 0 };
	Poured poured = { 0 };

	f->status = 404;
	f->text = "no";
	g_assert_true(pour(f, &poured, &answer, NULL));
	g_assert_cmpuint(poured.size, ==, 0);
	g_assert_cmpuint(g_bytes_get_size(answer.body), ==, 2);
}

#define ADD(claim, test) \
	g_test_add("/sink/" claim, Fixture, NULL, setup, test, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("pours-an-answer-without-holding-it", test_pours);
	ADD("one-that-refuses-ends-it", test_sink_refuses);
	ADD("a-refusal-is-not-poured", test_refusal_is_not_poured);
	return g_test_run();
}
