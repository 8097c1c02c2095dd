/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-outbox.h"
#include "app/store/store.h"

/* A clock that a test holds. */
typedef struct {
	Clock clock;
	ClockReading now;
} HeldClock;

static ClockReading
read_held(void *self)
{
	HeldClock *held = self;

	held->now.since_boot_us += 1000;
	held->now.wall.us += 1000;
	return held->now;
}

typedef struct {
	char *folder;
	Store *store;
	HeldClock held;
} Fixture;

static void
set_clock(Fixture *f, const char *boot, int64_t wall_us, bool trusted)
{
	f->held.clock = (Clock){ read_held, &f->held };
	f->held.now = (ClockReading){ .wall = { wall_us }, .trusted = trusted };
	memset(f->held.now.boot, boot[0], CLOCK_BOOT_ID);
}

#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)
#define TODAY  (INT64_C(1795000000) * G_USEC_PER_SEC)

static void
reopen(Fixture *f)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&f->store, store_close);
	f->store = store_open(f->folder, &error);
	g_assert_no_error(error);
}

static void
setup(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("cairn-store-XXXXXX", &error);
	g_assert_no_error(error);
	set_clock(f, "a", TODAY, true);
	reopen(f);
}

static void
teardown(Fixture *f, const void *data)
{
	const char *const argv[] = { "rm", "-rf", f->folder, NULL };

	store_close(f->store);
	g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH,
		     NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(f->folder);
}

static Evidence
a_choice(void)
{
	Evidence e = { .language = "en", .prompt = "A2C3", .n_pieces = 1 };

	g_strlcpy(e.learner, "k7x2m9qd", sizeof(e.learner));
	g_strlcpy(e.portrait, "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01",
		  sizeof(e.portrait));
	g_strlcpy(e.portrait_version, "2026-11", sizeof(e.portrait_version));
	g_strlcpy(e.statement, "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11",
		  sizeof(e.statement));
	g_strlcpy(e.asked, "¿Cómo cuidaste nuestro salón?", sizeof(e.asked));
	e.pieces[0].kind = PIECE_CHOICE;
	g_strlcpy(e.pieces[0].text, "tidied", sizeof(e.pieces[0].text));
	return e;
}

static void
lay(Fixture *f, int n)
{
	for (int i = 0; i < n; i++) {
		g_autoptr(GError) error = NULL;
		Evidence e = a_choice();
		bool ok = store_lay(f->store, &f->held.clock, &e, &error);

		g_assert_no_error(error);
		g_assert_true(ok);
	}
}

static void
numbers_have_no_gap_and_chain(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity identity;
	Evidence third;

	lay(f, 3);
	g_assert_true(store_get_evidence(f->store, 3, &third, &error));
	g_assert_cmpint(third.number, ==, 3);
	g_assert_true(store_get_identity(f->store, &identity, &error));
	g_assert_cmpint(identity.last_number, ==, 3);
	g_assert_true(store_verify(f->store, &error));
	g_assert_no_error(error);
}

static void
media_are_kept_by_hash(Fixture *f, const void *data)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static("photo", 5);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	Evidence e = a_choice();

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
media_that_are_not_there_are_refused(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	Evidence e = a_choice();

	e.pieces[0] = (Piece){ .kind = PIECE_PHOTO,
			       .type = "image/jpeg",
			       .sha256 = ID_NO_HASH,
			       .size = 5 };
	g_assert_false(store_lay(f->store, &f->held.clock, &e, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	lay(f, 1);
	reopen(f);
	g_assert_true(store_verify(f->store, NULL));
}

static void
a_lost_database_is_filled_from_the_log(Fixture *f, const void *data)
{
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);
	g_autofree char *kept = g_strconcat(db, ".damaged-1", NULL);
	StoreIdentity identity;
	OutboxCounts counts;

	lay(f, 20);
	store_rest(f->store);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_set_contents(db, "no database at all", -1, NULL));
	g_test_expect_message("store", G_LOG_LEVEL_WARNING, "*damaged*");
	reopen(f);
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
a_line_beyond_the_database_is_taken_in(Fixture *f, const void *data)
{
	/* As after a power cut between the log's sync and the commit. */
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);
	StoreIdentity identity;
	char *copy;
	size_t size;

	lay(f, 2);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_get_contents(db, &copy, &size, NULL));
	reopen(f);
	lay(f, 1);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_set_contents(db, copy, (gssize)size, NULL));
	g_free(copy);
	reopen(f);
	g_assert_true(store_get_identity(f->store, &identity, NULL));
	g_assert_cmpint(identity.last_number, ==, 3);
	g_assert_true(store_verify(f->store, NULL));
}

