/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is what somebody answers an agent: a status line, headers, an
 * empty line, a body.  The laws: what is kept of the headers is kept of its
 * own print; a wait is never before now; every question ends in an answer or
 * a fault that can be logged; and nobody's time, bundle, receipt or file is
 * believed without the district's signature or the right hash.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/line/retry-after.h"
#include "sync/agent/talk.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* --- the answer --- */

static const char *
end_of_line(const char *at, const char *end)
{
	const char *line = memchr(at, '\n', (size_t)(end - at));

	return line != NULL ? line + 1 : end;
}

static void
read_answer(const char *at, size_t size, Answer *out)
{
	const char *end = at + size;
	char status[4] = "200";

	if (size >= 12 && memcmp(at, "HTTP/1.1 ", 9) == 0)
		memcpy(status, at + 9, 3);
	*out = (Answer){ .status = (int)g_ascii_strtoll(status, NULL, 10) };
	while (at < end && *at != '\n' && *at != '\r') {
		const char *next = end_of_line(at, end);

		answer_headers_take(&out->headers, at, (size_t)(next - at));
		at = next;
	}
	if (at < end)
		at = end_of_line(at, end);
	out->body = g_bytes_new(at, (size_t)(end - at));
	out->retry_after_s =
		retry_after_parse(out->headers.retry_after, out->headers.date);
}

static void
take(AnswerHeaders *headers, const char *name, const char *value)
{
	g_autofree char *line = g_strconcat(name, ": ", value, "\r\n", NULL);

	answer_headers_take(headers, line, strlen(line));
}

static void
check_headers(const AnswerHeaders *first)
{
	static const AnswerHeaders none;
	AnswerHeaders second = { 0 };

	take(&second, "content-type", first->content_type);
	take(&second, "CAIRN-SIGNATURE", first->signature);
	take(&second, "Cairn-Receipt", first->receipt);
	take(&second, "retry-after", first->retry_after);
	take(&second, "Date", first->date);
	take(&second, "x-experience-api-version", first->version);
	take(&second, "X-Experience-API-Consistent-Through",
	     first->consistent_through);
	g_assert_cmpstr(second.content_type, ==, first->content_type);
	g_assert_cmpstr(second.signature, ==, first->signature);
	g_assert_cmpstr(second.receipt, ==, first->receipt);
	g_assert_cmpstr(second.retry_after, ==, first->retry_after);
	g_assert_cmpstr(second.date, ==, first->date);
	g_assert_cmpstr(second.version, ==, first->version);
	g_assert_cmpstr(second.consistent_through, ==,
			first->consistent_through);
	answer_headers_take(&second, "HTTP/1.1 200 OK\r\n", 17);
	g_assert_cmpmem(&second, sizeof(second), &none, sizeof(none));
}

static void
check_wait(const Answer *answer)
{
	const char *text = answer->headers.retry_after;

	g_assert_cmpint(answer->retry_after_s, >=, -1);
	g_assert_cmpint(retry_after_parse(text, NULL), >=, -1);
	if (text[0] != '\0' && strspn(text, "0123456789") == strlen(text))
		g_assert_cmpint(answer->retry_after_s, ==,
				MIN(g_ascii_strtoull(text, NULL, 10),
				    G_MAXINT32));
}

/* --- the questions --- */

static bool
send(void *self, const Request *request, Answer *out, GError **error)
{
	const Answer *answer = self;

	*out = *answer;
	out->body = g_bytes_ref(answer->body);
	return true;
}

/* One line of a log, and of a screen. */
static void
check_fault(bool ok, const GError *error)
{
	g_assert_true(ok == (error == NULL));
	if (ok)
		return;
	g_assert_true(error->domain == FAULT);
	g_assert_true(g_utf8_validate(error->message, -1, NULL));
	for (const char *at = error->message; *at != '\0'; at++)
		g_assert_false(g_ascii_iscntrl(*at));
}

#define ASK(question) \
	do { \
		g_autoptr(GError) error = NULL; \
		ok = (question); \
		check_fault(ok, error); \
	} while (0)

static void
check_unsigned(const Talk *talk, const Answer *answer)
{
	static const char hash[] = "9f86d081884c7d659a2feaa0c55ad015"
				   "a3bf4f1b2b0b822cd15d6c15b0f00a08";
	g_autoptr(Body) body = body_new();
	g_autoptr(GBytes) bundle = NULL;
	g_autoptr(GBytes) file = NULL;
	Refusal refusal;
	Receipt receipt;
	WallTime now;
	bool ok;

	ASK(talk_get_time(talk, &now, &refusal, &error));
	g_assert_false(ok);
	ASK(talk_get_bundle(talk, hash, &bundle, &refusal, &error));
	g_assert_true(!ok || answer->status == 304);
	g_assert_null(bundle);
	ASK(talk_get_receipt(talk, &receipt, &refusal, &error));
	g_assert_true(!ok || receipt.number == 0);
	ASK(talk_post_statements(talk, body, "a/b", &receipt, &refusal,
				 &error));
	g_assert_false(ok);
	ASK((file = talk_get_file(talk, hash, 1000, &refusal, &error)) != NULL);
	g_assert_true(!ok || g_bytes_get_size(file) == 4); /* "test" */
}

static void
check_identity(const Talk *talk)
{
	EnrolRequest enrol = { .code = "123456789012" };
	ForkRequest fork = { 0 };
	AsideNotice aside = { .number = 1 };
	EnrolAnswer answer;
	Refusal refusal;
	bool ok;

	g_strlcpy(enrol.kiosk, talk->secrets.kiosk, sizeof(enrol.kiosk));
	g_strlcpy(enrol.public_key, talk->secrets.district_key,
		  sizeof(enrol.public_key));
	g_strlcpy(fork.public_key, talk->secrets.district_key,
		  sizeof(fork.public_key));
	g_strlcpy(fork.hash, ID_NO_HASH, sizeof(fork.hash));
	g_strlcpy(aside.hash, ID_NO_HASH, sizeof(aside.hash));
	ASK(talk_enrol(talk, &enrol, &answer, &refusal, &error));
	ASK(talk_fork(talk, &fork, &answer, &refusal, &error));
	ASK(talk_aside(talk, &aside, &refusal, &error));
}

static Talk
make_talk(const Transport *transport)
{
	static const unsigned char seed[crypto_sign_SEEDBYTES] = { 7 };
	Talk talk = { .transport = transport };
	SignKey key;

	crypto_sign_seed_keypair(key.public_key, key.secret_key, seed);
	sign_key_text(&key, talk.secrets.district_key);
	g_strlcpy(talk.secrets.kiosk, "0f5d0b0e-0b7e-4c0a-9f5a-3a4f5f1f6a11",
		  sizeof(talk.secrets.kiosk));
	memset(talk.secrets.secret, 'a', ID_TOKEN);
	return talk;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_auto(Answer) answer = { 0 };
	const Transport transport = { send, &answer };
	Talk talk = make_talk(&transport);

	read_answer((const char *)bytes, size, &answer);
	check_headers(&answer.headers);
	check_wait(&answer);
	check_unsigned(&talk, &answer);
	check_identity(&talk);
	return 0;
}
