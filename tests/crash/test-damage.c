/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that goes bad: bytes change in the database, in the log, in both.
 * The store opens, the damaged file is kept as it was, and every record that
 * is still readable anywhere is there.
 */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/store/store-audit.h"
#include "tests/crash/disk.h"
#include "tests/crash/stones.h"

#define STONES    40
#define RECEIPTED 10
#define PAGE      4096

typedef struct {
	char *folder, *good, *path; /* owned; path: the store being hurt */
	int64_t seconds;
	Clock clock;
	StoreIdentity identity;
} Shelf;

static void
make_good_store(Shelf *s)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(s->good, &error);
	g_autoptr(GBytes) draft = g_bytes_new_static("begun", 5);
	g_autoptr(OutboxBatch) batch = NULL;

	g_assert_no_error(error);
	for (int i = 0; i < STONES; i++) {
		g_autofree char *who = g_strdup_printf("learner-%d", i % 7);
		Evidence stone = stones_choice(who);

		g_assert_true(store_lay(store, &s->clock, &stone, &error));
	}
	batch = store_read_outbox(store, &s->clock, 50, 1 << 20, &error);
	g_assert_no_error(error);
	g_assert_true(store_accept_receipt(store, RECEIPTED, (WallTime){ 1 },
					   &error));
	g_assert_true(store_save_draft(store, "ana", draft, &error));
	g_assert_true(store_get_identity(store, &s->identity, &error));
}

static void
setup(Shelf *s, const void *data)
{
	s->folder = stones_make_folder();
	s->good = g_build_filename(s->folder, "good", NULL);
	s->path = g_build_filename(s->folder, "store", NULL);
	s->clock = stones_clock(&s->seconds);
	make_good_store(s);
}

static void
teardown(Shelf *s, const void *data)
{
	stones_remove_folder(s->folder);
	g_free(s->folder);
	g_free(s->good);
	g_free(s->path);
}

static void
take_a_copy(const Shelf *s)
{
	const char *const argv[] = { "cp", "-r", s->good, s->path, NULL };

	stones_remove_folder(s->path);
	g_assert_true(g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL,
				   G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
				   NULL, NULL));
}

static off_t
size_of(const Shelf *s, const char *name)
{
	g_autofree char *path = g_build_filename(s->path, name, NULL);
	struct stat about;

	return stat(path, &about) == 0 ? about.st_size : -1;
}

static void
overwrite(const Shelf *s, const char *name, off_t at, int byte, size_t n)
{
	g_autofree char *path = g_build_filename(s->path, name, NULL);
	g_autofree char *bytes = g_malloc(n);
	int handle = open(path, O_WRONLY | O_CLOEXEC, 0);

	memset(bytes, byte, n);
	g_assert_cmpint(handle, >=, 0);
	g_assert_cmpint(pwrite(handle, bytes, n, at), ==, (ssize_t)n);
	close(handle);
}

static GBytes *
read_whole(const Shelf *s, const char *name)
{
	g_autofree char *path = g_build_filename(s->path, name, NULL);
	char *bytes;
	size_t size;

	g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
	return g_bytes_new_take(bytes, size);
}

/* What every wound must leave; returns how many records are readable. */
static int
check(const Shelf *s, GBytes *before)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(s->path, &error);
	int readable = 0;

	g_assert_no_error(error);
	if (size_of(s, "kiosk.db.damaged-1") >= 0) {
		g_autoptr(GBytes) kept = read_whole(s, "kiosk.db.damaged-1");

		g_assert_true(g_bytes_equal(kept, before));
		g_assert_cmpstr(store_get_notice(store), !=, "");
	}
	for (int n = 1; n <= STONES; n++) {
		Evidence found;

		if (store_get_evidence(store, n, &found, NULL)) {
			g_assert_cmpint(found.number, ==, n);
			readable++;
		}
	}
	return readable;
}

static void
check_nothing_lost(const Shelf *s)
{
	g_autoptr(GBytes) before = read_whole(s, "kiosk.db");
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = NULL;
	Evidence next = stones_choice("ana");

	g_assert_cmpint(check(s, before), ==, STONES);
	store = store_open(s->path, &error);
	g_assert_no_error(error);
	g_assert_true(store_verify(store, &error));
	g_assert_no_error(error);
	g_assert_true(store_lay(store, &s->clock, &next, &error));
	g_assert_cmpint(next.number, ==, STONES + 1);
	g_assert_true(store_verify(store, &error));
}

