/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/*
 * A store that speaks as much S3 as we ask of one, on 127.0.0.1, in memory:
 * it checks signatures and hashes, and does wrong when it is told to.
 */
#define TOY_S3_BUCKET "toy-bucket"
#define TOY_S3_ACCESS "toy:key"
#define TOY_S3_SECRET "quite+secret/stones"
#define TOY_S3_PAGE   3 /* objects of one list */

typedef enum {
	TOY_S3_WELL,
	TOY_S3_STATUS,   /* answers `status`, `code` */
	TOY_S3_CUT,      /* half of a body, and an end */
	TOY_S3_CUT_PUT,  /* hangs up while it is sent something */
	TOY_S3_CHECKSUM, /* says that it has other bytes */
	TOY_S3_SHORT,    /* keeps half of what it is sent, and says 200 */
	TOY_S3_STILL,    /* says nothing until toy_s3_free() */
	TOY_S3_NO_RANGE, /* gives the whole, whatever is asked */
	TOY_S3_LONG,     /* more than there is */
	TOY_S3_BAD_LIST, /* a list that is none */
} ToyS3Way;

typedef struct ToyS3 ToyS3;

/* checksums: it knows x-amz-checksum-sha256. */
ToyS3 *toy_s3_new(gboolean checksums);
void toy_s3_free(ToyS3 *toy);

const char *toy_s3_get_url(const ToyS3 *toy);
/* The next n requests whose method begins so ("": any) go this way. */
void toy_s3_go(ToyS3 *toy, ToyS3Way way, const char *method, int n);
void toy_s3_answer(ToyS3 *toy, int status, const char *code, int retry_after_s);
/* What it was asked, "PUT GET GET", the caller's; forgets it. */
char *toy_s3_asked(ToyS3 *toy);
/* What is held under a key; NULL: nothing. */
GBytes *toy_s3_get(ToyS3 *toy, const char *key);
/* bytes NULL: gone. */
void toy_s3_set(ToyS3 *toy, const char *key, GBytes *bytes);
