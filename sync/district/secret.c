/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/secret.h"

#include <string.h>
#include <sodium.h>

#include "app/base/id.h"

#define MEMORY_BYTES   (8U * 1024 * 1024)
#define PASSES         2
#define REMEMBERED_MAX 1000
#define PROOF_BYTES    32

G_STATIC_ASSERT(crypto_pwhash_STRBYTES <= SECRET_HASH_MAX + 1);
G_STATIC_ASSERT(ID_SHA256 <= SECRET_HASH_MAX);

struct SecretMemory {
	unsigned char key[crypto_generichash_KEYBYTES]; /* of this process */

	GMutex lock;       /* guards what follows */
	GHashTable *right; /* owned: kept hash → proof of the right secret */
};

SecretMemory *
secret_memory_new(void)
{
	SecretMemory *memory = g_new0(SecretMemory, 1);

	randombytes_buf(memory->key, sizeof(memory->key));
	g_mutex_init(&memory->lock);
	memory->right =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return memory;
}

void
secret_memory_free(SecretMemory *memory)
{
	if (memory == NULL)
		return;

	g_hash_table_unref(memory->right);
	g_mutex_clear(&memory->lock);
	sodium_memzero(memory->key, sizeof(memory->key));
	g_free(memory);
}

/* --- how they are kept --- */

static bool
is_chosen(const char *hash)
{
	return hash[0] == '$';
}

void
secret_hash_made(const char *secret, char out[static SECRET_HASH_MAX + 1])
{
	id_sha256(secret, strlen(secret), out);
}

void
secret_hash_chosen(const char *secret, char out[static SECRET_HASH_MAX + 1])
{
	if (crypto_pwhash_str_alg(out, secret, strlen(secret), PASSES,
				  MEMORY_BYTES,
				  crypto_pwhash_ALG_ARGON2ID13) != 0)
		g_error("no memory for a secret");
}

/* --- comparing --- */

static bool
is_made(const char *hash, const char *secret)
{
	char sent[ID_SHA256 + 1];

	id_sha256(secret, strlen(secret), sent);
	return sodium_memcmp(sent, hash[0] != '\0' ? hash : ID_NO_HASH,
			     ID_SHA256) == 0 &&
	       hash[0] != '\0';
}

static void
prove(const SecretMemory *memory, const char *secret,
      unsigned char out[static PROOF_BYTES])
{
	crypto_generichash(out, PROOF_BYTES, (const unsigned char *)secret,
			   strlen(secret), memory->key, sizeof(memory->key));
}

static bool
is_remembered(SecretMemory *memory, const char *hash, const char *secret)
{
	unsigned char proof[PROOF_BYTES];
	const void *right;
	bool same;

	prove(memory, secret, proof);
	g_mutex_lock(&memory->lock);
	right = g_hash_table_lookup(memory->right, hash);
	same = right != NULL && sodium_memcmp(right, proof, PROOF_BYTES) == 0;
	g_mutex_unlock(&memory->lock);
	return same;
}

static void
remember(SecretMemory *memory, const char *hash, const char *secret)
{
	unsigned char *proof = g_malloc(PROOF_BYTES);

	prove(memory, secret, proof);
	g_mutex_lock(&memory->lock);
	if (g_hash_table_size(memory->right) >= REMEMBERED_MAX)
		g_hash_table_remove_all(memory->right);
	g_hash_table_replace(memory->right, g_strdup(hash), proof);
	g_mutex_unlock(&memory->lock);
}

SecretVerdict
secret_look(SecretMemory *memory, const char *hash, const char *secret)
{
	if (!is_chosen(hash))
		return is_made(hash, secret) ? SECRET_RIGHT : SECRET_WRONG;
	return is_remembered(memory, hash, secret) ? SECRET_RIGHT
						   : SECRET_COSTLY;
}

bool
secret_compute(SecretMemory *memory, const char *hash, const char *secret)
{
	if (!is_chosen(hash))
		return is_made(hash, secret);
	if (crypto_pwhash_str_verify(hash, secret, strlen(secret)) != 0)
		return false;
	remember(memory, hash, secret);
	return true;
}
