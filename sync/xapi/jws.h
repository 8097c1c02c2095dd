/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "sync/xapi/statement.h"

/*
 * Signed statements (Data 2.6; 2.0 4.2.6): an attachment that is a JSON Web
 * Signature in compact form (RFC 7515, 3.1), by RS256, RS384 or RS512, whose
 * payload is the statement before it was signed.
 *
 * This finds slips and damage.  It is no proof of who signed: certificates
 * are not followed to anyone that is trusted, nor are their dates looked at.
 */
#define XAPI_JWS_BYTES_MAX (4u << 20)
#define XAPI_JWS_CHAIN_MAX 8 /* certificates */

/*
 * The payload, owned by the caller.  If the header has certificates (x5c) the
 * signature must be the first one's, and each be signed by the next; without,
 * it only must be well formed.  NULL and FAULT_INVALID otherwise.
 */
GBytes *xapi_jws_open(const char *jws, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Whether jws signs this statement: what it holds means the same, and has no
 * other id.  FAULT_INVALID otherwise. */
bool
xapi_signature_check(const XapiStatement *statement, const char *jws,
		     size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
