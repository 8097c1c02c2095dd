/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/roster/roster.h"
#include "sync/wire/messages.h"

/*
 * What the district sends down: roster, portrait pack (by hash; the files
 * follow one by one), every review the kiosk should know, and what was erased.  Canonical
 * JSON; the signature (purpose "cairn-bundle-1") goes in the header
 * Cairn-Signature, the SHA-256 of the bytes is the ETag.
 */
#define BUNDLE_FORMAT      1
#define BUNDLE_REVIEWS_MAX 20000
#define BUNDLE_ERASED_MAX  10000

typedef struct {
	char path[256];
	char sha256[ID_SHA256 + 1];
	int64_t size;
} BundleFile;

typedef struct {
	char evidence[ID_UUID + 1];
	char learner[EVIDENCE_ID_MAX + 1];
	char prompt[EVIDENCE_ID_MAX + 1];
	char decision[16]; /* confirmed, returned, later, withdrawn */
	char reason[EVIDENCE_ID_MAX + 1];
	char note[EVIDENCE_TEXT_MAX + 1];
	WallTime at;
} BundleReview;

/* A record of this kiosk's chain that was erased: its words and media go, its
 * place stays. */
typedef struct {
	int64_t number;
	char hash[ID_SHA256 + 1];
} BundleErased;

/* Of whom everything goes, sent or not: the SHA-256 of a learner's id, or of
 * the digits of a badge. */
typedef struct {
	char hash[ID_SHA256 + 1];
} BundleErasedWho;

typedef struct {
	char district[ROSTER_NAME_MAX + 1];
	char base[MESSAGE_BASE_MAX + 1];
	int64_t retention_days;
	Roster *roster;    /* owned */
	BundleFile *files; /* owned */
	size_t n_files;
	BundleReview *reviews; /* owned */
	size_t n_reviews;
	BundleErased *erased; /* owned; with who: left out if there is none */
	size_t n_erased;
	BundleErasedWho *who; /* owned */
	size_t n_who;
} Bundle;

GBytes *bundle_format(const Bundle *bundle);
/* Check the signature first. */
Bundle *bundle_parse(const void *bytes, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

void bundle_free(Bundle *bundle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bundle, bundle_free)
