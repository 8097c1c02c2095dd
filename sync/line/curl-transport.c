/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "line"

#include "sync/line/curl-transport.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/line/retry-after.h"
#include "sync/wire/messages.h"

#define USER_AGENT       "cairn/1"
#define REQUEST_S_MAX    3600L /* of one request, however it creeps */
#define SLOW_BYTES_PER_S 64L   /* below this it stands still */
#define KEEPALIVE_S      60L
#define ABORT_NOW        2

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

struct CurlTransport {
	CURL *curl; /* owned */
	CurlSettings settings;
	char *base, *ca_file, *proxy, *proxy_ca_file; /* owned */
};

/* One request on its way. */
typedef struct {
	const CurlTransport *transport; /* borrowed */
	const Request *request;         /* borrowed */
	Answer *answer;                 /* borrowed */
	GByteArray *got;                /* owned */
	struct curl_slist *headers;     /* owned */
	GError *body_error;             /* owned: reading what we send */
	GError *sink_error;             /* owned: keeping what comes */
	bool too_large;
	char message[CURL_ERROR_SIZE];
} Trip;

static void
trip_clear(Trip *trip)
{
	g_clear_pointer(&trip->got, g_byte_array_unref);
	g_clear_pointer(&trip->headers, curl_slist_free_all);
	g_clear_error(&trip->body_error);
	g_clear_error(&trip->sink_error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Trip, trip_clear)

/* --- where we may talk --- */

static bool
is_loopback(const char *host)
{
	return g_ascii_strcasecmp(host, "localhost") == 0 ||
	       g_str_equal(host, "127.0.0.1") || g_str_equal(host, "[::1]");
}

static char *
get_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	char *copy;

	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return g_strdup("");
	copy = g_strdup(text);
	curl_free(text);
	return copy;
}

static bool
refuse_address(const char *setting, const char *address, const char *rule,
	       GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s \"%s\" %s", setting,
		    address, rule);
	return false;
}

bool
curl_address_is_allowed(const char *address, const char *setting,
			GError **error)
{
	g_autoptr(CURLU) url = curl_url();
	g_autofree char *scheme = NULL, *host = NULL, *user = NULL;

	if (!message_base_is_valid(address) ||
	    curl_url_set(url, CURLUPART_URL, address, 0) != CURLUE_OK)
		return refuse_address(setting, address,
				      "must be https://host, without a slash "
				      "at its end",
				      error);
	scheme = get_part(url, CURLUPART_SCHEME);
	host = get_part(url, CURLUPART_HOST);
	user = get_part(url, CURLUPART_USER);
	if (user[0] != '\0')
		return refuse_address(setting, address, "must not hold a user",
				      error);
	if (g_str_equal(scheme, "http") && !is_loopback(host))
		return refuse_address(setting, address,
				      "must be https: children's work does "
				      "not travel in the clear",
				      error);
	return true;
}

/* --- what curl calls --- */

static bool
pour(Trip *trip, const Sink *sink, const void *bytes, size_t size)
{
	return trip->sink_error == NULL &&
	       sink->take(sink->self, trip->answer, bytes, size,
			  &trip->sink_error);
}

static size_t
on_write(char *bytes, size_t size, size_t n, void *data)
{
	Trip *trip = data;
	const Sink *sink = trip->request->sink;
	long status = 0;

	curl_easy_getinfo(trip->transport->curl, CURLINFO_RESPONSE_CODE,
			  &status);
	trip->answer->status = (int)status;
	if (sink != NULL && status == 200)
		return pour(trip, sink, bytes, size * n) ? size * n : 0;
	if (trip->got->len + size * n > trip->request->answer_max) {
		trip->too_large = true;
		return 0;
	}
	g_byte_array_append(trip->got, (const guint8 *)bytes,
			    (guint)(size * n));
	return size * n;
}

static size_t
on_read(char *out, size_t size, size_t n, void *data)
{
	Trip *trip = data;
	size_t got;

	g_clear_error(&trip->body_error);
	if (!body_read(trip->request->body, out, size * n, &got,
		       &trip->body_error))
		return CURL_READFUNC_ABORT;
	return got;
}

/* A kept connection may turn out to be dead; then curl begins again. */
static int
on_seek(void *data, curl_off_t offset, int origin)
{
	Trip *trip = data;

	if (offset != 0 || origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	body_rewind(trip->request->body);
	return CURL_SEEKFUNC_OK;
}

static size_t
on_header(char *bytes, size_t size, size_t n, void *data)
{
	Trip *trip = data;

	answer_headers_take(&trip->answer->headers, bytes, size * n);
	return size * n;
}

static int
on_progress(void *data, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const CurlTransport *transport = data;

	return transport->settings.stop != NULL &&
	       *transport->settings.stop >= ABORT_NOW;
}

/* --- certificates and time --- */

static CURLcode
on_ssl(CURL *curl, void *context, void *data)
{
	const Request *request = data;
	X509_VERIFY_PARAM *rules = SSL_CTX_get0_param(context);

	if (request->now.us != 0)
		X509_VERIFY_PARAM_set_time(rules, (time_t)(request->now.us /
							   G_USEC_PER_SEC));
	else
		X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_NO_CHECK_TIME);
	return CURLE_OK;
}

/* --- one request --- */

static void
set_text(CURL *curl, CURLoption option, const char *text)
{
	curl_easy_setopt(curl, option,
			 text != NULL && text[0] != '\0' ? text : NULL);
}

static void
set_line(const CurlTransport *t)
{
	CURL *curl = t->curl;

	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
			 g_str_has_prefix(t->base, "http:") ? "http" : "https");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
	curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
			 (long)t->settings.connect_s);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
			 (long)t->settings.stall_s);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, REQUEST_S_MAX);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, USER_AGENT);
}

