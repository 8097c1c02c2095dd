/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is the bytes that somebody sends to a district, the real server
 * on a port of its own.  In them stand
 *
 *     @K@  an enrolled kiosk's credential     @C@  a teacher's cookie
 *     @T@  the token that goes with it        @L@  the length of the body
 *
 * The laws: whatever comes, the district answers or hangs up, and goes on
 * serving; what it answers is HTTP with headers that are its own; no mistake
 * is the district's (5xx).
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sync/district/archive-staff.h"
#include "sync/district/import.h"
#include "sync/district/session.h"
#include "tests/unit/district-fixture.h"

#define WAIT_S    10
#define SETTLE_MS 2
#define SETTINGS  "[server]\nidle_s=1\n"
#define COOKIE    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define TEACHER   "teacher"
#define CONTINUE  "HTTP/1.1 100 Continue\r\n\r\n"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct {
	DistrictFixture district;
	Archive *archive;
	int64_t staff;
	struct sockaddr_in address;
	char *kiosk; /* the credential */
	char token[ID_SHA256 + 1];
	char session[ID_SHA256 + 1]; /* its hash */
} world;

/* --- a district with a kiosk and a teacher --- */

static void
drop(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
}

static void
enter_teacher(void)
{
	ArchiveStaff staff;

	g_assert_true(import_teacher(world.archive, TEACHER, NULL, "all",
				     "a one-time word", world.district.now.wall,
				     NULL));
	g_assert_true(archive_find_staff(world.archive, TEACHER, &staff, NULL));
	g_assert_true(archive_set_password(world.archive, staff.key,
					   staff.password, false,
					   world.district.now.wall, NULL,
					   NULL));
	world.staff = staff.key;
	id_sha256(COOKIE, strlen(COOKIE), world.session);
	session_token(COOKIE, world.token);
}

static void
end_world(void)
{
	archive_close(world.archive);
	g_free(world.kiosk);
	teardown_district(&world.district, NULL);
}

/* libFuzzer's clock would interrupt the reading of an answer. */
static void
block_alarm(void)
{
	sigset_t alarm_only;

	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &alarm_only, NULL);
}

static void
begin_world(void)
{
	TestKiosk kiosk;
	const char *port;

	g_log_set_handler("district", G_LOG_LEVEL_MESSAGE, drop, NULL);
	setup_district(&world.district, SETTINGS);
	world.archive = open_test_archive(&world.district);
	enrol_test_kiosk(&world.district, &kiosk);
	world.kiosk =
		g_base64_encode((const guchar *)kiosk.user, strlen(kiosk.user));
	enter_teacher();
	port = strrchr(world.district.url, ':') + 1;
	world.address = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)g_ascii_strtoull(port, NULL, 10)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	atexit(end_world);
	block_alarm();
}

/* The last input may have signed the teacher out. */
static void
keep_signed_in(void)
{
	ArchiveSession session;

	if (!archive_find_session(world.archive, world.session, &session, NULL))
		g_assert_true(archive_add_session(world.archive, world.session,
						  world.staff,
						  world.district.now.wall,
						  NULL));
}

/* --- what is sent --- */

static size_t
body_size(const char *text, size_t size)
{
	const char *end = g_strstr_len(text, (gssize)size, "\r\n\r\n");

	return end != NULL ? size - (size_t)(end + 4 - text) : 0;
}

static GByteArray *
write_out(const char *text, size_t size)
{
	g_autofree char *length = g_strdup_printf("%zu", body_size(text, size));
	const struct {
		const char *mark, *text;
	} marks[] = { { "@K@", world.kiosk },
		      { "@C@", "cairn=" COOKIE },
		      { "@T@", world.token },
		      { "@L@", length } };
	GByteArray *out = g_byte_array_new();

	while (size > 0) {
		const char *put = NULL;

		for (size_t i = 0; i < G_N_ELEMENTS(marks) && size >= 3; i++)
			if (memcmp(text, marks[i].mark, 3) == 0)
				put = marks[i].text;
		if (put != NULL)
			g_byte_array_append(out, (const guint8 *)put,
					    (guint)strlen(put));
		else
			g_byte_array_append(out, (const guint8 *)text, 1);
		text += put != NULL ? 3 : 1;
		size -= put != NULL ? 3 : 1;
	}
	return out;
}

