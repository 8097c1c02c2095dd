/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/district/archive-staff.h"

/*
 * Teachers' passwords: argon2id (RFC 9106) as libsodium does it.  One takes
 * some 80 ms and 64 MiB, so no more than two run at once: the rest wait.
 */
#define PASSWORD_MIN 10  /* characters */
#define PASSWORD_MAX 200 /* bytes */

void
password_hash(const char *password, char out[static STAFF_PASSWORD_MAX + 1]);
/* hash "": nobody's; false after the same time as for a wrong one. */
bool password_verify(const char *hash, const char *password);

/* Why a new password is refused, or NULL.  login, which it may not have in
 * it, may be NULL. */
const char *password_refusal(const char *password, const char *login);

/* "xxxx-xxxx-xxxx", 58 bits, for one sign-in: no letter looks like another. */
#define PASSWORD_ONE_TIME 14
void password_new(char out[static PASSWORD_ONE_TIME + 1]);
