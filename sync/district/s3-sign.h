/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "app/base/clock.h"

/*
 * AWS Signature Version 4: the Authorization of one request.  Pure; all texts
 * are borrowed for the call.
 */
#define S3_STAMP 16 /* "20130524T000000Z" */

typedef struct {
	char *access, *secret; /* owned */
	char *token;           /* owned: of a session; NULL: none */
} S3Key;

/* A file that only its owner may read: the access key's name, its secret and
 * perhaps a session's token, a line each.  FAULT_INVALID, FAULT_REFUSED. */
bool s3_key_read(const char *path, S3Key *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void s3_key_clear(S3Key *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(S3Key, s3_key_clear)

typedef struct {
	const char *name, *value; /* the name in lower case */
} S3Header;

typedef struct {
	const char *method;
	const char *path;        /* escaped, as it is sent */
	const S3Header *query;   /* neither escaped nor sorted */
	const S3Header *headers; /* those to be signed, in any order */
	const char *payload;     /* SHA-256 of the body in hex */
	const char *region, *service;
	const char *stamp;
	size_t n_query, n_headers;
} S3Signing;

/* The value of the header Authorization. */
char *s3_sign(const S3Signing *what, const S3Key *key);
/* As it is signed, and as it must be sent: escaped and sorted. */
char *s3_query(const S3Header *query, size_t n);
/* Everything but unreserved letters, and slashes if they may stay. */
void s3_escape(GString *out, const char *text, bool slashes);
void s3_stamp(WallTime at, char out[static S3_STAMP + 1]);
