/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#include "app/base/fault.h"
#include "sync/district/archive-transfer.h"
#include "sync/district/db-schema.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/toy-postgres.h"

/* A whole archive from one database to another: SQLite to SQLite, and through
 * PostgreSQL and back where the tests have a cluster. */

#define ROWS 3 /* of each table that may have them */

typedef struct {
	char *folder, *first, *second,
		*there; /* addresses; there: PostgreSQL */
} Fixture;

/* --- a row in every table there is, whoever added it --- */

static char *
cell_of(const DbTable *table, const DbField *column, int row)
{
	if (g_str_equal(column->name, "only"))
		return g_strdup("1");
	switch (column->type) {
	case DB_FIELD_INTEGER:
		return g_strdup_printf("%d", row);
	case DB_FIELD_TEXT:
		/* In C's order Z comes before a, in many others behind. */
		return g_strdup_printf("'%c%d ñ'", row % 2 ? 'a' : 'Z', row);
	case DB_FIELD_BLOB:
		return g_strdup_printf("X'00%02x'", row);
	}
	g_assert_not_reached();
}

static void
fill_table(sqlite3 *db, const DbTable *table, int row)
{
	g_autoptr(GString) sql = g_string_new(NULL);

	g_string_printf(sql, "INSERT OR REPLACE INTO \"%s\" VALUES (",
			table->name);
	for (guint i = 0; i < table->columns->len; i++) {
		g_autofree char *cell =
			cell_of(table,
				&g_array_index(table->columns, DbField, i),
				row);

		g_string_append_printf(sql, "%s%s", i > 0 ? ", " : "", cell);
	}
	g_string_append_c(sql, ')');
	if (sqlite3_exec(db, sql->str, NULL, NULL, NULL) != SQLITE_OK)
		g_error("%s: %s", sql->str, sqlite3_errmsg(db));
}

static GPtrArray *
tables_of(const char *address)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(address, &error);
	GPtrArray *tables = db != NULL ? db_list_tables(db, &error) : NULL;

	g_assert_no_error(error);
	return tables;
}

static void
fill(const char *path)
{
	g_autoptr(GPtrArray) tables = tables_of(path);
	sqlite3 *db = NULL;

	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	for (guint i = 0; i < tables->len; i++) {
		const DbTable *table = tables->pdata[i];

		for (int row = 1; row <= (table->one_row ? 1 : ROWS); row++)
			fill_table(db, table, row);
	}
	sqlite3_close(db);
}

