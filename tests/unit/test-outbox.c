/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/store-audit.h"
#include "tests/unit/shelf.h"

static void
times_are_repaired_or_honest(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) batch = NULL;
	g_autoptr(OutboxBatch) again = NULL;
	ClockAnchor anchor = { .booted = { SHELF_TODAY } };

	shelf_set_clock(f, "b", 0, false); /* a boot that nobody ever dated */
	shelf_lay(f, 2);
	shelf_set_clock(f, "c", 0, false);
	shelf_lay(f, 1);
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
	g_assert_cmpint(batch->entries[2].shown.wall.us, ==,
			SHELF_TODAY + 1000);
	g_assert_cmpint(batch->entries[0].shown.about_us, >, 0);
	g_assert_cmpint(batch->entries[0].shown.wall.us, <,
			batch->entries[1].shown.wall.us);

	again = store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
				  &error);
	g_assert_cmpmem(batch->entries, 3 * sizeof(OutboxEntry), again->entries,
			3 * sizeof(OutboxEntry));
}

static void
receipts_free_and_copies_show(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	WallTime now = { SHELF_TODAY };
	OutboxCounts counts;

	shelf_lay(f, 5);
	g_assert_true(store_set_aside(f->store, 2, "refused", &error));
	g_assert_true(store_accept_receipt(f->store, 3, now, &error));
	g_assert_true(store_count_outbox(f->store, &counts, &error));
	g_assert_cmpint(counts.waiting, ==, 2);
	g_assert_cmpint(counts.receipted, ==, 2);
	g_assert_cmpint(counts.aside, ==, 1);
	g_assert_false(store_accept_receipt(f->store, 6, now, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
}

/* An LRS that gives no receipts: sent is not safe. */
static void
the_sent_stay_until_a_receipt(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	WallTime now = { SHELF_TODAY + 99 * SHELF_DAY_US };
	OutboxCounts counts;

	shelf_lay(f, 4);
	g_assert_true(store_set_aside(f->store, 2, "refused", &error));
	g_assert_true(store_note_sent(f->store, 1, 3, &error));
	g_assert_true(store_count_outbox(f->store, &counts, &error));
	g_assert_cmpint(counts.sent, ==, 2);
	g_assert_cmpint(counts.aside, ==, 1);
	g_assert_cmpint(counts.waiting, ==, 1);
	g_assert_cmpint(store_forget(f->store, now, 0, &error), ==, 0);
	g_assert_true(
		store_accept_receipt(f->store, 3, (WallTime){ 1 }, &error));
	g_assert_cmpint(store_forget(f->store, now, 0, &error), ==, 2);
	g_assert_no_error(error);
}

static void
only_receipted_words_are_forgotten(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	WallTime now = { SHELF_TODAY };
	Evidence gone;

	shelf_lay(f, 4);
	g_assert_true(store_accept_receipt(f->store, 2, now, &error));
	now.us += 13 * SHELF_DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * SHELF_DAY_US, &error),
			==, 0);
	now.us += 2 * SHELF_DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * SHELF_DAY_US, &error),
			==, 2);
	g_assert_false(store_get_evidence(f->store, 2, &gone, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
	shelf_reopen(f);
	shelf_lay(f, 1);
	g_assert_true(store_verify(f->store, NULL));
}

static void
the_forgotten_keep_their_place(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	WallTime now = { SHELF_TODAY };
	OutboxCounts counts;

	shelf_lay(f, 4);
	g_assert_true(store_accept_receipt(f->store, 3, now, &error));
	now.us += 15 * SHELF_DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * SHELF_DAY_US, &error),
			==, 3);
	shelf_lose_database(f);
	g_assert_true(store_verify(f->store, &error));
	g_assert_no_error(error);
	g_assert_cmpint(store_count_stones(f->store, "k7x2m9qd", "", NULL), ==,
			4);
	g_assert_true(store_count_outbox(f->store, &counts, NULL));
	g_assert_cmpint(counts.receipted, ==, 3);
	g_assert_cmpint(counts.waiting, ==, 1);
}

static void
forgotten_words_are_on_no_disk(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) photo = g_bytes_new_static("photo", 5);
	g_autofree char *log =
		g_build_filename(f->folder, "records.jsonl", NULL);
	g_autofree char *text = NULL;
	g_autofree char *path = NULL;
	WallTime now = { SHELF_TODAY };
	Evidence e = shelf_choice();

	e.pieces[1] = (Piece){ .kind = PIECE_PHOTO };
	e.n_pieces = 2;
	g_strlcpy(e.pieces[0].text, "a-word-to-forget",
		  sizeof(e.pieces[0].text));
	g_assert_true(store_add_media(f->store, photo, "image/jpeg",
				      &e.pieces[1], &error));
	path = store_media_path(f->store, e.pieces[1].sha256);
	g_assert_true(store_lay(f->store, &f->held.clock, &e, &error));
	shelf_lay(f, 1);
	g_assert_true(store_accept_receipt(f->store, 2, now, &error));
	now.us += 15 * SHELF_DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * SHELF_DAY_US, &error),
			==, 1);
	g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
	g_assert_null(strstr(text, "a-word-to-forget"));
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	g_assert_true(store_verify(f->store, &error));
}

