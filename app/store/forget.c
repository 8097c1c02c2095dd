/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/log.h"
#include "app/store/vault.h"

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

/* Media that neither a remembered record nor a draft names. */
static bool
list_media(Store *store, GPtrArray *out, GError **error)
{
	static const char sql[] =
		"SELECT DISTINCT sha256 FROM medium AS m WHERE NOT EXISTS"
		" (SELECT 1 FROM medium AS k JOIN record USING (number)"
		" WHERE k.sha256 = m.sha256 AND body IS NOT NULL)"
		" AND NOT EXISTS (SELECT 1 FROM draft"
		" WHERE instr(CAST(body AS TEXT), m.sha256))";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "listing media", error)) {
		if (!row)
			return true;
		if (id_is_sha256(sql_text(stmt, 0)))
			g_ptr_array_add(out, g_strdup(sql_text(stmt, 0)));
	}
	return false;
}

static bool
drop_medium(Store *store, const char *sha256, GError **error)
{
	static const char sql[] = "DELETE FROM medium WHERE sha256 = ?1";
	g_autofree char *path = store_media_path(store, sha256);
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	g_remove(path);
	sql_bind_text(stmt, 1, sha256);
	return sql_done(stmt, "forgetting a medium", error);
}

/*
 * In a transaction of its own, after the words are gone for good; and within
 * it, so that no stone can be laid meanwhile that names such a medium.
 */
static bool
sweep_media(Store *store, GError **error)
{
	g_autoptr(GPtrArray) media = g_ptr_array_new_with_free_func(g_free);
	bool ok;

	if (!store_begin(store, "forgetting media", error))
		return false;
	ok = list_media(store, media, error);
	for (guint i = 0; ok && i < media->len; i++)
		ok = drop_medium(store, g_ptr_array_index(media, i), error);
	return store_end(store, ok, "forgetting media", error);
}

int64_t
store_forget(Store *store, WallTime now, int64_t keep_us, GError **error)
{
	StoreIdentity at;
	int64_t n = 0;
	bool ok;

	if (!store_begin(store, "forgetting", error))
		return -1;
	ok = store_agree_with_log(store, &at, error) &&
	     forget_words(store, now.us - keep_us, &n, error) &&
	     (n == 0 || store_rewrite_log(store, error));
	if (!store_end(store, ok, "forgetting", error) ||
	    !sweep_media(store, error))
		return -1;
	vault_sweep(store);
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
	if (!g_str_equal(hash, sql_text(stmt, 1)) ||
	    !evidence_parse(g_bytes_get_data(body, NULL),
			    g_bytes_get_size(body), evidence, NULL))
		return damaged(error, number, "its bytes have changed");
	if (evidence->number != number ||
	    (previous[0] != '\0' && !g_str_equal(evidence->previous, previous)))
		return damaged(error, number, "the chain is broken before it");
	return verify_media(store, evidence, error);
}

/* One row of the chain: there, unchanged, and in the log alike. */
static bool
verify_row(Store *store, SqlStatement *stmt, const LogIndex *log,
	   const char *previous, GError **error)
{
	int64_t number = sql_int(stmt, 0);
	const LogLine *line = log_index_find(log, number);

	if (g_str_has_prefix(sql_text(stmt, 3), STORE_LOST_ID))
		return damaged(error, number, "it was lost to a damaged disk");
	if (line == NULL || !g_str_equal(line->hash, sql_text(stmt, 1)))
		return damaged(error, number, "it is not so in " STORE_LOG);
	return sqlite3_column_type(stmt, 2) == SQLITE_NULL ||
	       verify_body(store, stmt, previous, error);
}

static bool
verify_rows(Store *store, SqlStatement *stmt, GError **error)
{
	g_autoptr(LogIndex) log = NULL;
	char previous[ID_SHA256 + 1] = ID_NO_HASH;
	int64_t expected = 1;
	bool row;

	while (sql_step(stmt, &row, "verifying", error)) {
		if (!row)
			return true;
		/* After the first step, so it has all that we will see. */
		if (log == NULL)
			log = log_index_read(store, error);
		if (log == NULL)
			return false;
		if (sql_int(stmt, 0) != expected)
			return damaged(error, expected, "it is missing");
		if (!verify_row(store, stmt, log, previous, error))
			return false;
		expected++;
		g_strlcpy(previous, sql_text(stmt, 1), sizeof(previous));
	}
	return false;
}

bool
store_verify(Store *store, GError **error)
{
	static const char sql[] =
		"SELECT number, hash, body, id FROM record ORDER BY number";
	g_autoptr(SqlStatement) stmt = NULL;

	if (!store_follow(store, error))
		return false;
	stmt = sql_prepare(store->db, sql, error);
	return stmt != NULL && verify_rows(store, stmt, error);
}
