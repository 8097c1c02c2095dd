/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/base/fault.h"
#include "app/store/store-private.h"
#include "app/store/store-roster.h"

/* Applying what the district sent, whole or not at all. */

static bool
put_bundle(Store *store, const StoreBundle *bundle, GError **error)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO bundle"
		" (only, etag, district, base, retention_days, at_us)"
		" VALUES (1, ?1, ?2, ?3, ?4, ?5)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, bundle->etag);
	sql_bind_text(stmt, 2, bundle->district);
	sql_bind_text(stmt, 3, bundle->base);
	sql_bind_int(stmt, 4, bundle->retention_days);
	sql_bind_int(stmt, 5, bundle->at.us);
	return sql_done(stmt, "keeping the bundle", error);
}

static bool
put_class(Store *store, const RosterClass *class, GError **error)
{
	static const char sql[] =
		"INSERT INTO class (id, title, grade) VALUES (?1, ?2, ?3)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, class->id);
	sql_bind_text(stmt, 2, class->title);
	sql_bind_text(stmt, 3, class->grade);
	return sql_done(stmt, "keeping a class", error);
}

static bool
put_badge(Store *store, const char *digits, const char *learner, GError **error)
{
	static const char sql[] =
		"INSERT INTO badge (digits, learner) VALUES (?1, ?2)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, digits);
	sql_bind_text(stmt, 2, learner);
	return sql_done(stmt, "keeping a badge", error);
}

static bool
put_learner(Store *store, const RosterLearner *learner, GError **error)
{
	static const char sql[] =
		"INSERT INTO learner (id, name, class, grade, picture)"
		" VALUES (?1, ?2, ?3, ?4, ?5)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, learner->id);
	sql_bind_text(stmt, 2, learner->name);
	sql_bind_text(stmt, 3, learner->class_id);
	sql_bind_text(stmt, 4, learner->grade);
	sql_bind_text(stmt, 5, learner->picture);
	if (!sql_done(stmt, "keeping a learner", error))
		return false;
	for (size_t i = 0;
	     i < ROSTER_BADGES_MAX && learner->badges[i][0] != '\0'; i++)
		if (!put_badge(store, learner->badges[i], learner->id, error))
			return false;
	return true;
}

static bool
put_roster(Store *store, const Roster *roster, GError **error)
{
	if (!sql_run(store->db,
		     "DELETE FROM badge; DELETE FROM learner;"
		     "DELETE FROM class",
		     "renewing the roster", error))
		return false;
	for (size_t i = 0; i < roster->n_classes; i++)
		if (!put_class(store, &roster->classes[i], error))
			return false;
	for (size_t i = 0; i < roster->n_learners; i++)
		if (!put_learner(store, &roster->learners[i], error))
			return false;
	return true;
}

static bool
put_file(Store *store, const char *path, GBytes *body, GError **error)
{
	static const char sql[] =
		"INSERT INTO pack (path, sha256, body) VALUES (?1, ?2, ?3)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	char sha256[ID_SHA256 + 1];

	if (stmt == NULL)
		return false;
	id_sha256_bytes(body, sha256);
	sql_bind_text(stmt, 1, path);
	sql_bind_text(stmt, 2, sha256);
	sql_bind_bytes(stmt, 3, body);
	return sql_done(stmt, "keeping the pack", error);
}

static bool
put_pack(Store *store, GHashTable *pack, GError **error)
{
	GHashTableIter at;
	gpointer path, body;

	if (pack == NULL)
		return true;
	if (!sql_run(store->db, "DELETE FROM pack", "renewing the pack", error))
		return false;
	g_hash_table_iter_init(&at, pack);
	while (g_hash_table_iter_next(&at, &path, &body))
		if (!put_file(store, path, body, error))
			return false;
	return true;
}

static bool
put_review(Store *store, const StoreReview *review, GError **error)
{
	static const char sql[] =
		"INSERT OR REPLACE INTO review (evidence, learner, prompt,"
		" decision, reason, note, at_us)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, review->evidence);
	sql_bind_text(stmt, 2, review->learner);
	sql_bind_text(stmt, 3, review->prompt);
	sql_bind_int(stmt, 4, review->decision);
	sql_bind_text(stmt, 5, review->reason);
	sql_bind_text(stmt, 6, review->note);
	sql_bind_int(stmt, 7, review->at.us);
	return sql_done(stmt, "keeping a review", error);
}

static bool
put_reviews(Store *store, const StoreBundle *bundle, GError **error)
{
	if (!sql_run(store->db, "DELETE FROM review", "renewing reviews",
		     error))
		return false;
	for (size_t i = 0; i < bundle->n_reviews; i++)
		if (!put_review(store, &bundle->reviews[i], error))
			return false;
	return true;
}

bool
store_apply_bundle(Store *store, const StoreBundle *bundle, GError **error)
{
	bool ok;

	if (!store_begin(store, "applying the bundle", error))
		return false;
	ok = put_bundle(store, bundle, error) &&
	     put_roster(store, bundle->roster, error) &&
	     put_pack(store, bundle->pack, error) &&
	     put_reviews(store, bundle, error) &&
	     store_erase(store, bundle, error);
	return store_end(store, ok, "applying the bundle", error);
}

bool
store_get_bundle(Store *store, StoreBundle *out, GError **error)
{
	static const char sql[] =
		"SELECT etag, district, base, retention_days, at_us"
		" FROM bundle";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "reading the bundle", error))
		return false;
	if (!row) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "the district has sent nothing yet");
		return false;
	}
	*out = (StoreBundle){ .retention_days = sql_int(stmt, 3),
			      .at = { sql_int(stmt, 4) } };
	g_strlcpy(out->etag, sql_text(stmt, 0), sizeof(out->etag));
	g_strlcpy(out->district, sql_text(stmt, 1), sizeof(out->district));
	g_strlcpy(out->base, sql_text(stmt, 2), sizeof(out->base));
	return true;
}

char *
store_get_bundle_etag(Store *store, GError **error)
{
	g_autoptr(GError) cause = NULL;
	StoreBundle bundle;

	if (store_get_bundle(store, &bundle, &cause))
		return g_strdup(bundle.etag);
	if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return g_strdup("");
	g_propagate_error(error, g_steal_pointer(&cause));
	return NULL;
}

GHashTable *
store_read_pack(Store *store, GError **error)
{
	static const char sql[] = "SELECT path, body FROM pack";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GHashTable) pack =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_bytes_unref);
	bool row;

	if (stmt == NULL)
		return NULL;
	while (sql_step(stmt, &row, "reading the pack", error)) {
		if (!row)
			return g_steal_pointer(&pack);
		g_hash_table_insert(pack, g_strdup(sql_text(stmt, 0)),
				    sql_bytes(stmt, 1));
	}
	return NULL;
}
