/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-check.h"

#include "sync/district/archive-private.h"
#include "sync/district/db-private.h"
#include "sync/district/db-schema.h"

bool
archive_begin_snapshot(Archive *archive, GError **error)
{
	return db_begin_snapshot(archive->db, error);
}

/* --- the log --- */

/* number, hash, id, body, erased */
static bool
give_links(DbQuery *rows, ArchiveLinkFunc func, void *data, GError **error)
{
	bool row;

	while (db_step(rows, &row, "reading the log", error)) {
		ArchiveLink link = { 0 };

		if (!row)
			return true;
		link.number = db_int(rows, 0);
		link.hash = db_text(rows, 1);
		link.id = db_text(rows, 2);
		link.body = db_blob(rows, 3, &link.size);
		link.erased = db_int(rows, 4);
		if (!func(data, &link, error))
			return false;
	}
	return false;
}

bool
archive_each_link(Archive *archive, int64_t kiosk, ArchiveLinkFunc func,
		  void *data, GError **error)
{
	static const char sql[] =
		"SELECT s.number, s.hash, s.id, s.body,"
		" coalesce(e.reason, 0) FROM statement s"
		" LEFT JOIN erased e ON e.seq = s.seq WHERE s.kiosk = ?1"
		" UNION ALL SELECT number, hash, '', NULL, 0 FROM aside"
		" WHERE kiosk = ?1 ORDER BY 1";
	g_autoptr(DbOwnQuery) rows = db_stream_new(archive->db, sql, error);

	if (rows == NULL)
		return false;
	db_bind_int(rows, 1, kiosk);
	return give_links(rows, func, data, error);
}

bool
archive_each_sent(Archive *archive, ArchiveLinkFunc func, void *data,
		  GError **error)
{
	static const char sql[] =
		"SELECT s.seq, s.hash, s.id, s.body, coalesce(e.reason, 0)"
		" FROM statement s LEFT JOIN erased e ON e.seq = s.seq"
		" WHERE s.kiosk IS NULL ORDER BY s.seq";
	g_autoptr(DbOwnQuery) rows = db_stream_new(archive->db, sql, error);

	return rows != NULL && give_links(rows, func, data, error);
}

/* --- files --- */

bool
archive_each_medium(Archive *archive, ArchiveFileFunc func, void *data,
		    GError **error)
{
	static const char sql[] = "SELECT sha256, size FROM medium";
	g_autoptr(DbOwnQuery) rows = db_stream_new(archive->db, sql, error);
	bool row;

	while (rows != NULL && db_step(rows, &row, "reading media", error)) {
		if (!row)
			return true;
		if (!func(data, db_text(rows, 0), db_int(rows, 1), error))
			return false;
	}
	return false;
}

bool
archive_knows_file(Archive *archive, const char *sha256, bool *knows,
		   GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM medium WHERE sha256 = ?1"
		" UNION ALL SELECT 1 FROM medium_gone WHERE sha256 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, sha256);
	return db_step(query, knows, "looking a file up", error);
}

bool
archive_check_pack(Archive *archive, ArchiveTellFunc func, void *data,
		   GError **error)
{
	static const char sql[] = "SELECT path, sha256, bytes FROM pack_file";
	g_autoptr(DbOwnQuery) rows = db_stream_new(archive->db, sql, error);
	char sha256[ID_SHA256 + 1];
	bool row;

	while (rows != NULL && db_step(rows, &row, "reading the pack", error)) {
		const void *bytes;
		size_t size;

		if (!row)
			return true;
		bytes = db_blob(rows, 2, &size);
		id_sha256(bytes != NULL ? bytes : "", size, sha256);
		if (!g_str_equal(sha256, db_text(rows, 1)))
			func(data, db_text(rows, 0));
	}
	return false;
}

/* --- the database's own view --- */

static bool
ask_file(Archive *archive, bool quick, ArchiveTellFunc func, void *data,
	 GError **error)
{
	static const char fast[] = "PRAGMA quick_check",
			  all[] = "PRAGMA integrity_check";
	g_autoptr(DbOwnQuery) rows =
		db_query_new(archive->db, quick ? fast : all, error);
	bool row;

	while (rows != NULL && db_step(rows, &row, "checking", error)) {
		if (!row)
			return true;
		if (!g_str_equal(db_text(rows, 0), "ok"))
			func(data, db_text(rows, 0));
	}
	return false;
}

