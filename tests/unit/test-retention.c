/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-hold.h"
#include "sync/district/keeper.h"
#include "tests/unit/erase-fixture.h"

/* What is old enough is erased, and what is on hold is not. */

#define DAY_S (24 * 60 * 60)

static int64_t
count_of(const EraseResult *result, Certified which)
{
	return result->certificate.counts[which];
}

static void
erase_by_age(DistrictFixture *f, const EraseAges *ages, bool do_it,
	     EraseResult *out)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	EraseRequest request = { "", NULL, f->now.wall, do_it ? "" : NULL,
				 &f->service->key };
	g_autoptr(GError) error = NULL;
	bool ok = erase_old(archive, &request, ages, out, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	if (!do_it)
		return;
	ok = erase_finish(archive, f->folder, f->service->media, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static int64_t
count_statements(const DistrictFixture *f, const EraseScene *scene)
{
	g_autoptr(Got) got = ask(f, &(Ask){ "GET", "/xapi/statements",
					    .user = scene->tool });

	return (int64_t)json_array_size(
		json_object_get(got->json, "statements"));
}

static void
hold(DistrictFixture *f, const char *learner)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	bool ok = archive_begin(archive, &error) &&
		  archive_end(archive,
			      archive_add_hold(archive, learner, "case 12",
					       f->now.wall, &error),
			      &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

/* --- ages --- */

static void
test_for_ever(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	EraseAges ages;

	make_scene(f, &scene);
	erase_read_ages(f->settings, &ages);
	pass_time(f, (int64_t)36500 * DAY_S);
	erase_by_age(f, &ages, true, &done);
	g_assert_null(done.line);
	g_assert_cmpint(count_statements(f, &scene), ==, SCENE_ALL);
}

/* The scene has six records: two returned (each decision is a statement, too),
 * four undecided; five statements of a tool, two documents. */
static void
test_states(DistrictFixture *f, const void *data)
{
	const struct {
		EraseAges ages;
		int64_t statements, documents;
	} cases[] = {
		{ { .confirmed_days = 10 }, 0, 0 },
		{ { .returned_days = 10 }, 2 + 2, 0 },
		{ { .undecided_days = 10 }, 4, 0 },
		{ { .statements_days = 10 }, 5 + 2, 0 },
		{ { .documents_days = 10 }, 0, 2 },
		{ { 10, 10, 10, 10, 10 }, SCENE_ALL, 2 },
		{ { 12, 12, 12, 12, 12 }, 0, 0 },
	};
	g_auto(EraseScene) scene = { 0 };

	make_scene(f, &scene);
	pass_time(f, 11 * DAY_S);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_auto(EraseResult) looked = { 0 };

		erase_by_age(f, &cases[i].ages, false, &looked);
		g_assert_cmpint(count_of(&looked, CERTIFIED_STATEMENTS), ==,
				cases[i].statements);
		g_assert_cmpint(count_of(&looked, CERTIFIED_DOCUMENTS), ==,
				cases[i].documents);
		g_assert_cmpint(count_statements(f, &scene), ==, SCENE_ALL);
	}
}

static void
test_run(DistrictFixture *f, const void *data)
{
	const EraseAges ages = { .returned_days = 10, .undecided_days = 10 };
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_auto(EraseResult) again = { 0 };
	Certificate certificate;

	make_scene(f, &scene);
	pass_time(f, 11 * DAY_S);
	erase_by_age(f, &ages, true, &done);
	g_assert_true(certificate_parse(done.line, f->public_key, &certificate,
					NULL));
	g_assert_cmpint(certificate.reason, ==, CERTIFICATE_RETENTION);
	g_assert_cmpstr(certificate.learner, ==, "");
	g_assert_cmpint(certificate.counts[CERTIFIED_ENTRIES], ==, 6);
	g_assert_cmpint(certificate.counts[CERTIFIED_MEDIA], ==, 3);
	g_assert_false(is_on_disk(f, "Who is "));
	g_assert_false(has_medium_file(f, SHARED));
	g_assert_cmpint(count_statements(f, &scene), ==, 5);
	erase_by_age(f, &ages, true, &again);
	g_assert_null(again.line);
	send_records(f, &scene.kiosk, scene.child, 1);
	g_assert_cmpint(count_statements(f, &scene), ==, 6);
}

/* More than one transaction takes: one certificate of them all, and a cursor
 * that stood within them goes on. */
static void
test_parts(DistrictFixture *f, const void *data)
{
	const EraseAges ages = { .undecided_days = 10 };
	g_autofree char *child = learner_of(f, "class-1", 0);
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Got) first = NULL;
	g_autoptr(Got) next = NULL;
	g_autofree char *tool = g_strdup(add_test_tool(f, TOOL_ALL));
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, child, 700);
	send_records(f, &kiosk, child, 500);
	first = ask(f, &(Ask){ "GET", "/xapi/statements?ascending=true&limit=9",
			       .user = tool });
	pass_time(f, 11 * DAY_S);
	send_records(f, &kiosk, child, 3);
	erase_by_age(f, &ages, true, &done);
	g_assert_cmpint(count_of(&done, CERTIFIED_STATEMENTS), ==, 1200);
	next = ask(f, &(Ask){ "GET",
			      json_string_value(
				      json_object_get(first->json, "more")),
			      .user = tool });
	g_assert_cmpint(next->status, ==, 200);
	g_assert_cmpint((int)json_array_size(
				json_object_get(next->json, "statements")),
			==, 3);
	send_records(f, &kiosk, child, 1);
}

