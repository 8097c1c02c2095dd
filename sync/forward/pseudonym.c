/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forward/pseudonym.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/xapi/value.h"

struct Pseudonyms {
	unsigned char key[PSEUDONYM_KEY_MAX];
	size_t size;
	char *home; /* owned */
};

/* An editor's line end is no part of it. */
static bool
keep_key(Pseudonyms *pseudonyms, const char *path, GBytes *bytes,
	 GError **error)
{
	size_t size;
	const char *text = g_bytes_get_data(bytes, &size);

	while (size > 0 && g_ascii_isspace(text[size - 1]))
		size--;
	if (size < PSEUDONYM_KEY_MIN) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s: a key for pseudonyms has at least %d bytes; "
			    "head -c 32 /dev/urandom | base64 makes one",
			    path, PSEUDONYM_KEY_MIN);
		return false;
	}
	memcpy(pseudonyms->key, text, size);
	pseudonyms->size = size;
	return true;
}

Pseudonyms *
pseudonyms_open(const char *key_file, const char *home, GError **error)
{
	g_autoptr(Pseudonyms) pseudonyms = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!xapi_is_iri(home, strlen(home))) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "[forward] pseudonym_home must be an IRI, the home "
			    "page of every account that is sent on");
		return NULL;
	}
	bytes = file_read_secret(key_file, PSEUDONYM_KEY_MAX, error);
	if (bytes == NULL)
		return NULL;
	pseudonyms = g_new0(Pseudonyms, 1);
	pseudonyms->home = g_strdup(home);
	if (!keep_key(pseudonyms, key_file, bytes, error))
		return NULL;
	return g_steal_pointer(&pseudonyms);
}

void
pseudonym_of(const Pseudonyms *pseudonyms, const char *key,
	     char out[static PSEUDONYM_SIZE + 1])
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, pseudonyms->key, pseudonyms->size);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)key,
				      strlen(key));
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_bin2base64(out, PSEUDONYM_SIZE + 1, mac, sizeof(mac),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

const char *
pseudonyms_get_home(const Pseudonyms *pseudonyms)
{
	return pseudonyms->home;
}

void
pseudonyms_free(Pseudonyms *pseudonyms)
{
	if (pseudonyms == NULL)
		return;
	sodium_memzero(pseudonyms->key, sizeof(pseudonyms->key));
	g_free(pseudonyms->home);
	g_free(pseudonyms);
}