static void
any_page_may_be_zero(Shelf *s, const void *data)
{
	take_a_copy(s);
	for (off_t at = 0; at < size_of(s, "kiosk.db"); at += PAGE) {
		g_test_message("page at %ld", (long)at);
		take_a_copy(s);
		overwrite(s, "kiosk.db", at, 0, PAGE);
		check_nothing_lost(s);
	}
}

static void
any_bytes_may_change(Shelf *s, const void *data)
{
	g_autoptr(GRand) chance = g_rand_new_with_seed(4);

	for (int i = 0; i < 100; i++) {
		off_t at;
		int byte = g_rand_int_range(chance, 0, 256);

		take_a_copy(s);
		at = g_rand_int_range(chance, 0,
				      (gint32)size_of(s, "kiosk.db") - 16);
		g_test_message("%d: 16 bytes of %d at %ld", i, byte, (long)at);
		overwrite(s, "kiosk.db", at, byte, 16);
		check_nothing_lost(s);
	}
}

/* As rot that no page's form shows: the log is right, and stays. */
static void
the_newest_hash_may_change(Shelf *s, const void *data)
{
	g_autofree char *path = g_build_filename(s->path, "kiosk.db", NULL);
	sqlite3 *db;

	take_a_copy(s);
	g_assert_cmpint(sqlite3_open(path, &db), ==, SQLITE_OK);
	g_assert_cmpint(
		sqlite3_exec(db,
			     "UPDATE record SET hash = substr(hash, 2) || 'x'"
			     " WHERE number = (SELECT max(number) FROM record)",
			     NULL, NULL, NULL),
		==, SQLITE_OK);
	sqlite3_close(db);
	check_nothing_lost(s);
	g_assert_cmpint(size_of(s, "records.jsonl.damaged-1"), <, 0);
}

static void
it_may_be_cut_short(Shelf *s, const void *data)
{
	g_autofree char *db = g_build_filename(s->path, "kiosk.db", NULL);

	take_a_copy(s);
	for (off_t size = size_of(s, "kiosk.db") - 1; size >= 0;
	     size -= PAGE - 100) {
		g_test_message("%ld bytes", (long)size);
		take_a_copy(s);
		g_assert_cmpint(truncate(db, size), ==, 0);
		check_nothing_lost(s);
	}
}

static void
it_may_be_gone(Shelf *s, const void *data)
{
	g_autofree char *db = g_build_filename(s->path, "kiosk.db", NULL);
	g_autoptr(Store) store = NULL;

	take_a_copy(s);
	g_unlink(db);
	store = store_open(s->path, NULL);
	g_assert_true(store_verify(store, NULL));
}

static void
the_log_may_change_alone(Shelf *s, const void *data)
{
	g_autoptr(GRand) chance = g_rand_new_with_seed(5);

	for (int i = 0; i < 100; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Store) store = NULL;
		off_t at;

		take_a_copy(s);
		at = g_rand_int_range(chance, 0,
				      (gint32)size_of(s, "records.jsonl") - 8);
		g_test_message("%d: at %ld", i, (long)at);
		overwrite(s, "records.jsonl", at, 'x', 8);
		store = store_open(s->path, &error);
		g_assert_no_error(error);
		for (int n = 1; n <= STONES; n++) {
			Evidence found;

			g_assert_true(
				store_get_evidence(store, n, &found, NULL));
		}
	}
}

/* Then each has what the other lost, unless both lost the same. */
static void
both_may_change(Shelf *s, const void *data)
{
	g_autoptr(GRand) chance = g_rand_new_with_seed(6);
	int worst = STONES;

	for (int i = 0; i < 60; i++) {
		g_autoptr(GBytes) before = NULL;
		off_t db, log;
		int n;

		take_a_copy(s);
		db = g_rand_int_range(chance, 0,
				      (gint32)(size_of(s, "kiosk.db") / PAGE)) *
		     (off_t)PAGE;
		log = g_rand_int_range(chance, 0,
				       (gint32)size_of(s, "records.jsonl") - 8);
		g_test_message("%d: page at %ld, log at %ld", i, (long)db,
			       (long)log);
		overwrite(s, "kiosk.db", db, 0xff, PAGE);
		overwrite(s, "records.jsonl", log, 'x', 8);
		before = read_whole(s, "kiosk.db");
		n = check(s, before);
		worst = MIN(worst, n);
	}
	/* Eight bytes of the log are in two lines at most. */
	g_assert_cmpint(worst, >=, STONES - 2);
}