static void
send_all(int line, const GByteArray *request)
{
	size_t sent = 0;

	while (sent < request->len) {
		ssize_t n = send(line, request->data + sent,
				 request->len - sent, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* it hung up */
		sent += (size_t)n;
	}
}

/* libmicrohttpd 0.9.75 overlooks a hang-up that comes with the request, and
 * then keeps the line until its time is over: so let it read first. */
static void
hang_up(int line)
{
	struct pollfd ready = { .fd = line, .events = POLLIN };

	poll(&ready, 1, SETTLE_MS);
	shutdown(line, SHUT_WR);
}

/* As far as its first answer tells where it ends. */
static bool
is_whole(const GString *answer)
{
	const char *end = strstr(answer->str, "\r\n\r\n");
	const char *length = strstr(answer->str, "\r\nContent-Length: ");

	return end != NULL && length != NULL && length < end &&
	       answer->len - (size_t)(end + 4 - answer->str) >=
		       g_ascii_strtoull(length + 18, NULL, 10);
}

/* What is answered, up to the first whole answer or until the district hangs
 * up. */
static GString *
exchange(const GByteArray *request)
{
	const struct timeval wait = { .tv_sec = WAIT_S };
	const struct linger at_once = { .l_onoff = 1 }; /* ports are few */
	int line = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	GString *answer = g_string_new(NULL);
	char bytes[16 * 1024];
	ssize_t n = 1;

	if (line < 0 || connect(line, (struct sockaddr *)&world.address,
				sizeof(world.address)) != 0)
		g_error("no line: %s", g_strerror(errno));
	setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(line, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	send_all(line, request);
	hang_up(line);
	while (n > 0 && !is_whole(answer)) {
		n = read(line, bytes, sizeof(bytes));
		if (n > 0)
			g_string_append_len(answer, bytes, n);
	}
	if (n < 0 && errno != ECONNRESET)
		g_error("no end: %s", g_strerror(errno));
	close(line);
	return answer;
}

/* --- what is answered --- */

static bool
is_known(const char *line)
{
	static const char *const names[] = {
		"Allow",
		"Cache-Control",
		"Cairn-Receipt",
		"Cairn-Signature",
		"Connection",
		"Content-Length",
		"Content-Security-Policy",
		"Content-Type",
		"Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy",
		"Date",
		"ETag",
		"Referrer-Policy",
		"Retry-After",
		"Set-Cookie",
		"Vary",
		"WWW-Authenticate",
		"X-Content-Type-Options",
		"X-Experience-API-Consistent-Through",
		"X-Experience-API-Version",
	};
	size_t n = strcspn(line, ":");

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (strlen(names[i]) == n && memcmp(names[i], line, n) == 0)
			return true;
	return false;
}

static void
check_headers(char **lines)
{
	int dates = 0;

	for (; *lines != NULL; lines++) {
		if (!is_known(*lines))
			g_error("a header of somebody else's: %s", *lines);
		dates += g_str_has_prefix(*lines, "Date:");
	}
	g_assert_cmpint(dates, ==, 1);
}

static void
check_answer(const GString *answer)
{
	const char *begin = answer->str;
	const char *end;
	g_autofree char *head = NULL;
	g_auto(GStrv) lines = NULL;
	int status;

	if (g_str_has_prefix(begin, CONTINUE))
		begin += strlen(CONTINUE);
	if (*begin == '\0')
		return;
	end = strstr(begin, "\r\n\r\n");
	g_assert_nonnull(end);
	head = g_strndup(begin, (size_t)(end - begin));
	lines = g_strsplit(head, "\r\n", -1);
	g_assert_true(g_str_has_prefix(lines[0], "HTTP/1."));
	status = (int)g_ascii_strtoull(lines[0] + 9, NULL, 10);
	g_assert_true(status >= 200 &&
		      (status < 500 || status == 501 || status == 505));
	check_headers(lines + 1);
}

static void
goes_on_serving(void)
{
	static const char plain[] = "GET /api/session HTTP/1.1\r\nHost: d\r\n"
				    "Connection: close\r\n\r\n";
	g_autoptr(GByteArray) request = g_byte_array_new();
	GString *answer;

	g_byte_array_append(request, (const guint8 *)plain, strlen(plain));
	answer = exchange(request);
	g_assert_true(g_str_has_prefix(answer->str, "HTTP/1.1 401 "));
	g_string_free(answer, TRUE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GByteArray) request = NULL;
	GString *answer;

	if (world.archive == NULL)
		begin_world();
	keep_signed_in();
	request = write_out((const char *)bytes, size);
	answer = exchange(request);
	check_answer(answer);
	g_string_free(answer, TRUE);
	goes_on_serving();
	return 0;
}
