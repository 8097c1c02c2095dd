/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>
#include <sodium.h>

/*
 * Ed25519 (RFC 8032, libsodium) for what must be believed without the line
 * it came over: bundles, receipts, time.  Texts are base64url (RFC 4648,
 * section 5) without padding.
 */
#define SIGN_KEY_TEXT       43 /* a public key */
#define SIGN_SECRET_TEXT    86 /* a secret key, in a 0600 file only */
#define SIGN_SIGNATURE_TEXT 86

typedef struct {
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
} SignKey;

void sign_key_new(SignKey *out);
/* A 0600 file; made durably if it is not there.  FAULT_DAMAGED if it is no
 * key file, FAULT_REFUSED if others can read it. */
bool sign_key_open(const char *path, SignKey *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void sign_key_clear(SignKey *key);

void sign_key_text(const SignKey *key, char out[static SIGN_KEY_TEXT + 1]);
bool sign_is_public_key(const char *text);

/* For a file that holds more than the key; clear the text after use. */
void
sign_key_secret_text(const SignKey *key, char out[static SIGN_SECRET_TEXT + 1]);
bool sign_key_parse(const char *text, SignKey *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* purpose ("cairn-receipt-1") is signed along, so that no signature is good
 * for anything else. */
void sign_bytes(const SignKey *key, const char *purpose, const void *bytes,
		size_t size, char out[static SIGN_SIGNATURE_TEXT + 1]);
/* FAULT_REFUSED unless it fits. */
bool sign_verify(const char *public_key, const char *purpose, const void *bytes,
		 size_t size, const char *signature, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
