/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <openssl/evp.h>

#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-terms.h"
#include "sync/district/media.h"
#include "sync/wire/multipart.h"
#include "sync/xapi/meaning.h"

/* What lrs-receive.c and lrs-batch.c share; nobody else includes this. */
typedef struct {
	MediaFile *file;    /* owned */
	EVP_MD_CTX *digest; /* owned; NULL: it is named by its SHA-256 */
	char sha2[128 + 1]; /* as promised, lower case */
	char sha256[ID_SHA256 + 1];
	int64_t size;
	bool named;  /* by a statement of this batch */
	bool wanted; /* by one that is not late, once that is known */
} LrsPart;

typedef struct {
	char id[ID_UUID + 1];
	char hash[ID_SHA256 + 1];
	XapiMeaning meaning;
	size_t at, size;  /* of what is stored, in texts */
	size_t stamps[2]; /* where in texts the instant of storing stands */
	size_t n_stamps;
	bool late;       /* of somebody who was erased: nothing of it is kept */
	LrsTerms *terms; /* owned; NULL: handed over, or nothing to be */
} LrsReady;

struct LrsBatch {
	LrsLimits limits;
	XapiVersion version;
	MultipartReader *reader; /* owned; NULL: application/json */
	size_t size;             /* so far */

	GByteArray *statements; /* owned: the first part */
	bool in_statements;     /* of the part being received */
	size_t n_parts;
	LrsPart receiving;
	GArray *parts; /* owned: LrsPart */

	XapiBatch *xapi; /* owned; borrows statements */
	GString *texts;  /* owned */
	GArray *ready;   /* owned: LrsReady */
};

/* lrs-late.c: which statements are late, and which parts are wanted. */
bool lrs_batch_find_late(LrsBatch *batch, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
