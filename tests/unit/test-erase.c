/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-learner.h"
#include "sync/district/keeper.h"
#include "sync/wire/bundle.h"
#include "tests/unit/erase-fixture.h"

/* A learner's whole record is erased, and nothing else. */

static int64_t
count_of(const EraseResult *result, Certified which)
{
	return result->certificate.counts[which];
}

static Got *
get_statement(const DistrictFixture *f, const EraseScene *scene, const char *id)
{
	g_autofree char *path =
		g_strconcat("/xapi/statements?statementId=", id, NULL);

	return ask(f, &(Ask){ "GET", path, .user = scene->tool });
}

static char *
get_all(const DistrictFixture *f, const EraseScene *scene)
{
	g_autoptr(Got) got = ask(f, &(Ask){ "GET", "/xapi/statements",
					    .user = scene->tool });

	g_assert_cmpint(got->status, ==, 200);
	return g_strdup(got->text);
}

/* --- looking first --- */

static void
assert_counts(const EraseResult *result)
{
	g_assert_cmpint(count_of(result, CERTIFIED_STATEMENTS), ==,
			SCENE_RECORDS + SCENE_STATEMENTS + SCENE_DECISIONS);
	g_assert_cmpint(count_of(result, CERTIFIED_ENTRIES), ==, SCENE_RECORDS);
	g_assert_cmpint(count_of(result, CERTIFIED_NAMES), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_REVIEWS), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_DOCUMENTS), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_MEDIA), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_MEDIA_BYTES), ==,
			(int64_t)strlen("a photo of " SECRET));
	g_assert_cmpint(count_of(result, CERTIFIED_SHARED), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_BADGES), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_LEARNERS), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_USAGE), ==, 1);
	g_assert_cmpint(count_of(result, CERTIFIED_HELD), ==, 0);
	g_assert_cmpint(count_of(result, CERTIFIED_MENTIONS), ==, 0);
	g_assert_cmpint(count_of(result, CERTIFIED_POSTINGS), >, 7);
}

static void
test_look(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) first = { 0 };
	g_auto(EraseResult) second = { 0 };
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	g_autoptr(GError) unknown = NULL;
	g_autoptr(GError) wrong = NULL;
	g_autoptr(GError) stale = NULL;

	make_scene(f, &scene);
	before = get_all(f, &scene);
	erase_child(f, scene.child, NULL, &first);
	erase_child(f, scene.child, NULL, &second);
	assert_counts(&first);
	g_assert_cmpstr(first.token, ==, second.token);
	after = get_all(f, &scene);
	g_assert_cmpstr(before, ==, after);
	g_assert_true(has_medium_file(f, "a photo of " SECRET));

	unknown = refuse_to_erase(f, "nobody", NULL);
	g_assert_error(unknown, FAULT, FAULT_NOT_FOUND);
	wrong = refuse_to_erase(f, scene.child, "0123456789ab");
	g_assert_error(wrong, FAULT, FAULT_REFUSED);
	send_records(f, &scene.kiosk, scene.child, 1);
	stale = refuse_to_erase(f, scene.child, first.token);
	g_assert_error(stale, FAULT, FAULT_REFUSED);
	g_clear_pointer(&after, g_free);
	after = get_all(f, &scene);
	g_assert_nonnull(strstr(after, SECRET));
}

static void
test_same_counts(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) looked = { 0 };
	g_auto(EraseResult) done = { 0 };

	make_scene(f, &scene);
	erase_child(f, scene.child, NULL, &looked);
	erase_child(f, scene.child, looked.token, &done);
	for (int i = 0; i < CERTIFIED_COUNTS; i++)
		g_assert_cmpint(count_of(&looked, (Certified)i), ==,
				count_of(&done, (Certified)i));
	assert_counts(&done);
}

/* --- it is gone, and the others' is not --- */

static void
assert_queue(const DistrictFixture *f, const EraseScene *scene,
	     const char *etag)
{
	g_autoptr(Got) queue =
		ask(f, &(Ask){ "GET", "/api/queue?class=class-1",
			       .cookie = scene->teacher.cookie, .etag = etag });
	json_t *list = json_object_get(queue->json, "entries");
	size_t i;
	json_t *entry;

	g_assert_cmpint(queue->status, ==, 200);
	json_array_foreach(list, i, entry)
		g_assert_cmpstr(json_string_value(json_object_get(
					json_object_get(entry, "learner"),
					"id")),
				==, scene->other);
}