static void
a_torn_line_is_passed_over(Fixture *f, const void *data)
{
	g_autofree char *log =
		g_build_filename(f->folder, "records.jsonl", NULL);
	FILE *file;

	lay(f, 1);
	g_clear_pointer(&f->store, store_close);
	file = fopen(log, "a");
	g_assert_nonnull(file);
	fputs("{\"asked\":\"torn", file);
	fclose(file);
	g_test_expect_message("store", G_LOG_LEVEL_MESSAGE, "*torn*");
	reopen(f);
	g_test_assert_expected_messages();
	lay(f, 1);
	reopen(f);
	g_assert_true(store_verify(f->store, NULL));
	g_assert_cmpint(store_count_stones(f->store, "k7x2m9qd", "", NULL), ==,
			2);
}

static void
times_are_repaired_or_honest(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) batch = NULL;
	g_autoptr(OutboxBatch) again = NULL;
	ClockAnchor anchor = { .booted = { TODAY } };

	set_clock(f, "b", 0, false); /* a boot that nobody ever dated */
	lay(f, 2);
	set_clock(f, "c", 0, false);
	lay(f, 1);
	g_assert_null(store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
					&error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	g_clear_error(&error);

	memset(anchor.boot, 'c', CLOCK_BOOT_ID);
	g_assert_true(store_add_anchor(f->store, &anchor, &error));
	batch = store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
				  &error);
	g_assert_no_error(error);
	g_assert_cmpint(batch->n, ==, 3);
	g_assert_cmpint(batch->entries[2].shown.about_us, ==, 0);
	g_assert_cmpint(batch->entries[2].shown.wall.us, ==, TODAY + 1000);
	g_assert_cmpint(batch->entries[0].shown.about_us, >, 0);
	g_assert_cmpint(batch->entries[0].shown.wall.us, <,
			batch->entries[1].shown.wall.us);

	again = store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
				  &error);
	g_assert_cmpmem(batch->entries, 3 * sizeof(OutboxEntry), again->entries,
			3 * sizeof(OutboxEntry));
}

static void
receipts_free_and_copies_show(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	WallTime now = { TODAY };
	OutboxCounts counts;

	lay(f, 5);
	g_assert_true(store_set_aside(f->store, 2, "refused", &error));
	g_assert_true(store_accept_receipt(f->store, 3, now, &error));
	g_assert_true(store_count_outbox(f->store, &counts, &error));
	g_assert_cmpint(counts.waiting, ==, 2);
	g_assert_cmpint(counts.receipted, ==, 2);
	g_assert_cmpint(counts.aside, ==, 1);
	g_assert_false(store_accept_receipt(f->store, 6, now, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
}

static void
only_receipted_words_are_forgotten(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	WallTime now = { TODAY };
	Evidence gone;

	lay(f, 4);
	g_assert_true(store_accept_receipt(f->store, 2, now, &error));
	now.us += 13 * DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * DAY_US, &error), ==,
			0);
	now.us += 2 * DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * DAY_US, &error), ==,
			2);
	g_assert_false(store_get_evidence(f->store, 2, &gone, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
	reopen(f);
	lay(f, 1);
	g_assert_true(store_verify(f->store, NULL));
}

static void
drafts_end_with_their_stone(Fixture *f, const void *data)
{
	g_autoptr(GBytes) draft = g_bytes_new_static("{}", 2);
	g_autoptr(GBytes) found = NULL;
	g_autoptr(GError) error = NULL;

	g_assert_true(store_save_draft(f->store, "k7x2m9qd", draft, &error));
	reopen(f);
	found = store_load_draft(f->store, "k7x2m9qd", &error);
	g_assert_true(g_bytes_equal(found, draft));
	lay(f, 1);
	g_assert_null(store_load_draft(f->store, "k7x2m9qd", &error));
	g_assert_no_error(error);
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Fixture *f, const void *data);
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
		{ "/store/outbox/times-are-repaired-or-honest",
		  times_are_repaired_or_honest },
		{ "/store/outbox/receipts-free-and-copies-show",
		  receipts_free_and_copies_show },
		{ "/store/forget/only-receipted-words",
		  only_receipted_words_are_forgotten },
		{ "/store/draft/ends-with-its-stone",
		  drafts_end_with_their_stone },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, setup, tests[i].run,
			   teardown);
	return g_test_run();
}
