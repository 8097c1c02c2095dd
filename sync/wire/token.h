/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "sync/wire/sign.h"

/*
 * What is signed and kept: canonical JSON in base64url, a full stop, the
 * signature of that JSON.  One line, fit for a header; whoever has the
 * district's public key can check it for ever.
 */

/* Takes the value; the line is the caller's. */
char *token_print(json_t *value, const char *purpose, const SignKey *key);
/* The signature is checked before a byte of the JSON is looked at.
 * FAULT_INVALID; FAULT_REFUSED if it does not fit. */
json_t *
token_read(const char *text, const char *purpose, const char *public_key,
	   GError **error) G_GNUC_WARN_UNUSED_RESULT;