static void
assert_gone(const DistrictFixture *f, const EraseScene *scene)
{
	g_autofree char *all = get_all(f, scene);

	g_assert_null(strstr(all, SECRET));
	g_assert_null(strstr(all, scene->child));
	g_assert_null(strstr(all, scene->badge));
	g_assert_false(is_on_disk(f, SECRET));
	g_assert_false(has_medium_file(f, "a photo of " SECRET));
}

static void
assert_others_stay(const DistrictFixture *f, const EraseScene *scene)
{
	g_autofree char *all = get_all(f, scene);
	g_autoptr(Got) group =
		get_statement(f, scene, "44444444-4444-4444-8444-444444444444");
	g_autoptr(Got) own =
		get_statement(f, scene, "55555555-5555-4555-8555-555555555555");

	g_assert_cmpint(group->status, ==, 200);
	g_assert_cmpint((int)json_array_size(
				json_object_get(json_object_get(group->json,
								"actor"),
						"member")),
			==, 1);
	g_assert_nonnull(strstr(group->text, "[1.50,"));
	g_assert_nonnull(strstr(group->text, scene->other));
	g_assert_cmpint(own->status, ==, 200);
	g_assert_nonnull(strstr(all, "Who is " OTHERS));
	g_assert_true(has_medium_file(f, SHARED));
	g_assert_true(has_medium_file(f, "a photo of " OTHERS));
}

static void
test_all(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Got) queue = NULL;
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autofree char *name = NULL;
	g_autoptr(GArray) people = NULL;
	GThread *reader;

	make_scene(f, &scene);
	g_assert_true(is_on_disk(f, SECRET));
	people = archive_find_people(archive, "", NULL);
	for (guint i = 0; i < people->len; i++) {
		const ArchivePerson *at =
			&g_array_index(people, ArchivePerson, i);

		if (g_str_equal(at->id, scene.child))
			name = g_strdup(at->name);
	}
	g_assert_true(is_on_disk(f, name));
	queue = ask_as(f, &scene.teacher, "GET", "/api/queue?class=class-1",
		       NULL);
	reader = begin_to_read(f);
	erase_and_finish(f, scene.child, &done);
	g_clear_pointer(&reader, g_thread_join);
	assert_gone(f, &scene);
	g_assert_false(is_on_disk(f, name));
	g_assert_false(is_on_disk(f, scene.badge));
	assert_others_stay(f, &scene);
	assert_queue(f, &scene, got_header(queue, "etag"));
	for (guint i = 0; i < SCENE_STATEMENTS; i++) {
		g_autofree char *id =
			g_strndup(strstr(scene.said->pdata[i], "\"id\":\"") + 6,
				  ID_UUID);
		g_autoptr(Got) got = get_statement(f, &scene, id);

		g_assert_cmpint(got->status, ==, 404);
	}
}

/* --- the chain --- */

static void
test_chain(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(GBytes) odd = NULL;
	g_autoptr(Got) forked = NULL;
	TestKiosk copy;

	make_scene(f, &scene);
	copy = scene.kiosk;
	erase_and_finish(f, scene.child, &done);
	for (guint i = 0; i < scene.sent->len; i++) {
		g_autoptr(Got) again =
			post_statements(f, &scene.kiosk, scene.sent->pdata[i]);

		g_assert_cmpint(again->status, ==, 200);
		g_assert_cmpint(check_receipt(f, &scene.kiosk, again), ==, 6);
	}
	send_records(f, &scene.kiosk, scene.other, 2);
	copy.number = 5;
	odd = lay_record(&copy, scene.other, NULL, NULL, NULL);
	forked = post_statements(f, &copy, odd);
	g_assert_cmpint(forked->status, ==, 409);
	g_assert_cmpstr(got_code(forked), ==, "forked");
	assert_gone(f, &scene);
}

/* The index is drawn anew over what was erased. */
static void
test_drawn_anew(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(GError) error = NULL;
	bool ok;

	make_scene(f, &scene);
	erase_and_finish(f, scene.child, &done);
	{
		g_autoptr(Archive) archive = open_test_archive(f);

		ok = archive_set_indexed(archive, 0, &error);
	}
	g_assert_no_error(error);
	g_assert_true(ok);
	restart_district(f);
	assert_gone(f, &scene);
	assert_others_stay(f, &scene);
}

