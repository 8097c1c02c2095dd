/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/toy-s3.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <string.h>

#include "app/base/id.h"
#include "sync/district/s3-sign.h"

#define BLOCK       4096
#define HEADERS_MAX 16

struct ToyS3 {
	struct MHD_Daemon *daemon;
	char *url; /* owned */
	gboolean checksums;

	GMutex lock; /* guards what follows */
	GCond ending;
	gboolean ends;
	GTree *objects; /* key → GBytes */
	GString *asked;
	ToyS3Way way;
	char method[8];
	int left; /* requests that go this way */
	int status, retry_after_s;
	char code[32];
};

/* A request, and what is sent for it. */
typedef struct {
	ToyS3 *toy;
	const char *url, *method;
	struct MHD_Connection *connection;
	GByteArray *body;
	ToyS3Way way;

	GBytes *bytes; /* that are sent */
	size_t from, cut;
} Visit;

/* --- answers --- */

static enum MHD_Result
answer_text(Visit *visit, int status, const char *text)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text),
						(void *)(guintptr)text,
						MHD_RESPMEM_MUST_COPY);
	enum MHD_Result result;

	if (status == visit->toy->status && visit->toy->retry_after_s > 0) {
		char after[16];

		g_snprintf(after, sizeof(after), "%d",
			   visit->toy->retry_after_s);
		MHD_add_response_header(response, "Retry-After", after);
	}
	result = MHD_queue_response(visit->connection, (unsigned)status,
				    response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
answer_error(Visit *visit, int status, const char *code)
{
	g_autofree char *text = g_strdup_printf(
		"<?xml version='1.0' encoding='UTF-8'?>\n<Error><Code>%s</Code>"
		"<Message>&quot;as told&quot;</Message></Error>",
		code);

	return answer_text(visit, status, text);
}

static ssize_t
give(void *data, uint64_t at, char *out, size_t max)
{
	Visit *visit = data;
	size_t size;
	const char *bytes = g_bytes_get_data(visit->bytes, &size);
	size_t n = MIN(max, size - visit->from - (size_t)at);

	if (visit->cut > 0 && at >= visit->cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (visit->cut > 0)
		n = MIN(n, visit->cut - (size_t)at);
	memcpy(out, bytes + visit->from + at, n);
	return (ssize_t)n;
}

/* --- who asks --- */

static const char *
header(const Visit *visit, const char *name)
{
	return MHD_lookup_connection_value(visit->connection, MHD_HEADER_KIND,
					   name);
}

typedef struct {
	S3Header list[HEADERS_MAX];
	size_t n;
} Pairs;

static enum MHD_Result
add_pair(void *data, enum MHD_ValueKind kind, const char *name,
	 const char *value)
{
	Pairs *pairs = data;

	g_assert_cmpuint(pairs->n, <, HEADERS_MAX);
	pairs->list[pairs->n++] =
		(S3Header){ name, value != NULL ? value : "" };
	return MHD_YES;
}

static char *
between(const char *text, const char *before, const char *after)
{
	const char *from = strstr(text, before);
	const char *to;

	g_assert_nonnull(from);
	from += strlen(before);
	to = strstr(from, after);
	return to != NULL ? g_strndup(from, (gsize)(to - from))
			  : g_strdup(from);
}

static gboolean
is_signed(const Visit *visit)
{
	char access[] = TOY_S3_ACCESS, secret[] = TOY_S3_SECRET;
	S3Key key = { access, secret, NULL };
	const char *sent = header(visit, "Authorization");
	g_autofree char *names = between(sent, "SignedHeaders=", ",");
	g_auto(GStrv) list = g_strsplit(names, ";", -1);
	Pairs query = { .n = 0 }, headers = { .n = 0 };
	GString *path = g_string_new(NULL);
	S3Signing what = { .method = visit->method,
			   .query = query.list,
			   .headers = headers.list,
			   .payload = header(visit, "x-amz-content-sha256"),
			   .region = "us-east-1",
			   .service = "s3",
			   .stamp = header(visit, "x-amz-date") };
	g_autofree char *wanted = NULL;
	gboolean same;

	MHD_get_connection_values(visit->connection, MHD_GET_ARGUMENT_KIND,
				  add_pair, &query);
	for (char **name = list; *name != NULL; name++)
		add_pair(&headers, MHD_HEADER_KIND, *name,
			 header(visit, *name));
	s3_escape(path, visit->url, true);
	what.path = path->str;
	what.n_query = query.n;
	what.n_headers = headers.n;
	wanted = s3_sign(&what, &key);
	same = g_str_equal(wanted, sent) &&
	       g_strv_contains((const char *const *)list, "host") &&
	       g_strv_contains((const char *const *)list, "x-amz-date");
	g_string_free(path, TRUE);
	return same;
}

/* --- objects --- */

static char *
key_of(const Visit *visit)
{
	return g_strdup(visit->url + strlen("/" TOY_S3_BUCKET "/"));
}

static enum MHD_Result
put_object(Visit *visit)
{
	const char *promised = header(visit, "x-amz-content-sha256");
	const char *checksum = header(visit, "x-amz-checksum-sha256");
	size_t size = visit->body->len;
	struct MHD_Response *response;
	enum MHD_Result result;
	char is[ID_SHA256 + 1];

	id_sha256(visit->body->data, size, is);
	if (!g_str_equal(is, promised))
		return answer_error(visit, 400, "XAmzContentSHA256Mismatch");
	if (visit->way == TOY_S3_SHORT)
		size /= 2;
	g_tree_insert(visit->toy->objects, key_of(visit),
		      g_bytes_new(visit->body->data, size));
	response = MHD_create_response_from_buffer(0, NULL,
						   MHD_RESPMEM_PERSISTENT);
	if (visit->way == TOY_S3_CHECKSUM)
		checksum = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
	if (visit->toy->checksums || visit->way == TOY_S3_CHECKSUM)
		MHD_add_response_header(response, "x-amz-checksum-sha256",
					checksum);
	result = MHD_queue_response(visit->connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result
get_object(Visit *visit, GBytes *bytes)
{
	const char *range = header(visit, "Range");
	size_t whole = g_bytes_get_size(bytes), last = whole - 1, n;
	unsigned status = 200;
	struct MHD_Response *response;
	enum MHD_Result result;

	if (range != NULL && visit->way != TOY_S3_NO_RANGE) {
		visit->from =
			g_ascii_strtoull(range + strlen("bytes="), NULL, 10);
		last = g_ascii_strtoull(strchr(range, '-') + 1, NULL, 10);
		status = 206;
		if (visit->from >= whole)
			return answer_error(visit, 416, "InvalidRange");
		last = MIN(last, whole - 1);
	}
	n = whole == 0 ? 0 : last - visit->from + 1;
	visit->bytes = g_bytes_ref(bytes);
	visit->cut = visit->way == TOY_S3_CUT ? MAX(n / 2, 1) : 0;
	response =
		MHD_create_response_from_callback(n, BLOCK, give, visit, NULL);
	if (status == 206) {
		g_autofree char *said =
			g_strdup_printf("bytes %zu-%zu/%zu", visit->from, last,
					whole);

		MHD_add_response_header(response, "Content-Range", said);
	}
	result = MHD_queue_response(visit->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* --- lists --- */

typedef struct {
	GString *text;
	const char *prefix, *after;
	char *last; /* owned */
	int n;
	gboolean more;
} List;

static gboolean
list_object(void *key, void *value, void *data)
{
	List *list = data;

	if (!g_str_has_prefix(key, list->prefix) ||
	    (list->after != NULL && strcmp(key, list->after) <= 0))
		return FALSE;
	list->more = list->n == TOY_S3_PAGE;
	if (list->more)
		return TRUE;
	list->n++;
	g_free(list->last);
	list->last = g_strdup(key);
	g_string_append_printf(
		list->text,
		"<Contents><Key>%s</Key><LastModified>2026-11-26T00:00:00.000Z"
		"</LastModified><ETag>&quot;x&quot;</ETag><Size>%zu</Size>"
		"<Owner><ID>1</ID><DisplayName>a &amp; b</DisplayName></Owner>"
		"<StorageClass>STANDARD</StorageClass></Contents>",
		(const char *)key, g_bytes_get_size(value));
	return FALSE;
}

/* A token is nobody's business: it has what must be escaped. */
#define TOKEN "+/= &"

static enum MHD_Result
list_objects(Visit *visit)
{
	g_autoptr(GString) text = g_string_new(
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult "
		"xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>" TOY_S3_BUCKET
		"</Name>");
	const char *token = MHD_lookup_connection_value(visit->connection,
							MHD_GET_ARGUMENT_KIND,
							"continuation-token");
	List list = { .text = text };

	if (visit->way == TOY_S3_BAD_LIST)
		return answer_text(visit, 200, "<html>sign in</html>");
	list.prefix =
		MHD_lookup_connection_value(visit->connection,
					    MHD_GET_ARGUMENT_KIND, "prefix");
	if (token != NULL) {
		g_assert_true(g_str_has_prefix(token, TOKEN));
		list.after = token + strlen(TOKEN);
	}
	g_tree_foreach(visit->toy->objects, list_object, &list);
	g_string_append_printf(text, "<IsTruncated>%s</IsTruncated>",
			       list.more ? "true" : "false");
	if (list.more)
		g_string_append_printf(text,
				       "<NextContinuationToken>+/= &amp;%s"
				       "</NextContinuationToken>",
				       list.last);
	g_string_append(text, "</ListBucketResult>");
	g_free(list.last);
	return answer_text(visit, 200, text->str);
}

/* --- requests --- */

static enum MHD_Result
answer_object(Visit *visit)
{
	g_autofree char *key = key_of(visit);
	GBytes *bytes = g_tree_lookup(visit->toy->objects, key);
	g_autoptr(GBytes) longer = NULL;

	if (g_str_equal(visit->method, "PUT"))
		return put_object(visit);
	if (g_str_equal(visit->method, "DELETE")) {
		g_tree_remove(visit->toy->objects, key);
		return answer_text(visit, 204, "");
	}
	if (bytes == NULL)
		return answer_error(visit, 404, "NoSuchKey");
	if (visit->way == TOY_S3_LONG) {
		g_autofree char *more =
			g_strnfill(g_bytes_get_size(bytes) + 1, 'x');

		longer = g_bytes_new(more, strlen(more));
		bytes = longer;
	}
	return get_object(visit, bytes);
}

static enum MHD_Result
answer(Visit *visit)
{
	ToyS3 *toy = visit->toy;

	if (visit->way == TOY_S3_STATUS)
		return answer_error(visit, toy->status, toy->code);
	if (visit->way == TOY_S3_STILL) {
		while (!toy->ends)
			g_cond_wait(&toy->ending, &toy->lock);
		return MHD_NO;
	}
	if (!is_signed(visit))
		return answer_error(visit, 403, "SignatureDoesNotMatch");
	if (g_str_equal(visit->url, "/" TOY_S3_BUCKET))
		return list_objects(visit);
	if (!g_str_has_prefix(visit->url, "/" TOY_S3_BUCKET "/"))
		return answer_error(visit, 404, "NoSuchBucket");
	return answer_object(visit);
}

static Visit *
begin(ToyS3 *toy, struct MHD_Connection *connection, const char *url,
      const char *method)
{
	Visit *visit = g_new0(Visit, 1);

	visit->toy = toy;
	visit->connection = connection;
	visit->url = url;
	visit->method = method;
	visit->body = g_byte_array_new();
	g_mutex_lock(&toy->lock);
	if (toy->left > 0 && g_str_has_prefix(method, toy->method)) {
		visit->way = toy->way;
		toy->left--;
	}
	g_string_append_printf(toy->asked, "%s%s",
			       toy->asked->len > 0 ? " " : "", method);
	g_mutex_unlock(&toy->lock);
	return visit;
}

static enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url,
	   const char *method, const char *version, const char *bytes,
	   size_t *size, void **slot)
{
	ToyS3 *toy = data;
	Visit *visit = *slot;
	enum MHD_Result result;

	if (visit == NULL) {
		*slot = begin(toy, connection, url, method);
		return MHD_YES;
	}
	if (*size > 0) {
		if (visit->way == TOY_S3_CUT_PUT)
			return MHD_NO;
		g_byte_array_append(visit->body, (const guint8 *)bytes,
				    (guint)*size);
		*size = 0;
		return MHD_YES;
	}
	g_mutex_lock(&toy->lock);
	result = answer(visit);
	g_mutex_unlock(&toy->lock);
	return result;
}

static void
on_completed(void *data, struct MHD_Connection *connection, void **slot,
	     enum MHD_RequestTerminationCode code)
{
	Visit *visit = *slot;

	if (visit == NULL)
		return;
	g_byte_array_unref(visit->body);
	g_clear_pointer(&visit->bytes, g_bytes_unref);
	g_free(visit);
	*slot = NULL;
}

/* --- outside --- */

static int
compare(const void *a, const void *b, void *data)
{
	return strcmp(a, b);
}

ToyS3 *
toy_s3_new(gboolean checksums)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	ToyS3 *toy = g_new0(ToyS3, 1);

	toy->checksums = checksums;
	toy->asked = g_string_new(NULL);
	toy->objects = g_tree_new_full(compare, NULL, g_free,
				       (GDestroyNotify)g_bytes_unref);
	g_mutex_init(&toy->lock);
	g_cond_init(&toy->ending);
	toy->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION |
					       MHD_USE_INTERNAL_POLLING_THREAD,
				       0, NULL, NULL, on_request, toy,
				       MHD_OPTION_SOCK_ADDR, &here,
				       MHD_OPTION_NOTIFY_COMPLETED,
				       on_completed, NULL, MHD_OPTION_END);
	g_assert_nonnull(toy->daemon);
	toy->url =
		g_strdup_printf("http://127.0.0.1:%u",
				MHD_get_daemon_info(toy->daemon,
						    MHD_DAEMON_INFO_BIND_PORT)
					->port);
	return toy;
}

void
toy_s3_free(ToyS3 *toy)
{
	g_mutex_lock(&toy->lock);
	toy->ends = TRUE;
	g_cond_broadcast(&toy->ending);
	g_mutex_unlock(&toy->lock);
	MHD_stop_daemon(toy->daemon);
	g_tree_unref(toy->objects);
	g_string_free(toy->asked, TRUE);
	g_mutex_clear(&toy->lock);
	g_cond_clear(&toy->ending);
	g_free(toy->url);
	g_free(toy);
}

const char *
toy_s3_get_url(const ToyS3 *toy)
{
	return toy->url;
}

void
toy_s3_go(ToyS3 *toy, ToyS3Way way, const char *method, int n)
{
	g_mutex_lock(&toy->lock);
	toy->way = way;
	toy->left = n;
	g_strlcpy(toy->method, method, sizeof(toy->method));
	g_mutex_unlock(&toy->lock);
}

void
toy_s3_answer(ToyS3 *toy, int status, const char *code, int retry_after_s)
{
	g_mutex_lock(&toy->lock);
	toy->status = status;
	toy->retry_after_s = retry_after_s;
	g_strlcpy(toy->code, code, sizeof(toy->code));
	g_mutex_unlock(&toy->lock);
}

char *
toy_s3_asked(ToyS3 *toy)
{
	char *asked;

	g_mutex_lock(&toy->lock);
	asked = g_strdup(toy->asked->str);
	g_string_truncate(toy->asked, 0);
	g_mutex_unlock(&toy->lock);
	return asked;
}

GBytes *
toy_s3_get(ToyS3 *toy, const char *key)
{
	GBytes *bytes;

	g_mutex_lock(&toy->lock);
	bytes = g_tree_lookup(toy->objects, key);
	if (bytes != NULL)
		g_bytes_ref(bytes);
	g_mutex_unlock(&toy->lock);
	return bytes;
}

void
toy_s3_set(ToyS3 *toy, const char *key, GBytes *bytes)
{
	g_mutex_lock(&toy->lock);
	if (bytes != NULL)
		g_tree_insert(toy->objects, g_strdup(key), g_bytes_ref(bytes));
	else
		g_tree_remove(toy->objects, key);
	g_mutex_unlock(&toy->lock);
}