/* --- by itself --- */

static void
look_at(DistrictFixture *f, int64_t *day)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	bool ok = keeper_look(archive,
			      &(KeeperPlace){ f->folder, f->settings,
					      f->service->media },
			      f->now.wall, day, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

/* Sets the clock to an hour of the day that is so many days on. */
static void
go_to(DistrictFixture *f, int64_t days, int64_t hour)
{
	int64_t today = f->now.wall.us / G_USEC_PER_SEC / DAY_S;

	f->now.wall.us =
		((today + days) * DAY_S + hour * 60 * 60) * G_USEC_PER_SEC;
}

static void
test_nightly(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	int64_t day = 0;

	make_scene(f, &scene);
	go_to(f, 11, 1);
	look_at(f, &day);
	g_assert_cmpint(count_statements(f, &scene), ==, SCENE_ALL);
	go_to(f, 0, 3);
	look_at(f, &day);
	g_assert_cmpint(count_statements(f, &scene), ==, SCENE_ALL - 4);
	pass_time(f, DAY_S);
	look_at(f, &day);
	g_assert_cmpint(count_statements(f, &scene), ==, SCENE_ALL - 4);
}

/* Who writes need not wait by day: what is erased is gone for all who ask, and
 * from the disk by night. */
static void
test_rewritten_by_night(DistrictFixture *f, const void *data)
{
	static const struct {
		int64_t hour;
		bool done;
	} looks[] = { { 12, false }, { 21, false }, { 22, true } };
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) looked = { 0 };
	g_auto(EraseResult) erased = { 0 };
	g_autoptr(Archive) archive = open_test_archive(f);
	int64_t day = INT64_MAX;

	make_scene(f, &scene);
	erase_child(f, scene.child, NULL, &looked);
	erase_child(f, scene.child, looked.token, &erased);
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		WallTime at = { (INT64_C(20800) * DAY_S +
				 looks[i].hour * 60 * 60) *
				G_USEC_PER_SEC };
		g_autofree char *certificate =
			g_build_filename(f->folder, ERASE_FOLDER,
					 erased.certificate.id, NULL);
		g_autoptr(GError) error = NULL;

		g_assert_true(
			keeper_look(archive,
				    &(KeeperPlace){ f->folder, f->settings,
						    f->service->media },
				    at, &day, &error));
		g_assert_no_error(error);
		g_assert_cmpint(g_file_test(certificate, G_FILE_TEST_EXISTS),
				==, looks[i].done);
		g_assert_false(has_medium_file(f, "a photo of " SECRET));
	}
	g_assert_false(is_on_disk(f, SECRET));
}

static void
test_not_nightly(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	int64_t day = 0;

	make_scene(f, &scene);
	go_to(f, 11, 3);
	look_at(f, &day);
	g_assert_cmpint(count_statements(f, &scene), ==, SCENE_ALL);
}

/* --- holds --- */

