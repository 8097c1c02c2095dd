/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/line/curl-transport.h"

/* What the server does with a request. */
typedef enum {
	ANSWER,
	CUT,   /* promises more than it sends */
	STALL, /* says nothing, until the test lets go */
} Manner;

typedef struct {
	struct MHD_Daemon *daemon;
	Manner manner;
	unsigned status;
	const char *header, *value, *text;

	/* what came, of the newest request */
	GMutex lock;
	GCond changed;
	bool let_go;
	unsigned n;
	GString *body;
	char *url, *authorization, *xapi, *none_match, *expect, *type, *agent;

	/* the other end */
	CurlTransport *curl;
	Transport transport;
	int stall_s;
	volatile sig_atomic_t stop;
	char *folder; /* certificates; NULL: plain */
} Fixture;

/* --- the server --- */

static void
keep(char **out, struct MHD_Connection *connection, const char *name)
{
	g_free(*out);
	*out = g_strdup(
		MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name));
}

static void
begin(Fixture *f, struct MHD_Connection *connection, const char *url)
{
	g_free(f->url);
	f->url = g_strdup(url);
	g_string_truncate(f->body, 0);
	keep(&f->authorization, connection, "Authorization");
	keep(&f->xapi, connection, "X-Experience-API-Version");
	keep(&f->none_match, connection, "If-None-Match");
	keep(&f->expect, connection, "Expect");
	keep(&f->type, connection, "Content-Type");
	keep(&f->agent, connection, "User-Agent");
	f->n++;
}

static ssize_t
cut(void *data, uint64_t at, char *out, size_t size)
{
	if (at > 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	memset(out, 'x', 10);
	return 10;
}

static struct MHD_Response *
make_response(Fixture *f)
{
	struct MHD_Response *response;

	if (f->manner == CUT)
		return MHD_create_response_from_callback(1000, 100, cut, f,
							 NULL);
	response = MHD_create_response_from_buffer(strlen(f->text),
						   (void *)(uintptr_t)f->text,
						   MHD_RESPMEM_MUST_COPY);
	if (f->header != NULL)
		MHD_add_response_header(response, f->header, f->value);
	return response;
}

static enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url,
	   const char *method, const char *version, const char *bytes,
	   size_t *size, void **state)
{
	Fixture *f = data;
	struct MHD_Response *response;
	enum MHD_Result result;

	g_mutex_lock(&f->lock);
	if (*state == NULL) {
		*state = f;
		begin(f, connection, url);
		g_mutex_unlock(&f->lock);
		return MHD_YES;
	}
	if (*size > 0) {
		g_string_append_len(f->body, bytes, (gssize)*size);
		*size = 0;
		g_mutex_unlock(&f->lock);
		return MHD_YES;
	}
	while (f->manner == STALL && !f->let_go)
		g_cond_wait(&f->changed, &f->lock);
	response = make_response(f);
	result = MHD_queue_response(connection, f->status, response);
	MHD_destroy_response(response);
	g_mutex_unlock(&f->lock);
	return result;
}

static char *
read_pem(Fixture *f, const char *name)
{
	g_autofree char *path = g_build_filename(f->folder, name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	return text;
}

static void
start_server(Fixture *f)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	unsigned flags = MHD_USE_INTERNAL_POLLING_THREAD;
	g_autofree char *key = NULL, *certificate = NULL;

	if (f->folder == NULL) {
		f->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request,
					     f, MHD_OPTION_SOCK_ADDR, &address,
					     MHD_OPTION_END);
	} else {
		key = read_pem(f, "leaf.key");
		certificate = read_pem(f, "leaf.pem");
		f->daemon =
			MHD_start_daemon(flags | MHD_USE_TLS, 0, NULL, NULL,
					 on_request, f, MHD_OPTION_SOCK_ADDR,
					 &address, MHD_OPTION_HTTPS_MEM_KEY,
					 key, MHD_OPTION_HTTPS_MEM_CERT,
					 certificate, MHD_OPTION_END);
	}
	g_assert_nonnull(f->daemon);
}

