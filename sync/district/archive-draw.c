/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-draw.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-private.h"
#include "sync/district/db-schema.h"

#define WAS         "was_" /* a drawn table as it was */
#define COMMIT_ROWS 1000

/* A copy of a store is given its parent's use: more of it is no fault. */
static const struct {
	const char *table;
	bool may_have_more, may_lose_rows;
} drawn[] = {
	{ "entry", false, false },        { "entry_medium", false, true },
	{ "usage", true, false },         { "posting", false, true },
	{ "statement_ref", false, true }, { "voided", false, true },
};

/* --- the copy --- */

static bool
forget_table(Archive *copy, const char *table, GError **error)
{
	g_autofree char *sql = g_strdup_printf("CREATE TEMP TABLE \"" WAS
					       "%s\" AS SELECT * FROM \"%s\";"
					       "DELETE FROM \"%s\";",
					       table, table, table);

	return db_run(copy->db, sql, "forgetting", error);
}

bool
archive_forget_drawn(Archive *copy, GError **error)
{
	static const char loose[] = "PRAGMA foreign_keys = OFF;"
				    "PRAGMA synchronous = OFF;";

	if (!db_run(copy->db, loose, "preparing", error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++)
		if (!forget_table(copy, drawn[i].table, error))
			return false;
	return true;
}

bool
archive_each_body(Archive *copy, ArchiveBodyFunc func, void *data,
		  GError **error)
{
	static const char sql[] = "SELECT seq, kiosk, body FROM statement"
				  " WHERE kiosk IS NOT NULL ORDER BY seq";
	g_autoptr(DbOwnQuery) rows = db_stream_new(copy->db, sql, error);
	bool row;

	while (rows != NULL && db_step(rows, &row, "reading the log", error)) {
		size_t size;
		const void *body;

		if (!row)
			return true;
		body = db_blob(rows, 2, &size);
		if (!func(data, db_int(rows, 0), db_int(rows, 1), body, size,
			  error))
			return false;
	}
	return false;
}

bool
archive_cut_log(Archive *copy, GError **error)
{
	static const char sql[] = "DELETE FROM statement"
				  " WHERE seq > (SELECT indexed FROM log_end);"
				  "UPDATE log_end SET indexed = 0;";

	return db_run(copy->db, sql, "preparing", error);
}

/* --- two tables side by side --- */

typedef struct {
	const DbTable *table;  /* as it should be */
	DbTable was;           /* the same by another name */
	DbQuery *here, *there; /* owned: rows as they should be, and are */
	bool has_here, has_there;
	DbQuery *put, *delete; /* owned, of live; NULL: only compare */
	bool may_have_more;
	ArchiveDrawnDiff diff;
} Sides;

static void
sides_clear(Sides *sides)
{
	db_query_free(sides->here);
	db_query_free(sides->there);
	db_query_free(sides->put);
	db_query_free(sides->delete);
	g_free(sides->was.name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sides, sides_clear)

static const DbField *
field_of(const DbTable *table, guint i)
{
	return &g_array_index(table->columns, DbField, i);
}

/* Hashes and ids; none of them is a name. */
static void
note_first(Sides *sides, DbQuery *row)
{
	const DbTable *table = sides->table;
	g_autoptr(GString) key = g_string_new(table->name);

	if (sides->diff.first[0] != '\0')
		return;
	for (int place = 1; place <= (int)table->n_keys; place++) {
		guint i = db_key_column(table, place);

		if (field_of(table, i)->type == DB_FIELD_INTEGER)
			g_string_append_printf(key, " %" G_GINT64_FORMAT,
					       (gint64)db_int(row, (int)i));
		else
			g_string_append_printf(key, " %s",
					       db_text(row, (int)i));
	}
	g_strlcpy(sides->diff.first, key->str, sizeof(sides->diff.first));
}

static bool
put_row(const Sides *sides, GError **error)
{
	const DbTable *table = sides->table;
	g_autoptr(ArchiveQuery) put = sides->put;

	for (guint i = 0; put != NULL && i < table->columns->len; i++)
		db_bind_cell(put, (int)i + 1, sides->here, (int)i,
			     field_of(table, i)->type);
	return put == NULL || db_done(put, "putting right", error);
}

static bool
delete_row(const Sides *sides, GError **error)
{
	const DbTable *table = sides->table;
	g_autoptr(ArchiveQuery) delete = sides->delete;

	for (int place = 1; delete != NULL && place <= (int)table->n_keys;
	     place++) {
		guint i = db_key_column(table, place);

		db_bind_cell(delete, place, sides->there, (int)i,
			     field_of(table, i)->type);
	}
	return delete == NULL || db_done(delete, "putting right", error);
}

static bool
is_same_row(const Sides *sides)
{
	g_autoptr(GChecksum) here = g_checksum_new(G_CHECKSUM_SHA1);
	g_autoptr(GChecksum) there = g_checksum_new(G_CHECKSUM_SHA1);

	db_hash_row(sides->table, sides->here, here);
	db_hash_row(sides->table, sides->there, there);
	return g_str_equal(g_checksum_get_string(here),
			   g_checksum_get_string(there));
}

/* The sign of the keys: less than 0: there is none there. */
static bool
judge(Sides *sides, int order, GError **error)
{
	ArchiveDrawnDiff *diff = &sides->diff;

	diff->rows += order <= 0;
	if (order == 0 && is_same_row(sides))
		return true;
	if (order > 0 && sides->may_have_more)
		return true;
	note_first(sides, order > 0 ? sides->there : sides->here);
	diff->missing += order < 0;
	diff->other += order == 0;
	diff->extra += order > 0;
	return order > 0 ? delete_row(sides, error) : put_row(sides, error);
}

static int
order_of(const Sides *sides)
{
	if (!sides->has_there)
		return -1;
	if (!sides->has_here)
		return 1;
	return db_compare_keys(sides->table, sides->here, sides->there);
}

static bool
walk_some(Sides *sides, GError **error)
{
	for (int i = 0;
	     i < COMMIT_ROWS && (sides->has_here || sides->has_there); i++) {
		int order = order_of(sides);

		if (!judge(sides, order, error) ||
		    (order <= 0 && !db_step(sides->here, &sides->has_here,
					    "comparing", error)) ||
		    (order >= 0 && !db_step(sides->there, &sides->has_there,
					    "comparing", error)))
			return false;
	}
	return true;
}

static bool
walk(Sides *sides, Archive *live, GError **error)
{
	bool ok = true;

	while (ok && (sides->has_here || sides->has_there)) {
		if (live != NULL && !archive_begin(live, error))
			return false;
		ok = walk_some(sides, error);
		if (live != NULL)
			ok = archive_end(live, ok, error);
	}
	return ok;
}

static bool
open_sides(Sides *sides, Archive *copy, Archive *live, bool may_lose_rows,
	   GError **error)
{
	const DbTable *table = sides->table;

	sides->was = *table;
	sides->was.name = g_strconcat(WAS, table->name, NULL);
	sides->diff.table = table->name;
	sides->here = db_stream_rows(copy->db, table, false, error);
	if (sides->here == NULL)
		return false;
	sides->there = db_stream_rows(copy->db, &sides->was, false, error);
	if (sides->there == NULL)
		return false;
	if (live != NULL)
		sides->put = db_query_put_row(live->db, table, error);
	if (live != NULL && sides->put != NULL && may_lose_rows)
		sides->delete = db_query_delete_row(live->db, table, error);
	return (live == NULL || sides->put != NULL) &&
	       db_step(sides->here, &sides->has_here, "comparing", error) &&
	       db_step(sides->there, &sides->has_there, "comparing", error);
}

bool
archive_compare_drawn(Archive *copy, Archive *live, ArchiveDiffFunc func,
		      void *data, GError **error)
{
	g_autoptr(GPtrArray) tables = db_list_tables(copy->db, error);

	if (tables == NULL)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(drawn); i++) {
		g_auto(Sides) sides = {
			.table = db_find_table(tables, drawn[i].table),
			.may_have_more = drawn[i].may_have_more,
		};

		if (!open_sides(&sides, copy, live, drawn[i].may_lose_rows,
				error) ||
		    !walk(&sides, live, error))
			return false;
		func(data, &sides.diff);
	}
	return true;
}
