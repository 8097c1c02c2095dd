/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load PORT USER:SECRET CONNECTIONS BATCH ATTACHMENT STATEMENTS SEED: a tool
 * that sends statements to a district on 127.0.0.1, BATCH in a request, over
 * so many connections, each of which sends its next request when the last is
 * answered.  ATTACHMENT bytes, if not 0, go with each request.  Ends with the
 * last answer, or after a minute.
 *
 * Prints: statements acknowledged, microseconds, the same to the answer of a
 * query that must see them all, microseconds of an answer in the middle and
 * at 99 %, and of processor that this program used.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "app/base/id.h"
#include "tests/bench/learning.h"

#define LIMIT_US   (60 * G_USEC_PER_SEC)
#define EVENTS_MAX 64
#define READ_SIZE  65536
#define BOUNDARY   "the-parts-of-this-batch"

typedef struct {
	int socket;
	GString *out, *in; /* owned */
	size_t sent;
	gint64 began; /* of the request on its way; 0: none */
} Line;

typedef struct {
	int port, epoll;
	char *authorization; /* owned: Base64 */
	size_t batch, attachment;
	guint64 left, acknowledged; /* statements */
	gint64 end;
	Learning learning;
	GString *body, *bytes; /* owned; bytes: of the attachment */
	GArray *taken;         /* owned: gint64, microseconds of each answer */
	guint on_way;
} Load;

static void
stop_on(const char *doing, const char *why)
{
	fprintf(stderr, "load: %s: %s\n", doing, why);
	exit(1);
}

/* --- requests --- */

static void
make_multipart(Load *load)
{
	GString *statements = g_string_new("[");
	char sha256[ID_SHA256 + 1];
	guint64 first = learning_random(&load->learning);

	memcpy(load->bytes->str, &first, sizeof(first));
	id_sha256(load->bytes->str, load->bytes->len, sha256);
	for (size_t i = 0; i < load->batch; i++) {
		if (i > 0)
			g_string_append_c(statements, ',');
		learning_append(&load->learning, statements, sha256,
				load->bytes->len);
	}
	g_string_append_printf(load->body,
			       "--" BOUNDARY "\r\nContent-Type: application/"
			       "json\r\n\r\n%s]\r\n--" BOUNDARY
			       "\r\nContent-Type: image/jpeg\r\n"
			       "Content-Transfer-Encoding: binary\r\n"
			       "X-Experience-API-Hash: %s\r\n\r\n",
			       statements->str, sha256);
	g_string_append_len(load->body, load->bytes->str,
			    (gssize)load->bytes->len);
	g_string_append(load->body, "\r\n--" BOUNDARY "--\r\n");
	g_string_free(statements, TRUE);
}

static void
make_request(Load *load, GString *out)
{
	const char *type = load->attachment > 0
				   ? "multipart/mixed; boundary=" BOUNDARY
				   : "application/json";

	g_string_truncate(load->body, 0);
	if (load->attachment > 0)
		make_multipart(load);
	else if (load->batch == 1)
		learning_append(&load->learning, load->body, NULL, 0);
	else
		learning_append_list(&load->learning, load->body, load->batch);
	g_string_printf(out,
			"POST /xapi/statements HTTP/1.1\r\nHost: here\r\n"
			"Authorization: Basic %s\r\n"
			"X-Experience-API-Version: 1.0.3\r\n"
			"Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
			load->authorization, type, load->body->len);
	g_string_append_len(out, load->body->str, (gssize)load->body->len);
}

/* --- connections --- */

static int
connect_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int one = 1, line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (line < 0 || connect(line, (struct sockaddr *)&to, sizeof(to)) != 0)
		stop_on("connecting", g_strerror(errno));
	setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return line;
}

/* As much as goes; the rest when there is room. */
static void
send_some(Load *load, Line *line)
{
	struct epoll_event wish = { EPOLLIN, { .ptr = line } };

	while (line->sent < line->out->len) {
		ssize_t n = send(line->socket, line->out->str + line->sent,
				 line->out->len - line->sent,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN)
			stop_on("sending", g_strerror(errno));
		if (n < 0)
			break;
		line->sent += (size_t)n;
	}
	if (line->sent < line->out->len)
		wish.events |= EPOLLOUT;
	epoll_ctl(load->epoll, EPOLL_CTL_MOD, line->socket, &wish);
}

static void
send_next(Load *load, Line *line)
{
	line->began = 0;
	if (load->left < load->batch || g_get_monotonic_time() > load->end)
		return;
	load->left -= load->batch;
	load->on_way++;
	make_request(load, line->out);
	line->sent = 0;
	line->began = g_get_monotonic_time();
	send_some(load, line);
}

/* Bytes of the answer, if all of it is here, else 0. */
static size_t
answer_size(const GString *in)
{
	const char *end = memmem(in->str, in->len, "\r\n\r\n", 4);
	const char *length;
	size_t size;

	if (end == NULL)
		return 0;
	length = strcasestr(in->str, "\r\nContent-Length:");
	size = (size_t)(end + 4 - in->str);
	if (length != NULL && length < end)
		size += strtoul(length + strlen("\r\nContent-Length:"), NULL,
				10);
	return in->len >= size ? size : 0;
}

