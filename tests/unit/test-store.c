/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-audit.h"
#include "tests/unit/shelf.h"

static void
numbers_have_no_gap_and_chain(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity identity;
	Evidence third;

	shelf_lay(f, 3);
	g_assert_true(store_get_evidence(f->store, 3, &third, &error));
	g_assert_cmpint(third.number, ==, 3);
	g_assert_true(store_get_identity(f->store, &identity, &error));
	g_assert_cmpint(identity.last_number, ==, 3);
	g_assert_true(store_verify(f->store, &error));
	g_assert_no_error(error);
}

static void
media_are_kept_by_hash(Shelf *f, const void *data)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("photo", 5);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	Evidence e = shelf_choice();

	e.pieces[0] = (Piece){ .kind = PIECE_PHOTO };
	g_assert_true(store_add_media(f->store, bytes, "image/jpeg",
				      &e.pieces[0], &error));
	g_assert_true(store_lay(f->store, &f->held.clock, &e, &error));
	g_assert_no_error(error);
	path = store_media_path(f->store, e.pieces[0].sha256);
	g_assert_true(store_verify(f->store, &error));

	g_assert_true(g_file_set_contents(path, "other", 5, NULL));
	g_assert_false(store_verify(f->store, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
}

static void
media_that_are_not_there_are_refused(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	Evidence e = shelf_choice();

	e.pieces[0] = (Piece){ .kind = PIECE_PHOTO,
			       .type = "image/jpeg",
			       .sha256 = ID_NO_HASH,
			       .size = 5 };
	g_assert_false(store_lay(f->store, &f->held.clock, &e, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	shelf_lay(f, 1);
	shelf_reopen(f);
	g_assert_true(store_verify(f->store, NULL));
}

static void
a_lost_database_is_filled_from_the_log(Shelf *f, const void *data)
{
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);
	g_autofree char *kept = g_strconcat(db, ".damaged-1", NULL);
	StoreIdentity identity;
	OutboxCounts counts;

	shelf_lay(f, 20);
	store_rest(f->store);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_set_contents(db, "no database at all", -1, NULL));
	g_test_expect_message("store", G_LOG_LEVEL_WARNING, "*damaged*");
	shelf_reopen(f);
	g_test_assert_expected_messages();

	g_assert_true(g_file_test(kept, G_FILE_TEST_EXISTS));
	g_assert_cmpstr(store_get_notice(f->store), !=, "");
	g_assert_true(store_get_identity(f->store, &identity, NULL));
	g_assert_cmpint(identity.last_number, ==, 20);
	g_assert_true(store_count_outbox(f->store, &counts, NULL));
	g_assert_cmpint(counts.waiting, ==, 20);
	g_assert_true(store_verify(f->store, NULL));
}

static void
a_line_beyond_the_database_is_taken_in(Shelf *f, const void *data)
{
	/* As after a power cut between the log's sync and the commit. */
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);
	StoreIdentity identity;
	char *copy;
	size_t size;

	shelf_lay(f, 2);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_get_contents(db, &copy, &size, NULL));
	shelf_reopen(f);
	shelf_lay(f, 1);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_set_contents(db, copy, (gssize)size, NULL));
	g_free(copy);
	shelf_reopen(f);
	g_assert_true(store_get_identity(f->store, &identity, NULL));
	g_assert_cmpint(identity.last_number, ==, 3);
	g_assert_true(store_verify(f->store, NULL));
}

static void
a_torn_line_is_passed_over(Shelf *f, const void *data)
{
	g_autofree char *log =
		g_build_filename(f->folder, "records.jsonl", NULL);
	FILE *file;

	shelf_lay(f, 1);
	g_clear_pointer(&f->store, store_close);
	file = fopen(log, "a");
	g_assert_nonnull(file);
	fputs("{\"asked\":\"torn", file);
	fclose(file);
	g_test_expect_message("store", G_LOG_LEVEL_MESSAGE, "*torn*");
	shelf_reopen(f);
	g_test_assert_expected_messages();
	shelf_lay(f, 1);
	shelf_reopen(f);
	g_assert_true(store_verify(f->store, NULL));
	g_assert_cmpint(store_count_stones(f->store, "k7x2m9qd", "", NULL), ==,
			2);
}

static void
drafts_end_with_their_stone(Shelf *f, const void *data)
{
	g_autoptr(GBytes) draft = g_bytes_new_static("{}", 2);
	g_autoptr(GBytes) found = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(store_save_draft(f->store, "k7x2m9qd", draft, &error));
	shelf_reopen(f);
	found = store_load_draft(f->store, "k7x2m9qd", &error);
	g_assert_true(g_bytes_equal(found, draft));
	shelf_lay(f, 1);
	g_assert_null(store_load_draft(f->store, "k7x2m9qd", &error));
	g_assert_no_error(error);
}

static void
a_rotten_medium_is_written_anew(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) photo = g_bytes_new_static("photo", 5);
	g_autofree char *path = NULL;
	Piece piece;

	g_assert_true(
		store_add_media(f->store, photo, "image/jpeg", &piece, &error));
	path = store_media_path(f->store, piece.sha256);
	g_assert_true(g_file_set_contents(path, "phOto", 5, NULL));
	g_assert_true(
		store_add_media(f->store, photo, "image/jpeg", &piece, &error));

	g_autoptr(GBytes) there = file_read(path, 5, NULL);

	g_assert_true(g_bytes_equal(there, photo));
}

