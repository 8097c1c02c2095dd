/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/s3-private.h"

/* One attempt at a request, over libcurl. */

#define USER_AGENT       "cairn-district/1"
#define SERVICE          "s3"
#define SLOW_BYTES_PER_S 64L   /* below this it stands still */
#define REQUEST_S_MAX    3600L /* of one that sends or tells little */
#define SIGNED_MAX       5
#define EMPTY_SHA256 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* --- what curl calls --- */

static int
status_of(const S3Call *call)
{
	long status = 0;

	curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

/* Is it the object that we know, from where we are? */
static bool
check_object(S3Call *call, int status)
{
	const S3Headers *headers = &call->headers;
	int64_t whole = status == 206 ? headers->whole : headers->size;
	int64_t first = status == 206 ? headers->first : 0;

	call->checked = true;
	if (whole < 0 ||
	    (whole == call->whole && first != call->from + call->got)) {
		g_set_error(&call->cause, FAULT, FAULT_BUSY,
			    "the media's store answers with other bytes than "
			    "it was asked for");
		return false;
	}
	if (whole == call->whole)
		return true;
	g_set_error(&call->cause, FAULT, FAULT_DAMAGED,
		    "a medium has %" G_GINT64_FORMAT
		    " bytes in the store and should have %" G_GINT64_FORMAT,
		    (gint64)whole, (gint64)call->whole);
	return false;
}

static size_t
stream_bytes(S3Call *call, int status, const char *bytes, size_t n)
{
	if (!call->checked && !check_object(call, status))
		return 0;
	if ((int64_t)n > call->size - call->got) {
		g_set_error(&call->cause, FAULT, FAULT_DAMAGED,
			    "the media's store sends more than it should");
		return 0;
	}
	if (!s3_call_put(call, bytes, n))
		return CURL_WRITEFUNC_PAUSE;
	call->got += (int64_t)n;
	return n;
}

static size_t
on_write(char *bytes, size_t size, size_t n, void *data)
{
	S3Call *call = data;
	int status = status_of(call);

	if (call->streams && (status == 200 || status == 206))
		return stream_bytes(call, status, bytes, size * n);
	if (call->text->len + size * n > S3_ANSWER_BYTES) {
		g_set_error(&call->cause, FAULT, FAULT_DAMAGED,
			    "the media's store answers with more than %d bytes",
			    S3_ANSWER_BYTES);
		return 0;
	}
	g_string_append_len(call->text, bytes, (gssize)(size * n));
	return size * n;
}

static size_t
on_header(char *bytes, size_t size, size_t n, void *data)
{
	S3Call *call = data;

	s3_headers_take(&call->headers, bytes, size * n);
	return size * n;
}

static size_t
on_read(char *out, size_t size, size_t n, void *data)
{
	S3Call *call = data;
	ssize_t got;

	do
		got = read(call->handle, out, size * n);
	while (got < 0 && errno == EINTR);
	if (got >= 0)
		return (size_t)got;
	g_set_error(&call->cause, FAULT, file_fault(errno),
		    "reading a medium: %s", g_strerror(errno));
	return CURL_READFUNC_ABORT;
}

static int
on_seek(void *data, curl_off_t offset, int origin)
{
	S3Call *call = data;

	return lseek(call->handle, offset, origin) >= 0 ? CURL_SEEKFUNC_OK
							: CURL_SEEKFUNC_FAIL;
}

/* --- headers --- */

static void
add_line(S3Call *call, const char *name, const char *value)
{
	g_autofree char *line = g_strdup_printf("%s: %s", name, value);

	call->lines = curl_slist_append(call->lines, line);
}

static char *
as_base64(const char *hex)
{
	guchar bytes[ID_SHA256 / 2];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (guchar)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
				    g_ascii_xdigit_value(hex[2 * i + 1]));
	return g_base64_encode(bytes, sizeof(bytes));
}