/* "" and not NULL: the environment's proxies are nobody's decision. */
static void
set_trust(const CurlTransport *t, const Request *request)
{
	CURL *curl = t->curl;

	curl_easy_setopt(curl, CURLOPT_PROXY, t->proxy);
	curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	if (t->ca_file[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, t->ca_file);
	if (t->proxy_ca_file[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, t->proxy_ca_file);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, on_ssl);
	curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, request);
	if (request->user == NULL)
		return;
	curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	set_text(curl, CURLOPT_USERNAME, request->user);
	set_text(curl, CURLOPT_PASSWORD, request->password);
}

static void
set_callbacks(const CurlTransport *t, Trip *trip)
{
	CURL *curl = t->curl;

	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, trip->message);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, trip);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, trip);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
}

static void
add_header(Trip *trip, const char *name, const char *value)
{
	g_autofree char *line = g_strdup_printf("%s: %s", name, value);

	if (value != NULL)
		trip->headers = curl_slist_append(trip->headers, line);
}

/* curl itself asks with Expect: 100-continue before a large body, so that a
 * refusal comes before the photos are sent, and does without after a second
 * of silence or a 417. */
static void
set_request(const CurlTransport *t, Trip *trip)
{
	const Request *request = trip->request;
	g_autofree char *url = g_strconcat(t->base, request->path, NULL);

	curl_easy_setopt(t->curl, CURLOPT_URL, url);
	add_header(trip, "If-None-Match", request->if_none_match);
	add_header(trip, "Content-Type", request->content_type);
	add_header(trip, "X-Experience-API-Version", request->version);
	if (request->post) {
		curl_easy_setopt(t->curl, CURLOPT_POST, 1L);
		curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)body_get_size(request->body));
		curl_easy_setopt(t->curl, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(t->curl, CURLOPT_READDATA, trip);
		curl_easy_setopt(t->curl, CURLOPT_SEEKFUNCTION, on_seek);
		curl_easy_setopt(t->curl, CURLOPT_SEEKDATA, trip);
		body_rewind(request->body);
	}
	curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, trip->headers);
}

static bool
is_certificate(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_SSL_ISSUER_ERROR ||
	       code == CURLE_SSL_INVALIDCERTSTATUS;
}

static bool
fail(Trip *trip, CURLcode code, GError **error)
{
	const char *why = trip->message[0] != '\0' ? trip->message
						   : curl_easy_strerror(code);
	const char *host = trip->transport->base;

	if (trip->body_error != NULL)
		g_propagate_error(error, g_steal_pointer(&trip->body_error));
	else if (trip->sink_error != NULL)
		g_propagate_error(error, g_steal_pointer(&trip->sink_error));
	else if (code == CURLE_ABORTED_BY_CALLBACK)
		g_set_error(error, FAULT, FAULT_BUSY, "stopping");
	else if (trip->too_large)
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s: an answer of more than %zu bytes",
			    trip->request->path, trip->request->answer_max);
	else if (is_certificate(code))
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "%s: its certificate is not trusted (%s); if the "
			    "network inspects TLS, its certificate belongs "
			    "into [%s] ca_file",
			    host, why, trip->transport->settings.group);
	else
		g_set_error(error, FAULT, FAULT_OFFLINE, "%s: %s", host, why);
	return false;
}

static bool
perform(void *self, const Request *request, Answer *out, GError **error)
{
	CurlTransport *t = self;
	g_auto(Trip) trip = { .transport = t,
			      .request = request,
			      .answer = out,
			      .got = g_byte_array_new() };
	long status = 0;
	CURLcode code;

	curl_easy_reset(t->curl); /* keeps the connection */
	set_line(t);
	set_trust(t, request);
	set_callbacks(t, &trip);
	set_request(t, &trip);
	code = curl_easy_perform(t->curl);
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_reset(t->curl); /* nothing points into this function */
	if (code != CURLE_OK)
		return fail(&trip, code, error);
	out->status = (int)status;
	out->retry_after_s =
		retry_after_parse(out->headers.retry_after, out->headers.date);
	out->body = g_byte_array_free_to_bytes(g_steal_pointer(&trip.got));
	return true;
}

/* --- the transport --- */

CurlTransport *
curl_transport_new(const CurlSettings *settings, GError **error)
{
	g_autoptr(CurlTransport) t = NULL;
	g_autofree char *setting = NULL;

	setting = g_strdup_printf("[%s] %s", settings->group, settings->key);
	if (!curl_address_is_allowed(settings->base, setting, error))
		return NULL;
	t = g_new0(CurlTransport, 1);
	t->settings = *settings;
	t->base = g_strdup(settings->base);
	t->ca_file = g_strdup(settings->ca_file);
	t->proxy = g_strdup(settings->proxy);
	t->proxy_ca_file = g_strdup(settings->proxy_ca_file);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	t->curl = curl_easy_init();
	if (t->curl == NULL) {
		g_set_error(error, FAULT, FAULT_SYSTEM, "curl does not start");
		return NULL;
	}
	return g_steal_pointer(&t);
}

Transport
curl_transport_get(CurlTransport *transport)
{
	return (Transport){ .send = perform, .self = transport };
}

void
curl_transport_free(CurlTransport *t)
{
	if (t == NULL)
		return;
	if (t->curl != NULL)
		curl_easy_cleanup(t->curl);
	g_free(t->base);
	g_free(t->ca_file);
	g_free(t->proxy);
	g_free(t->proxy_ca_file);
	g_free(t);
}