static bool
ask_file_keys(Archive *archive, ArchiveTellFunc func, void *data,
	      GError **error)
{
	static const char sql[] = "PRAGMA foreign_key_check";
	g_autoptr(DbOwnQuery) rows = db_query_new(archive->db, sql, error);
	bool row;

	while (rows != NULL && db_step(rows, &row, "checking", error)) {
		g_autofree char *what = NULL;

		if (!row)
			return true;
		what = g_strdup_printf("row %s of %s names one of %s that is "
				       "not there",
				       db_text(rows, 1), db_text(rows, 0),
				       db_text(rows, 2));
		func(data, what);
	}
	return false;
}

/* A reference of one column, as the server has it. */
typedef struct {
	char *table, *column, *of, *key; /* owned; quoted as they must be */
} Reference;

static void
clear_reference(void *data)
{
	Reference *reference = data;

	g_free(reference->table);
	g_free(reference->column);
	g_free(reference->of);
	g_free(reference->key);
}

static GArray *
list_references(Archive *archive, GError **error)
{
	static const char sql[] =
		"SELECT c.conrelid::regclass::text, quote_ident(a.attname),"
		" c.confrelid::regclass::text, quote_ident(f.attname)"
		" FROM pg_constraint c"
		" JOIN pg_attribute a"
		" ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
		" JOIN pg_attribute f"
		" ON f.attrelid = c.confrelid AND f.attnum = c.confkey[1]"
		" WHERE c.contype = 'f' AND cardinality(c.conkey) = 1"
		" AND c.connamespace = current_schema()::regnamespace"
		" ORDER BY 1, 2";
	g_autoptr(DbOwnQuery) rows = db_query_new(archive->db, sql, error);
	GArray *all = g_array_new(FALSE, FALSE, sizeof(Reference));
	bool row;

	g_array_set_clear_func(all, clear_reference);
	while (rows != NULL && db_step(rows, &row, "checking", error)) {
		Reference one;

		if (!row)
			return all;
		one = (Reference){ g_strdup(db_text(rows, 0)),
				   g_strdup(db_text(rows, 1)),
				   g_strdup(db_text(rows, 2)),
				   g_strdup(db_text(rows, 3)) };
		g_array_append_val(all, one);
	}
	g_array_unref(all);
	return NULL;
}

static bool
ask_reference(Archive *archive, const Reference *one, ArchiveTellFunc func,
	      void *data, GError **error)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT count(*) FROM %s AS child WHERE child.%s IS NOT NULL"
		" AND NOT EXISTS (SELECT 1 FROM %s AS parent"
		" WHERE parent.%s = child.%s)",
		one->table, one->column, one->of, one->key, one->column);
	g_autoptr(DbOwnQuery) query = db_query_new(archive->db, sql, error);
	g_autofree char *what = NULL;
	bool row;

	if (query == NULL || !db_step(query, &row, "checking", error))
		return false;
	if (db_int(query, 0) == 0)
		return true;
	what = g_strdup_printf("%" G_GINT64_FORMAT " rows of %s name one of %s"
			       " that is not there",
			       (gint64)db_int(query, 0), one->table, one->of);
	func(data, what);
	return true;
}

/* A server keeps its references, unless somebody told it not to: a restore
 * with triggers off, a constraint that was never validated. */
static bool
ask_server_keys(Archive *archive, ArchiveTellFunc func, void *data,
		GError **error)
{
	g_autoptr(GArray) all = list_references(archive, error);

	for (guint i = 0; all != NULL && i < all->len; i++)
		if (!ask_reference(archive, &g_array_index(all, Reference, i),
				   func, data, error))
			return false;
	return all != NULL;
}

bool
archive_check_database(Archive *archive, bool quick, ArchiveTellFunc func,
		       void *data, GError **error)
{
	if (archive->db->kind != &db_sqlite)
		return ask_server_keys(archive, func, data, error);
	return ask_file(archive, quick, func, data, error) &&
	       ask_file_keys(archive, func, data, error);
}
