/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib/gstdio.h>

#include "sync/district/check.h"
#include "sync/district/db.h"
#include "sync/wire/multipart.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/erase-fixture.h"

/* A district's record, whole and spoilt in each way: what check says of it. */

#define PHOTO "the bytes of a photo"
#define BADGE "101234567890123456789012"
/* --- a record with something of everything --- */

static void
send_photo(const DistrictFixture *f, TestKiosk *kiosk)
{
	MultipartHeaders head = { .content_type = "application/json" };
	MultipartHeaders medium = { .content_type = "image/jpeg",
				    .encoding = "binary" };
	g_autoptr(GBytes) one =
		lay_record(kiosk, "somebody", NULL, PHOTO, NULL);
	GString *out = g_string_new(NULL);
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) got = NULL;

	id_sha256(PHOTO, strlen(PHOTO), medium.sha256);
	multipart_print_head(out, "b", &head);
	g_string_append_len(out, g_bytes_get_data(one, NULL),
			    (gssize)g_bytes_get_size(one));
	multipart_print_head(out, "b", &medium);
	g_string_append(out, PHOTO);
	multipart_print_end(out, "b");
	body = g_string_free_to_bytes(out);
	got = ask(f, &(Ask){ "POST", "/xapi/statements", .bytes = body,
			     .type = "multipart/mixed; boundary=\"b\"",
			     .user = kiosk->user });
	g_assert_cmpint(got->status, ==, 200);
}

/* Badges that nobody knows, and a record that was set aside. */
static void
send_rest(const DistrictFixture *f, TestKiosk *kiosk)
{
	g_autoptr(GBytes) one = lay_record(kiosk, NULL, BADGE, NULL, NULL);
	g_autoptr(Got) sent = post_statements(f, kiosk, one);
	g_autoptr(GBytes) kept = lay_record(kiosk, NULL, BADGE, NULL, NULL);
	AsideNotice notice = { .number = kiosk->number };
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) aside = NULL;

	g_assert_cmpint(sent->status, ==, 200);
	g_strlcpy(notice.hash, kiosk->previous, sizeof(notice.hash));
	g_strlcpy(notice.reason, "conflict", sizeof(notice.reason));
	body = aside_notice_format(&notice);
	aside = ask(f, &(Ask){ "POST", "/kiosk/aside", .bytes = body,
			       .user = kiosk->user });
	g_assert_cmpint(aside->status, ==, 204);
	send_records(f, kiosk, "somebody", 2);
	g_assert_nonnull(kept);
}

/* A copy of the store goes on by itself. */
static void
send_copy(const DistrictFixture *f, const TestKiosk *kiosk)
{
	TestKiosk copy = *kiosk;
	ForkRequest request = { .after = copy.number };
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) got = NULL;
	EnrolAnswer answer;

	sign_key_new(&copy.key);
	g_strlcpy(request.hash, copy.previous, sizeof(request.hash));
	sign_key_text(&copy.key, request.public_key);
	body = fork_request_format(&request);
	got = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = body,
			     .user = copy.user });
	g_assert_true(enrol_answer_parse(got->text, got->size, &answer, NULL));
	g_snprintf(copy.user, sizeof(copy.user), "%s:%s", answer.kiosk,
		   answer.secret);
	send_records(f, &copy, "somebody", 3);
}

