/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A day at the kiosk, with the power cut at each write in turn: the store
 * opens again, and everything that it had promised is there.
 */
#include <string.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/store/store-outbox.h"
#include "app/store/store-tidy.h"
#include "tests/crash/disk.h"
#include "tests/crash/stones.h"

#define STONES_MAX 32
#define DAY_US     (INT64_C(86400) * G_USEC_PER_SEC)

/* What the store said, and at which moment it said so. */
typedef struct {
	size_t begun, saved;
	char id[ID_UUID + 1];
} Promise;

/* A draft is there from one moment to another. */
typedef struct {
	const char *who;
	size_t saved, ended;        /* ended: the call that ends it begins */
	char sha256[ID_SHA256 + 1]; /* of the photo that it names */
} Draft;

typedef struct {
	char *folder; /* owned */
	int64_t seconds;
	Clock clock;
	Store *store;
	Promise stones[STONES_MAX];
	size_t n_stones;
	Draft drafts[2];
	size_t forgotten; /* the moment at which forgetting began */
} Day;

static void
open_store(Day *day)
{
	g_autofree char *path = g_build_filename(day->folder, "store", NULL);
	g_autoptr(GError) error = NULL;

	day->store = store_open(path, &error);
	g_assert_no_error(error);
}

static void
lay(Day *day, Evidence stone)
{
	g_autoptr(GError) error = NULL;
	Promise *promise = &day->stones[day->n_stones++];

	promise->begun = disk_moment();
	g_assert_true(store_lay(day->store, &day->clock, &stone, &error));
	g_assert_no_error(error);
	promise->saved = disk_moment();
	g_strlcpy(promise->id, stone.id, sizeof(promise->id));
}

static void
save_draft(Day *day, Draft *draft, const char *who)
{
	g_autofree char *photo = g_strdup_printf("begun by %s", who);
	g_autofree char *text = NULL;
	g_autoptr(GBytes) body = NULL;
	Evidence stone;

	g_assert_true(stones_photo(day->store, photo, &stone, NULL));
	text = g_strdup_printf("{\"photo\":\"%s\"}", stone.pieces[0].sha256);
	body = g_bytes_new(text, strlen(text));
	g_assert_true(store_save_draft(day->store, who, body, NULL));
	*draft = (Draft){ .who = who,
			  .saved = disk_moment(),
			  .ended = SIZE_MAX };
	g_strlcpy(draft->sha256, stone.pieces[0].sha256, sizeof(draft->sha256));
}

/* Nobody is there: what nothing names goes, of a photo discarded meanwhile. */
static void
tidy(Store *store)
{
	g_autoptr(GError) error = NULL;

	for (int look = 0; look < 2; look++) {
		bool ok = store_tidy(store, &error);

		g_assert_no_error(error);
		g_assert_true(ok);
	}
}

static void
be_the_agent(Day *day)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) batch =
		store_read_outbox(day->store, &day->clock, 50, 1 << 20, &error);
	WallTime now = { 0 };

	g_assert_no_error(error);
	g_assert_cmpuint(batch->n, ==, day->n_stones);
	g_assert_true(store_accept_receipt(day->store, 3, now, &error));
	day->forgotten = disk_moment();
	now.us = 20 * DAY_US;
	g_assert_cmpint(store_forget(day->store, now, 14 * DAY_US, &error), ==,
			3);
	g_assert_no_error(error);
}

static void
live_the_day(Day *day)
{
	Evidence photo;

	open_store(day);
	save_draft(day, &day->drafts[0], "ana");
	save_draft(day, &day->drafts[1], "ben");
	lay(day, stones_choice("cleo"));
	g_assert_true(stones_photo(day->store, "a photo", &photo, NULL));
	lay(day, photo);
	day->drafts[0].ended = disk_moment();
	lay(day, stones_choice("ana"));
	lay(day, stones_choice("cleo"));
	be_the_agent(day);
	lay(day, stones_choice("cleo"));
	g_assert_true(stones_photo(day->store, "discarded", &photo, NULL));
	store_rest(day->store);
	tidy(day->store);
	lay(day, stones_choice("cleo"));
	store_close(day->store);
	open_store(day);
	g_assert_true(stones_photo(day->store, "another", &photo, NULL));
	lay(day, photo);
	store_close(day->store);
}

