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

/*
 * The cookie of a browser in which an account has signed in: 16 random
 * bytes, and a tag of them, the account and its password that only this
 * district's key can make.  It lets nobody in; see attempts.h.
 */
void session_set_device(Exchange *exchange, const ArchiveStaff *staff);
/* Whether the browser has that of this account; fills in what it is counted
 * by. */
bool
session_read_device(Exchange *exchange, const ArchiveStaff *staff,
		    char device[static ID_TOKEN + 1]) G_GNUC_WARN_UNUSED_RESULT;