/* Statements of a tool: odd spellings, no id, one that voids another. */
static void
send_tool(const DistrictFixture *f)
{
	static const char *const bodies[] = {
		"{\"id\":\"11111111-1111-4111-8111-111111111111\","
		"\"actor\":{\"mbox\":\"mailto:ada@Example.org\"},\"verb\":{"
		"\"id\":\"http://example.org/did\"},\"object\":{\"id\":"
		"\"http://example.org/it\",\"definition\":{\"name\":{\"en\":"
		"\"It\"}}},\"result\":{\"score\":{\"scaled\":5e-1}},"
		"\"timestamp\":\"2026-11-24T11:00:00+01:00\"}",
		"{\"actor\":{\"objectType\":\"Agent\",\"name\":\"Ada\","
		"\"mbox\":\"mailto:ada@example.org\"},\"verb\":{\"id\":"
		"\"http://example.org/did\"},\"object\":{\"objectType\":"
		"\"Activity\",\"id\":\"http://example.org/it\"}}",
		"{\"actor\":{\"mbox\":\"mailto:ada@example.org\"},\"verb\":{"
		"\"id\":\"http://adlnet.gov/expapi/verbs/voided\"},\"object\":{"
		"\"objectType\":\"StatementRef\",\"id\":"
		"\"11111111-1111-4111-8111-111111111111\"}}",
	};
	const char *user = add_test_tool(f, TOOL_ALL);

	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(Got) got = ask(f, &(Ask){ "POST", "/xapi/statements",
						    bodies[i], .user = user });

		g_assert_cmpint(got->status, ==, 200);
	}
}

static void
decide(const DistrictFixture *f)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autofree char *learner = learner_of(f, "class-1", 0);
	g_autoptr(Got) queue = NULL;
	g_autoptr(Got) got = NULL;
	g_autofree char *path = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, learner, 3);
	sign_in_teacher(f, "tea-001", "all", &teacher);
	queue = ask_as(f, &teacher, "GET", "/api/queue?class=class-1&lang=en",
		       NULL);
	path = g_strdup_printf(
		"/api/entries/%s/decision",
		json_string_value(json_object_get(
			json_array_get(json_object_get(queue->json, "entries"),
				       0),
			"id")));
	got = ask_as(f, &teacher, "POST", path, "{\"decision\":\"confirmed\"}");
	g_assert_cmpint(got->status, ==, 200);
}

/* The index is drawn: a query has waited for it. */
static void
wait_for_index(const DistrictFixture *f)
{
	g_autoptr(Got) got =
		ask(f, &(Ask){ "GET",
			       "/xapi/statements?verb=http://example.org/did",
			       .user = add_test_tool(f, TOOL_ALL) });

	g_assert_cmpint(got->status, ==, 200);
}

static void
setup(DistrictFixture *f, const void *data)
{
	TestKiosk kiosk;

	setup_district(f, NULL);
	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, "somebody", 3);
	send_photo(f, &kiosk);
	send_rest(f, &kiosk);
	send_copy(f, &kiosk);
	send_records(f, &kiosk, "somebody", 1);
	send_tool(f);
	decide(f);
	wait_for_index(f);
}

/* --- asking --- */

static void
note(void *data, const CheckFinding *finding)
{
	g_string_append_printf(data, "%s: %s\n", finding->where, finding->what);
	g_assert_cmpuint(strlen(finding->to_do), >, 10);
}

