/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-staff.h"
#include "sync/wire/bundle.h"

/* The review queue, decisions on its entries, and who may see what. */

/* On the disk by number; on the wire by name. */
typedef enum {
	ENTRY_WAITING = 1,
	ENTRY_LATER = 2,
	ENTRY_DECIDED = 3,
} EntryState;

typedef enum {
	REVIEW_CONFIRMED = 1,
	REVIEW_RETURNED = 2,
	REVIEW_LATER = 3,
	REVIEW_WITHDRAWN = 4,
} ReviewDecision;

const char *review_decision_name(ReviewDecision decision);
bool review_decision_parse(const char *name, ReviewDecision *out)
	G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	ReviewDecision decision;
	char reason[EVIDENCE_ID_MAX + 1];
	char note[EVIDENCE_TEXT_MAX + 1];
	WallTime at;
	char by[ROSTER_NAME_MAX + 1];
} ArchiveReview;

typedef struct {
	int64_t seq;
	char id[ID_UUID + 1];
	char learner[EVIDENCE_ID_MAX + 1]; /* "": an unknown badge */
	char name[ROSTER_NAME_MAX + 1];    /* "": as well */
	char picture[EVIDENCE_ID_MAX + 1];
	EntryState state;
	bool decided;
	ArchiveReview review; /* in force, if decided */
	GBytes *body;         /* borrowed for the call: the statement */
} ArchiveEntry;

typedef bool (*ArchiveEntryFunc)(const ArchiveEntry *entry, void *data,
				 GError **error);

/* Oldest first; decided ones by their decision, newest first.  Stops when
 * func returns false. */
bool archive_each_entry(Archive *archive, const char *class_id,
			EntryState state, int64_t limit, ArchiveEntryFunc func,
			void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FAULT_NOT_FOUND also for what this teacher may not see. */
bool archive_with_entry(Archive *archive, const ArchiveStaff *staff,
			const char *id, ArchiveEntryFunc func, void *data,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	int64_t waiting, later, decided;
} ArchiveCounts;
bool archive_count_entries(Archive *archive, const char *class_id,
			   int64_t decided_max, ArchiveCounts *out,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Grows with every entry and every decision: what was read at the same value
 * is the same still. */
bool
archive_get_review_version(Archive *archive, int64_t *entries, int64_t *reviews,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The review of an entry that is in force; *seq is 0: none. */
bool archive_find_review(Archive *archive, const char *entry, int64_t *seq,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Draws the state of every entry that was decided from its reviews. */
bool archive_settle_entries(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

bool archive_add_review(Archive *archive, const ArchiveStaff *staff,
			const char *entry, const ArchiveReview *review,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FAULT_REFUSED if no decision is in force. */
bool archive_withdraw_review(Archive *archive, const ArchiveStaff *staff,
			     const char *entry, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The media type if it belongs to an entry that this teacher may see. */
bool
archive_find_medium(Archive *archive, const ArchiveStaff *staff,
		    const char *sha256, char type[static EVIDENCE_ID_MAX + 1],
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a kiosk should know: of BundleReview, newest first. */
GArray *archive_list_reviews(Archive *archive, int64_t kiosk, int64_t limit,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many learners have used the kiosk. */
bool archive_count_usage(Archive *archive, int64_t kiosk, int64_t *out,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
