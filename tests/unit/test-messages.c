/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "sync/wire/messages.h"

#define KIOSK "0b8e2a52-5d0e-4c63-9f1b-0a5d6e1f0001"
#define HASH  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define KEY   "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"
#define NONCE "00112233445566778899aabbccddeeff"

/* --- receipt and time --- */

static void
test_receipt_comes_back(void)
{
	g_autoptr(GError) error = NULL;
	SignKey key, other;
	char public_key[SIGN_KEY_TEXT + 1], other_key[SIGN_KEY_TEXT + 1];
	Receipt out, receipt = { KIOSK, 57, HASH, { 1795000000000000 } };
	g_autofree char *text = NULL;

	sign_key_new(&key);
	sign_key_new(&other);
	sign_key_text(&key, public_key);
	sign_key_text(&other, other_key);
	text = receipt_format(&receipt, &key);
	g_assert_null(strpbrk(text, "\r\n ,"));
	memset(&out, 0, sizeof(out));
	g_assert_true(receipt_parse(text, public_key, &out, &error));
	g_assert_cmpstr(out.kiosk, ==, KIOSK);
	g_assert_cmpint(out.number, ==, 57);
	g_assert_cmpstr(out.hash, ==, HASH);
	g_assert_cmpint(out.at.us, ==, 1795000000000000);

	g_assert_false(receipt_parse(text, other_key, &out, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
	g_clear_error(&error);
	text[5] = text[5] == 'A' ? 'B' : 'A';
	g_assert_false(receipt_parse(text, public_key, &out, &error));
	g_assert_nonnull(error);
}

static void
test_receipt_of_nothing(void)
{
	g_autoptr(GError) error = NULL;
	SignKey key;
	char public_key[SIGN_KEY_TEXT + 1];
	Receipt out, none = { KIOSK, 0, ID_NO_HASH, { 1 } };
	Receipt odd = { KIOSK, 0, HASH, { 1 } };
	g_autofree char *text = NULL, *odd_text = NULL;

	sign_key_new(&key);
	sign_key_text(&key, public_key);
	text = receipt_format(&none, &key);
	odd_text = receipt_format(&odd, &key);
	g_assert_true(receipt_parse(text, public_key, &out, &error));
	g_assert_false(receipt_parse(odd_text, public_key, &out, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
test_no_receipts(void)
{
	static const char *const texts[] = { "",   ".",      "a.b",
					     "..", "eyJ9.!", "no" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		Receipt out;

		g_assert_false(receipt_parse(texts[i], KEY, &out, &error));
		g_assert_nonnull(error);
	}
}

static void
test_time_answers_its_nonce(void)
{
	g_autoptr(GError) error = NULL;
	SignKey key;
	char public_key[SIGN_KEY_TEXT + 1], nonce[MESSAGE_NONCE + 1];
	g_autofree char *text = NULL, *receipt = NULL;
	Receipt as_receipt = { KIOSK, 1, HASH, { 1 } };
	WallTime out;

	sign_key_new(&key);
	sign_key_text(&key, public_key);
	nonce_new(nonce);
	g_assert_true(nonce_is_valid(nonce));
	g_assert_false(nonce_is_valid("00"));
	text = time_format(nonce, (WallTime){ 1795000000000001 }, &key);
	g_assert_true(time_parse(text, nonce, public_key, &out, &error));
	g_assert_cmpint(out.us, ==, 1795000000000001);

	g_assert_false(time_parse(text, NONCE, public_key, &out, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
	g_clear_error(&error);
	receipt = receipt_format(&as_receipt, &key);
	g_assert_false(time_parse(receipt, nonce, public_key, &out, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
}

/* --- JSON bodies --- */

static void
test_bodies_come_back(void)
{
	g_autoptr(GError) error = NULL;
	EnrolRequest enrol = { "123456789012", KIOSK, KEY }, enrol_back;
	EnrolAnswer answer = { KIOSK, KEY, KEY }, answer_back;
	ForkRequest fork = { 7, HASH, KEY }, fork_back;
	AsideNotice aside = { 3, HASH, "too \"odd\"" }, aside_back;
	Problem problem = { 409, "forked", "kiosk: a copy", 9 }, problem_back;
	g_autoptr(GBytes) a = enrol_request_format(&enrol);
	g_autoptr(GBytes) b = enrol_answer_format(&answer);
	g_autoptr(GBytes) c = fork_request_format(&fork);
	g_autoptr(GBytes) d = aside_notice_format(&aside);
	g_autoptr(GBytes) e = problem_format(&problem);

	g_assert_true(enrol_request_parse(g_bytes_get_data(a, NULL),
					  g_bytes_get_size(a), &enrol_back,
					  &error));
	g_assert_cmpstr(enrol_back.code, ==, enrol.code);
	g_assert_true(enrol_answer_parse(g_bytes_get_data(b, NULL),
					 g_bytes_get_size(b), &answer_back,
					 &error));
	g_assert_cmpstr(answer_back.secret, ==, answer.secret);
	g_assert_true(fork_request_parse(g_bytes_get_data(c, NULL),
					 g_bytes_get_size(c), &fork_back,
					 &error));
	g_assert_cmpint(fork_back.after, ==, 7);
	g_assert_true(aside_notice_parse(g_bytes_get_data(d, NULL),
					 g_bytes_get_size(d), &aside_back,
					 &error));
	g_assert_cmpstr(aside_back.reason, ==, aside.reason);
	g_assert_true(problem_parse(g_bytes_get_data(e, NULL),
				    g_bytes_get_size(e), &problem_back,
				    &error));
	g_assert_cmpint(problem_back.number, ==, 9);
	g_assert_cmpstr(problem_back.code, ==, "forked");
	g_assert_no_error(error);
}

typedef bool (*Parse)(const void *bytes, size_t size, void *out,
		      GError **error);

static bool
as_enrol(const void *bytes, size_t size, void *out, GError **error)
{
	return enrol_request_parse(bytes, size, out, error);
}

static bool
as_answer(const void *bytes, size_t size, void *out, GError **error)
{
	return enrol_answer_parse(bytes, size, out, error);
}

static bool
as_fork(const void *bytes, size_t size, void *out, GError **error)
{
	return fork_request_parse(bytes, size, out, error);
}

static bool
as_aside(const void *bytes, size_t size, void *out, GError **error)
{
	return aside_notice_parse(bytes, size, out, error);
}

static bool
as_problem(const void *bytes, size_t size, void *out, GError **error)
{
	return problem_parse(bytes, size, out, error);
}

#define Q(name, value) "\"" name "\":\"" value "\""

static const struct {
	Parse parse;
	const char *text;
	const char *blames; /* NULL: accepted */
} bodies[] = {
	{ as_enrol,
	  "{" Q("code", "12345678901") "," Q("kiosk", KIOSK) "," Q("public_key",
								   KEY) "}",
	  "code" },
	{ as_enrol,
	  "{" Q("code", "12345678901x") "," Q("kiosk",
					      KIOSK) "," Q("public_key",
							   KEY) "}",
	  "code" },
	{ as_enrol,
	  "{" Q("code", "123456789012") "," Q("kiosk", "K") "," Q("public_key",
								  KEY) "}",
	  "kiosk" },
	{ as_enrol,
	  "{" Q("code", "123456789012") "," Q("kiosk",
					      KIOSK) "," Q("public_key",
							   HASH) "}",
	  "public_key" },
	{ as_enrol,
	  "{" Q("code", "123456789012") "," Q("kiosk",
					      KIOSK) "," Q("public_key",
							   KEY) ",\"x\":1}",
	  "x" },
	{ as_enrol, "[]", "object" },
	{ as_enrol, "", "JSON" },
	{ as_answer,
	  "{" Q("kiosk", KIOSK) "," Q("secret",
				      KEY) "," Q("district_key",
						 KEY) ",\"later\":true}",
	  NULL },
	{ as_answer,
	  "{" Q("kiosk", KIOSK) "," Q("secret", "a b") "," Q("district_key",
							     KEY) "}",
	  "secret" },
	{ as_fork,
	  "{\"after\":0," Q("hash", ID_NO_HASH) "," Q("public_key", KEY) "}",
	  NULL },
	{ as_fork, "{\"after\":0," Q("hash", HASH) "," Q("public_key", KEY) "}",
	  "hash" },
	{ as_fork,
	  "{\"after\":1," Q("hash", ID_NO_HASH) "," Q("public_key", KEY) "}",
	  "hash" },
	{ as_fork,
	  "{\"after\":-1," Q("hash", HASH) "," Q("public_key", KEY) "}",
	  "after" },
	{ as_aside, "{\"number\":0," Q("hash", HASH) "," Q("reason", "") "}",
	  "number" },
	{ as_aside, "{\"number\":1," Q("hash", "00") "," Q("reason", "") "}",
	  "hash" },
	{ as_problem,
	  "{\"status\":422," Q("code", "invalid") "," Q("detail",
							"x") "," Q("title",
								   "t") "}",
	  NULL },
	{ as_problem, "{\"status\":422," Q("detail", "x") "}", "code" },
	{ as_problem, "{\"status\":422," Q("code", "") "," Q("detail", "x") "}",
	  "code" },
	{ as_problem, "{\"status\":42," Q("code", "c") "," Q("detail", "x") "}",
	  "status" },
	{ as_problem, "<html>", "JSON" },
};

static void
test_bodies_are_checked(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(GError) error = NULL;
		char room[2048];
		bool ok = bodies[i].parse(bodies[i].text,
					  strlen(bodies[i].text), room, &error);

		g_test_message("%s", bodies[i].text);
		g_assert_cmpint(ok, ==, bodies[i].blames == NULL);
		if (ok)
			continue;
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, bodies[i].blames));
	}
}

static void
test_bases(void)
{
	static const struct {
		const char *base;
		bool good;
	} bases[] = {
		{ "https://cairn.example", true },
		{ "http://127.0.0.1:8080", true },
		{ "https://cairn.example/sub", true },
		{ "https://cairn.example/", false },
		{ "https://", false },
		{ "ftp://cairn.example", false },
		{ "https://a b", false },
		{ "https://a\"b", false },
		{ "https://a?b", false },
		{ "", false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bases); i++)
		g_assert_cmpint(message_base_is_valid(bases[i].base), ==,
				bases[i].good);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/messages/a-receipt-comes-back",
			test_receipt_comes_back);
	g_test_add_func("/messages/a-receipt-of-nothing-has-no-hash",
			test_receipt_of_nothing);
	g_test_add_func("/messages/what-is-no-receipt-is-refused",
			test_no_receipts);
	g_test_add_func("/messages/time-answers-its-nonce",
			test_time_answers_its_nonce);
	g_test_add_func("/messages/bodies-come-back", test_bodies_come_back);
	g_test_add_func("/messages/bodies-are-checked-member-by-member",
			test_bodies_are_checked);
	g_test_add_func("/messages/a-base-is-an-address", test_bases);
	return g_test_run();
}
