/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kiosk erases a learner, with the power cut at each write in turn: the
 * store opens again, nothing of the other learner is touched, and the same
 * bundle once more leaves nothing of the first.
 */
#include <string.h>

#include "app/base/file.h"
#include "app/store/store-outbox.h"
#include "app/store/store-roster.h"
#include "app/store/store-tidy.h"
#include "tests/crash/disk.h"
#include "tests/crash/stones.h"

#define CHILD  "zyxquetzal"
#define OTHER  "ben"
#define STONES 6 /* of the child: the odd ones; the last two were not sent */

typedef struct {
	char *folder; /* owned */
	int64_t seconds;
	Clock clock;
	size_t begun, done; /* the moments of erasing */
} Day;

static Day day;
static Roster nobody;

static Store *
open_in(const char *folder)
{
	g_autofree char *path = g_build_filename(folder, "store", NULL);
	g_autoptr(GError) error = NULL;
	Store *store = store_open(path, &error);

	g_assert_no_error(error);
	return store;
}

static void
lay(Store *store, int i)
{
	const char *who = i % 2 == 1 ? CHILD : OTHER;
	g_autofree char *photo = g_strdup_printf("photo %d of %s", i, who);
	g_autoptr(GError) error = NULL;
	Evidence stone;

	g_assert_true(stones_photo(store, photo, &stone, &error));
	g_strlcpy(stone.learner, who, sizeof(stone.learner));
	g_assert_true(store_lay(store, &day.clock, &stone, &error));
	g_assert_no_error(error);
}

/* A medium goes when two looks found it without a name. */
static bool
tidy(Store *store)
{
	bool first = store_tidy(store, NULL);

	return store_tidy(store, NULL) && first;
}

static bool
erase(Store *store)
{
	StoreErasedWho who;
	StoreBundle bundle = { .base = "https://district.example",
			       .roster = &nobody,
			       .retention_days = 14,
			       .who = &who,
			       .n_who = 1 };

	g_strlcpy(bundle.etag, "erased", sizeof(bundle.etag));
	id_sha256(CHILD, strlen(CHILD), who.hash);
	return store_apply_bundle(store, &bundle, NULL) &&
	       store_finish_erasing(store, (WallTime){ 0 }, NULL) &&
	       tidy(store);
}

/* A photo that was taken and discarded, and a damaged database's copy. */
static void
leave_behind(Store *store)
{
	static const char photo[] = "a snap of " CHILD;
	static const char copy[] = "\"learner\":\"" CHILD "\"";
	g_autoptr(GBytes) bytes = g_bytes_new_static(photo, strlen(photo));
	g_autofree char *path = g_build_filename(store_get_folder(store),
						 "kiosk.db.damaged-1", NULL);
	Piece piece;

	g_assert_true(
		store_add_media(store, bytes, "image/jpeg", &piece, NULL));
	g_assert_true(file_write_durably(path, copy, strlen(copy), 0600, NULL));
}

static void
live_the_day(void)
{
	static const char draft[] = "{\"say\":\"" CHILD "\"}";
	g_autoptr(GBytes) body = g_bytes_new_static(draft, strlen(draft));
	g_autoptr(OutboxBatch) batch = NULL;
	g_autoptr(Store) store = open_in(day.folder);

	for (int i = 1; i <= STONES; i++)
		lay(store, i);
	g_assert_true(store_save_draft(store, CHILD, body, NULL));
	g_assert_true(store_save_draft(store, OTHER, body, NULL));
	batch = store_read_outbox(store, &day.clock, 50, 1 << 20, NULL);
	g_assert_cmpuint(batch->n, ==, STONES);
	g_assert_true(
		store_accept_receipt(store, STONES - 2, (WallTime){ 0 }, NULL));
	leave_behind(store);
	store_rest(store);
	day.begun = disk_moment();
	g_assert_true(erase(store));
	day.done = disk_moment();
}

/* --- afterwards --- */

static bool
folder_has(const char *folder, const char *bytes)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;
	bool has = false;

	while (!has && dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *all = NULL;
		size_t size;

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			has = folder_has(path, bytes);
		else
			has = g_file_get_contents(path, &all, &size, NULL) &&
			      size > 0 &&
			      memmem(all, size, bytes, strlen(bytes)) != NULL;
	}
	return has;
}

static void
check_other(Store *store)
{
	g_autoptr(GBytes) draft = store_load_draft(store, OTHER, NULL);
	g_autoptr(GError) error = NULL;

	g_assert_nonnull(draft);
	for (int64_t i = 2; i <= STONES; i += 2) {
		Evidence found;

		g_assert_true(store_get_evidence(store, i, &found, &error));
		g_assert_no_error(error);
		g_assert_cmpstr(found.learner, ==, OTHER);
	}
	g_assert_true(store_verify(store, &error));
	g_assert_no_error(error);
}

/* Of the child nothing, in no copy either; in Ben's draft there is one word like its name. */
static void
check_gone(Store *store, const char *folder)
{
	g_autofree char *photo = g_strdup_printf("of " CHILD);
	g_autofree char *member = g_strdup_printf("learner\":\"" CHILD);

	g_assert_false(folder_has(folder, photo));
	g_assert_false(folder_has(folder, member));
	for (int64_t i = 1; i <= STONES; i += 2) {
		Evidence found;

		g_assert_false(store_get_evidence(store, i, &found, NULL));
	}
	g_assert_null(store_load_draft(store, CHILD, NULL));
}

static void
check_moment(size_t moment, DiskImage image, uint32_t seed)
{
	g_autofree char *folder = stones_make_folder();
	g_autoptr(Store) store = NULL;

	disk_build(moment, image, seed, folder);
	store = open_in(folder);
	g_assert_cmpstr(store_get_notice(store), ==, "");
	check_other(store);
	if (moment == day.done)
		check_gone(store, folder);
	g_assert_true(erase(store));
	check_other(store);
	check_gone(store, folder);
	g_clear_pointer(&store, store_close);
	stones_remove_folder(folder);
}

static void
check_all(DiskImage image, uint32_t seed)
{
	for (size_t moment = day.begun; moment <= day.done; moment++) {
		g_test_message("moment %zu", moment);
		check_moment(moment, image, seed * 100003 + (uint32_t)moment);
	}
}

static void
nothing_synced_is_lost(void)
{
	check_all(DISK_SYNCED, 0);
}

static void
a_killed_program_goes_on(void)
{
	check_all(DISK_WRITTEN, 0);
}

/* CRASH_SEEDS=100 for a long look. */
static void
torn_writes_lose_nothing(void)
{
	int64_t seeds = stones_how_often("CRASH_SEEDS", 2);

	for (int64_t seed = 1; seed <= seeds; seed++)
		check_all(DISK_MIXED, (uint32_t)seed);
}

int
main(int argc, char *argv[])
{
	int result;

	g_test_init(&argc, &argv, NULL);
	stones_hush_store();
	day.folder = stones_make_folder();
	day.clock = stones_clock(&day.seconds);
	disk_watch(day.folder);
	live_the_day();
	g_test_add_func("/erase-cut/synced/nothing-is-lost",
			nothing_synced_is_lost);
	g_test_add_func("/erase-cut/written/killed-program-goes-on",
			a_killed_program_goes_on);
	g_test_add_func("/erase-cut/mixed/torn-writes-lose-nothing",
			torn_writes_lose_nothing);
	result = g_test_run();
	disk_leave();
	stones_remove_folder(day.folder);
	g_free(day.folder);
	return result;
}
