/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/base/fault.h"
#include "app/store/store-private.h"
#include "app/store/store-roster.h"

/* Asking what the district sent. */

#define LEARNER_COLUMNS "id, name, class, grade, picture"

static bool
not_found(GError **error, const char *what)
{
	g_set_error(error, FAULT, FAULT_NOT_FOUND, "%s", what);
	return false;
}

static bool
read_badges(Store *store, RosterLearner *learner, GError **error)
{
	static const char sql[] =
		"SELECT digits FROM badge WHERE learner = ?1 ORDER BY rowid";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	size_t n = 0;
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, learner->id);
	while (sql_step(stmt, &row, "reading badges", error)) {
		if (!row || n == ROSTER_BADGES_MAX)
			return true;
		g_strlcpy(learner->badges[n++], sql_text(stmt, 0),
			  sizeof(learner->badges[0]));
	}
	return false;
}

static void
read_learner(SqlStatement *stmt, RosterLearner *out)
{
	*out = (RosterLearner){ 0 };
	g_strlcpy(out->id, sql_text(stmt, 0), sizeof(out->id));
	g_strlcpy(out->name, sql_text(stmt, 1), sizeof(out->name));
	g_strlcpy(out->class_id, sql_text(stmt, 2), sizeof(out->class_id));
	g_strlcpy(out->grade, sql_text(stmt, 3), sizeof(out->grade));
	g_strlcpy(out->picture, sql_text(stmt, 4), sizeof(out->picture));
}

static bool
find_learner(Store *store, const char *sql, const char *key, RosterLearner *out,
	     GError **error)
{
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, key);
	if (!sql_step(stmt, &row, "looking a learner up", error))
		return false;
	if (!row)
		return not_found(error, "no such learner in the roster");
	read_learner(stmt, out);
	return read_badges(store, out, error);
}

bool
store_find_badge(Store *store, const char *badge, RosterLearner *out,
		 GError **error)
{
	static const char sql[] =
		"SELECT " LEARNER_COLUMNS " FROM learner WHERE id ="
		" (SELECT learner FROM badge WHERE digits = ?1)";

	return find_learner(store, sql, badge, out, error);
}

bool
store_find_learner(Store *store, const char *id, RosterLearner *out,
		   GError **error)
{
	static const char sql[] =
		"SELECT " LEARNER_COLUMNS " FROM learner WHERE id = ?1";

	return find_learner(store, sql, id, out, error);
}

static bool
read_classes(Store *store, Roster *roster, GError **error)
{
	static const char sql[] =
		"SELECT id, title, grade FROM class ORDER BY position";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	roster->classes = g_new0(RosterClass, ROSTER_CLASSES_MAX);
	while (sql_step(stmt, &row, "reading classes", error)) {
		RosterClass *at = &roster->classes[roster->n_classes];

		if (!row || roster->n_classes == ROSTER_CLASSES_MAX)
			return true;
		g_strlcpy(at->id, sql_text(stmt, 0), sizeof(at->id));
		g_strlcpy(at->title, sql_text(stmt, 1), sizeof(at->title));
		g_strlcpy(at->grade, sql_text(stmt, 2), sizeof(at->grade));
		roster->n_classes++;
	}
	return false;
}

static bool
read_learners(Store *store, Roster *roster, GError **error)
{
	static const char sql[] =
		"SELECT " LEARNER_COLUMNS " FROM learner ORDER BY position";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(RosterLearner));
	bool row = true;

	if (stmt == NULL)
		return false;
	while (row) {
		RosterLearner learner;

		if (!sql_step(stmt, &row, "reading learners", error))
			return false;
		if (!row)
			break;
		read_learner(stmt, &learner);
		if (!read_badges(store, &learner, error))
			return false;
		g_array_append_val(all, learner);
	}
	roster->n_learners = all->len;
	roster->learners =
		(RosterLearner *)(void *)g_array_free(g_steal_pointer(&all),
						      FALSE);
	return true;
}

Roster *
store_read_roster(Store *store, GError **error)
{
	g_autoptr(Roster) roster = g_new0(Roster, 1);

	if (!read_classes(store, roster, error) ||
	    !read_learners(store, roster, error))
		return NULL;
	return g_steal_pointer(&roster);
}

GHashTable *
store_list_pack(Store *store, GError **error)
{
	static const char sql[] = "SELECT sha256, path FROM pack";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GHashTable) names =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	bool row;

	if (stmt == NULL)
		return NULL;
	while (sql_step(stmt, &row, "listing the pack", error)) {
		if (!row)
			return g_steal_pointer(&names);
		g_hash_table_replace(names, g_strdup(sql_text(stmt, 0)),
				     g_strdup(sql_text(stmt, 1)));
	}
	return NULL;
}

/* --- reviews --- */

#define REVIEW_COLUMNS \
	"evidence, learner, prompt, decision, reason, note, at_us"

static bool
find_review(Store *store, const char *sql, const char *key, StoreReview *out,
	    GError **error)
{
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, key);
	if (!sql_step(stmt, &row, "reading a review", error))
		return false;
	if (!row)
		return not_found(error, "no such review");
	*out = (StoreReview){ 0 };
	g_strlcpy(out->evidence, sql_text(stmt, 0), sizeof(out->evidence));
	g_strlcpy(out->learner, sql_text(stmt, 1), sizeof(out->learner));
	g_strlcpy(out->prompt, sql_text(stmt, 2), sizeof(out->prompt));
	out->decision = (Decision)sql_int(stmt, 3);
	g_strlcpy(out->reason, sql_text(stmt, 4), sizeof(out->reason));
	g_strlcpy(out->note, sql_text(stmt, 5), sizeof(out->note));
	out->at.us = sql_int(stmt, 6);
	return true;
}

bool
store_find_returned(Store *store, const char *learner, StoreReview *out,
		    GError **error)
{
	/* A later stone for the same prompt is the answer to a return. */
	static const char sql[] =
		"SELECT " REVIEW_COLUMNS " FROM review AS r"
		" WHERE learner = ?1 AND decision = 2 AND NOT EXISTS"
		" (SELECT 1 FROM record AS later WHERE later.learner = ?1"
		" AND later.prompt = r.prompt AND later.number >"
		" coalesce((SELECT number FROM record"
		" WHERE id = r.evidence), 0))"
		" ORDER BY at_us DESC LIMIT 1";

	return find_review(store, sql, learner, out, error);
}

bool
store_find_review(Store *store, const char *evidence, StoreReview *out,
		  GError **error)
{
	static const char sql[] =
		"SELECT " REVIEW_COLUMNS " FROM review WHERE evidence = ?1";

	return find_review(store, sql, evidence, out, error);
}

int64_t
store_count_confirmed(Store *store, const char *learner, GError **error)
{
	static const char sql[] = "SELECT count(*) FROM review"
				  " WHERE learner = ?1 AND decision = 1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, learner);
	if (!sql_step(stmt, &row, "counting reviews", error))
		return -1;
	return sql_int(stmt, 0);
}
