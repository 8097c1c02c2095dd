/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/fault.h"
#include "sync/wire/sign.h"

#define PURPOSE "cairn-test-1"

/* RFC 8032, section 7.1, test 2: our message is purpose, zero byte, bytes,
 * so the vector pins the key's shape and not the signature. */
static const unsigned char secret[] = {
	0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3,
	0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab,
	0xa6, 0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb,
};
#define PUBLIC_TEXT "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"

static void
make_known_key(SignKey *out)
{
	crypto_sign_seed_keypair(out->public_key, out->secret_key, secret);
}

static void
test_known_key(void)
{
	SignKey key;
	char text[SIGN_KEY_TEXT + 1];

	make_known_key(&key);
	sign_key_text(&key, text);
	g_assert_cmpstr(text, ==, PUBLIC_TEXT);
	g_assert_true(sign_is_public_key(text));
	g_assert_false(sign_is_public_key("short"));
	g_assert_false(sign_is_public_key(NULL));
}

/* Pinned: a receipt kept for years must still verify. */
static void
test_known_signature(void)
{
	g_autoptr(GError) error = NULL;
	SignKey key;
	unsigned char raw[64];
	char ours[SIGN_SIGNATURE_TEXT + 1], theirs[SIGN_SIGNATURE_TEXT + 1];

	make_known_key(&key);
	sign_bytes(&key, PURPOSE, "bytes", 5, ours);
	crypto_sign_detached(raw, NULL,
			     (const unsigned char *)PURPOSE "\0bytes",
			     strlen(PURPOSE) + 6, key.secret_key);
	sodium_bin2base64(theirs, sizeof(theirs), raw, sizeof(raw),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	g_assert_cmpstr(ours, ==, theirs);
	g_assert_true(
		sign_verify(PUBLIC_TEXT, PURPOSE, "bytes", 5, ours, &error));
	g_assert_no_error(error);
}

static void
assert_refused(const char *key, const char *purpose, const char *bytes,
	       const char *signature)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(sign_verify(key, purpose, bytes, strlen(bytes),
				   signature, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
}

static void
test_anything_else_is_refused(void)
{
	SignKey key, other;
	char good[SIGN_SIGNATURE_TEXT + 1], bad[SIGN_SIGNATURE_TEXT + 1];
	char text[SIGN_KEY_TEXT + 1], other_text[SIGN_KEY_TEXT + 1];

	sign_key_new(&key);
	sign_key_new(&other);
	sign_key_text(&key, text);
	sign_key_text(&other, other_text);
	sign_bytes(&key, PURPOSE, "bytes", 5, good);

	assert_refused(text, "cairn-test-2", "bytes", good);
	assert_refused(text, PURPOSE, "bytez", good);
	assert_refused(text, PURPOSE, "byte", good);
	assert_refused(other_text, PURPOSE, "bytes", good);
	assert_refused("", PURPOSE, "bytes", good);
	assert_refused(text, PURPOSE, "bytes", "");
	for (size_t i = 0; i < SIGN_SIGNATURE_TEXT; i++) {
		memcpy(bad, good, sizeof(bad));
		bad[i] = bad[i] == 'A' ? 'B' : 'A';
		assert_refused(text, PURPOSE, "bytes", bad);
	}
}

/* --- files --- */

static void
test_key_file_is_made_once(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *folder = g_dir_make_tmp("cairn-sign-XXXXXX", &error);
	g_autofree char *path = g_build_filename(folder, "key", NULL);
	SignKey first, second;
	struct stat about;

	g_assert_true(sign_key_open(path, &first, &error));
	g_assert_true(sign_key_open(path, &second, &error));
	g_assert_cmpmem(&first, sizeof(first), &second, sizeof(second));
	g_assert_cmpint(stat(path, &about), ==, 0);
	g_assert_cmpuint(about.st_mode & 0777, ==, 0600);

	g_assert_cmpint(g_chmod(path, 0640), ==, 0);
	g_assert_false(sign_key_open(path, &second, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
	g_clear_error(&error);

	g_assert_true(g_file_set_contents(path, "cairn-key-1 x\n", -1, NULL));
	g_assert_cmpint(g_chmod(path, 0600), ==, 0);
	g_assert_false(sign_key_open(path, &second, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
	g_remove(path);
	g_rmdir(folder);
}

static void
test_secret_text_comes_back(void)
{
	SignKey key, back;
	char text[SIGN_SECRET_TEXT + 1];
	g_autoptr(GError) error = NULL;

	sign_key_new(&key);
	sign_key_secret_text(&key, text);
	g_assert_true(sign_key_parse(text, &back, &error));
	g_assert_cmpmem(&key, sizeof(key), &back, sizeof(back));
	text[3] = '!';
	g_assert_false(sign_key_parse(text, &back, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	sign_key_clear(&key);
	g_assert_true(sodium_is_zero((const unsigned char *)&key, sizeof(key)));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sign/public-keys-are-as-in-rfc-8032", test_known_key);
	g_test_add_func("/sign/purpose-zero-bytes-is-what-is-signed",
			test_known_signature);
	g_test_add_func("/sign/anything-else-is-refused",
			test_anything_else_is_refused);
	g_test_add_func("/sign/a-key-file-is-made-once-and-kept-private",
			test_key_file_is_made_once);
	g_test_add_func("/sign/a-secret-text-comes-back",
			test_secret_text_comes_back);
	return g_test_run();
}
