/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/id.h"
#include "sync/district/media.h"

/*
 * A batch of statements as it comes in, of a kiosk or of a tool: the
 * statements to memory, each medium to a file of its own (xAPI 1.0.3
 * Communication 1.5.2; 2.0 4.1.3).  Limits are [limits] of the settings.
 */
typedef struct Received Received;

#define RECEIVED_SHA2 128 /* hex digits of the longest, SHA-512 */

typedef struct {
	Media *media; /* borrowed */
	int64_t medium_bytes;
	size_t statements_bytes, batch_bytes;
	size_t media_max; /* so many */
} ReceiveLimits;

typedef struct {
	MediaFile *file;              /* owned by Received */
	char sha2[RECEIVED_SHA2 + 1]; /* as promised, lower case */
	char sha256[ID_SHA256 + 1];   /* of what came */
	int64_t size;
	/* Marks of who reads the statements, false at first. */
	bool named;  /* by one of them */
	bool wanted; /* by one that is kept */
} ReceivedMedium;

/* content_type: application/json or multipart/mixed; FAULT_INVALID. */
Received *received_new(const char *content_type, const ReceiveLimits *limits,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Statements of ours, whole: a copy of the text, and no media. */
Received *received_text(const char *text, size_t size);

/* FAULT_REFUSED past a limit, FAULT_INVALID, FAULT_FULL. */
bool received_feed(Received *received, const void *bytes, size_t size,
		   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All has come: FAULT_INVALID if it breaks off. */
bool received_end(Received *received, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Valid as long as it is, from received_end() on. */
const char *received_statements(const Received *received, size_t *size);
size_t received_n_media(const Received *received);
ReceivedMedium *received_medium(const Received *received, size_t i);
/* The media's files are durable when this returns true. */
bool received_keep(const Received *received, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void received_free(Received *received);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Received, received_free)
