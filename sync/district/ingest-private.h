/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/ingest.h"
#include "sync/wire/multipart.h"

/* What ingest-receive.c and ingest.c share; nobody else includes this. */
typedef struct {
	MediaFile *file; /* owned */
	char sha256[ID_SHA256 + 1];
	int64_t size;
	bool named; /* by a record of this batch */
} IngestMedium;

struct Ingest {
	IngestLimits limits;
	MultipartReader *reader; /* owned; NULL: application/json */
	size_t size;             /* of the batch so far */

	GByteArray *statements; /* owned: the first part */
	bool in_statements;     /* of the part being received */
	size_t n_parts;
	char promised[ID_SHA256 + 1];
	MediaFile *receiving; /* owned */
	GArray *media;        /* owned: IngestMedium */

	GArray *records;  /* owned: ArchiveRecord, bodies in statements */
	bool some_erased; /* learners: each record's must be asked for */
	Problem refusal;
};

/* Always false. */
bool ingest_refuse(Ingest *ingest, int status, const char *code, int64_t number,
		   const char *detail);
