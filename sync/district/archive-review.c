/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-review.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

#define ENTRY_COLUMNS \
	"entry.seq, statement.id, entry.learner," \
	" coalesce(learner.name, ''), coalesce(learner.picture, '')," \
	" entry.state, review.decision, review.reason, review.note," \
	" review.at_us, staff.name, statement.body"
#define ENTRY_TABLES \
	" entry JOIN statement ON statement.seq = entry.seq" \
	" LEFT JOIN learner ON learner.id = entry.learner" \
	" LEFT JOIN review ON review.seq = entry.review" \
	" LEFT JOIN staff ON staff.key = review.staff"

/* ?1: the teacher. */
#define MAY_SEE \
	" (SELECT all_classes FROM staff WHERE key = ?1) = 1 OR EXISTS" \
	" (SELECT 1 FROM entry_class JOIN staff_class" \
	" ON staff_class.class = entry_class.class" \
	" WHERE entry_class.seq = entry.seq AND staff_class.staff = ?1)"

static const char *const decision_names[] = {
	[REVIEW_CONFIRMED] = "confirmed",
	[REVIEW_RETURNED] = "returned",
	[REVIEW_LATER] = "later",
	[REVIEW_WITHDRAWN] = "withdrawn",
};

const char *
review_decision_name(ReviewDecision decision)
{
	g_return_val_if_fail(decision >= REVIEW_CONFIRMED &&
				     decision <= REVIEW_WITHDRAWN,
			     "");
	return decision_names[decision];
}

bool
review_decision_parse(const char *name, ReviewDecision *out)
{
	for (int i = REVIEW_CONFIRMED; i <= REVIEW_LATER; i++)
		if (g_strcmp0(name, decision_names[i]) == 0) {
			*out = (ReviewDecision)i;
			return true;
		}
	return false;
}

/* --- reading --- */

static void
read_entry(ArchiveQuery *query, ArchiveEntry *out)
{
	*out = (ArchiveEntry){ 0 };
	out->seq = db_int(query, 0);
	archive_copy(query, 1, out->id, sizeof(out->id));
	archive_copy(query, 2, out->learner, sizeof(out->learner));
	archive_copy(query, 3, out->name, sizeof(out->name));
	archive_copy(query, 4, out->picture, sizeof(out->picture));
	out->state = (EntryState)db_int(query, 5);
	out->decided = !db_is_null(query, 6);
	if (!out->decided)
		return;
	out->review.decision = (ReviewDecision)db_int(query, 6);
	archive_copy(query, 7, out->review.reason, sizeof(out->review.reason));
	archive_copy(query, 8, out->review.note, sizeof(out->review.note));
	out->review.at.us = db_int(query, 9);
	archive_copy(query, 10, out->review.by, sizeof(out->review.by));
}

static bool
give_entry(ArchiveQuery *query, ArchiveEntryFunc func, void *data,
	   GError **error)
{
	g_autofree ArchiveEntry *entry = g_new(ArchiveEntry, 1);
	g_autoptr(GBytes) body = db_bytes(query, 11);

	read_entry(query, entry);
	entry->body = body;
	return func(entry, data, error);
}

bool
archive_each_entry(Archive *archive, const char *class_id, EntryState state,
		   int64_t limit, ArchiveEntryFunc func, void *data,
		   GError **error)
{
	static const char sql[] =
		"SELECT " ENTRY_COLUMNS
		" FROM entry_class CROSS JOIN" ENTRY_TABLES
		" WHERE entry_class.class = ?1 AND entry_class.state = ?2"
		" AND entry.seq = entry_class.seq"
		" ORDER BY CASE WHEN ?2 = 3 THEN -entry.review"
		" ELSE entry.shown_us END, entry.seq LIMIT ?3";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, class_id);
	db_bind_int(query, 2, state);
	db_bind_int(query, 3, limit);
	while (db_step(query, &row, "reading the queue", error)) {
		if (!row)
			return true;
		if (!give_entry(query, func, data, error))
			return false;
	}
	return false;
}

