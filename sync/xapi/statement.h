/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "sync/xapi/check.h"
#include "sync/xapi/tape.h"

/*
 * What a request to store statements says: one, or a list of them, all of
 * them valid and no id twice (Communication 2.1.2; 2.0 4.1.6.1).  It is all or
 * nothing, since a batch with one bad statement must be refused whole
 * (Communication 3.2.s3.b9).
 */
typedef struct {
	size_t statements;      /* at most so many in one request */
	size_t statement_bytes; /* at most so long each */
	size_t batch_bytes;     /* and all together */
} XapiLimits;

extern const XapiLimits xapi_limits; /* 5,000; 1 MiB; 32 MiB */

/* One statement; a plain value, valid as long as its batch. */
typedef struct {
	const char *bytes; /* what was read, all of it */
	const TapeValue *value;
	XapiVersion version; /* the rules it was checked by */
} XapiStatement;

typedef struct XapiBatch XapiBatch;

/*
 * Owned by the caller; borrows bytes for as long as it lives.  NULL otherwise:
 * FAULT_INVALID if it is malformed (400), FAULT_REFUSED if beyond the limits
 * (413).
 */
XapiBatch *xapi_batch_read(const char *bytes, size_t size, XapiVersion version,
			   const XapiLimits *limits, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void xapi_batch_free(XapiBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(XapiBatch, xapi_batch_free)

size_t xapi_batch_count(const XapiBatch *batch);
bool xapi_batch_is_list(const XapiBatch *batch); /* PUT takes no list */
XapiStatement xapi_batch_get(const XapiBatch *batch, size_t i);

/* A statement that was checked before, off a tape of its stored text. */
XapiStatement xapi_statement_on(const Tape *tape);

/* Its id in lower case; false if it has none. */
bool xapi_statement_id(const XapiStatement *statement, char out[static 37]);

/* --- attachments: the statement's, then its sub-statement's --- */

typedef struct {
	char sha2[128 + 1]; /* lower case */
	int64_t length;     /* bytes */
	const TapeValue *content_type;
	bool has_file_url; /* else a part must come with it */
	bool is_signature;
} XapiAttachment;

/* False behind the last. */
bool xapi_statement_attachment(const XapiStatement *statement, size_t i,
			       XapiAttachment *out);