static void
a_medium_that_is_needed_again_stays(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) photo = g_bytes_new_static("photo", 5);
	g_autoptr(GBytes) draft = NULL;
	g_autofree char *path = NULL;
	g_autofree char *words = NULL;
	WallTime now = { SHELF_TODAY };
	Evidence e = shelf_choice();

	e.pieces[0] = (Piece){ .kind = PIECE_PHOTO };
	g_assert_true(store_add_media(f->store, photo, "image/jpeg",
				      &e.pieces[0], &error));
	path = store_media_path(f->store, e.pieces[0].sha256);
	g_assert_true(store_lay(f->store, &f->held.clock, &e, &error));
	shelf_lay(f, 1);
	words = g_strdup_printf("{\"photo\":\"%s\"}", e.pieces[0].sha256);
	draft = g_bytes_new(words, strlen(words));
	g_assert_true(store_save_draft(f->store, "other", draft, &error));
	g_assert_true(store_accept_receipt(f->store, 1, now, &error));
	now.us += 15 * SHELF_DAY_US;
	g_assert_cmpint(store_forget(f->store, now, 14 * SHELF_DAY_US, &error),
			==, 1);
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void
one_rotten_record_blocks_no_other(Shelf *f, const void *data)
{
	g_autofree char *log =
		g_build_filename(f->folder, "records.jsonl", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) first = NULL;
	g_autoptr(OutboxBatch) batch = NULL;
	g_auto(GStrv) lines = NULL;
	StoreLine line;

	/* The second record is rotten in the log, and gone from the database,
	 * which is lost: it was. */
	shelf_lay(f, 3);
	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_get_contents(log, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", 0);
	lines[1][5] = 'X';
	g_free(text);
	text = g_strjoinv("\n", lines);
	g_assert_true(g_file_set_contents(log, text, -1, NULL));
	shelf_lose_database(f);

	first = store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
				  &error);
	g_assert_no_error(error);
	g_assert_cmpuint(first->n, ==, 1);
	g_assert_true(store_accept_receipt(f->store, 1, (WallTime){ 1 }, NULL));
	batch = store_read_outbox(f->store, &f->held.clock, 50, 1 << 20,
				  &error);
	g_assert_no_error(error);
	g_assert_cmpuint(batch->n, ==, 1);
	g_assert_true(store_audit_line(f->store, 2, &line, &error));
	g_assert_cmpint(line.state, ==, OUTBOX_ASIDE);
	g_assert_cmpstr(line.hash, ==, batch->entries[0].evidence.previous);
	g_assert_false(store_verify(f->store, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
	shelf_lay(f, 1);
	g_assert_true(store_audit_line(f->store, 4, &line, NULL));
}

static void
a_batch_has_limits(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) few = NULL;
	g_autoptr(OutboxBatch) small = NULL;

	shelf_lay(f, 5);
	few = store_read_outbox(f->store, &f->held.clock, 2, 1 << 20, &error);
	g_assert_cmpuint(few->n, ==, 2);
	small = store_read_outbox(f->store, &f->held.clock, 5, 1, &error);
	g_assert_cmpuint(small->n, ==, 1); /* the first goes in any case */
	g_assert_no_error(error);
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Shelf *f, const void *data);
	} tests[] = {
		{ "/outbox/times-are-repaired-or-honest",
		  times_are_repaired_or_honest },
		{ "/outbox/receipts-free-and-copies-show",
		  receipts_free_and_copies_show },
		{ "/outbox/the-sent-stay-until-a-receipt",
		  the_sent_stay_until_a_receipt },
		{ "/forget/only-receipted-words",
		  only_receipted_words_are_forgotten },
		{ "/forget/keep-their-place", the_forgotten_keep_their_place },
		{ "/forget/words-are-on-no-disk",
		  forgotten_words_are_on_no_disk },
		{ "/forget/medium-that-is-needed-again-stays",
		  a_medium_that_is_needed_again_stays },
		{ "/outbox/one-rotten-record-blocks-no-other",
		  one_rotten_record_blocks_no_other },
		{ "/outbox/batch-has-limits", a_batch_has_limits },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Shelf, NULL, shelf_setup,
			   tests[i].run, shelf_teardown);
	return g_test_run();
}
