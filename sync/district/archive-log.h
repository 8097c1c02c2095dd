/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/evidence/evidence.h"
#include "app/evidence/shown-time.h"
#include "sync/district/archive-kiosk.h"

/*
 * The statement log and what is drawn from it at once: entries of the review
 * queue, the media they name, who used which kiosk.
 */

/* What a record says that the log must know; the body says the rest. */
typedef struct {
	char id[ID_UUID + 1];
	char kiosk[ID_UUID + 1]; /* the record's own: may be an ancestor's */
	int64_t number;
	char previous[ID_SHA256 + 1];
	char hash[ID_SHA256 + 1];
	char learner[EVIDENCE_ID_MAX + 1]; /* or */
	char badge[EVIDENCE_ID_MAX + 1];
	char prompt[EVIDENCE_ID_MAX + 1];
	WallTime shown;
	struct {
		char sha256[ID_SHA256 + 1];
		char type[EVIDENCE_ID_MAX + 1];
		int64_t size;
	} media[EVIDENCE_PIECES_MAX];
	size_t n_media;
	const char *body; /* borrowed: the statement as received */
	size_t body_size;
} ArchiveRecord;

/* The hash held as a chain's number: a statement's, or one set aside.  An
 * ancestor's chain is looked at below the fork.  "" if there is none. */
bool archive_find_number(Archive *archive, const ArchiveKiosk *chain,
			 int64_t number, char hash[static ID_SHA256 + 1],
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The hash held under a statement's id; "" if there is none. */
bool archive_find_statement(Archive *archive, const char *id,
			    char hash[static ID_SHA256 + 1], GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Appends; what may be appended is for ingest.c to judge. */
bool
archive_add_record(Archive *archive, int64_t chain, const ArchiveRecord *record,
		   WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its row in the log alone, *seq: of what is not to be drawn. */
bool
archive_append_record(Archive *archive, int64_t chain,
		      const ArchiveRecord *record, WallTime now, int64_t *seq,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is drawn at once from a record that is in the log: its entry, the media
 * of that, and who used the kiosk. */
bool archive_draw_record(Archive *archive, int64_t seq, int64_t chain,
			 const ArchiveRecord *record, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- media --- */

bool archive_has_medium(Archive *archive, const char *sha256, int64_t *size,
			bool *found, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its file is durable already.  Again is no error. */
bool archive_add_medium(Archive *archive, const char *sha256, int64_t size,
			WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
