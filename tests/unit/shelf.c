/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/shelf.h"

#include <stdint.h>
#include <string.h>

static ClockReading
read_held(void *self)
{
	HeldClock *held = self;

	held->now.since_boot_us += 1000;
	held->now.wall.us += 1000;
	return held->now;
}

void
shelf_set_clock(Shelf *f, const char *boot, int64_t wall_us, bool trusted)
{
	f->held.clock = (Clock){ read_held, &f->held };
	f->held.now = (ClockReading){ .wall = { wall_us }, .trusted = trusted };
	memset(f->held.now.boot, boot[0], CLOCK_BOOT_ID);
}

void
shelf_reopen(Shelf *f)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&f->store, store_close);
	f->store = store_open(f->folder, &error);
	g_assert_no_error(error);
}

void
shelf_setup(Shelf *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("cairn-store-XXXXXX", &error);
	g_assert_no_error(error);
	shelf_set_clock(f, "a", SHELF_TODAY, true);
	shelf_reopen(f);
}

void
shelf_teardown(Shelf *f, const void *data)
{
	const char *const argv[] = { "rm", "-rf", f->folder, NULL };

	store_close(f->store);
	g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH,
		     NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(f->folder);
}

Evidence
shelf_choice(void)
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

void
shelf_lay(Shelf *f, int n)
{
	for (int i = 0; i < n; i++) {
		g_autoptr(GError) error = NULL;
		Evidence e = shelf_choice();
		bool ok = store_lay(f->store, &f->held.clock, &e, &error);

		g_assert_no_error(error);
		g_assert_true(ok);
	}
}

void
shelf_lose_database(Shelf *f)
{
	g_autofree char *db = g_build_filename(f->folder, "kiosk.db", NULL);

	g_clear_pointer(&f->store, store_close);
	g_assert_true(g_file_set_contents(db, "gone", -1, NULL));
	g_test_expect_message("store", G_LOG_LEVEL_WARNING, "*damaged*");
	shelf_reopen(f);
	g_test_assert_expected_messages();
}
