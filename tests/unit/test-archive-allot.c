/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/district/archive-lrs.h"
#include "tests/unit/district-fixture.h"

/* Each statement's instant of storing is later than all before it, whatever is
 * undone and although a commit writes the last of them down only once. */

static const WallTime now = { INT64_C(1795000000) * G_USEC_PER_SEC };

static void
must(bool ok, GError **error)
{
	g_assert_no_error(*error);
	g_assert_true(ok);
}

/* One write of a group: n instants, kept or undone. */
static WallTime
allot(Archive *archive, size_t n, bool keep)
{
	g_autoptr(GError) error = NULL;
	WallTime first = { 0 };

	must(archive_mark(archive, &error) &&
		     archive_allot(archive, now, n, &first, &error) &&
		     archive_settle(archive, keep, &error),
	     &error);
	return first;
}

static int64_t
end_of(Archive *archive)
{
	g_autoptr(GError) error = NULL;
	ArchiveEnd end = { 0 };

	must(archive_get_end(archive, &end, &error), &error);
	return end.stored.us;
}

static void
test_group(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(Archive) other = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	WallTime first, second, third, next = { 0 };

	must(archive_begin(archive, &error), &error);
	first = allot(archive, 50, true);
	second = allot(archive, 3, true);
	allot(archive, 7, false);
	third = allot(archive, 2, true);
	must(archive_end(archive, true, &error), &error);
	g_assert_cmpint(second.us, >=, first.us + 50);
	g_assert_cmpint(third.us, >=, second.us + 3);
	g_assert_cmpint(end_of(other), >=, third.us + 1);
	must(archive_allot(other, now, 1, &next, &error), &error);
	g_assert_cmpint(next.us, >, third.us + 1);
}

/* The first that asks is undone: its row is, too. */
static void
test_first_undone(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	WallTime kept;

	must(archive_begin(archive, &error), &error);
	allot(archive, 50, false);
	kept = allot(archive, 4, true);
	must(archive_end(archive, true, &error), &error);
	g_assert_cmpint(end_of(archive), >=, kept.us + 3);
}

/* A group that is undone leaves the end where it was. */
static void
test_none_kept(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	int64_t before = end_of(archive);

	must(archive_begin(archive, &error), &error);
	allot(archive, 50, true);
	allot(archive, 50, true);
	g_assert_false(archive_end(archive, false, NULL));
	g_assert_cmpint(end_of(archive), ==, before);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/archive/allot/grows-within-a-group", DistrictFixture, NULL,
		   setup_district, test_group, teardown_district);
	g_test_add("/archive/allot/the-first-undone", DistrictFixture, NULL,
		   setup_district, test_first_undone, teardown_district);
	g_test_add("/archive/allot/none-of-a-group-kept", DistrictFixture, NULL,
		   setup_district, test_none_kept, teardown_district);
	return g_test_run();
}
