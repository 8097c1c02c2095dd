/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <glib.h>

#include "sync/district/writer.h"

/*
 * How often somebody may be wrong.  A wrong word counts against its address
 * (60, then one each 5 s), against the account from that address (10, then
 * one each 30 s), and against the account from anywhere (50, then one each
 * 20 s): whoever guesses at one account from one address uses up what that
 * address may try, and never what everybody may.
 *
 * A browser in which an account has signed in before says so by a cookie
 * that only we can make (session.h): it is counted by itself alone, so that
 * nobody who guesses elsewhere, or beside it at the same school, can keep
 * its teacher out.
 *
 * All servers on an archive count together: each wrong word goes to it
 * behind its answer, those of a moment in one commit, and who asks whether
 * to wait is told what all of them know.  Whoever must wait is told so from
 * memory, and nothing is written for them.  Any thread may call.
 */
typedef struct Attempts Attempts;

/* What is tried; each is counted apart, so that a tool with a wrong secret
 * does not keep the teachers of its school out. */
typedef enum {
	ATTEMPT_PASSWORD,
	ATTEMPT_KIOSK,
	ATTEMPT_TOOL,
	ATTEMPT_CODE,
	ATTEMPT_METRICS,
} AttemptKind;

typedef struct {
	AttemptKind kind;
	const char *account; /* NULL: none, or none that there is */
	const char *address;
	const char *device; /* of a known browser; NULL */
} Attempt;

/* The writer, which is borrowed and freed first, is the archive's; NULL:
 * counts for itself. */
Attempts *attempts_new(const Clock *clock, Writer *writer);

/* Seconds to wait before the next try; 0: go on.  The archive is only read;
 * where it cannot be, or is NULL, it is what this process has counted. */
int64_t
attempts_wait(Attempts *attempts, Archive *archive, const Attempt *attempt);
void attempts_fail(Attempts *attempts, const Attempt *attempt);
/* It was them: forget what they mistyped from there. */
void attempts_forgive(Attempts *attempts, const Attempt *attempt);

void attempts_free(Attempts *attempts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Attempts, attempts_free)
