/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/id.h"

#include <string.h>
#include <sodium.h>

#define HEX "0123456789abcdef"

static void
print_hex(const unsigned char *bytes, size_t n, char *out)
{
	sodium_bin2hex(out, 2 * n + 1, bytes, n);
}

void
id_new_uuid(char out[static ID_UUID + 1])
{
	unsigned char random[16];
	char hex[33];

	randombytes_buf(random, sizeof(random));
	random[6] = (unsigned char)((random[6] & 0x0f) | 0x40); /* version 4 */
	random[8] = (unsigned char)((random[8] & 0x3f) | 0x80); /* RFC 9562 */
	print_hex(random, sizeof(random), hex);
	g_snprintf(out, ID_UUID + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		   hex + 12, hex + 16, hex + 20);
}

void
id_new_token(char out[static ID_TOKEN + 1])
{
	unsigned char random[32];

	randombytes_buf(random, sizeof(random));
	sodium_bin2base64(out, ID_TOKEN + 1, random, sizeof(random),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void
id_new_digits(char *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (char)('0' + randombytes_uniform(10));
	out[n] = '\0';
}

bool
id_is_uuid(const char *text)
{
	static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (text == NULL || strlen(text) != ID_UUID)
		return false;
	for (size_t i = 0; i < ID_UUID; i++) {
		bool fits = shape[i] == '-' ? text[i] == '-'
					    : strchr(HEX, text[i]) != NULL;

		if (!fits)
			return false;
	}
	return true;
}

bool
id_is_sha256(const char *text)
{
	return text != NULL && strlen(text) == ID_SHA256 &&
	       strspn(text, HEX) == ID_SHA256;
}

void
id_sha256(const void *bytes, size_t size, char out[static ID_SHA256 + 1])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, bytes, size);
	print_hex(digest, sizeof(digest), out);
}

void
id_sha256_bytes(GBytes *bytes, char out[static ID_SHA256 + 1])
{
	size_t size;
	const void *data = g_bytes_get_data(bytes, &size);

	id_sha256(data, size, out);
}
