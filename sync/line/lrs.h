/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/line/transport.h"

/*
 * A Learning Record Store that we ask: any that is conformant, our own
 * district among them.
 *
 * Faults: FAULT_OFFLINE: later, or not how an LRS answers; FAULT_REFUSED: an
 * adult must look; FAULT_INVALID: it refuses what was sent; FAULT_NOT_FOUND;
 * FAULT_BUSY: we are to stop; and what a sink or body sets.
 */
typedef struct {
	const char *name; /* the setting's group: "source", "target", "agent" */
	WallTime now;     /* as best known, for certificates; 0: not known */
	Transport transport;   /* asks the LRS's origin; its self is borrowed */
	char *origin;          /* owned: "https://lrs.example:8443" */
	char *prefix;          /* owned: "/xapi", or "" */
	char *key_file;        /* owned */
	char *user, *password; /* owned */
	char version[16];      /* "1.0.3"; "": not agreed yet */
	int64_t retry_after_s; /* of the last refusal; -1: not said */
	int status;            /* of the last answer; 0: none came */
} Lrs;

/*
 * url is the LRS's, without a slash at its end; the key file is 0600 and
 * holds "user:password".  The transport is set by the caller, for the origin.
 */
bool lrs_open(Lrs *lrs, const char *name, const char *url, const char *key_file,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The key may have been renewed since; one that cannot be read now leaves the
 * old one. */
void lrs_refresh_key(Lrs *lrs);
void lrs_clear(Lrs *lrs);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Lrs, lrs_clear)

/* Asks what versions it speaks; wanted is "auto", "1.0.3" or "2.0.0". */
bool lrs_agree(Lrs *lrs, const char *wanted, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* path as in "/statements?limit=1", or from what `more` says; the answer is
 * cleared by the caller.  True if it is a 200 or a 204. */
bool lrs_ask(Lrs *lrs, Request *request, Answer *answer, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The path under the origin of what `more` says; NULL and FAULT_INVALID if
 * it leads elsewhere. */
char *lrs_path_of_more(const Lrs *lrs, const char *more, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
char *lrs_path(const Lrs *lrs, const char *resource);
