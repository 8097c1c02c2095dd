/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/evidence/evidence.h"
#include "sync/wire/messages.h"

/*
 * The district's word that it has erased something: signed like a receipt,
 * with the purpose "cairn-erasure-1", to be kept and shown for years.  It
 * counts what went, and names nobody: a learner's id is opaque.
 */
typedef enum {
	CERTIFICATE_REQUEST, /* a learner's whole record */
	CERTIFICATE_RETENTION,
} CertificateReason;

/* What was erased, and (the last three) what was not. */
typedef enum {
	CERTIFIED_STATEMENTS, /* with nothing left of them */
	CERTIFIED_ENTRIES,    /* those of them that kiosks sent */
	CERTIFIED_NAMES,      /* the learner taken out, the rest stays */
	CERTIFIED_REVIEWS,
	CERTIFIED_DOCUMENTS,
	CERTIFIED_MEDIA,
	CERTIFIED_MEDIA_BYTES,
	CERTIFIED_POSTINGS,
	CERTIFIED_ACTIVITIES,
	CERTIFIED_USAGE,
	CERTIFIED_BADGES,
	CERTIFIED_LEARNERS, /* rows of the roster */
	CERTIFIED_SHARED,   /* media that another's record names, too */
	CERTIFIED_HELD,     /* statements that name a learner on hold */
	CERTIFIED_MENTIONS, /* documents of others that mention the id */
	CERTIFIED_COUNTS,
} Certified;

/* "media_bytes": a count's name in the certificate. */
const char *certified_name(Certified which);

typedef struct {
	char id[ID_UUID + 1];
	char base[MESSAGE_BASE_MAX + 1]; /* of the district */
	CertificateReason reason;
	char learner[EVIDENCE_ID_MAX + 1]; /* "": retention */
	WallTime at;
	int64_t counts[CERTIFIED_COUNTS];
} Certificate;

char *certificate_format(const Certificate *certificate, const SignKey *key);
/* FAULT_INVALID, FAULT_REFUSED if the signature does not fit. */
bool
certificate_parse(const char *text, const char *public_key, Certificate *out,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
