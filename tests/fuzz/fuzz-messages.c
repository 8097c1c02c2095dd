/* SPDX-License-Identifier: Apache-2.0 */
/* The law: a message that parses prints as one that parses the same; a
 * signed one is believed only with its signature. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/wire/certificate.h"
#include "sync/wire/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define CHECK(Type, name) \
	static void check_##name(const uint8_t *bytes, size_t size) \
	{ \
		g_autoptr(GError) error = NULL; \
		g_autoptr(GBytes) printed = NULL; \
		Type first, second; \
\
		memset(&first, 0, sizeof(first)); \
		memset(&second, 0, sizeof(second)); \
		if (!name##_parse(bytes, size, &first, &error)) { \
			g_assert_true(error != NULL && \
				      error->domain == FAULT); \
			return; \
		} \
		printed = name##_format(&first); \
		g_assert_true(name##_parse(g_bytes_get_data(printed, NULL), \
					   g_bytes_get_size(printed), &second, \
					   NULL)); \
		g_assert_cmpmem(&first, sizeof(first), &second, \
				sizeof(second)); \
	}

CHECK(EnrolRequest, enrol_request)
CHECK(EnrolAnswer, enrol_answer)
CHECK(ForkRequest, fork_request)
CHECK(AsideNotice, aside_notice)
CHECK(Problem, problem)

static void
make_key(SignKey *key, char public_key[static SIGN_KEY_TEXT + 1])
{
	static const unsigned char seed[crypto_sign_SEEDBYTES] = { 7 };

	crypto_sign_seed_keypair(key->public_key, key->secret_key, seed);
	sign_key_text(key, public_key);
}

/* The bytes as a text somebody signed. */
static char *
sign_token(const SignKey *key, const char *purpose, const uint8_t *bytes,
	   size_t size)
{
	size_t room = sodium_base64_ENCODED_LEN(
		size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	g_autofree char *text = g_malloc(room);
	char signature[SIGN_SIGNATURE_TEXT + 1];

	sodium_bin2base64(text, room, bytes, size,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sign_bytes(key, purpose, bytes, size, signature);
	return g_strconcat(text, ".", signature, NULL);
}

static void
check_receipt(const uint8_t *bytes, size_t size)
{
	SignKey key;
	char public_key[SIGN_KEY_TEXT + 1];
	g_autofree char *token = NULL, *again = NULL;
	Receipt first, second;

	make_key(&key, public_key);
	token = sign_token(&key, "cairn-receipt-1", bytes, size);
	if (!receipt_parse(token, public_key, &first, NULL))
		return;
	again = receipt_format(&first, &key);
	g_assert_true(receipt_parse(again, public_key, &second, NULL));
	g_assert_cmpstr(first.kiosk, ==, second.kiosk);
	g_assert_cmpint(first.number, ==, second.number);
	g_assert_cmpstr(first.hash, ==, second.hash);
	g_assert_cmpint(first.at.us, ==, second.at.us);
}

static void
check_certificate(const uint8_t *bytes, size_t size)
{
	SignKey key;
	char public_key[SIGN_KEY_TEXT + 1];
	g_autofree char *token = NULL, *again = NULL;
	Certificate first, second;

	make_key(&key, public_key);
	token = sign_token(&key, "cairn-erasure-1", bytes, size);
	if (!certificate_parse(token, public_key, &first, NULL))
		return;
	again = certificate_format(&first, &key);
	g_assert_true(certificate_parse(again, public_key, &second, NULL));
	g_assert_cmpstr(first.id, ==, second.id);
	g_assert_cmpstr(first.base, ==, second.base);
	g_assert_cmpstr(first.learner, ==, second.learner);
	g_assert_cmpint(first.reason, ==, second.reason);
	g_assert_cmpint(first.at.us, ==, second.at.us);
	g_assert_cmpmem(first.counts, sizeof(first.counts), second.counts,
			sizeof(second.counts));
}

static void
check_unsigned(const uint8_t *bytes, size_t size)
{
	static const char nonce[] = "00112233445566778899aabbccddeeff";
	g_autofree char *text = g_strndup((const char *)bytes, size);
	SignKey key;
	char public_key[SIGN_KEY_TEXT + 1];
	Receipt receipt;
	Certificate certificate;
	WallTime time;

	make_key(&key, public_key);
	g_assert_false(receipt_parse(text, public_key, &receipt, NULL));
	g_assert_false(time_parse(text, nonce, public_key, &time, NULL));
	g_assert_false(certificate_parse(text, public_key, &certificate, NULL));
	(void)message_base_is_valid(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	check_enrol_request(bytes, size);
	check_enrol_answer(bytes, size);
	check_fork_request(bytes, size);
	check_aside_notice(bytes, size);
	check_problem(bytes, size);
	check_receipt(bytes, size);
	check_certificate(bytes, size);
	check_unsigned(bytes, size);
	return 0;
}