/* --- afterwards --- */

static void
check_stones(const Day *day, Store *store, size_t moment)
{
	g_autoptr(GError) error = NULL;
	size_t saved = 0, begun = 0;
	StoreIdentity identity;

	for (size_t i = 0; i < day->n_stones; i++) {
		Evidence found;

		saved += day->stones[i].saved <= moment ? 1 : 0;
		begun += day->stones[i].begun <= moment ? 1 : 0;
		if (day->stones[i].saved > moment ||
		    (day->forgotten <= moment && i < 3))
			continue;
		g_assert_true(store_get_evidence(store, (int64_t)i + 1, &found,
						 &error));
		g_assert_no_error(error);
		g_assert_cmpstr(found.id, ==, day->stones[i].id);
	}
	g_assert_true(store_get_identity(store, &identity, &error));
	g_assert_cmpint(identity.last_number, >=, saved);
	g_assert_cmpint(identity.last_number, <=, begun);
}

static void
check_drafts(const Day *day, Store *store, size_t moment)
{
	for (size_t i = 0; i < G_N_ELEMENTS(day->drafts); i++) {
		const Draft *draft = &day->drafts[i];
		g_autoptr(GBytes) body = NULL;
		g_autofree char *photo = NULL;

		if (draft->saved > moment || draft->ended <= moment)
			continue;
		body = store_load_draft(store, draft->who, NULL);
		g_assert_nonnull(body);
		photo = store_media_path(store, draft->sha256);
		g_assert_true(g_file_test(photo, G_FILE_TEST_EXISTS));
	}
}

static void
check_goes_on(const Day *day, Store *store)
{
	g_autoptr(GError) error = NULL;
	Evidence stone = stones_choice("dee");
	bool ok = store_lay(store, &day->clock, &stone, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_true(store_verify(store, &error));
	g_assert_no_error(error);
}

static void
check_moment(const Day *day, size_t moment, DiskImage image, uint32_t seed)
{
	g_autofree char *folder = stones_make_folder();
	g_autofree char *path = g_build_filename(folder, "store", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = NULL;

	disk_build(moment, image, seed, folder);
	store = store_open(path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(store_get_notice(store), ==, "");
	g_assert_true(store_verify(store, &error));
	g_assert_no_error(error);
	check_stones(day, store, moment);
	tidy(store);
	check_drafts(day, store, moment);
	check_goes_on(day, store);
	stones_remove_folder(folder);
}

static Day day;

static void
nothing_synced_is_lost(void)
{
	for (size_t moment = 0; moment <= disk_moment(); moment++) {
		g_test_message("moment %zu", moment);
		check_moment(&day, moment, DISK_SYNCED, 0);
	}
}

static void
a_killed_program_loses_nothing(void)
{
	for (size_t moment = 0; moment <= disk_moment(); moment++) {
		g_test_message("moment %zu", moment);
		check_moment(&day, moment, DISK_WRITTEN, 0);
	}
}

/* CRASH_SEEDS=100 for a long look. */
static void
torn_writes_lose_nothing(void)
{
	int64_t seeds = stones_how_often("CRASH_SEEDS", 2);

	for (int64_t seed = 1; seed <= seeds; seed++)
		for (size_t moment = 0; moment <= disk_moment(); moment++) {
			g_test_message("moment %zu, seed %d", moment,
				       (int)seed);
			check_moment(&day, moment, DISK_MIXED,
				     (uint32_t)seed * 100003 +
					     (uint32_t)moment);
		}
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
	live_the_day(&day);
	g_test_add_func("/power-cut/synced/nothing-is-lost",
			nothing_synced_is_lost);
	g_test_add_func("/power-cut/written/killed-program-loses-nothing",
			a_killed_program_loses_nothing);
	g_test_add_func("/power-cut/mixed/torn-writes-lose-nothing",
			torn_writes_lose_nothing);
	result = g_test_run();
	disk_leave();
	stones_remove_folder(day.folder);
	g_free(day.folder);
	return result;
}
