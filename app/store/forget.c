/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-outbox.h"
#include "app/store/store-private.h"

/*
 * Forgetting what the district has: words and media go, number, hash and
 * learner stay, so that the chain stays whole.  And reading everything
 * again.
 */

static bool
forget_words(Store *store, int64_t before_us, int64_t *n, GError **error)
{
	static const char sql[] =
		"UPDATE record SET body = NULL WHERE body IS NOT NULL"
		" AND number IN (SELECT number FROM outbox"
		" WHERE state = 2 AND receipted_us <= ?1)"
		" AND number < (SELECT max(number) FROM record)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, before_us);
	if (!sql_done(stmt, "forgetting", error))
		return false;
	*n = sqlite3_changes64(store->db);
	return true;
}

/* Media that no remembered record names. */
static bool
list_media(Store *store, GPtrArray *out, GError **error)
{
	static const char sql[] =
		"SELECT DISTINCT sha256 FROM medium WHERE sha256 NOT IN"
		" (SELECT sha256 FROM medium JOIN record USING (number)"
		" WHERE body IS NOT NULL)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "listing media", error)) {
		if (!row)
			return true;
		g_ptr_array_add(out, g_strdup(sql_text(stmt, 0)));
	}
	return false;
}

static bool
first_remembered(Store *store, int64_t *out, GError **error)
{
	static const char sql[] = "SELECT coalesce(min(number), 0)"
				  " FROM record WHERE body IS NOT NULL";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "forgetting", error))
		return false;
	*out = sql_int(stmt, 0);
	return true;
}

static void
remove_media(Store *store, const GPtrArray *names)
{
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path =
			store_media_path(store, g_ptr_array_index(names, i));

		g_remove(path);
	}
}

int64_t
store_forget(Store *store, WallTime now, int64_t keep_us, GError **error)
{
	g_autoptr(GPtrArray) media = g_ptr_array_new_with_free_func(g_free);
	int64_t n = 0, first;
	bool ok;

	if (!sql_begin(store->db, "forgetting", error))
		return -1;
	ok = forget_words(store, now.us - keep_us, &n, error) &&
	     (n == 0 || (list_media(store, media, error) &&
			 first_remembered(store, &first, error) &&
			 store_shorten_log(store, first, error)));
	if (!sql_end(store->db, ok, "forgetting", error))
		return -1;
	remove_media(store, media);
	return n;
}

/* --- reading everything again --- */

static bool
damaged(GError **error, int64_t number, const char *what)
{
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "record %" G_GINT64_FORMAT ": %s", (gint64)number, what);
	return false;
}

static bool
verify_media(Store *store, const Evidence *evidence, GError **error)
{
	for (size_t i = 0; i < evidence->n_pieces; i++) {
		const Piece *piece = &evidence->pieces[i];
		g_autofree char *path = NULL;
		g_autoptr(GBytes) bytes = NULL;
		char sha256[ID_SHA256 + 1];

		if (!piece_is_media(piece))
			continue;
		path = store_media_path(store, piece->sha256);
		bytes = file_read(path, EVIDENCE_MEDIA_MAX, NULL);
		if (bytes == NULL)
			return damaged(error, evidence->number,
				       "a medium is missing");
		id_sha256_bytes(bytes, sha256);
		if (!g_str_equal(sha256, piece->sha256))
			return damaged(error, evidence->number,
				       "a medium has changed");
	}
	return true;
}

static bool
verify_body(Store *store, SqlStatement *stmt, const char *previous,
	    GError **error)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	g_autoptr(GBytes) body = sql_bytes(stmt, 2);
	int64_t number = sql_int(stmt, 0);
	char hash[ID_SHA256 + 1];

	id_sha256_bytes(body, hash);
	if (!g_str_equal(hash, sql_text(stmt, 1)))
		return damaged(error, number, "its bytes have changed");
	if (!evidence_parse(g_bytes_get_data(body, NULL),
			    g_bytes_get_size(body), evidence, error))
		return false;
	if (evidence->number != number ||
	    (previous[0] != '\0' && !g_str_equal(evidence->previous, previous)))
		return damaged(error, number, "the chain is broken before it");
	return verify_media(store, evidence, error);
}

bool
store_verify(Store *store, GError **error)
{
	static const char sql[] =
		"SELECT number, hash, body FROM record ORDER BY number";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	char previous[ID_SHA256 + 1] = "";
	int64_t expected = 0;
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "verifying", error)) {
		if (!row)
			return true;
		if (expected != 0 && sql_int(stmt, 0) != expected)
			return damaged(error, expected, "it is missing");
		if (sqlite3_column_type(stmt, 2) != SQLITE_NULL &&
		    !verify_body(store, stmt, previous, error))
			return false;
		expected = sql_int(stmt, 0) + 1;
		g_strlcpy(previous, sql_text(stmt, 1), sizeof(previous));
	}
	return false;
}
