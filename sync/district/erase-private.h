/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-erase.h"
#include "sync/district/archive-learner.h"
#include "sync/district/erase.h"
#include "sync/district/lrs-index.h"
#include "sync/xapi/redact.h"

/* What the modules erase*.c share: the statements of one act of erasing,
 * and all that hangs on them. */
typedef struct {
	Archive *archive; /* borrowed */
	LrsIndex *index;  /* owned */
	WallTime now;
	EraseReason reason;
	EraseResult *out; /* borrowed */

	XapiWho who;      /* owned: nobody, if it is retention */
	GHashTable *held; /* owned: agents on hold, in their normal form */

	int64_t scanned;      /* up to this seq, for: */
	GArray *mentions;     /* owned: int64_t, seqs with one of who's names */
	GHashTable *attached; /* owned: SHA-2 → GArray of seqs of tools */

	GHashTable *gone; /* owned: a set of seqs, int64_t: erased whole */
	GQueue *todo;     /* owned: int64_t *: to be erased whole */

	GHashTable *media, *activities; /* owned: sets of those named */
	GChecksum *digest;              /* owned */
	int64_t told; /* statements that the audit log knows of */
} Eraser;

/* Draws the index to its end. */
bool eraser_begin(Eraser *eraser, Archive *archive, const EraseRequest *request,
		  EraseReason reason, EraseResult *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void eraser_clear(Eraser *eraser);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Eraser, eraser_clear)

/* Reads the log on to its end, for what no index knows. */
bool eraser_scan(Eraser *eraser, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of one statement. */
void eraser_scan_attachments(Eraser *eraser, const ArchiveStatement *statement);

/* --- within a transaction --- */

bool
eraser_read_holds(Eraser *eraser, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* It, and what refers to it, is erased by eraser_run(). */
void eraser_add(Eraser *eraser, int64_t seq);
/* An array of statements that may name who: adds those that are about them,
 * and keeps in it those that are to lose a name. */
bool eraser_judge(Eraser *eraser, GArray *seqs, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool eraser_run(Eraser *eraser, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool eraser_take_names(Eraser *eraser, const GArray *seqs, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* What only they named. */
bool eraser_drop_rest(Eraser *eraser, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Signs what the counts are now, keeps it, and tells the audit log. */
bool eraser_certify(Eraser *eraser, const EraseRequest *request, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* "account:BASE/learner ID" and "…/badge DIGITS". */
char *eraser_agent(const Eraser *eraser, const char *kind, const char *name);
