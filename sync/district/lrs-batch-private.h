/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-terms.h"
#include "sync/xapi/meaning.h"

/* What lrs-batch.c and lrs-late.c share; nobody else includes this. */
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
	const Received *received; /* borrowed */
	XapiVersion version;
	XapiLimits limits;

	XapiBatch *xapi; /* owned; borrows of received */
	GString *texts;  /* owned */
	GArray *ready;   /* owned: LrsReady */
};

/* lrs-late.c: which statements are late, and which parts are wanted. */
bool lrs_batch_find_late(LrsBatch *batch, Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