static unsigned
get_port(const Fixture *f)
{
	return MHD_get_daemon_info(f->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

/* --- throw-away certificates --- */

static const char *const commands[] = {
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
	" -keyout ca.key -out ca.pem -days 2 -subj /CN=Throw-away",
	"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
	" -keyout other.key -out other.pem -days 2 -subj /CN=Other",
	"openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
	" -keyout leaf.key -out leaf.csr -subj /CN=leaf",
	"openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -set_serial 2"
	" -days 2 -out leaf.pem -extfile names",
};

static void
make_certificates(Fixture *f)
{
	g_autofree char *names = NULL;
	GError *error = NULL;

	f->folder = g_dir_make_tmp("cairn-curl-XXXXXX", &error);
	names = g_build_filename(f->folder, "names", NULL);
	g_assert_true(g_file_set_contents(names,
					  "subjectAltName=IP:127.0.0.1\n", -1,
					  NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_auto(GStrv) argv = g_strsplit(commands[i], " ", -1);
		int status;

		g_assert_true(g_spawn_sync(f->folder, argv, NULL,
					   G_SPAWN_SEARCH_PATH |
						   G_SPAWN_STDOUT_TO_DEV_NULL |
						   G_SPAWN_STDERR_TO_DEV_NULL,
					   NULL, NULL, NULL, NULL, &status,
					   &error));
		g_assert_true(g_spawn_check_wait_status(status, &error));
	}
}

/* --- one end and the other --- */

static void
connect_to(Fixture *f, const char *scheme, const char *ca)
{
	g_autofree char *address =
		g_strdup_printf("%s://127.0.0.1:%u", scheme, get_port(f));
	g_autofree char *path = ca != NULL
					? g_build_filename(f->folder, ca, NULL)
					: g_strdup("");
	g_autoptr(GError) error = NULL;
	const CurlSettings settings = { .base = address,
					.group = "agent",
					.key = "district",
					.ca_file = path,
					.proxy = "",
					.proxy_ca_file = "",
					.connect_s = 5,
					.stall_s = f->stall_s,
					.stop = &f->stop };

	g_clear_pointer(&f->curl, curl_transport_free);
	f->curl = curl_transport_new(&settings, &error);
	g_assert_no_error(error);
	f->transport = curl_transport_get(f->curl);
}

static void
setup(Fixture *f, const void *tls)
{
	f->body = g_string_new(NULL);
	f->status = 200;
	f->text = "hello";
	f->stall_s = 120; /* a busy machine stands still, too */
	g_mutex_init(&f->lock);
	g_cond_init(&f->changed);
	if (tls != NULL)
		make_certificates(f);
	start_server(f);
	connect_to(f, tls != NULL ? "https" : "http",
		   tls != NULL ? "ca.pem" : NULL);
}

static void
let_go(Fixture *f)
{
	g_mutex_lock(&f->lock);
	f->let_go = true;
	g_cond_signal(&f->changed);
	g_mutex_unlock(&f->lock);
}

static void
remove_folder(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *inner = g_build_filename(path, name, NULL);

		g_remove(inner);
	}
	g_rmdir(path);
}

static void
teardown(Fixture *f, const void *tls)
{
	let_go(f);
	curl_transport_free(f->curl);
	MHD_stop_daemon(f->daemon);
	g_mutex_clear(&f->lock);
	g_cond_clear(&f->changed);
	g_string_free(f->body, TRUE);
	g_free(f->url);
	g_free(f->authorization);
	g_free(f->xapi);
	g_free(f->none_match);
	g_free(f->expect);
	g_free(f->type);
	g_free(f->agent);
	if (f->folder != NULL)
		remove_folder(f->folder);
	g_free(f->folder);
}

static bool
get(Fixture *f, WallTime now, Answer *answer, GError **error)
{
	const Request request = { .path = "/kiosk/bundle",
				  .user = "me",
				  .password = "s3cret",
				  .if_none_match = "\"abc\"",
				  .now = now,
				  .answer_max = 100 };

	*answer = (Answer){ .retry_after_s = -1 };
	return f->transport.send(f->transport.self, &request, answer, error);
}

static void
assert_fails(Fixture *f, WallTime now, Fault fault)
{
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };

	g_assert_false(get(f, now, &answer, &error));
	g_test_message("%s", error->message);
	g_assert_error(error, FAULT, (int)fault);
}

static const WallTime unknown = { 0 };

/* --- asking --- */

static void
test_asks(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };

	f->header = "cairn-receipt";
	f->value = "abc.def";
	g_assert_true(get(f, unknown, &answer, &error));
	g_assert_no_error(error);
	g_assert_cmpint(answer.status, ==, 200);
	g_assert_cmpmem(g_bytes_get_data(answer.body, NULL),
			g_bytes_get_size(answer.body), "hello", 5);
	g_assert_cmpstr(answer.headers.receipt, ==, "abc.def");
	g_assert_cmpint(answer.retry_after_s, ==, -1);
	g_assert_cmpstr(f->url, ==, "/kiosk/bundle");
	g_assert_cmpstr(f->authorization, ==, "Basic bWU6czNjcmV0");
	g_assert_cmpstr(f->none_match, ==, "\"abc\"");
	g_assert_null(f->xapi);
}