static char *
check_it(const DistrictFixture *f, bool quick, Check *check)
{
	GString *text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	bool ok;

	*check = (Check){ .archive = f->service->archive,
			  .media = f->service->media,
			  .quick = quick,
			  .found = note,
			  .data = text };
	ok = check_district(check, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	return g_string_free(text, FALSE);
}

static void
assert_whole(const DistrictFixture *f)
{
	Check check;
	g_autofree char *said = check_it(f, false, &check);

	g_assert_cmpstr(said, ==, "");
	g_assert_cmpint(check.findings, ==, 0);
}

static void
run_sql(const DistrictFixture *f, const char *sql)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(f->service->archive, &error);
	g_autoptr(GString) text = g_string_new(sql);
	bool ok;

	g_assert_no_error(error);
	g_string_replace(text, "EMPTY_OBJECT",
			 f->database != NULL ? "decode('7b7d', 'hex')"
					     : "X'7b7d'",
			 0);
	ok = db_run(db, text->str, "spoiling", &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
test_whole(DistrictFixture *f, const void *data)
{
	Check check;
	g_autofree char *said = check_it(f, false, &check);

	g_assert_cmpstr(said, ==, "");
	g_assert_cmpint(check.kiosks, ==, 3);
	g_assert_cmpint(check.statements, ==,
			8 + 3 + 1 + 3 + 3 +
				1); /* a decision is a statement, too */
	g_assert_cmpint(check.media_files, ==, 1);
	g_assert_cmpint(check.drawn_rows, >, 50);
}

/* --- spoilt in the database --- */

#define SAYS_MAX 8

static const struct {
	const char *name, *sql;
	const char *says[SAYS_MAX]; /* NULL-ended */
	bool can_be_redrawn;
} spoilt[] = {
	{ "another-record",
	  "UPDATE statement SET body = (SELECT s.body FROM statement s WHERE"
	  " s.kiosk = statement.kiosk AND s.number = 1) WHERE number = 2;"
	  "UPDATE statement SET hash = 'f00d' WHERE kiosk IS NULL;"
	  "UPDATE statement SET id = '22222222-1111-4111-8111-111111111111'"
	  " WHERE seq = (SELECT min(seq) FROM statement WHERE kiosk IS NULL)",
	  { "record 2: a record does not have its hash",
	    "record 2: a record is not the one that its row names",
	    "record 2: a record does not follow the one before it",
	    "a statement does not have its hash",
	    "a statement is not the one its row names" } },
	{ "no-record",
	  "UPDATE statement SET body = EMPTY_OBJECT WHERE number = 2;"
	  "UPDATE kiosk SET held = held + 1",
	  { "record 2: a record cannot be read",
	    "a record that a receipt speaks of is missing" } },
	{ "another-hash",
	  "UPDATE statement SET hash = 'f00d' WHERE number = 2;"
	  "UPDATE kiosk SET held = held - 1",
	  { "record 2: a record does not have its hash",
	    "record 3: a record does not follow the one before it",
	    "a record is held that no receipt speaks of" } },
	{ "another-number",
	  "UPDATE statement SET number = 99 WHERE number = 2;"
	  "UPDATE medium SET size = size + 1;"
	  "UPDATE pack_file SET sha256 = 'f00d'",
	  { "record 2: a record is missing",
	    "a medium is not as large as it was",
	    "a file of the portrait pack is damaged" } },
	{ "another-receipt",
	  "UPDATE kiosk SET held_hash = 'f00d'",
	  { "the last receipt speaks of another record" } },
	{ "drawn-too-little",
	  "UPDATE entry SET learner = 'another';"
	  "DELETE FROM entry_medium; DELETE FROM usage; DELETE FROM posting;"
	  "DELETE FROM statement_ref; DELETE FROM voided",
	  { "table entry: 0 rows missing",
	    "table entry_medium: 1 rows missing, 0 other", "table usage: ",
	    "table posting: ", "table statement_ref: 2 rows missing, 0 other",
	    "table voided: 1 rows missing, 0 other" },
	  true },
	{ "drawn-too-much",
	  "UPDATE entry SET state = 1, review = NULL WHERE state = 3;"
	  "INSERT INTO posting VALUES (5, 1, 0); INSERT INTO voided VALUES (1)",
	  { "table entry: 0 rows missing, 1 other, 0 too many",
	    "table posting: 0 rows missing, 0 other, 1 too many",
	    "table voided: 0 rows missing, 0 other, 1 too many" },
	  true },
};

static void
test_spoilt(DistrictFixture *f, const void *data)
{
	gsize i = GPOINTER_TO_SIZE(data);
	Check check;
	g_autofree char *said = NULL;
	g_autoptr(GError) error = NULL;
	int64_t changed = 0;
	bool ok;

	run_sql(f, spoilt[i].sql);
	said = check_it(f, false, &check);
	for (const char *const *says = spoilt[i].says; *says != NULL; says++)
		if (strstr(said, *says) == NULL)
			g_error("%s: said\n%s", *says, said);
	if (!spoilt[i].can_be_redrawn)
		return;
	ok = check_redraw(&check, &changed, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(changed, >, 0);
	assert_whole(f);
}

/* Whoever may write the database may tell it not to look. */
static void
test_names_nothing(DistrictFixture *f, const void *data)
{
	static const char insert[] =
		"INSERT INTO medium_name VALUES ('f00d', 'of no medium')";
	g_autofree char *sql = g_strdup_printf(
		"%s; %s",
		f->database != NULL ? "SET session_replication_role = replica"
				    : "PRAGMA foreign_keys = OFF",
		insert);
	g_autofree char *said = NULL;
	Check check;

	run_sql(f, sql);
	said = check_it(f, true, &check);
	g_assert_nonnull(strstr(said, "of medium_name name"));
	g_assert_nonnull(strstr(said, "one of medium that is not there"));
	g_assert_cmpint(check.findings, ==, 1);
}

/* --- spoilt in the folder --- */

static char *
medium_path(const DistrictFixture *f, const char *bytes)
{
	char sha256[ID_SHA256 + 1];
	g_autofree char *two = NULL;

	id_sha256(bytes, strlen(bytes), sha256);
	two = g_strndup(sha256, 2);
	return g_build_filename(f->folder, "media", two, sha256, NULL);
}

static void
assert_says(const DistrictFixture *f, bool quick, const char *says)
{
	Check check;
	g_autofree char *said = check_it(f, quick, &check);

	if (strstr(said, says) == NULL)
		g_error("%s: said\n%s", says, said);
	g_assert_cmpint(check.findings, ==, 1);
}

static void
test_media(DistrictFixture *f, const void *data)
{
	g_autofree char *path = medium_path(f, PHOTO);
	g_autofree char *turned = g_strreverse(g_strdup(PHOTO));
	g_autofree char *said = NULL;
	Check check;

	g_assert_true(g_file_set_contents(path, turned, -1, NULL));
	assert_says(f, false, "a medium has other bytes than it had");
	said = check_it(f, true, &check); /* of the same size */
	g_assert_cmpstr(said, ==, "");
	g_assert_true(g_file_set_contents(path, "short", -1, NULL));
	assert_says(f, true, "a medium is not as large as it was");
	g_assert_cmpint(g_unlink(path), ==, 0);
	assert_says(f, true, "a medium's file is missing");
	g_assert_true(g_file_set_contents(path, PHOTO, -1, NULL));
	assert_whole(f);
}

static void
test_orphan(DistrictFixture *f, const void *data)
{
	g_autofree char *path = medium_path(f, "nobody names it");
	g_autofree char *folder = g_path_get_dirname(path);

	g_mkdir(folder, 0700);
	g_assert_true(g_file_set_contents(path, "nobody names it", -1, NULL));
	assert_says(f, false, "a file that no statement names");
	g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
}

/* --- erased --- */

static void
test_erased(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseResult) done = { 0 };

	make_scene(f, &scene);
	assert_whole(f);
	erase_and_finish(f, scene.child, &done);
	assert_whole(f);
	send_records(f, &scene.kiosk, scene.other, 2);
	assert_whole(f);
	run_sql(f, "DELETE FROM erased WHERE seq = (SELECT min(seq)"
		   " FROM erased WHERE kiosk <> 0)");
	assert_says(f, false, "a record is empty and was not erased");
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/check/whole", DistrictFixture, NULL, setup, test_whole,
		   teardown_district);
	for (gsize i = 0; i < G_N_ELEMENTS(spoilt); i++) {
		g_autofree char *name =
			g_strconcat("/check/spoilt/", spoilt[i].name, NULL);

		g_test_add(name, DistrictFixture, GSIZE_TO_POINTER(i), setup,
			   test_spoilt, teardown_district);
	}
	g_test_add("/check/a-medium-that-changed-or-is-gone", DistrictFixture,
		   NULL, setup, test_media, teardown_district);
	g_test_add("/check/a-row-that-names-nothing", DistrictFixture, NULL,
		   setup, test_names_nothing, teardown_district);
	g_test_add("/check/a-file-that-nobody-names", DistrictFixture, NULL,
		   setup, test_orphan, teardown_district);
	g_test_add("/check/what-was-erased-is-whole", DistrictFixture, NULL,
		   setup_district, test_erased, teardown_district);
	return g_test_run();
}
