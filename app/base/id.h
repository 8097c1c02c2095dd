/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/* Names of things: random, opaque, and safe in a URL or a file name. */

#define ID_UUID   36 /* RFC 9562, version 4, lower case */
#define ID_SHA256 64 /* lower-case hex */
#define ID_TOKEN  43 /* 32 random bytes, base64url without padding */
#define ID_NO_HASH \
	"0000000000000000000000000000000000000000000000000000000000000000"

/* From the kernel's random source; aborts if there is none. */
void id_new_uuid(char out[static ID_UUID + 1]);
void id_new_token(char out[static ID_TOKEN + 1]);
void id_new_digits(char *out, size_t n); /* n decimal digits and a NUL */

bool id_is_uuid(const char *text);   /* any version, lower case only */
bool id_is_sha256(const char *text); /* 64 lower-case hex digits */

void id_sha256(const void *bytes, size_t size, char out[static ID_SHA256 + 1]);
void id_sha256_bytes(GBytes *bytes, char out[static ID_SHA256 + 1]);