static void
test_retry_after(Fixture *f, const void *data)
{
	g_auto(Answer) answer = { 0 };

	f->status = 503;
	f->header = "Retry-After";
	f->value = "77";
	g_assert_true(get(f, unknown, &answer, NULL));
	g_assert_cmpint(answer.status, ==, 503);
	g_assert_cmpint(answer.retry_after_s, ==, 77);
}

static void
test_follows_nobody(Fixture *f, const void *data)
{
	g_auto(Answer) answer = { 0 };

	f->status = 302;
	f->header = "Location";
	f->value = "/elsewhere";
	g_assert_true(get(f, unknown, &answer, NULL));
	g_assert_cmpint(answer.status, ==, 302);
	g_assert_cmpuint(f->n, ==, 1);
}

/* --- sending --- */

#define PHOTO_BYTES (3 * 1024 * 1024)

static Body *
make_body(const char *path)
{
	g_autoptr(GBytes) text = g_bytes_new("statements", 10);
	g_autoptr(GError) error = NULL;
	Body *body = body_new();

	body_add_bytes(body, text);
	g_assert_true(body_add_file(body, path, PHOTO_BYTES, &error));
	body_add_bytes(body, text);
	return body;
}

static void
test_sends(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };
	g_autofree char *photo = g_malloc(PHOTO_BYTES);
	g_autofree char *path = NULL;
	g_autoptr(Body) body = NULL;
	Request request = { .path = "/xapi/statements",
			    .post = true,
			    .content_type = "multipart/mixed; boundary=b",
			    .version = "1.0.3",
			    .answer_max = 100 };
	int handle = g_file_open_tmp("cairn-photo-XXXXXX", &path, &error);

	g_close(handle, NULL);
	memset(photo, '\r', PHOTO_BYTES);
	g_assert_true(g_file_set_contents(path, photo, PHOTO_BYTES, &error));
	body = make_body(path);
	request.body = body;
	for (int i = 0; i < 2; i++) { /* a body can be sent again */
		answer_clear(&answer);
		g_assert_true(f->transport.send(f->transport.self, &request,
						&answer, &error));
		g_assert_cmpuint(f->body->len, ==, PHOTO_BYTES + 20);
		g_assert_true(g_str_has_suffix(f->body->str, "\rstatements"));
		g_assert_cmpstr(f->type, ==, request.content_type);
		g_assert_cmpstr(f->xapi, ==, "1.0.3");
		g_assert_cmpstr(f->expect, ==, "100-continue");
		g_assert_null(f->authorization);
	}
	g_remove(path);
}