/* --- identities and copies --- */

static void
numbering_goes_on_under_a_new_identity(Shelf *f, const void *data)
{
	static const char other[] = "12121212-3434-4565-8787-909090909090";
	g_autoptr(GError) error = NULL;
	StoreIdentity identity;
	Evidence last;

	shelf_lay(f, 2);
	g_assert_true(store_set_identity(f->store, other, &error));
	shelf_lay(f, 1);
	g_assert_true(store_get_identity(f->store, &identity, &error));
	g_assert_cmpstr(identity.kiosk, ==, other);
	g_assert_true(identity.enrolled);
	g_assert_true(store_get_evidence(f->store, 3, &last, &error));
	g_assert_cmpstr(last.kiosk, ==, other);
	g_assert_true(store_verify(f->store, &error));
	g_assert_no_error(error);
}

static void
a_lost_database_keeps_its_identity(Shelf *f, const void *data)
{
	StoreIdentity before, after;

	shelf_lay(f, 1);
	g_assert_true(store_get_identity(f->store, &before, NULL));
	shelf_lose_database(f);
	g_assert_true(store_get_identity(f->store, &after, NULL));
	g_assert_cmpstr(before.kiosk, ==, after.kiosk);
}

/* --- every past version opens --- */

static void
build_fixture(Shelf *f)
{
	static const char command[] = "rm -rf \"$2\" && cp -r \"$1\" \"$2\"";
	const char *tests = g_getenv("G_TEST_SRCDIR");
	g_autofree char *past =
		g_build_filename(tests != NULL ? tests : "tests", "fixtures",
				 "store-1", NULL);
	g_autofree char *dump = g_build_filename(past, "kiosk.sql", NULL);
	const char *const argv[] = { "sh", "-c",      command, "sh",
				     past, f->folder, NULL };
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);
	g_autofree char *sql = NULL;
	sqlite3 *handle = NULL;

	g_assert_true(g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL,
				   G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
				   NULL, NULL));
	g_assert_true(g_file_get_contents(dump, &sql, NULL, NULL));
	g_assert_cmpint(sqlite3_open(db, &handle), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(handle, sql, NULL, NULL, NULL), ==,
			SQLITE_OK);
	sqlite3_close(handle);
}

static void
a_store_of_version_1_opens(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) draft = NULL;
	OutboxCounts counts;

	g_clear_pointer(&f->store, store_close);
	build_fixture(f);
	shelf_reopen(f);
	g_assert_cmpstr(store_get_notice(f->store), ==, "");
	g_assert_true(store_verify(f->store, &error));
	g_assert_no_error(error);
	g_assert_true(store_count_outbox(f->store, &counts, &error));
	g_assert_cmpint(counts.waiting, ==, 2);
	g_assert_cmpint(counts.receipted, ==, 1);
	draft = store_load_draft(f->store, "k7x2m9qd", &error);
	g_assert_nonnull(draft);
	shelf_lay(f, 1);
	g_assert_true(store_verify(f->store, &error));
}

static void
only_the_owner_can_look(Shelf *f, const void *data)
{
	static const struct {
		const char *name;
		mode_t mode;
	} rows[] = {
		{ ".", 0700 },
		{ "media", 0700 },
		{ "secrets", 0700 },
		{ "kiosk.db", 0600 },
		{ "kiosk.db-wal", 0600 },
		{ "records.jsonl", 0600 },
	};

	shelf_lay(f, 1);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
			g_build_filename(f->folder, rows[i].name, NULL);
		struct stat about;

		g_test_message("%s", rows[i].name);
		g_assert_cmpint(g_stat(path, &about), ==, 0);
		g_assert_cmpint(about.st_mode & 0777, ==, rows[i].mode);
	}
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Shelf *f, const void *data);
	} tests[] = {
		{ "/store/lay/numbers-have-no-gap-and-chain",
		  numbers_have_no_gap_and_chain },
		{ "/store/media/kept-by-hash", media_are_kept_by_hash },
		{ "/store/media/missing-is-refused",
		  media_that_are_not_there_are_refused },
		{ "/store/open/lost-database-is-filled-from-the-log",
		  a_lost_database_is_filled_from_the_log },
		{ "/store/open/line-beyond-the-database-is-taken-in",
		  a_line_beyond_the_database_is_taken_in },
		{ "/store/open/torn-line-is-passed-over",
		  a_torn_line_is_passed_over },
		{ "/store/media/rotten-is-written-anew",
		  a_rotten_medium_is_written_anew },
		{ "/store/identity/numbering-goes-on",
		  numbering_goes_on_under_a_new_identity },
		{ "/store/identity/outlives-the-database",
		  a_lost_database_keeps_its_identity },
		{ "/store/open/version-1", a_store_of_version_1_opens },
		{ "/store/open/only-the-owner-can-look",
		  only_the_owner_can_look },
		{ "/store/draft/ends-with-its-stone",
		  drafts_end_with_their_stone },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Shelf, NULL, shelf_setup,
			   tests[i].run, shelf_teardown);
	return g_test_run();
}