/* Whether there was an answer. */
static bool
take_some(Line *line)
{
	char bytes[READ_SIZE];
	ssize_t n = recv(line->socket, bytes, sizeof(bytes), 0);

	if (n <= 0)
		stop_on("receiving", n == 0 ? "closed" : g_strerror(errno));
	g_string_append_len(line->in, bytes, n);
	if (answer_size(line->in) == 0)
		return false;
	if (!g_str_has_prefix(line->in->str, "HTTP/1.1 200"))
		stop_on("answer", line->in->str);
	g_string_truncate(line->in, 0);
	return true;
}

static void
on_event(Load *load, Line *line, uint32_t events)
{
	gint64 taken;

	if ((events & EPOLLOUT) != 0)
		send_some(load, line);
	if ((events & ~(uint32_t)EPOLLOUT) == 0 || !take_some(line))
		return;
	taken = g_get_monotonic_time() - line->began;
	g_array_append_val(load->taken, taken);
	load->acknowledged += load->batch;
	load->on_way--;
	send_next(load, line);
}

/* --- all of it --- */

static GPtrArray *
open_lines(Load *load, guint n)
{
	GPtrArray *lines = g_ptr_array_new();

	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (guint i = 0; i < n; i++) {
		Line *line = g_new0(Line, 1);
		struct epoll_event wish = { EPOLLIN, { .ptr = line } };

		line->socket = connect_to(load->port);
		line->out = g_string_new(NULL);
		line->in = g_string_new(NULL);
		epoll_ctl(load->epoll, EPOLL_CTL_ADD, line->socket, &wish);
		g_ptr_array_add(lines, line);
	}
	return lines;
}

static void
send_all(Load *load, const GPtrArray *lines)
{
	struct epoll_event events[EVENTS_MAX];

	load->end = g_get_monotonic_time() + LIMIT_US;
	for (guint i = 0; i < lines->len; i++)
		send_next(load, lines->pdata[i]);
	while (load->on_way > 0) {
		int n = epoll_wait(load->epoll, events, EVENTS_MAX, -1);

		for (int i = 0; i < n; i++)
			on_event(load, events[i].data.ptr, events[i].events);
	}
}

/* The answer waits until all that was committed can be found. */
static void
wait_for_index(const Load *load, Line *line)
{
	g_string_printf(line->out,
			"GET /xapi/statements?limit=1 HTTP/1.1\r\nHost: here"
			"\r\nAuthorization: Basic %s\r\n"
			"X-Experience-API-Version: 1.0.3\r\n\r\n",
			load->authorization);
	if (send(line->socket, line->out->str, line->out->len, MSG_NOSIGNAL) !=
	    (ssize_t)line->out->len)
		stop_on("asking", g_strerror(errno));
	while (!take_some(line))
		continue;
}

static int
compare(const void *a, const void *b)
{
	gint64 first = *(const gint64 *)a, second = *(const gint64 *)b;

	return (first > second) - (first < second);
}

static gint64
processor_us(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * G_USEC_PER_SEC +
	       used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static void
print(const Load *load, gint64 sent_us, gint64 found_us)
{
	guint n = load->taken->len;

	g_array_sort(load->taken, compare);
	printf("%" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
	       " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
	       "\n",
	       load->acknowledged, sent_us, found_us,
	       g_array_index(load->taken, gint64, n / 2),
	       g_array_index(load->taken, gint64, n - 1 - n / 100),
	       processor_us());
}

static void
line_free(Line *line)
{
	close(line->socket);
	g_string_free(line->out, TRUE);
	g_string_free(line->in, TRUE);
	g_free(line);
}

static guint64
number(const char *text)
{
	guint64 value = 0;

	if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT64, &value, NULL))
		stop_on("this is no number", text);
	return value;
}

int
main(int argc, char *argv[])
{
	Load load = { 0 };
	GPtrArray *lines;
	gint64 began, sent;

	if (argc != 8)
		return 64;
	load.port = (int)number(argv[1]);
	load.authorization =
		g_base64_encode((const guchar *)argv[2], strlen(argv[2]));
	load.batch = number(argv[4]);
	load.attachment = number(argv[5]);
	load.left = number(argv[6]);
	learning_init(&load.learning, number(argv[7]));
	load.body = g_string_new(NULL);
	load.bytes = g_string_sized_new(load.attachment + 1);
	for (size_t i = 0; i < load.attachment; i++)
		g_string_append_c(load.bytes, (char)(i * 7));
	load.taken = g_array_new(FALSE, FALSE, sizeof(gint64));
	lines = open_lines(&load, (guint)number(argv[3]));
	began = g_get_monotonic_time();
	send_all(&load, lines);
	sent = g_get_monotonic_time();
	wait_for_index(&load, lines->pdata[0]);
	if (load.taken->len == 0)
		stop_on("sending", "nothing was acknowledged");
	print(&load, sent - began, g_get_monotonic_time() - began);
	g_ptr_array_set_free_func(lines, (GDestroyNotify)line_free);
	g_ptr_array_unref(lines);
	g_string_free(load.body, TRUE);
	g_string_free(load.bytes, TRUE);
	g_array_unref(load.taken);
	g_free(load.authorization);
	close(load.epoll);
	return 0;
}