static void
test_file_vanishes(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };
	g_autofree char *path = NULL;
	g_autoptr(Body) body = body_new();
	const Request request = { .path = "/x",
				  .post = true,
				  .content_type = "a/b",
				  .body = body,
				  .answer_max = 100 };
	int handle = g_file_open_tmp("cairn-photo-XXXXXX", &path, &error);

	g_close(handle, NULL);
	g_assert_true(g_file_set_contents(path, "12345", 5, &error));
	g_assert_true(body_add_file(body, path, 5, &error));
	g_remove(path);
	g_assert_false(f->transport.send(f->transport.self, &request, &answer,
					 &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
}

/* --- ill servers --- */

static void
test_cut_answer(Fixture *f, const void *data)
{
	f->manner = CUT;
	assert_fails(f, unknown, FAULT_OFFLINE);
}

static void
test_stalls(Fixture *f, const void *data)
{
	f->manner = STALL;
	f->stall_s = 1;
	connect_to(f, "http", NULL);
	assert_fails(f, unknown, FAULT_OFFLINE);
}

static void
test_stops_at_once(Fixture *f, const void *data)
{
	f->manner = STALL;
	f->stop = 2;
	assert_fails(f, unknown, FAULT_BUSY);
}

static void
test_too_large(Fixture *f, const void *data)
{
	g_autofree char *large = g_strnfill(101, 'x');

	f->text = large;
	assert_fails(f, unknown, FAULT_INVALID);
}

static void
test_nobody(Fixture *f, const void *data)
{
	MHD_stop_daemon(f->daemon);
	assert_fails(f, unknown, FAULT_OFFLINE);
	start_server(f);
}

/* --- TLS --- */

static void
test_tls(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_auto(Answer) answer = { 0 };

	g_assert_true(get(f, clock_read(clock_system()).wall, &answer, &error));
	g_assert_no_error(error);
	g_assert_cmpint(answer.status, ==, 200);
}

static void
test_other_authority(Fixture *f, const void *data)
{
	connect_to(f, "https", "other.pem");
	assert_fails(f, unknown, FAULT_REFUSED);
	g_assert_cmpuint(f->n, ==, 0);
}

/* Not what the system's clock says decides, but what the agent knows. */
static void
test_certificate_dates(Fixture *f, const void *data)
{
	const int64_t day_us = INT64_C(86400) * G_USEC_PER_SEC;
	WallTime now = clock_read(clock_system()).wall;
	g_auto(Answer) answer = { 0 };

	assert_fails(f, (WallTime){ now.us + 9 * day_us }, FAULT_REFUSED);
	connect_to(f, "https", "ca.pem");
	assert_fails(f, (WallTime){ now.us - 9 * day_us }, FAULT_REFUSED);
	connect_to(f, "https", "ca.pem");
	g_assert_true(get(f, unknown, &answer, NULL));
}

/* --- addresses --- */

static const struct {
	const char *address;
	bool allowed;
} addresses[] = {
	{ "https://cairn.example", true },
	{ "https://cairn.example:8443/sub", true },
	{ "http://127.0.0.1:8080", true },
	{ "http://localhost", true },
	{ "http://[::1]:80", true },
	{ "http://cairn.example", false },
	{ "http://127.0.0.1.cairn.example", false },
	{ "http://10.0.0.1", false },
	{ "http://localhost@cairn.example", false },
	{ "https://me:secret@cairn.example", false },
	{ "https://cairn.example/", false },
	{ "ftp://cairn.example", false },
	{ "cairn.example", false },
	{ "", false },
};

static void
test_addresses(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(addresses); i++) {
		g_autoptr(GError) error = NULL;
		bool ok = curl_address_is_allowed(addresses[i].address,
						  "[agent] district", &error);

		g_test_message("%s", addresses[i].address);
		g_assert_cmpint(ok, ==, addresses[i].allowed);
		if (!ok)
			g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

#define ADD(claim, tls, test) \
	g_test_add("/curl-transport/" claim, Fixture, tls, setup, test, \
		   teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	/* whatever the environment says, no proxy but the one in settings */
	g_setenv("http_proxy", "http://127.0.0.1:1", TRUE);
	g_setenv("https_proxy", "http://127.0.0.1:1", TRUE);
	ADD("asks-with-credentials-in-a-header", NULL, test_asks);
	ADD("hears-retry-after", NULL, test_retry_after);
	ADD("follows-nobody", NULL, test_follows_nobody);
	ADD("sends-files-without-holding-them", NULL, test_sends);
	ADD("a-file-that-vanishes-is-the-records-trouble", NULL,
	    test_file_vanishes);
	ADD("a-cut-answer-is-none", NULL, test_cut_answer);
	ADD("a-stalled-server-is-given-up", NULL, test_stalls);
	ADD("stops-in-the-middle-when-told", NULL, test_stops_at_once);
	ADD("an-answer-too-large-is-refused", NULL, test_too_large);
	ADD("nobody-there-is-offline", NULL, test_nobody);
	ADD("speaks-tls", "tls", test_tls);
	ADD("another-authority-is-refused", "tls", test_other_authority);
	ADD("certificates-are-dated-by-what-is-known", "tls",
	    test_certificate_dates);
	g_test_add_func("/curl-transport/only-https-leaves-this-machine",
			test_addresses);
	return g_test_run();
}
