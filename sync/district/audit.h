/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * What of requests the audit log has: every change, in its transaction; every
 * read but of what says nothing of anybody (audit.c lists those); every
 * secret that was refused.  Handlers say what it was about.
 */

/* "entry" and its id. */
void audit_object(Exchange *exchange, const char *kind, const char *id);
/* A learner, or a class. */
void audit_about(Exchange *exchange, const char *about);
/* An agent's key, as xapi/keys.h has it: about, if it is a learner of ours;
 * others may name themselves by an address or a name, and are not kept. */
void audit_agent(Exchange *exchange, const char *key);
void audit_count(Exchange *exchange, int64_t n);

/* Adds a change that was written, within its transaction. */
bool audit_change(Exchange *exchange, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* An answer is about to be sent. */
void audit_reply(Exchange *exchange);
