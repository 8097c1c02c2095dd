/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/sign.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"

#define BASE64URL sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* A key file is one line: this word, a space, the secret key. */
#define KEY_WORD     "cairn-key-1 "
#define KEY_FILE_MAX 256

G_STATIC_ASSERT(crypto_sign_PUBLICKEYBYTES == 32);
G_STATIC_ASSERT(crypto_sign_SECRETKEYBYTES == 64);
G_STATIC_ASSERT(crypto_sign_BYTES == 64);

static void
start(void)
{
	if (sodium_init() < 0)
		g_error("libsodium does not start");
}

/* Exactly size bytes, and no other spelling of them. */
static bool
decode(const char *text, size_t length, unsigned char *out, size_t size)
{
	size_t n;

	return text != NULL && strlen(text) == length &&
	       sodium_base642bin(out, size, text, length, NULL, &n, NULL,
				 BASE64URL) == 0 &&
	       n == size;
}

void
sign_key_new(SignKey *out)
{
	start();
	crypto_sign_keypair(out->public_key, out->secret_key);
}

void
sign_key_clear(SignKey *key)
{
	if (key != NULL)
		sodium_memzero(key, sizeof(*key));
}

void
sign_key_text(const SignKey *key, char out[static SIGN_KEY_TEXT + 1])
{
	sodium_bin2base64(out, SIGN_KEY_TEXT + 1, key->public_key,
			  sizeof(key->public_key), BASE64URL);
}

void
sign_key_secret_text(const SignKey *key, char out[static SIGN_SECRET_TEXT + 1])
{
	sodium_bin2base64(out, SIGN_SECRET_TEXT + 1, key->secret_key,
			  sizeof(key->secret_key), BASE64URL);
}

bool
sign_key_parse(const char *text, SignKey *out, GError **error)
{
	SignKey key = { 0 };
	bool ok = decode(text, SIGN_SECRET_TEXT, key.secret_key,
			 sizeof(key.secret_key));

	if (ok) {
		crypto_sign_ed25519_sk_to_pk(key.public_key, key.secret_key);
		*out = key;
	} else {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "it is no Ed25519 secret key in base64url");
	}
	sign_key_clear(&key);
	return ok;
}

/* --- a key in a file --- */

static bool
write_key(const char *path, const SignKey *key, GError **error)
{
	char line[sizeof(KEY_WORD) + SIGN_SECRET_TEXT + 1] = KEY_WORD;
	bool ok;

	sign_key_secret_text(key, line + strlen(KEY_WORD));
	g_strlcat(line, "\n", sizeof(line));
	ok = file_write_durably(path, line, strlen(line), 0600, error);
	sodium_memzero(line, sizeof(line));
	return ok;
}

static bool
read_key(GBytes *bytes, const char *path, SignKey *out, GError **error)
{
	size_t size;
	const char *data = g_bytes_get_data(bytes, &size);
	g_autofree char *line = g_strndup(data != NULL ? data : "", size);
	bool ok;

	g_strchomp(line);
	ok = g_str_has_prefix(line, KEY_WORD) &&
	     sign_key_parse(line + strlen(KEY_WORD), out, NULL);
	sodium_memzero(line, strlen(line));
	if (!ok)
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "%s is no key file; bring it back from a copy",
			    path);
	return ok;
}

bool
sign_key_open(const char *path, SignKey *out, GError **error)
{
	g_autoptr(GError) cause = NULL;
	g_autoptr(GBytes) bytes = file_read_secret(path, KEY_FILE_MAX, &cause);
	SignKey key;
	bool ok;

	start();
	if (bytes != NULL)
		return read_key(bytes, path, out, error);
	if (!g_error_matches(cause, FAULT, FAULT_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	sign_key_new(&key);
	ok = write_key(path, &key, error);
	if (ok)
		*out = key;
	sign_key_clear(&key);
	return ok;
}

/* --- signing --- */

/* purpose, a zero byte, the bytes: no purpose holds a zero, so no two
 * different pairs are the same message. */
static unsigned char *
make_message(const char *purpose, const void *bytes, size_t size,
	     size_t *out_size)
{
	size_t n = strlen(purpose) + 1;
	unsigned char *message = g_malloc(n + size);

	memcpy(message, purpose, n);
	if (size > 0)
		memcpy(message + n, bytes, size);
	*out_size = n + size;
	return message;
}

void
sign_bytes(const SignKey *key, const char *purpose, const void *bytes,
	   size_t size, char out[static SIGN_SIGNATURE_TEXT + 1])
{
	unsigned char signature[crypto_sign_BYTES];
	size_t n;
	g_autofree unsigned char *message =
		make_message(purpose, bytes, size, &n);

	start();
	crypto_sign_detached(signature, NULL, message, n, key->secret_key);
	sodium_bin2base64(out, SIGN_SIGNATURE_TEXT + 1, signature,
			  sizeof(signature), BASE64URL);
}

bool
sign_verify(const char *public_key, const char *purpose, const void *bytes,
	    size_t size, const char *signature, GError **error)
{
	unsigned char raw_key[crypto_sign_PUBLICKEYBYTES];
	unsigned char raw[crypto_sign_BYTES];
	size_t n;
	g_autofree unsigned char *message =
		make_message(purpose, bytes, size, &n);

	start();
	if (decode(public_key, SIGN_KEY_TEXT, raw_key, sizeof(raw_key)) &&
	    decode(signature, SIGN_SIGNATURE_TEXT, raw, sizeof(raw)) &&
	    crypto_sign_verify_detached(raw, message, n, raw_key) == 0)
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "the signature (%s) does not fit: it was changed on the "
		    "way, or another district signed it",
		    purpose);
	return false;
}

bool
sign_is_public_key(const char *text)
{
	unsigned char raw[crypto_sign_PUBLICKEYBYTES];

	return decode(text, SIGN_KEY_TEXT, raw, sizeof(raw));
}
