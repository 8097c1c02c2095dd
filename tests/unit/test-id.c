/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/id.h"

static void
uuids_are_version_4_and_differ(void)
{
	char first[ID_UUID + 1], second[ID_UUID + 1];

	for (int i = 0; i < 100; i++) {
		id_new_uuid(first);
		id_new_uuid(second);
		g_assert_true(id_is_uuid(first));
		g_assert_cmpint(first[14], ==, '4');
		g_assert_nonnull(strchr("89ab", first[19]));
		g_assert_cmpstr(first, !=, second);
	}
}

static void
what_is_no_uuid_is_refused(void)
{
	static const char *const texts[] = {
		"",
		"7B0F7C52-4D51-5E0E-9A57-0D9A4A2C9F01", /* upper case */
		"7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f0",
		"7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f011",
		"7b0f7c524d51-5e0e-9a57-0d9a4a2c9f01--",
		"7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f0g",
		"../../../../../../../etc/passwd/////",
	};

	g_assert_false(id_is_uuid(NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		g_assert_false(id_is_uuid(texts[i]));
	g_assert_true(id_is_uuid("7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01"));
}

static void
hashes_are_those_of_fips_180(void)
{
	char hash[ID_SHA256 + 1];
	g_autoptr(GBytes) bytes = g_bytes_new_static("abc", 3);

	id_sha256("", 0, hash);
	g_assert_cmpstr(hash, ==,
			"e3b0c44298fc1c149afbf4c8996fb924"
			"27ae41e4649b934ca495991b7852b855");
	id_sha256_bytes(bytes, hash);
	g_assert_cmpstr(hash, ==,
			"ba7816bf8f01cfea414140de5dae2223"
			"b00361a396177a9cb410ff61f20015ad");
	g_assert_true(id_is_sha256(hash));
	g_assert_true(id_is_sha256(ID_NO_HASH));
	g_assert_false(id_is_sha256("BA7816BF"));
	hash[0] = 'B';
	g_assert_false(id_is_sha256(hash));
}

static void
tokens_are_safe_in_urls(void)
{
	char token[ID_TOKEN + 1], digits[19];

	id_new_token(token);
	g_assert_cmpuint(strlen(token), ==, ID_TOKEN);
	g_assert_cmpuint(strspn(token, "abcdefghijklmnopqrstuvwxyz"
				       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "0123456789-_"),
			 ==, ID_TOKEN);
	id_new_digits(digits, 18);
	g_assert_cmpuint(strlen(digits), ==, 18);
	g_assert_cmpuint(strspn(digits, "0123456789"), ==, 18);
}

static void
faults_have_a_word_each(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (int code = FAULT_SYSTEM; code <= FAULT_TOO_NEW; code++)
		g_assert_true(
			g_hash_table_add(seen, (void *)(uintptr_t)fault_name(
						       (Fault)code)));
	g_assert_false(g_hash_table_contains(seen, "unknown"));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/id/uuid/version-4-and-differ",
			uuids_are_version_4_and_differ);
	g_test_add_func("/id/uuid/others-are-refused",
			what_is_no_uuid_is_refused);
	g_test_add_func("/id/sha256/fips-180", hashes_are_those_of_fips_180);
	g_test_add_func("/id/token/safe-in-urls", tokens_are_safe_in_urls);
	g_test_add_func("/fault/a-word-each", faults_have_a_word_each);
	return g_test_run();
}
