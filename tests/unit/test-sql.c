/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/base/sql.h"

static const char *const first[] = {
	"CREATE TABLE stone (n INTEGER PRIMARY KEY, word TEXT) STRICT;",
};
static const char *const second[] = {
	"CREATE TABLE stone (n INTEGER PRIMARY KEY, word TEXT) STRICT;",
	"ALTER TABLE stone ADD COLUMN colour TEXT;",
};
static const char *const broken[] = {
	"CREATE TABLE stone (n INTEGER PRIMARY KEY, word TEXT) STRICT;",
	"ALTER TABLE stone ADD COLUMN colour TEXT; SELECT nonsense;",
};

typedef struct {
	char *folder, *path;
} Fixture;

static void
setup(Fixture *f, const void *data)
{
	f->folder = g_dir_make_tmp("cairn-sql-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "x.db", NULL);
}

static void
teardown(Fixture *f, const void *data)
{
	const char *const argv[] = { "rm", "-rf", f->folder, NULL };

	g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH,
		     NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(f->folder);
	g_free(f->path);
}

static sqlite3 *
open_at(const Fixture *f, const char *const *migrations, size_t n)
{
	g_autoptr(GError) error = NULL;
	sqlite3 *db = sql_open(f->path, migrations, n, &error);

	g_assert_no_error(error);
	return db;
}

static int64_t
ask(sqlite3 *db, const char *sql)
{
	g_autoptr(SqlStatement) stmt = sql_prepare(db, sql, NULL);
	bool row;

	g_assert_nonnull(stmt);
	g_assert_true(sql_step(stmt, &row, "asking", NULL));
	g_assert_true(row);
	return sql_int(stmt, 0);
}

static void
a_new_file_is_durable_and_ours_alone(Fixture *f, const void *data)
{
	sqlite3 *db = open_at(f, first, 1);
	struct stat about;

	g_assert_cmpint(ask(db, "PRAGMA synchronous"), ==, 2); /* FULL */
	g_assert_cmpint(ask(db, "PRAGMA foreign_keys"), ==, 1);
	g_assert_cmpint(ask(db, "PRAGMA page_size"), ==, 4096);
	g_assert_cmpint(ask(db, "SELECT journal_mode = 'wal'"
				" FROM pragma_journal_mode"),
			==, 1);
	g_assert_cmpint(g_stat(f->path, &about), ==, 0);
	g_assert_cmpint(about.st_mode & 0777, ==, 0600);
	sqlite3_close(db);
}

static void
migrations_run_once_each_in_order(Fixture *f, const void *data)
{
	sqlite3 *db = open_at(f, first, 1);

	g_assert_true(sql_run(db, "INSERT INTO stone VALUES (1, 'one')",
			      "adding", NULL));
	sqlite3_close(db);
	db = open_at(f, second, 2);
	g_assert_cmpint(ask(db, "SELECT count(*) FROM stone"
				" WHERE colour IS NULL"),
			==, 1);
	g_assert_cmpint(ask(db, "PRAGMA user_version"), ==, 2);
	sqlite3_close(db);
	sqlite3_close(open_at(f, second, 2));
}

static void
a_migration_that_fails_changes_nothing(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	sqlite3 *db;

	sqlite3_close(open_at(f, first, 1));
	g_assert_null(sql_open(f->path, broken, 2, &error));
	g_assert_nonnull(error);
	db = open_at(f, second, 2);
	g_assert_cmpint(ask(db, "PRAGMA user_version"), ==, 2);
	sqlite3_close(db);
}

static GBytes *
read_whole(const char *path)
{
	char *bytes;
	size_t size;

	if (!g_file_get_contents(path, &bytes, &size, NULL))
		return g_bytes_new(NULL, 0);
	return g_bytes_new_take(bytes, size);
}

static void
a_later_file_is_left_as_it_was(Fixture *f, const void *data)
{
	g_autofree char *wal = g_strconcat(f->path, "-wal", NULL);
	g_autoptr(GError) error = NULL;
	sqlite3 *db = open_at(f, second, 2);

	/* As after a power cut: the last writes are in the log alone. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	g_assert_true(sql_run(db, "INSERT INTO stone VALUES (1, 'a', 'b')",
			      "adding", NULL));
	sqlite3_close(db);

	g_autoptr(GBytes) before = read_whole(f->path);
	g_autoptr(GBytes) wal_before = read_whole(wal);

	g_assert_cmpuint(g_bytes_get_size(wal_before), >, 0);
	g_assert_null(sql_open(f->path, first, 1, &error));
	g_assert_error(error, FAULT, FAULT_TOO_NEW);

	g_autoptr(GBytes) after = read_whole(f->path);
	g_autoptr(GBytes) wal_after = read_whole(wal);

	g_assert_true(g_bytes_equal(before, after));
	g_assert_true(g_bytes_equal(wal_before, wal_after));
}

static void
what_is_no_database_is_damaged_and_kept(Fixture *f, const void *data)
{
	g_autofree char *text = g_strnfill(9000, 'x');
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) after = NULL;

	g_assert_true(g_file_set_contents(f->path, text, 9000, NULL));
	g_assert_null(sql_open(f->path, first, 1, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
	after = read_whole(f->path);
	g_assert_cmpmem(g_bytes_get_data(after, NULL), g_bytes_get_size(after),
			text, 9000);
}

static void
a_folder_that_is_not_there_is_named(Fixture *f, const void *data)
{
	g_autofree char *path = g_build_filename(f->folder, "no", "x", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(sql_open(path, first, 1, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
	g_assert_nonnull(strstr(error->message, path));
}

static void
another_connection_makes_it_busy(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	sqlite3 *one = open_at(f, first, 1);
	sqlite3 *other = open_at(f, first, 1);

	sqlite3_busy_timeout(other, 1);
	g_assert_true(sql_begin(one, "holding", NULL));
	g_assert_false(sql_begin(other, "waiting", &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	g_assert_false(sql_end(one, false, "giving up", NULL));
	g_assert_true(sql_begin(other, "again", NULL));
	g_assert_true(sql_end(other, true, "again", NULL));
	sqlite3_close(one);
	sqlite3_close(other);
}

static void *
insert_many(void *data)
{
	sqlite3 *db = open_at(data, first, 1);

	for (int i = 0; i < 50; i++)
		g_assert_true(sql_run(db,
				      "INSERT INTO stone (word) VALUES ('w')",
				      "adding", NULL));
	sqlite3_close(db);
	return NULL;
}

static void
threads_have_a_connection_each(Fixture *f, const void *data)
{
	GThread *threads[4];
	sqlite3 *db;

	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("writer", insert_many, f);
	for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	db = open_at(f, first, 1);
	g_assert_cmpint(ask(db, "SELECT count(*) FROM stone"), ==, 200);
	sqlite3_close(db);
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Fixture *f, const void *data);
	} tests[] = {
		{ "/sql/open/durable-and-ours-alone",
		  a_new_file_is_durable_and_ours_alone },
		{ "/sql/open/later-file-is-left-as-it-was",
		  a_later_file_is_left_as_it_was },
		{ "/sql/open/no-database-is-damaged-and-kept",
		  what_is_no_database_is_damaged_and_kept },
		{ "/sql/open/missing-folder-is-named",
		  a_folder_that_is_not_there_is_named },
		{ "/sql/migrate/once-each-in-order",
		  migrations_run_once_each_in_order },
		{ "/sql/migrate/failing-changes-nothing",
		  a_migration_that_fails_changes_nothing },
		{ "/sql/busy/another-connection",
		  another_connection_makes_it_busy },
		{ "/sql/threads/a-connection-each",
		  threads_have_a_connection_each },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, setup, tests[i].run,
			   teardown);
	return g_test_run();
}
