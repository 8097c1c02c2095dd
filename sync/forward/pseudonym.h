/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/*
 * Names for people that only who holds the key can trace: HMAC-SHA-256 of
 * who they are, in base64url.  The same person is the same pseudonym in every
 * statement, and stays it for as long as the key stays.
 */
#define PSEUDONYM_SIZE    43
#define PSEUDONYM_KEY_MIN 32 /* bytes */
#define PSEUDONYM_KEY_MAX 1024

typedef struct Pseudonyms Pseudonyms;

/* The key is in a 0600 file; home is the home page of every account.
 * FAULT_REFUSED if others may read it, FAULT_INVALID if it is short. */
Pseudonyms *pseudonyms_open(const char *key_file, const char *home,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* key is a person's as in sync/xapi/keys.h. */
void pseudonym_of(const Pseudonyms *pseudonyms, const char *key,
		  char out[static PSEUDONYM_SIZE + 1]);
const char *pseudonyms_get_home(const Pseudonyms *pseudonyms);

void pseudonyms_free(Pseudonyms *pseudonyms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pseudonyms, pseudonyms_free)
