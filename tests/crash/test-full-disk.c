/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A disk that fills up, or turns read-only, at each write in turn: what is
 * refused leaves nothing, what was saved stays, and when there is room again
 * the kiosk goes on.
 */
#include <errno.h>

#include "app/base/fault.h"
#include "app/store/store-outbox.h"
#include "tests/crash/disk.h"
#include "tests/crash/stones.h"

typedef struct {
	char *folder, *path; /* owned */
	int64_t seconds;
	Clock clock;
	Store *store;
	int64_t laid;
} Kiosk;

static void
open_store(Kiosk *k)
{
	g_autoptr(GError) error = NULL;

	k->store = store_open(k->path, &error);
	g_assert_no_error(error);
}

static void
setup(Kiosk *k, const void *data)
{
	k->folder = stones_make_folder();
	k->path = g_build_filename(k->folder, "store", NULL);
	k->clock = stones_clock(&k->seconds);
	disk_watch(k->folder);
	open_store(k);
	k->laid = 0;
}

static void
teardown(Kiosk *k, const void *data)
{
	store_close(k->store);
	disk_leave();
	stones_remove_folder(k->folder);
	g_free(k->folder);
	g_free(k->path);
}

/* A photo and its stone; true if it was saved. */
static bool
try_to_lay(Kiosk *k, GError **error)
{
	g_autofree char *bytes = g_strnfill(20000, 'p');
	Evidence stone;

	bytes[0] = (char)('a' + k->seconds % 26);
	if (!stones_photo(k->store, bytes, &stone, error) ||
	    !store_lay(k->store, &k->clock, &stone, error))
		return false;
	k->laid++;
	return true;
}

static void
check_whole(Kiosk *k)
{
	g_autoptr(GError) error = NULL;
	StoreIdentity identity;
	OutboxCounts counts;

	g_assert_true(store_verify(k->store, &error));
	g_assert_no_error(error);
	g_assert_true(store_get_identity(k->store, &identity, &error));
	g_assert_cmpint(identity.last_number, ==, k->laid);
	g_assert_true(store_count_outbox(k->store, &counts, &error));
	g_assert_cmpint(counts.waiting, ==, k->laid);
	g_assert_cmpstr(store_get_notice(k->store), ==, "");
}

static void
fail_at_each_call(Kiosk *k, int errno_given)
{
	bool saved = false;

	for (size_t calls = 0; !saved; calls++) {
		g_autoptr(GError) error = NULL;

		g_test_message("failing after %zu calls", calls);
		disk_fail_after(calls, errno_given);
		saved = try_to_lay(k, &error);
		disk_mend();
		if (!saved)
			g_assert_error(error, FAULT, FAULT_FULL);
		/* The next child's, and after switching off and on. */
		check_whole(k);
		g_assert_true(try_to_lay(k, NULL));
		store_close(k->store);
		open_store(k);
		check_whole(k);
		g_assert_cmpuint(calls, <, 100);
	}
}

static void
a_full_disk_refuses_and_keeps(Kiosk *k, const void *data)
{
	fail_at_each_call(k, ENOSPC);
}

static void
a_read_only_disk_refuses_and_keeps(Kiosk *k, const void *data)
{
	fail_at_each_call(k, EROFS);
}

static void
opening_where_nothing_can_be_written_says_so(Kiosk *k, const void *data)
{
	g_assert_true(try_to_lay(k, NULL));
	store_close(k->store);
	for (size_t calls = 0; calls < 3; calls++) {
		g_autoptr(GError) error = NULL;

		disk_fail_after(0, EROFS);
		k->store = store_open(k->path, &error);
		disk_mend();
		g_assert_null(k->store);
		g_assert_error(error, FAULT, FAULT_FULL);
	}
	open_store(k);
	check_whole(k);
}

static void
a_new_store_on_a_full_disk_can_be_made_later(Kiosk *k, const void *data)
{
	for (size_t calls = 0;; calls++) {
		g_autofree char *path =
			g_strdup_printf("%s-%zu", k->path, calls);
		g_autoptr(GError) error = NULL;
		g_autoptr(Store) store = NULL;

		disk_fail_after(calls, ENOSPC);
		store = store_open(path, &error);
		disk_mend();
		if (store != NULL)
			break;
		g_test_message("%s", error->message);
		g_assert_error(error, FAULT, FAULT_FULL);
		store = store_open(path, &error);
		g_assert_nonnull(store);
		g_assert_cmpuint(calls, <, 200);
	}
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Kiosk *k, const void *data);
	} tests[] = {
		{ "/full-disk/refuses-and-keeps",
		  a_full_disk_refuses_and_keeps },
		{ "/full-disk/new-store-can-be-made-later",
		  a_new_store_on_a_full_disk_can_be_made_later },
		{ "/read-only/refuses-and-keeps",
		  a_read_only_disk_refuses_and_keeps },
		{ "/read-only/opening-says-so",
		  opening_where_nothing_can_be_written_says_so },
	};

	g_test_init(&argc, &argv, NULL);
	stones_hush_store();
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Kiosk, NULL, setup, tests[i].run,
			   teardown);
	return g_test_run();
}
