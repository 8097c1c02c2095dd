/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-index.h"
#include "sync/xapi/mention.h"

/* What there is of a learner, and what is old: looked for to be erased. */

/* Of int64_t: seqs of the records of a learner, and of its badges. */
GArray *archive_list_entries_of(Archive *archive, const char *learner,
				GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* … and of all statements that have this term. */
GArray *archive_list_posted(Archive *archive, Term term, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* The digits of each badge. */
GPtrArray *archive_list_badges(Archive *archive, const char *learner,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By seq; its body is empty if it was erased.  FAULT_NOT_FOUND. */
bool
archive_get_statement_at(Archive *archive, int64_t seq, ArchiveStatement *out,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether there is a learner of this id, or a record of one. */
bool archive_knows_learner(Archive *archive, const char *learner, bool *knows,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	char id[EVIDENCE_ID_MAX + 1];
	char name[ROSTER_NAME_MAX + 1];
	char class_title[ROSTER_NAME_MAX + 1];
	bool gone; /* no longer in the roster */
} ArchivePerson;

/* Of ArchivePerson: whose name or number in the student system has this text,
 * whatever its case; by name. */
GArray *archive_find_people(Archive *archive, const char *text, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
	AGED_CONFIRMED, /* decided before an instant */
	AGED_RETURNED,
	AGED_UNDECIDED, /* held since before an instant */
	AGED_OF_TOOLS,
} AgedKind;

/* Of int64_t: seqs behind one, in order, but for those of learners on hold. */
GArray *archive_list_aged(Archive *archive, AgedKind kind, WallTime before,
			  int64_t after, int64_t limit, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The documents that have one of their names in their bodies; of anybody. */
bool
archive_count_documents_with(Archive *archive, const XapiWho *who, int64_t *n,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;