static void
sign(S3Call *call)
{
	const S3Config *config = &call->line->config;
	const char *payload = call->file != NULL ? call->sha256 : EMPTY_SHA256;
	g_autofree char *checksum =
		call->file != NULL ? as_base64(call->sha256) : NULL;
	char stamp[S3_STAMP + 1];
	S3Header headers[SIGNED_MAX] = { { "host", config->host },
					 { "x-amz-content-sha256", payload },
					 { "x-amz-date", stamp } };
	S3Signing what = { .method = call->method,
			   .path = call->path,
			   .query = (const S3Header *)call->pairs->data,
			   .n_query = call->pairs->len,
			   .headers = headers,
			   .n_headers = 3,
			   .payload = payload,
			   .region = config->region,
			   .service = SERVICE,
			   .stamp = stamp };
	g_autofree char *authorization = NULL;

	s3_stamp(clock_read(clock_system()).wall, stamp);
	if (config->key.token != NULL)
		headers[what.n_headers++] =
			(S3Header){ "x-amz-security-token", config->key.token };
	if (checksum != NULL)
		headers[what.n_headers++] =
			(S3Header){ "x-amz-checksum-sha256", checksum };
	authorization = s3_sign(&what, &config->key);
	for (size_t i = 0; i < what.n_headers; i++)
		add_line(call, headers[i].name, headers[i].value);
	add_line(call, "Authorization", authorization);
}

static void
add_range(S3Call *call)
{
	g_autofree char *range = NULL;

	if (!call->streams || call->from + call->got + call->size == 0 ||
	    (call->got == 0 && call->size == call->whole))
		return;
	range = g_strdup_printf("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT,
				(gint64)(call->from + call->got),
				(gint64)(call->from + call->size - 1));
	add_line(call, "Range", range);
}

/* --- options --- */

static void
set_line(CURL *curl, const S3Config *config)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
			 config->is_tls ? "https" : "http");
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)config->connect_s);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES_PER_S);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)config->stall_s);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, USER_AGENT);
	/* "" and not NULL: the environment's is nobody's decision. */
	curl_easy_setopt(curl, CURLOPT_PROXY, config->proxy);
	curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	if (config->ca_file[0] != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, config->ca_file);
}

static void
set_body(S3Call *call)
{
	CURL *curl = call->curl;

	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
			 (curl_off_t)call->size);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, call);
	curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(curl, CURLOPT_SEEKDATA, call);
	add_line(call, "Content-Type", "application/octet-stream");
}

static void
set_request(S3Call *call)
{
	const S3Config *config = &call->line->config;
	CURL *curl = call->curl;
	g_autofree char *url = g_strconcat(config->base, call->path,
					   call->query[0] != '\0' ? "?" : "",
					   call->query, NULL);

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, call);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->message);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, call);
	if (!call->streams)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT, REQUEST_S_MAX);
	if (g_str_equal(call->method, "HEAD"))
		curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	else if (call->file == NULL)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
}

static bool
open_body(S3Call *call)
{
	if (call->file == NULL)
		return true;
	call->handle = open(call->file, O_RDONLY | O_CLOEXEC);
	if (call->handle >= 0)
		return true;
	g_set_error(&call->cause, FAULT, file_fault(errno),
		    "reading a medium: %s", g_strerror(errno));
	return false;
}

bool
s3_request_begin(S3Call *call)
{
	s3_headers_clear(&call->headers);
	g_string_truncate(call->text, 0);
	call->message[0] = '\0';
	call->checked = false;
	call->tried++;
	if (!open_body(call))
		return false;
	call->curl = curl_easy_init();
	if (call->curl == NULL) {
		g_set_error(&call->cause, FAULT, FAULT_SYSTEM,
			    "curl does not start");
		return false;
	}
	set_line(call->curl, &call->line->config);
	set_request(call);
	sign(call);
	add_range(call);
	if (call->file != NULL)
		set_body(call);
	curl_easy_setopt(call->curl, CURLOPT_HTTPHEADER, call->lines);
	return true;
}

void
s3_request_end(S3Call *call)
{
	if (call->handle >= 0)
		close(call->handle);
	call->handle = -1;
	g_clear_pointer(&call->curl, curl_easy_cleanup);
	g_clear_pointer(&call->lines, curl_slist_free_all);
}