/* --- nothing comes back --- */

static void
test_late(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(GBytes) record = NULL;
	g_autoptr(GBytes) by_badge = NULL;
	g_autoptr(Got) taken = NULL;
	g_autoptr(Got) second = NULL;
	g_autoptr(Got) again = NULL;
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	int64_t day = 0;
	bool ok;

	make_scene(f, &scene);
	erase_and_finish(f, scene.child, &done);
	record = lay_record(&scene.kiosk, scene.child, NULL, "late " SECRET,
			    NULL);
	taken = post_with_photo(f, scene.kiosk.user, record, "late " SECRET);
	g_assert_cmpint(taken->status, ==, 200);
	g_assert_cmpint(check_receipt(f, &scene.kiosk, taken), ==, 7);
	by_badge = lay_record(&scene.kiosk, NULL, scene.badge, NULL, NULL);
	second = post_statements(f, &scene.kiosk, by_badge);
	g_assert_cmpint(check_receipt(f, &scene.kiosk, second), ==, 8);
	again = post_statements(f, &scene.kiosk, by_badge);
	g_assert_cmpint(check_receipt(f, &scene.kiosk, again), ==, 8);
	send_records(f, &scene.kiosk, scene.other, 1);
	ok = keeper_look(archive,
			 &(KeeperPlace){ f->folder, f->settings,
					 f->service->media },
			 f->now.wall, &day, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_false(has_medium_file(f, "late " SECRET));
	assert_gone(f, &scene);
}

static Got *
tell_tool(const DistrictFixture *f, const EraseScene *scene, const char *text)
{
	return ask(f, &(Ask){ "POST", "/xapi/statements", .body = text,
			      .user = scene->tool });
}

static void
replace(char **text, const char *from, const char *to)
{
	GString *changed = g_string_new(*text);

	g_string_replace(changed, from, to, 0);
	g_free(*text);
	*text = g_string_free(changed, FALSE);
}

static void
test_tool_again(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autofree char *late = NULL;
	g_autofree char *changed = NULL;
	g_autoptr(Got) new = NULL;
	g_autoptr(Got) other = NULL;

	make_scene(f, &scene);
	erase_and_finish(f, scene.child, &done);
	for (guint i = 0; i < scene.said->len; i++) {
		g_autoptr(Got) again =
			tell_tool(f, &scene, scene.said->pdata[i]);

		g_assert_cmpint(again->status, ==, 200);
	}
	late = g_strdup(scene.said->pdata[0]);
	replace(&late, "11111111-1111-4", "61111111-1111-4");
	new = tell_tool(f, &scene, late);
	g_assert_cmpint(new->status, ==, 200);
	changed = g_strdup(scene.said->pdata[0]);
	replace(&changed, "a.b/did", "a.b/undid");
	other = tell_tool(f, &scene, changed);
	g_assert_cmpint(other->status, ==, 409);
	assert_gone(f, &scene);
}

static void
test_documents(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Got) refused = NULL;
	g_autofree char *path = NULL;

	make_scene(f, &scene);
	erase_and_finish(f, scene.child, &done);
	path = g_strdup_printf(
		"/xapi/agents/profile?profileId=p&agent=%%7B%%22account%%22"
		"%%3A%%7B%%22homePage%%22%%3A%%22https%%3A%%2F%%2Fdistrict."
		"example%%2Flearner%%22%%2C%%22name%%22%%3A%%22%s%%22%%7D%%7D",
		scene.child);
	refused = ask(f, &(Ask){ "PUT", path, .body = "\"" SECRET "\"",
				 .user = scene.tool });
	g_assert_cmpint(refused->status, ==, 403);
	assert_gone(f, &scene);
}

/* --- kiosks are told --- */

