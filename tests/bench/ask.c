/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask PORT TIMES HEADER …: asks a district on 127.0.0.1 for each path read
 * from standard input, TIMES each, round after round over one connection.
 * Prints a line for each path: microseconds to the answer's last byte at the
 * best and in the middle, and the bytes of its body.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib.h>

#define PATHS_MAX 200
#define PATH_SIZE 4000
#define READ_SIZE 65536

typedef struct {
	char *request; /* owned */
	GArray *taken; /* owned: gint64 */
	size_t size;   /* of the last body */
} Question;

static void
stop_on(const char *doing, const char *why)
{
	fprintf(stderr, "ask: %s: %s\n", doing, why);
	exit(1);
}

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

/* Bytes of the body if all of the answer is here, else -1. */
static gssize
body_size(const GString *in)
{
	const char *end = memmem(in->str, in->len, "\r\n\r\n", 4);
	const char *length = strcasestr(in->str, "\r\nContent-Length:");
	size_t size;

	if (end == NULL)
		return -1;
	if (length == NULL || length > end)
		stop_on("answer", "no Content-Length");
	size = strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
	return in->len >= (size_t)(end + 4 - in->str) + size ? (gssize)size
							     : -1;
}

static void
ask(int line, Question *question, GString *in)
{
	char bytes[READ_SIZE];
	gint64 began = g_get_monotonic_time(), taken;
	size_t size = strlen(question->request);
	gssize body;

	if (send(line, question->request, size, MSG_NOSIGNAL) != (ssize_t)size)
		stop_on("asking", g_strerror(errno));
	g_string_truncate(in, 0);
	do {
		ssize_t n = recv(line, bytes, sizeof(bytes), 0);

		if (n <= 0)
			stop_on("receiving",
				n == 0 ? "closed" : g_strerror(errno));
		g_string_append_len(in, bytes, n);
		body = body_size(in);
	} while (body < 0);
	taken = g_get_monotonic_time() - began;
	if (!g_str_has_prefix(in->str, "HTTP/1.1 200"))
		stop_on(question->request, in->str);
	question->size = (size_t)body;
	g_array_append_val(question->taken, taken);
}

static int
compare(const void *a, const void *b)
{
	gint64 first = *(const gint64 *)a, second = *(const gint64 *)b;

	return (first > second) - (first < second);
}

static void
print(Question *question)
{
	GArray *taken = question->taken;

	g_array_sort(taken, compare);
	printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %zu\n",
	       g_array_index(taken, gint64, 0),
	       g_array_index(taken, gint64, taken->len / 2), question->size);
	g_array_unref(taken);
	g_free(question->request);
}

int
main(int argc, char *argv[])
{
	static Question questions[PATHS_MAX];
	g_autoptr(GString) headers = g_string_new("Host: here\r\n");
	g_autoptr(GString) in = g_string_new(NULL);
	char path[PATH_SIZE];
	guint n = 0;
	int line;

	if (argc < 4)
		return 64;
	for (int i = 3; i < argc; i++)
		g_string_append_printf(headers, "%s\r\n", argv[i]);
	while (n < PATHS_MAX && fgets(path, sizeof(path), stdin) != NULL)
		questions[n++] = (Question){
			.request =
				g_strdup_printf("GET %s HTTP/1.1\r\n%s\r\n",
						g_strchomp(path), headers->str),
			.taken = g_array_new(FALSE, FALSE, sizeof(gint64)),
		};
	line = connect_to((int)g_ascii_strtoll(argv[1], NULL, 10));
	for (gint64 t = g_ascii_strtoll(argv[2], NULL, 10); t > 0; t--)
		for (guint i = 0; i < n; i++)
			ask(line, &questions[i], in);
	for (guint i = 0; i < n; i++)
		print(&questions[i]);
	close(line);
	return 0;
}