bool
archive_with_entry(Archive *archive, const ArchiveStaff *staff, const char *id,
		   ArchiveEntryFunc func, void *data, GError **error)
{
	static const char sql[] = "SELECT " ENTRY_COLUMNS " FROM" ENTRY_TABLES
				  " WHERE statement.id = ?2 AND (" MAY_SEE ")";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff->key);
	db_bind_text(query, 2, id);
	return archive_find_row(query, "entry", error) &&
	       give_entry(query, func, data, error);
}

/* What was decided grows for ever: of that, only so many are counted. */
bool
archive_count_entries(Archive *archive, const char *class_id,
		      int64_t decided_max, ArchiveCounts *out, GError **error)
{
	static const char sql[] =
		"SELECT (SELECT count(*) FROM entry_class"
		" WHERE class = ?1 AND state = 1),"
		" (SELECT count(*) FROM entry_class"
		" WHERE class = ?1 AND state = 2),"
		" (SELECT count(*) FROM (SELECT 1 FROM entry_class"
		" WHERE class = ?1 AND state = 3 LIMIT ?2) few)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, class_id);
	db_bind_int(query, 2, decided_max);
	if (!archive_find_row(query, "queue", error))
		return false;
	*out = (ArchiveCounts){ db_int(query, 0), db_int(query, 1),
				db_int(query, 2) };
	return true;
}

bool
archive_get_review_version(Archive *archive, int64_t *entries, int64_t *reviews,
			   GError **error)
{
	static const char sql[] =
		"SELECT (SELECT coalesce(max(seq), 0) FROM entry),"
		" (SELECT coalesce(max(seq), 0) FROM review)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL || !archive_find_row(query, "version", error))
		return false;
	*entries = db_int(query, 0);
	*reviews = db_int(query, 1);
	return true;
}

/* --- deciding --- */

typedef struct {
	int64_t seq;
	int64_t review; /* in force; 0: none */
} Target;

static bool
find_target(Archive *archive, const ArchiveStaff *staff, const char *entry,
	    Target *out, GError **error)
{
	static const char sql[] =
		"SELECT entry.seq, coalesce(entry.review, 0)"
		" FROM statement JOIN entry ON entry.seq = statement.seq"
		" WHERE statement.id = ?2 AND (" MAY_SEE ")";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff->key);
	db_bind_text(query, 2, entry);
	if (!archive_find_row(query, "entry", error))
		return false;
	*out = (Target){ db_int(query, 0), db_int(query, 1) };
	return true;
}

bool
archive_find_review(Archive *archive, const char *entry, int64_t *seq,
		    GError **error)
{
	static const char sql[] =
		"SELECT coalesce(entry.review, 0)"
		" FROM statement JOIN entry ON entry.seq = statement.seq"
		" WHERE statement.id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, entry);
	if (!archive_find_row(query, "entry", error))
		return false;
	*seq = db_int(query, 0);
	return true;
}

static bool
append_review(Archive *archive, int64_t entry, int64_t staff,
	      const ArchiveReview *review, int64_t withdraws, GError **error)
{
	static const char sql[] =
		"INSERT INTO review (entry, staff, decision, reason, note,"
		" at_us, withdraws) VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
		" nullif(?7, 0))";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, entry);
	db_bind_int(query, 2, staff);
	db_bind_int(query, 3, review->decision);
	db_bind_text(query, 4, review->reason);
	db_bind_text(query, 5, review->note);
	db_bind_int(query, 6, review->at.us);
	db_bind_int(query, 7, withdraws);
	return db_done(query, "adding a review", error);
}

/* The newest decision that is not withdrawn is in force. */
static bool
settle_entry(Archive *archive, int64_t entry, GError **error)
{
	static const char sql[] =
		"UPDATE entry SET review = r.seq, state = CASE r.decision"
		" WHEN 3 THEN 2 WHEN 1 THEN 3 WHEN 2 THEN 3 ELSE 1 END"
		" FROM (SELECT 1) AS one LEFT JOIN (SELECT seq, decision"
		" FROM review WHERE entry = ?1 AND decision <> 4"
		" AND seq NOT IN (SELECT withdraws FROM review"
		" WHERE entry = ?1 AND withdraws IS NOT NULL)"
		" ORDER BY seq DESC LIMIT 1) AS r ON 1 = 1"
		" WHERE entry.seq = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, entry);
	return db_done(query, "settling an entry", error);
}

