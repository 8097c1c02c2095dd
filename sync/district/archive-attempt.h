/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/id.h"
#include "sync/district/archive.h"

/*
 * Who was wrong lately, for every server on this archive: a bucket a key, as
 * limit.h has it, of which only the instant is kept when it is full again.
 * A key is a hash: what was typed as a name may have been a password.
 *
 * None is full later than ATTEMPT_LONGEST_US from now.  An instant that is
 * further ahead than any clock may differ is of one that was wrong, and
 * counts for nothing.
 */
#define ATTEMPT_KEYS        3 /* that are asked for at once */
#define ATTEMPT_LONGEST_US  (INT64_C(2000) * G_USEC_PER_SEC)
#define ATTEMPT_UNLIKELY_US (2 * ATTEMPT_LONGEST_US)

typedef struct {
	char key[ID_SHA256 + 1]; /* "": none */
	int64_t full_us;         /* found: 0 if there is none */
} ArchiveAttempt;

bool archive_read_attempts(Archive *archive,
			   ArchiveAttempt attempts[static ATTEMPT_KEYS],
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	WallTime now;
	int64_t later_us; /* it is full; at most ATTEMPT_LONGEST_US */
} ArchiveAttemptCount;

bool archive_count_attempt(Archive *archive, const char *key,
			   const ArchiveAttemptCount *count, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_forget_attempt(Archive *archive, const char *key, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Drops at most `most` of those that count for nothing any more. */
bool archive_drop_attempts(Archive *archive, WallTime now, int64_t most,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Keeps at most so many, those that are full last. */
bool archive_bound_attempts(Archive *archive, int64_t most, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* All of them: of a copy that is kept. */
bool archive_forget_attempts(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
