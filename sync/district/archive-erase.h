/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-erased.h"
#include "sync/district/archive-index.h"

/* Deleting, table by table; all of it within a transaction.  What belongs
 * together, and who may ask for it, is for erase.c to know. */

/* --- statements: each adds to *n how many rows went --- */

bool
archive_empty_statement(Archive *archive, int64_t seq, EraseReason reason,
			WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One name was taken out of it. */
bool archive_rewrite_statement(Archive *archive, int64_t seq, GBytes *body,
			       WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* An entry of the queue, with its reviews; *media: a set of SHA-256. */
bool
archive_drop_entry(Archive *archive, int64_t seq, int64_t *reviews,
		   GHashTable *media, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* source < 0: whatever it is. */
bool
archive_drop_posting(Archive *archive, Term term, int64_t seq, int64_t source,
		     int64_t *n, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_has_posting(Archive *archive, Term term, bool *has, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_drop_reference(Archive *archive, const char *target, int64_t seq,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_drop_voided(Archive *archive, int64_t seq, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* What it is said to be, and its profiles. */
bool archive_drop_activity(Archive *archive, const char *activity, int64_t *n,
			   int64_t *documents, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- media --- */

/* Unless an entry names it still (*kept): its row goes, and its file is to. */
bool
archive_drop_medium(Archive *archive, const char *sha256, bool *kept,
		    int64_t *size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Its other names. */
GPtrArray *archive_list_names_of(Archive *archive, const char *sha256,
				 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- people --- */

/* Documents of an agent; of an mbox in small letters, however it is written
 * there. */
bool archive_drop_documents_of(Archive *archive, const char *agent, int64_t *n,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of all agents that are not on hold, stored before an instant. */
bool archive_drop_old_documents(Archive *archive, WallTime before, int64_t *n,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	int64_t usage, badges, learners;
} ArchivePersonCounts;

bool archive_drop_learner(Archive *archive, const char *learner,
			  ArchivePersonCounts *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- the files below --- */

/* What was deleted is gone from the database's own files as far as we can see
 * to it; remains: lines for IT of what is not.  Outside of a transaction.
 * FAULT_BUSY if others are in the way. */
bool archive_scrub(Archive *archive, GPtrArray *remains, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