bool
archive_settle_entries(Archive *archive, GError **error)
{
	static const char sql[] = "SELECT DISTINCT entry FROM review";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	while (query != NULL &&
	       db_step(query, &row, "settling entries", error)) {
		if (!row)
			return true;
		if (!settle_entry(archive, db_int(query, 0), error))
			return false;
	}
	return false;
}

bool
archive_add_review(Archive *archive, const ArchiveStaff *staff,
		   const char *entry, const ArchiveReview *review,
		   GError **error)
{
	Target target;

	return find_target(archive, staff, entry, &target, error) &&
	       append_review(archive, target.seq, staff->key, review, 0,
			     error) &&
	       settle_entry(archive, target.seq, error);
}

bool
archive_withdraw_review(Archive *archive, const ArchiveStaff *staff,
			const char *entry, WallTime now, GError **error)
{
	g_autofree ArchiveReview *withdrawal = g_new0(ArchiveReview, 1);
	Target target;

	withdrawal->decision = REVIEW_WITHDRAWN;
	withdrawal->at = now;
	if (!find_target(archive, staff, entry, &target, error))
		return false;
	if (target.review == 0) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "there is no decision to withdraw");
		return false;
	}
	return append_review(archive, target.seq, staff->key, withdrawal,
			     target.review, error) &&
	       settle_entry(archive, target.seq, error);
}

bool
archive_find_medium(Archive *archive, const ArchiveStaff *staff,
		    const char *sha256, char type[static EVIDENCE_ID_MAX + 1],
		    GError **error)
{
	static const char sql[] =
		"SELECT type FROM entry_medium"
		" JOIN entry ON entry.seq = entry_medium.entry"
		" WHERE sha256 = ?2 AND (" MAY_SEE ") LIMIT 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff->key);
	db_bind_text(query, 2, sha256);
	if (!archive_find_row(query, "medium", error))
		return false;
	archive_copy(query, 0, type, EVIDENCE_ID_MAX + 1);
	return true;
}

/* --- what a kiosk should know --- */

static void
read_review(ArchiveQuery *query, BundleReview *out)
{
	*out = (BundleReview){ 0 };
	archive_copy(query, 0, out->evidence, sizeof(out->evidence));
	archive_copy(query, 1, out->learner, sizeof(out->learner));
	archive_copy(query, 2, out->prompt, sizeof(out->prompt));
	g_strlcpy(out->decision,
		  review_decision_name((ReviewDecision)db_int(query, 3)),
		  sizeof(out->decision));
	archive_copy(query, 4, out->reason, sizeof(out->reason));
	archive_copy(query, 5, out->note, sizeof(out->note));
	out->at.us = db_int(query, 6);
}

GArray *
archive_list_reviews(Archive *archive, int64_t kiosk, int64_t limit,
		     GError **error)
{
	static const char sql[] =
		"SELECT statement.id, entry.learner, entry.prompt,"
		" review.decision, review.reason, review.note, review.at_us"
		" FROM learner JOIN entry ON entry.learner = learner.id"
		" JOIN review ON review.seq = coalesce(entry.review,"
		" (SELECT max(seq) FROM review WHERE entry = entry.seq))"
		" JOIN statement ON statement.seq = entry.seq"
		" WHERE learner.class IN (SELECT class FROM kiosk_class"
		" WHERE kiosk = ?1) ORDER BY review.seq DESC LIMIT ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(BundleReview));
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, kiosk);
	db_bind_int(query, 2, limit);
	while (db_step(query, &row, "listing reviews", error)) {
		BundleReview review;

		if (!row)
			return g_steal_pointer(&all);
		read_review(query, &review);
		g_array_append_val(all, review);
	}
	return NULL;
}

bool
archive_count_usage(Archive *archive, int64_t kiosk, int64_t *out,
		    GError **error)
{
	static const char sql[] = "SELECT count(*) FROM usage WHERE kiosk = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, kiosk);
	if (!archive_find_row(query, "use", error))
		return false;
	*out = db_int(query, 0);
	return true;
}