static void
test_hold_learner(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(GError) refused = NULL;
	g_autoptr(GError) twice = NULL;
	g_autoptr(GError) unknown = NULL;
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GArray) holds = NULL;

	make_scene(f, &scene);
	hold(f, scene.child);
	refused = refuse_to_erase(f, scene.child, NULL);
	g_assert_error(refused, FAULT, FAULT_REFUSED);
	g_assert_nonnull(strstr(refused->message, "case 12"));
	g_assert_false(archive_add_hold(archive, scene.child, "case 13",
					f->now.wall, &twice));
	g_assert_error(twice, FAULT, FAULT_REFUSED);
	g_assert_false(archive_add_hold(archive, "nobody", "case 13",
					f->now.wall, &unknown));
	g_assert_error(unknown, FAULT, FAULT_NOT_FOUND);
	g_assert_true(
		archive_lift_hold(archive, scene.child, f->now.wall, NULL));
	g_assert_false(
		archive_lift_hold(archive, scene.child, f->now.wall, NULL));
	holds = archive_list_holds(archive, true, NULL);
	g_assert_cmpuint(holds->len, ==, 1);
	erase_and_finish(f, scene.child, &done);
	g_assert_false(is_on_disk(f, SECRET));
}

/* Their records stay, and whatever was said of them. */
static void
test_hold_retention(DistrictFixture *f, const void *data)
{
	const EraseAges ages = { 10, 10, 10, 10, 10 };
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Got) got = NULL;

	make_scene(f, &scene);
	hold(f, scene.child);
	pass_time(f, 11 * DAY_S);
	erase_by_age(f, &ages, true, &done);
	g_assert_cmpint(count_of(&done, CERTIFIED_ENTRIES), ==,
			6 - SCENE_RECORDS);
	g_assert_cmpint(count_of(&done, CERTIFIED_DOCUMENTS), ==, 1);
	g_assert_cmpint(count_of(&done, CERTIFIED_HELD), ==, 5);
	g_assert_true(has_medium_file(f, SHARED));
	g_assert_true(has_medium_file(f, "a photo of " SECRET));
	g_assert_false(has_medium_file(f, "a photo of " OTHERS));
	got = ask(f, &(Ask){ "GET", "/xapi/statements", .user = scene.tool });
	g_assert_nonnull(strstr(got->text, SECRET));
}

/* What names somebody on hold, too, stays as it is. */
static void
test_hold_other(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Got) both = NULL;

	make_scene(f, &scene);
	hold(f, scene.other);
	erase_and_finish(f, scene.child, &done);
	g_assert_cmpint(count_of(&done, CERTIFIED_HELD), ==, 2);
	g_assert_cmpint(count_of(&done, CERTIFIED_NAMES), ==, 0);
	both = ask(f, &(Ask){ "GET",
			      "/xapi/statements?statementId="
			      "22222222-2222-4222-8222-222222222222",
			      .user = scene.tool });
	g_assert_cmpint(both->status, ==, 200);
	g_assert_false(has_medium_file(f, "a photo of " SECRET));
}

int
main(int argc, char **argv)
{
	static const char by_night[] = "[retention]\nrewrite_nightly = true\n"
				       "hour = 22\n";
	static const char nightly[] = "[retention]\nnightly = true\n"
				      "undecided_days = 10\nhour = 2\n";
	static const char by_hand[] = "[retention]\nundecided_days = 10\n";

	g_test_init(&argc, &argv, NULL);
#define ADD(path, settings, test) \
	g_test_add("/retention/" path, DistrictFixture, settings, \
		   setup_district, test, teardown_district)
	ADD("kept-for-ever-unless-told", NULL, test_for_ever);
	ADD("by-state", NULL, test_states);
	ADD("erases-what-is-old", NULL, test_run);
	ADD("in-parts", NULL, test_parts);
	ADD("nightly-by-itself", nightly, test_nightly);
	ADD("not-by-itself", by_hand, test_not_nightly);
	ADD("rewritten-by-night", by_night, test_rewritten_by_night);
	ADD("a-hold-blocks-erasing", NULL, test_hold_learner);
	ADD("a-hold-outlasts-ages", NULL, test_hold_retention);
	ADD("a-hold-of-another", NULL, test_hold_other);
	return g_test_run();
}