static void
run_sql(const char *address, const char *sql)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(address, &error);
	bool ok = db != NULL && db_run(db, sql, "changing", &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
setup(Fixture *f, const void *data)
{
	f->folder = g_dir_make_tmp("transfer-XXXXXX", NULL);
	f->first = g_build_filename(f->folder, "first.db", NULL);
	f->second = g_build_filename(f->folder, "second.db", NULL);
	f->there = toy_postgres_new();
	fill(f->first);
}

static void
teardown(Fixture *f, const void *data)
{
	g_autoptr(GDir) dir = g_dir_open(f->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(f->folder, name, NULL);

		g_remove(path);
	}
	g_rmdir(f->folder);
	toy_postgres_drop(f->there);
	g_free(f->folder);
	g_free(f->first);
	g_free(f->second);
}

/* --- claims --- */

static void
assert_same(const GPtrArray *a, const GPtrArray *b)
{
	g_assert_cmpuint(a->len, ==, b->len);
	for (guint i = 0; i < a->len; i++) {
		const ArchiveSum *left = a->pdata[i], *right = b->pdata[i];

		g_assert_cmpstr(left->name, ==, right->name);
		g_assert_cmpint(left->rows, ==, right->rows);
		g_assert_cmpstr(left->sha256, ==, right->sha256);
	}
}

static GPtrArray *
move(const char *from, const char *to)
{
	const ArchiveTransfer how = { 0 };
	g_autoptr(GError) error = NULL;
	GPtrArray *sums = NULL;
	bool ok = archive_transfer(from, to, &how, &sums, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	return sums;
}

/* By way of PostgreSQL, where there is one. */
static void
test_every_table(Fixture *f, const void *data)
{
	g_autoptr(GPtrArray) tables = tables_of(f->first);
	g_autoptr(GPtrArray) there =
		f->there != NULL ? move(f->first, f->there) : NULL;
	g_autoptr(GPtrArray) back =
		move(f->there != NULL ? f->there : f->first, f->second);

	g_assert_cmpuint(back->len, ==, tables->len);
	g_assert_cmpuint(back->len, >, 20);
	for (guint i = 0; i < back->len; i++) {
		const DbTable *table = tables->pdata[i];
		const ArchiveSum *sum = back->pdata[i];

		g_assert_cmpstr(sum->name, ==, table->name);
		g_assert_cmpint(sum->rows, ==, table->one_row ? 1 : ROWS);
	}
	if (there != NULL)
		assert_same(there, back);
}

/* What is held as a table of SQLite is one that is moved. */
static void
test_none_forgotten(Fixture *f, const void *data)
{
	static const char sql[] =
		"SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
		" AND name NOT LIKE 'sqlite_%'";
	g_autoptr(GPtrArray) sums = move(f->first, f->second);
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;

	g_assert_cmpint(sqlite3_open(f->second, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), ==,
			SQLITE_OK);
	g_assert_cmpint(sqlite3_step(stmt), ==, SQLITE_ROW);
	g_assert_cmpint(sqlite3_column_int(stmt, 0), ==, (int)sums->len);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

typedef struct {
	int64_t left; /* commits until it is stopped */
} Patience;

static bool
lose_patience(void *data, const char *table, int64_t rows, int64_t of)
{
	Patience *patience = data;

	return --patience->left > 0;
}

/* Stopped ever again, and gone on with.  A table of one row is written each
 * time: whoever stops behind two commits each time gets no further. */
static void
stop_and_go(const char *from, const char *to)
{
	for (int64_t stops = 0;; stops++) {
		Patience patience = { 3 + stops / 4 };
		const ArchiveTransfer how = { lose_patience, &patience, NULL };
		g_autoptr(GError) error = NULL;

		if (archive_transfer(from, to, &how, NULL, &error)) {
			g_assert_cmpint(stops, >, 0);
			return;
		}
		g_assert_error(error, FAULT, FAULT_BUSY);
		g_clear_error(&error);
	}
}

static void
test_goes_on(Fixture *f, const void *data)
{
	const char *to = f->there != NULL ? f->there : f->second;
	g_autoptr(GPtrArray) sums = NULL;
	g_autoptr(GPtrArray) again = NULL;

	stop_and_go(f->first, to);
	sums = move(f->first, to); /* it is the same already */
	if (f->there == NULL)
		return;
	stop_and_go(f->there, f->second);
	again = move(f->there, f->second);
	assert_same(sums, again);
}

static void
stop_once(const char *from, const char *to, int64_t commits)
{
	Patience patience = { commits };
	const ArchiveTransfer how = { lose_patience, &patience, NULL };
	g_autoptr(GError) error = NULL;

	g_assert_false(archive_transfer(from, to, &how, NULL, &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
}

/* Rows that were copied, and are others by the time it goes on. */
static void
test_changed_meanwhile(Fixture *f, const void *data)
{
	const char *to = f->there != NULL ? f->there : f->second;
	g_autoptr(GPtrArray) sums = NULL;
	g_autoptr(GPtrArray) here = NULL;

	stop_once(f->first, to, 8);
	run_sql(f->first, "UPDATE class SET title = 'another';"
			  "UPDATE activity SET definition = 'new';"
			  "DELETE FROM badge WHERE digits = 'a1 ñ';"
			  "INSERT INTO activity VALUES ('0', '{}')");
	sums = move(f->first, to);
	here = move(f->first, to);
	assert_same(sums, here);
}

static void
assert_refuses(const char *from, const char *to, Fault fault)
{
	const ArchiveTransfer how = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_false(archive_transfer(from, to, &how, NULL, &error));
	g_assert_error(error, FAULT, (int)fault);
}

static void
test_refuses(Fixture *f, const void *data)
{
	const char *to = f->there != NULL ? f->there : f->second;
	g_autofree char *other = g_build_filename(f->folder, "other.db", NULL);
	g_autofree char *none = g_build_filename(f->folder, "none.db", NULL);
	g_autoptr(GPtrArray) sums = NULL;

	assert_refuses(none, to, FAULT_NOT_FOUND);
	g_assert_false(g_file_test(none, G_FILE_TEST_EXISTS));
	fill(other);
	run_sql(other, "UPDATE district SET base = 'https://other.example'");
	stop_once(f->first, to, 3);
	assert_refuses(other, to, FAULT_REFUSED);
	sums = move(f->first, to);
	assert_refuses(other, to, FAULT_REFUSED);
}

/* Nobody takes a half archive for a whole one. */
static void
test_half(Fixture *f, const void *data)
{
	const char *to = f->there != NULL ? f->there : f->second;
	g_autoptr(GPtrArray) sums = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Archive) archive = NULL;

	stop_once(f->first, to, 3);
	if (f->there == NULL) {
		g_assert_false(g_file_test(to, G_FILE_TEST_EXISTS));
	} else {
		g_assert_null(archive_open(to, &error));
		g_assert_error(error, FAULT, FAULT_REFUSED);
		g_clear_error(&error);
	}
	sums = move(f->first, to);
	archive = archive_open(to, &error);
	g_assert_no_error(error);
}

/* The log goes on behind its last statement. */
static void
test_sequences(Fixture *f, const void *data)
{
	const char *to = f->there != NULL ? f->there : f->second;
	g_autoptr(GPtrArray) sums = move(f->first, to);
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(to, &error);
	g_autoptr(DbOwnQuery) query = NULL;
	int64_t seq = 0;

	g_assert_no_error(error);
	g_assert_cmpuint(sums->len, >, 0);
	query = db_query_new(db,
			     "INSERT INTO statement (id, hash, stored_us, body)"
			     " VALUES ('x', 'y', 9, ?1) RETURNING seq",
			     &error);
	db_bind_blob(query, 1, "{}", 2);
	g_assert_true(db_insert(query, &seq, "appending", &error));
	g_assert_cmpint(seq, ==, ROWS + 1);
}

/* The foreign keys are as they were: a row that dangles is refused. */
static void
test_foreign_keys(Fixture *f, const void *data)
{
	const char *to = f->there != NULL ? f->there : f->second;
	g_autoptr(GPtrArray) sums = move(f->first, to);
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(to, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(sums->len, >, 0);
	g_assert_false(db_run(db, "INSERT INTO staff_class VALUES (99, 'none')",
			      "dangling", &error));
	g_assert_nonnull(error);
}

#define ADD(name, function) \
	g_test_add("/archive-transfer/" name, Fixture, NULL, setup, function, \
		   teardown)

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	ADD("every-table-comes-back", test_every_table);
	ADD("none-is-forgotten", test_none_forgotten);
	ADD("stopped-anywhere-goes-on", test_goes_on);
	ADD("what-changed-meanwhile-is-new", test_changed_meanwhile);
	ADD("refuses-what-is-not-its", test_refuses);
	ADD("half-is-not-opened", test_half);
	ADD("the-log-goes-on-behind", test_sequences);
	ADD("foreign-keys-hold-again", test_foreign_keys);
	return g_test_run();
}
