/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * A teacher's session: a random cookie, of which only the SHA-256 is kept.
 * Whatever changes something must also carry the session's token in the
 * header Cairn-Token; it is drawn from the cookie, so that nothing else
 * needs to be kept, and a page of another site can neither read nor set it.
 */

/* Sets exchange->staff, or the reply that refuses. */
void session_authorize(Exchange *exchange, Archive *archive);

/* The token that goes with a cookie. */
void session_token(const char *cookie, char out[static ID_SHA256 + 1]);

/* The cookie's header for a new session; "" ends one. */
void session_set_cookie(Exchange *exchange, const char *cookie);

/* Sessions made or used before these are over. */
WallTime session_oldest(const Service *service);
WallTime session_idlest(const Service *service);