/* --- what came of it --- */

static bool
is_certificate(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_SSL_ISSUER_ERROR ||
	       code == CURLE_SSL_INVALIDCERTSTATUS;
}

static void
fail_line(const S3Call *call, CURLcode code, bool *again, GError **error)
{
	const char *why = call->message[0] != '\0' ? call->message
						   : curl_easy_strerror(code);

	*again = !is_certificate(code);
	g_set_error(error, FAULT, FAULT_OFFLINE, "the media's store %s: %s%s",
		    call->line->config.host, why,
		    is_certificate(code)
			    ? " (is its authority in [media] ca_file?)"
			    : "");
}

static bool
is_one_of(const char *code, const char *const *codes)
{
	return g_strv_contains(codes, code);
}

/* On the way it became something else; or the store was slow to read. */
static const char *const passing[] = { "BadDigest",
				       "IncompleteBody",
				       "InternalError",
				       "InvalidDigest",
				       "RequestTimeout",
				       "SlowDown",
				       "XAmzContentSHA256Mismatch",
				       NULL };
static const char *const full[] = { "InsufficientStorage", "QuotaExceeded",
				    "XMinioStorageFull", NULL };

static Fault
fault_of(int status, const char *code, bool *again)
{
	*again = status >= 500 || status == 429 || status == 408 ||
		 is_one_of(code, passing);
	if (status == 507 || is_one_of(code, full)) {
		*again = false;
		return FAULT_FULL;
	}
	if (status == 416)
		return FAULT_DAMAGED; /* it ends before what is asked for */
	/* A bucket that is not there says nothing of its objects. */
	if (status == 404 &&
	    (code[0] == '\0' || g_str_equal(code, "NoSuchKey")))
		return FAULT_NOT_FOUND;
	return *again ? FAULT_BUSY : FAULT_OFFLINE;
}

static void
fail_status(const S3Call *call, int status, bool *again, GError **error)
{
	char code[S3_CODE_MAX + 1];
	Fault fault;

	s3_error_code(call->text->str, call->text->len, code);
	fault = fault_of(status, code, again);
	if (fault == FAULT_NOT_FOUND)
		g_set_error(error, FAULT, fault,
			    "the media's store does not have it");
	else
		g_set_error(error, FAULT, fault,
			    "the media's store %s answers %d %s",
			    call->line->config.host, status, code);
}

bool
s3_request_judge(S3Call *call, CURLcode code, bool *again, GError **error)
{
	int status = status_of(call);

	*again = false;
	if (call->cause == NULL && code == CURLE_OK &&
	    (status < 200 || status > 299)) {
		fail_status(call, status, again, error);
		return false;
	}
	if (call->cause == NULL && code == CURLE_OK && call->streams &&
	    !call->checked)
		(void)check_object(call, status); /* it has no bytes */
	if (call->cause != NULL) {
		*again = g_error_matches(call->cause, FAULT, FAULT_BUSY);
		g_propagate_error(error, g_steal_pointer(&call->cause));
		return false;
	}
	if (code == CURLE_OK && call->streams && call->got < call->size) {
		*again = true;
		g_set_error(error, FAULT, FAULT_OFFLINE,
			    "the media's store broke off");
		return false;
	}
	if (code == CURLE_OK)
		return true;
	fail_line(call, code, again, error);
	return false;
}

MediaTrouble
s3_request_trouble(const S3Call *call, CURLcode code, const GError *error)
{
	if (g_error_matches(error, FAULT, FAULT_NOT_FOUND))
		return MEDIA_WELL;
	if (g_error_matches(error, FAULT, FAULT_DAMAGED))
		return MEDIA_DAMAGED;
	if (g_error_matches(error, FAULT, FAULT_FULL))
		return MEDIA_FULL;
	if (is_certificate(code))
		return MEDIA_CERTIFICATE;
	if (g_error_matches(error, FAULT, FAULT_BUSY))
		return MEDIA_BUSY;
	return status_of(call) >= 400 ? MEDIA_REFUSED : MEDIA_UNREACHABLE;
}