static void
without_a_log_the_rest_is_salvaged(Shelf *s, const void *data)
{
	g_autofree char *log = g_build_filename(s->path, "records.jsonl", NULL);
	int badly = 0;

	take_a_copy(s);
	for (off_t at = PAGE; at < size_of(s, "kiosk.db"); at += PAGE) {
		g_autoptr(GBytes) before = NULL;

		take_a_copy(s);
		g_unlink(log);
		overwrite(s, "kiosk.db", at, 0, PAGE);
		before = read_whole(s, "kiosk.db");
		/* One page holds less than a dozen records. */
		if (check(s, before) < STONES - 12)
			badly++;
	}
	/* But for what all hang on: the root of the records' tree, and the
	 * two pages that say which tables there are. */
	g_assert_cmpint(badly, <=, 3);
}

static void
states_and_drafts_are_salvaged(Shelf *s, const void *data)
{
	/* The last page is of a table of the bundle, or free. */
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) draft = NULL;
	g_autoptr(Store) store = NULL;
	StoreIdentity identity;
	OutboxCounts counts;

	take_a_copy(s);
	overwrite(s, "kiosk.db", size_of(s, "kiosk.db") - PAGE, 0xff, PAGE);
	store = store_open(s->path, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(store_get_notice(store), !=, "");
	g_assert_true(store_get_identity(store, &identity, &error));
	g_assert_cmpstr(identity.kiosk, ==, s->identity.kiosk);
	g_assert_true(store_count_outbox(store, &counts, &error));
	g_assert_cmpint(counts.receipted, ==, RECEIPTED);
	g_assert_cmpint(counts.waiting, ==, STONES - RECEIPTED);
	draft = store_load_draft(store, "ana", &error);
	g_assert_nonnull(draft);
}

/* Healing may be cut off, too. */
static void
healing_is_carried_through(Shelf *s, const void *data)
{
	g_autofree char *live = g_build_filename(s->folder, "live", NULL);
	g_autofree char *in = g_build_filename(live, "store", NULL);
	g_autofree char *db = g_build_filename(in, "kiosk.db", NULL);
	g_autoptr(GBytes) draft = g_bytes_new_static("begun", 5);
	g_autoptr(GError) error = NULL;
	Store *store;
	size_t damaged;
	int handle;

	g_mkdir(live, 0700);
	disk_watch(live);
	store = store_open(in, &error);
	for (int i = 0; i < 5; i++) {
		Evidence stone = stones_choice("ben");

		g_assert_true(store_lay(store, &s->clock, &stone, &error));
	}
	g_assert_true(store_save_draft(store, "ana", draft, &error));
	store_close(store);
	handle = open(db, O_RDWR | O_CLOEXEC, 0);
	g_assert_cmpint(pwrite(handle, "\xff\xff\xff\xff", 4, 3 * PAGE), ==, 4);
	g_assert_cmpint(pwrite(handle, "\xff\xff\xff\xff", 4, 4 * PAGE), ==, 4);
	fsync(handle);
	close(handle);
	damaged = disk_moment();
	store = store_open(in, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(store_get_notice(store), !=, "");
	store_close(store);

	for (size_t moment = damaged; moment <= disk_moment(); moment++)
		for (int image = DISK_SYNCED; image <= DISK_MIXED; image++) {
			g_autofree char *folder = stones_make_folder();
			g_autofree char *path =
				g_build_filename(folder, "store", NULL);
			g_autoptr(GBytes) found = NULL;

			g_test_message("moment %zu, image %d", moment, image);
			disk_build(moment, (DiskImage)image, (uint32_t)moment,
				   folder);
			store = store_open(path, &error);
			g_assert_no_error(error);
			g_assert_true(store_verify(store, &error));
			g_assert_no_error(error);
			found = store_load_draft(store, "ana", NULL);
			g_assert_nonnull(found);
			store_close(store);
			stones_remove_folder(folder);
		}
	disk_leave();
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Shelf *s, const void *data);
	} tests[] = {
		{ "/damage/database/any-page-may-be-zero",
		  any_page_may_be_zero },
		{ "/damage/database/any-bytes-may-change",
		  any_bytes_may_change },
		{ "/damage/database/newest-hash-may-change",
		  the_newest_hash_may_change },
		{ "/damage/database/may-be-cut-short", it_may_be_cut_short },
		{ "/damage/database/may-be-gone", it_may_be_gone },
		{ "/damage/log/may-change-alone", the_log_may_change_alone },
		{ "/damage/both/may-change", both_may_change },
		{ "/damage/both/without-a-log",
		  without_a_log_the_rest_is_salvaged },
		{ "/damage/salvage/states-and-drafts",
		  states_and_drafts_are_salvaged },
		{ "/damage/salvage/is-carried-through",
		  healing_is_carried_through },
	};

	g_test_init(&argc, &argv, NULL);
	stones_hush_store();
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Shelf, NULL, setup, tests[i].run,
			   teardown);
	return g_test_run();
}
