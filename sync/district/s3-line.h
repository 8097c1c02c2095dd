/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <sys/types.h>

#include "sync/district/media-state.h"
#include "sync/district/s3-answer.h"
#include "sync/district/s3-config.h"

/*
 * Requests to a store that speaks S3, many at once over one thread that does
 * nothing else.  What fails in a way that may pass is tried again; what breaks
 * off while it is read goes on where it broke off.
 *
 * Faults: NOT_FOUND: there is no such object; DAMAGED: it has another size;
 * OFFLINE, BUSY: later; FULL.  A refusal that only IT can mend is OFFLINE: the
 * object may well be there.
 */
typedef struct S3Line S3Line;

/* Takes what config holds. */
S3Line *s3_line_new(S3Config *config, GError **error) G_GNUC_WARN_UNUSED_RESULT;
const S3Config *s3_line_get_config(const S3Line *line);
/* How it has gone. */
void s3_line_get_state(S3Line *line, MediaState *out);
/* Everything on the way fails, and what comes later. */
void s3_line_abandon(S3Line *line);
/* Every call is freed already. */
void s3_line_free(S3Line *line);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(S3Line, s3_line_free)

/* --- one request --- */

typedef struct S3Call S3Call;

typedef struct {
	const char *method;
	const char *key;       /* below the prefix; NULL: the bucket */
	const S3Header *query; /* neither escaped nor sorted */
	size_t n_query;

	/* GET of an object, whose bytes are taken as they come */
	bool streams;
	int64_t whole, from, size;

	/* PUT of size bytes */
	const char *file, *sha256;
} S3Ask;

/* On its way when this returns; ask is borrowed for the call. */
S3Call *s3_call_new(S3Line *line, const S3Ask *ask);
/* Until the whole answer is there, and it tells of success. */
bool s3_call_finish(S3Call *call, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool s3_call_is_done(S3Call *call);
/* Of one that is finished. */
const S3Headers *s3_call_get_headers(const S3Call *call);
const GString *s3_call_get_text(const S3Call *call);

/* As in media-stream.h. */
bool s3_call_wait(S3Call *call, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ssize_t s3_call_take(S3Call *call, void *out, size_t max, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void s3_call_arm(S3Call *call, void (*wake)(void *data), void *data);

/* What is still on the way is given up. */
void s3_call_free(S3Call *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(S3Call, s3_call_free)
