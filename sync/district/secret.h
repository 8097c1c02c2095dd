/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/*
 * How the secrets of kiosks and tools are kept and compared.
 *
 * One that we made is 32 random bytes: its SHA-256 is kept, and compared in
 * constant time.  One that a person chose can be guessed by whoever has its
 * hash: it is kept as argon2id writes it, at a cost that a request can bear
 * now and then (8 MiB, some milliseconds).  What was right is remembered by
 * this process under a key of its own, so that a tool pays once.
 *
 * Any thread may call.
 */
#define SECRET_HASH_MAX 128

void secret_hash_made(const char *secret, char out[static SECRET_HASH_MAX + 1]);
void
secret_hash_chosen(const char *secret, char out[static SECRET_HASH_MAX + 1]);

typedef struct SecretMemory SecretMemory;

SecretMemory *secret_memory_new(void);
void secret_memory_free(SecretMemory *memory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SecretMemory, secret_memory_free)

typedef enum {
	SECRET_WRONG,
	SECRET_RIGHT,
	SECRET_COSTLY, /* only secret_compute() knows */
} SecretVerdict;

/* hash "": nobody's, after the same work as for one that we made. */
SecretVerdict secret_look(SecretMemory *memory, const char *hash,
			  const char *secret) G_GNUC_WARN_UNUSED_RESULT;
bool secret_compute(SecretMemory *memory, const char *hash, const char *secret)
	G_GNUC_WARN_UNUSED_RESULT;