static void
test_bundle(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Got) before = NULL;
	g_autoptr(Got) after = NULL;
	g_autoptr(Bundle) bundle = NULL;
	g_autoptr(GError) error = NULL;
	char hash[ID_SHA256 + 1];

	make_scene(f, &scene);
	before = ask(f, &(Ask){ "GET", "/kiosk/bundle",
				.user = scene.kiosk.user });
	g_assert_cmpint(before->status, ==, 200);
	erase_and_finish(f, scene.child, &done);
	after = ask(f, &(Ask){ "GET", "/kiosk/bundle", .user = scene.kiosk.user,
			       .etag = got_header(before, "etag") });
	g_assert_cmpint(after->status, ==, 200);
	bundle = bundle_parse(after->text, after->size, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(bundle->n_erased, ==, SCENE_RECORDS);
	g_assert_cmpint(bundle->erased[0].number, ==, 6);
	g_assert_cmpstr(bundle->erased[0].hash, ==, scene.kiosk.previous);
	g_assert_cmpuint(bundle->n_who, ==, 2);
	id_sha256(scene.child, strlen(scene.child), hash);
	g_assert_true(g_str_equal(bundle->who[0].hash, hash) ||
		      g_str_equal(bundle->who[1].hash, hash));
	g_assert_null(strstr(after->text, scene.child));
	g_assert_null(strstr(after->text, SECRET));
}

/* --- certificates --- */

static void
test_certificate(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autofree char *path = NULL;
	g_autofree char *line = NULL;
	g_autofree char *json = NULL;
	g_autoptr(GError) error = NULL;
	Certificate certificate;
	size_t size;

	make_scene(f, &scene);
	erase_and_finish(f, scene.child, &done);
	path = g_build_filename(f->folder, ERASE_FOLDER, done.certificate.id,
				NULL);
	g_assert_true(g_file_get_contents(path, &line, &size, NULL));
	g_assert_cmpstr(g_strchomp(line), ==, done.line);
	g_assert_true(
		certificate_parse(line, f->public_key, &certificate, &error));
	g_assert_cmpstr(certificate.learner, ==, scene.child);
	g_assert_cmpint(certificate.counts[CERTIFIED_ENTRIES], ==,
			SCENE_RECORDS);
	json = (char *)g_base64_decode(line, &size);
	g_assert_null(memmem(json, size, SECRET, strlen(SECRET)));
	line[10] = line[10] == 'A' ? 'B' : 'A';
	g_assert_false(
		certificate_parse(line, f->public_key, &certificate, &error));
}

/* --- interrupted --- */

static void
test_interrupted(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) looked = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;
	int64_t day = 0;
	bool ok;

	make_scene(f, &scene);
	erase_child(f, scene.child, NULL, &looked);
	erase_child(f, scene.child, looked.token, &done);
	g_assert_true(has_medium_file(f, "a photo of " SECRET));
	path = g_build_filename(f->folder, ERASE_FOLDER, done.certificate.id,
				NULL);
	g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
	ok = keeper_look(archive,
			 &(KeeperPlace){ f->folder, f->settings,
					 f->service->media },
			 f->now.wall, &day, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
	assert_gone(f, &scene);
	assert_others_stay(f, &scene);
}

/* What comes again under the same hash, of somebody else, is not removed. */
static void
test_named_again(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) looked = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GBytes) record = NULL;
	g_autoptr(Got) taken = NULL;

	make_scene(f, &scene);
	erase_child(f, scene.child, NULL, &looked);
	erase_child(f, scene.child, looked.token, &done);
	record = lay_record(&scene.kiosk, scene.other, NULL,
			    "a photo of " SECRET, NULL);
	taken = post_with_photo(f, scene.kiosk.user, record,
				"a photo of " SECRET);
	g_assert_cmpint(taken->status, ==, 200);
	g_assert_true(erase_finish(archive, f->folder, f->service->media, NULL,
				   NULL));
	g_assert_true(has_medium_file(f, "a photo of " SECRET));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/erase/" path, DistrictFixture, NULL, setup_district, \
		   test, teardown_district)
	ADD("looking-changes-nothing", test_look);
	ADD("what-was-looked-at-is-what-is-erased", test_same_counts);
	ADD("all-of-one-and-nothing-of-others", test_all);
	ADD("the-chain-stays-whole", test_chain);
	ADD("the-index-can-be-drawn-anew", test_drawn_anew);
	ADD("what-comes-late-is-not-kept", test_late);
	ADD("a-tool-may-send-again", test_tool_again);
	ADD("no-new-documents", test_documents);
	ADD("kiosks-are-told", test_bundle);
	ADD("certificate", test_certificate);
	ADD("interrupted-it-is-finished", test_interrupted);
	ADD("named-again-a-file-stays", test_named_again);
	return g_test_run();
}
