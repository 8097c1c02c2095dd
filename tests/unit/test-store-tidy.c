/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "app/store/store-erase.h"
#include "app/store/store-roster.h"
#include "app/store/store-tidy.h"
#include "tests/unit/shelf.h"

/* What nothing names goes from the vault; and copies of what was damaged go
 * with an erasure, at once or when they were held long enough. */

static Roster nobody;

static Piece
take_photo(Shelf *f, const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	g_autoptr(GError) error = NULL;
	Piece piece = { .kind = PIECE_PHOTO };
	bool ok =
		store_add_media(f->store, bytes, "image/jpeg", &piece, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	return piece;
}

static void
begin_with(Shelf *f, const char *who, const Piece *piece)
{
	g_autofree char *text =
		g_strdup_printf("{\"photo\":\"%s\"}", piece->sha256);
	g_autoptr(GBytes) body = g_bytes_new(text, strlen(text));

	g_assert_true(store_save_draft(f->store, who, body, NULL));
}

static void
lay_with(Shelf *f, const Piece *piece)
{
	g_autoptr(GError) error = NULL;
	g_autofree Evidence *e = g_new0(Evidence, 1);
	bool ok;

	*e = shelf_choice();
	e->pieces[0] = *piece;
	ok = store_lay(f->store, &f->held.clock, e, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static bool
has(Shelf *f, const Piece *piece)
{
	g_autofree char *path = store_media_path(f->store, piece->sha256);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
tidy(Shelf *f)
{
	g_autoptr(GError) error = NULL;
	bool ok = store_tidy(f->store, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static char *
put_file(Shelf *f, const char *name)
{
	char *path = g_build_filename(f->folder, name, NULL);

	g_assert_true(g_file_set_contents(path, "damaged", -1, NULL));
	return path;
}

/* --- what nothing names --- */

static void
what_is_discarded_goes_when_found_twice(Shelf *f, const void *data)
{
	const Piece discarded = take_photo(f, "discarded");
	const Piece begun = take_photo(f, "begun");
	const Piece laid = take_photo(f, "laid");

	begin_with(f, "ana", &begun);
	lay_with(f, &laid);
	tidy(f);
	g_assert_true(has(f, &discarded));
	tidy(f);
	g_assert_false(has(f, &discarded));
	g_assert_true(has(f, &begun));
	g_assert_true(has(f, &laid));
	g_assert_true(store_verify(f->store, NULL));
}

static void
one_just_taken_is_not_taken_away(Shelf *f, const void *data)
{
	const Piece first = take_photo(f, "first");
	Piece second;

	tidy(f);
	second = take_photo(f, "second");
	tidy(f);
	g_assert_false(has(f, &first));
	g_assert_true(has(f, &second));
	lay_with(f, &second);
	tidy(f);
	tidy(f);
	g_assert_true(has(f, &second));
	g_assert_true(store_verify(f->store, NULL));
}

/* Found once without a name, then taken once more and begun with. */
static void
one_that_is_named_meanwhile_stays(Shelf *f, const void *data)
{
	const Piece photo = take_photo(f, "the same");

	tidy(f);
	begin_with(f, "ana", &photo);
	tidy(f);
	tidy(f);
	g_assert_true(has(f, &photo));
	g_assert_true(store_drop_draft(f->store, "ana", NULL));
	tidy(f);
	g_assert_true(has(f, &photo));
	tidy(f);
	g_assert_false(has(f, &photo));
}

static void
a_draft_that_is_begun_anew_lets_its_photo_go(Shelf *f, const void *data)
{
	const Piece before = take_photo(f, "before");
	Piece after;

	begin_with(f, "ana", &before);
	tidy(f);
	tidy(f);
	after = take_photo(f, "after");
	begin_with(f, "ana", &after);
	tidy(f);
	tidy(f);
	g_assert_false(has(f, &before));
	g_assert_true(has(f, &after));
}

static void
a_new_start_finds_what_was_left(Shelf *f, const void *data)
{
	const Piece photo = take_photo(f, "left");

	shelf_reopen(f);
	tidy(f);
	g_assert_true(has(f, &photo));
	tidy(f);
	g_assert_false(has(f, &photo));
}

static void
only_media_are_looked_at(Shelf *f, const void *data)
{
	const Piece photo = take_photo(f, "left");
	g_autofree char *path = store_media_path(f->store, photo.sha256);
	g_autofree char *part = g_strconcat(path, ".77.part", NULL);

	g_assert_true(g_file_set_contents(part, "half", -1, NULL));
	tidy(f);
	tidy(f);
	g_assert_false(has(f, &photo));
	g_assert_true(g_file_test(part, G_FILE_TEST_EXISTS));
}

/* It may be of a stone that only that copy knows. */
static void
nothing_goes_while_a_damaged_copy_is_kept(Shelf *f, const void *data)
{
	const Piece photo = take_photo(f, "whose?");
	g_autofree char *copy = put_file(f, "kiosk.db.damaged-1");

	for (int i = 0; i < 3; i++)
		tidy(f);
	g_assert_true(has(f, &photo));
	g_assert_cmpint(g_remove(copy), ==, 0);
	tidy(f);
	tidy(f);
	g_assert_false(has(f, &photo));
}

/* --- damaged copies --- */

/* The district erases somebody of whom nothing is here. */
static void
erase_somebody(Shelf *f, const char *who)
{
	StoreErasedWho erased;
	StoreBundle bundle = { .base = "https://district.example",
			       .roster = &nobody,
			       .who = &erased,
			       .n_who = 1 };

	g_strlcpy(bundle.etag, who, sizeof(bundle.etag));
	id_sha256(who, strlen(who), erased.hash);
	g_assert_true(store_apply_bundle(f->store, &bundle, NULL));
}

static void
finish(Shelf *f, int64_t now_us)
{
	g_autoptr(GError) error = NULL;
	bool ok = store_finish_erasing(f->store, (WallTime){ now_us }, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static bool
is_there(const char *path)
{
	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
a_database_the_log_knows_all_of_goes_at_once(Shelf *f, const void *data)
{
	g_autofree char *copy = put_file(f, "kiosk.db.damaged-1");
	g_autofree char *wal = put_file(f, "kiosk.db.damaged-1-wal");
	g_autofree char *others = put_file(f, "notes.damaged-1");

	finish(f, SHELF_TODAY);
	g_assert_true(is_there(copy)); /* nobody was erased */
	erase_somebody(f, "zoe");
	shelf_reopen(f);
	finish(f, 0);
	g_assert_false(is_there(copy));
	g_assert_false(is_there(wal));
	g_assert_true(is_there(others));
}

static void
where_a_stone_may_be_it_is_held(Shelf *f, const void *data)
{
	g_autofree char *log = put_file(f, "records.jsonl.damaged-1");
	g_autofree char *copy = put_file(f, "kiosk.db.damaged-1");
	const int64_t held_us = STORE_DAMAGED_DAYS * SHELF_DAY_US;

	erase_somebody(f, "zoe");
	finish(f, 0);
	finish(f, SHELF_TODAY);
	finish(f, 0);
	finish(f, SHELF_TODAY + held_us - 1);
	shelf_reopen(f);
	g_assert_true(is_there(log));
	g_assert_true(is_there(copy));
	finish(f, SHELF_TODAY + held_us);
	g_assert_false(is_there(log));
	g_assert_false(is_there(copy));
}

static void
a_copy_made_after_an_erasure_stays(Shelf *f, const void *data)
{
	g_autofree char *copy = NULL;

	erase_somebody(f, "zoe");
	finish(f, SHELF_TODAY);
	copy = put_file(f, "kiosk.db.damaged-1");
	erase_somebody(f, "zoe"); /* the same list, in another bundle */
	finish(f, SHELF_TODAY);
	g_assert_true(is_there(copy));
	erase_somebody(f, "yan");
	finish(f, SHELF_TODAY);
	g_assert_false(is_there(copy));
}

static void
a_real_damage_is_salvaged_and_then_goes(Shelf *f, const void *data)
{
	g_autofree char *copy =
		g_build_filename(f->folder, "kiosk.db.damaged-1", NULL);

	shelf_set_clock(f, "a", SHELF_TODAY, true);
	shelf_lay(f, 3);
	shelf_lose_database(f);
	g_assert_true(is_there(copy));
	erase_somebody(f, "zoe");
	finish(f, SHELF_TODAY);
	g_assert_false(is_there(copy));
	g_assert_true(store_verify(f->store, NULL));
	shelf_lay(f, 1);
	g_assert_true(store_verify(f->store, NULL));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/store/" path, Shelf, NULL, shelf_setup, test, \
		   shelf_teardown)
	ADD("tidy/what-is-discarded-goes-when-found-twice",
	    what_is_discarded_goes_when_found_twice);
	ADD("tidy/one-just-taken-is-not-taken-away",
	    one_just_taken_is_not_taken_away);
	ADD("tidy/one-that-is-named-meanwhile-stays",
	    one_that_is_named_meanwhile_stays);
	ADD("tidy/a-draft-that-is-begun-anew-lets-its-photo-go",
	    a_draft_that_is_begun_anew_lets_its_photo_go);
	ADD("tidy/a-new-start-finds-what-was-left",
	    a_new_start_finds_what_was_left);
	ADD("tidy/only-media-are-looked-at", only_media_are_looked_at);
	ADD("tidy/nothing-goes-while-a-damaged-copy-is-kept",
	    nothing_goes_while_a_damaged_copy_is_kept);
	ADD("damaged/a-database-the-log-knows-all-of-goes-at-once",
	    a_database_the_log_knows_all_of_goes_at_once);
	ADD("damaged/where-a-stone-may-be-it-is-held",
	    where_a_stone_may_be_it_is_held);
	ADD("damaged/a-copy-made-after-an-erasure-stays",
	    a_copy_made_after_an_erasure_stays);
	ADD("damaged/a-real-damage-is-salvaged-and-then-goes",
	    a_real_damage_is_salvaged_and_then_goes);
#undef ADD
	return g_test_run();
}
