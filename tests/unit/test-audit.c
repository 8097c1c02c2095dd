/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/json.h"
#include "sync/district/archive-audit.h"
#include "sync/district/archive-roster.h"
#include "sync/district/audit-json.h"
#include "sync/district/db.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/lrs-fixture.h"

/* The log of who read or changed what. */

#define DAY_US (INT64_C(24) * 3600 * G_USEC_PER_SEC)

/* --- the table --- */

static void
add(Archive *archive, int64_t at_us, const char *who, const char *about)
{
	AuditEvent event = { .at = { at_us },
			     .kind = AUDIT_TEACHER,
			     .action = "GET /media/*",
			     .address = "192.0.2.7",
			     .object = "medium:00",
			     .n = 1,
			     .status = 200 };
	g_autoptr(GError) error = NULL;

	g_strlcpy(event.who, who, sizeof(event.who));
	g_strlcpy(event.about, about, sizeof(event.about));
	g_assert_true(archive_add_audit(archive, &event, &error));
	g_assert_no_error(error);
}

static bool
take(const AuditEvent *event, void *data, GError **error)
{
	g_string_append_printf(data, "%s:%s ", event->who, event->about);
	return true;
}

static void
assert_found(Archive *archive, const AuditFind *find, const char *expected)
{
	g_autoptr(GString) got = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(archive_each_audit(archive, find, take, got, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(got->str, ==, expected);
}

static void
test_find(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autofree char *learner = learner_of(f, "class-1", 0);
	g_autofree char *other = learner_of(f, "class-4", 0);
	g_autofree char *found =
		g_strdup_printf("a:%s b:class-1 b:%s ", learner, learner);

	add(archive, 1000, "a", learner);
	add(archive, 2000, "a", other);
	add(archive, 3000, "b", "class-1");
	add(archive, 4000, "b", "class-4");
	add(archive, 5000, "b", learner);
	add(archive, 6000, "c", "");
	assert_found(archive, &(AuditFind){ .learner = learner }, found);
	assert_found(archive,
		     &(AuditFind){ .since = { 6000 }, .until = { 7000 } },
		     "c: ");
	assert_found(archive,
		     &(AuditFind){ .since = { 3000 }, .until = { 4000 } },
		     "b:class-1 ");
	assert_found(archive, &(AuditFind){ .who = "c" }, "c: ");
	assert_found(archive, &(AuditFind){ .who = "nobody" }, "");
	assert_found(archive,
		     &(AuditFind){
			     .since = { 3000 }, .until = { 7000 }, .limit = 2 },
		     "b:class-1 b:class-4 ");
	assert_found(archive, &(AuditFind){ .who = "b", .learner = "no such" },
		     "");
}

static int64_t
drop(Archive *archive, int64_t before_us, int64_t most)
{
	const AuditDrop how = { { INT64_MAX / 2 }, { before_us }, most };
	g_autoptr(GError) error = NULL;
	int64_t dropped = -1;

	g_assert_true(archive_drop_audit(archive, &how, &dropped, &error));
	g_assert_no_error(error);
	return dropped;
}

static void
test_drop(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);

	stop_beside(f); /* its own events would come among these */
	while (drop(archive, INT64_MAX / 4, 100) > 0)
		; /* what the district did before */
	for (int i = 1; i <= 5; i++)
		add(archive, i * 1000, "a", "");
	g_assert_cmpint(drop(archive, 4000, 2), ==, 0); /* behind the drop */
	assert_found(archive, &(AuditFind){ .who = "a" }, "a: a: a: a: a: ");
	g_assert_cmpint(drop(archive, INT64_MAX, 3), ==, 3); /* it, and two */
	assert_found(archive, &(AuditFind){ .who = "a" }, "a: a: a: ");
	g_assert_cmpint(drop(archive, 4000, 2), ==, 1);
	assert_found(archive, &(AuditFind){ .until = { 6000 } }, "a: a: ");
}

static void
test_command(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autofree char *expected =
		g_strdup_printf("%s:some-learner ", g_get_user_name());
	g_autoptr(GError) error = NULL;

	g_assert_true(archive_begin(archive, &error));
	g_assert_true(audit_command(archive, "erase", "learner:some-learner",
				    "some-learner", 3, &error));
	g_assert_true(archive_end(archive, true, &error));
	g_assert_no_error(error);
	assert_found(archive, &(AuditFind){ .learner = "some-learner" },
		     expected);
	g_assert_true(archive_begin(archive, &error));
	g_assert_true(
		audit_command(archive, "erase", NULL, "other", 1, &error));
	g_assert_false(archive_end(archive, false, &error));
	g_clear_error(&error);
	assert_found(archive, &(AuditFind){ .learner = "other" }, "");
}

/* --- what requests leave --- */

typedef struct {
	GString *text;
	const char *action;
	char *last; /* owned; NULL: none yet */
	int64_t n;
} Collect;

static void
end_line(Collect *into)
{
	if (into->last != NULL)
		g_string_append_printf(into->text, "%s %d\n", into->last,
				       (int)into->n);
	g_clear_pointer(&into->last, g_free);
	into->n = 0;
}

/* Equal ones as one, whether or not they came within the same second. */
static bool
collect(const AuditEvent *event, void *data, GError **error)
{
	Collect *into = data;
	g_autofree char *line = NULL;

	if (!g_str_equal(event->action, into->action))
		return true;
	line = g_strdup_printf("%s %s %d %s %s", audit_who_name(event->kind),
			       event->who, event->status, event->object,
			       event->about);
	if (g_strcmp0(line, into->last) != 0) {
		end_line(into);
		into->last = g_steal_pointer(&line);
	}
	into->n += event->n;
	return true;
}

/* All of an action, after what waited was written. */
static char *
events_of(DistrictFixture *f, const char *action)
{
	g_autoptr(Archive) archive = NULL;
	Collect into = { g_string_new(NULL), action, NULL, 0 };
	g_autoptr(GError) error = NULL;

	restart_district(f);
	archive = open_test_archive(f);
	g_assert_true(archive_each_audit(archive, &(AuditFind){ .after = 0 },
					 collect, &into, &error));
	g_assert_no_error(error);
	end_line(&into);
	return g_string_free(into.text, FALSE);
}

static void assert_events(DistrictFixture *f, const char *action,
			  const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
assert_events(DistrictFixture *f, const char *action, const char *format, ...)
{
	g_autofree char *got = events_of(f, action);
	g_autofree char *expected = NULL;
	va_list words;

	va_start(words, format);
	expected = g_strdup_vprintf(format, words);
	va_end(words);
	g_assert_cmpstr(got, ==, expected);
}

#define PHOTO "a photo of Maya, as bytes"

/* A stone with a photo; its id. */
static char *
send_photo(const DistrictFixture *f, TestKiosk *kiosk, const char *learner)
{
	g_autoptr(GBytes) record =
		lay_record(kiosk, learner, NULL, PHOTO, NULL);
	g_autoptr(GBytes) array = make_array(&record, 1);
	g_autoptr(GBytes) body = NULL;
	GString *text = g_string_new("--b\r\nContent-Type: application/json"
				     "\r\n\r\n");
	char hash[ID_SHA256 + 1];
	g_autoptr(Got) got = NULL;

	id_sha256(PHOTO, strlen(PHOTO), hash);
	g_string_append_len(text, g_bytes_get_data(array, NULL),
			    (gssize)g_bytes_get_size(array));
	g_string_append_printf(text,
			       "\r\n--b\r\nContent-Type: image/jpeg\r\n"
			       "Content-Transfer-Encoding: binary\r\n"
			       "X-Experience-API-Hash: %s\r\n\r\n"
			       "%s\r\n--b--\r\n",
			       hash, PHOTO);
	body = g_string_free_to_bytes(text);
	got = ask(f, &(Ask){ "POST", "/xapi/statements", .bytes = body,
			     .type = "multipart/mixed; boundary=b",
			     .user = kiosk->user });
	g_assert_cmpint(got->status, ==, 200);
	return g_strdup(json_string_value(json_array_get(got->json, 0)));
}

typedef struct {
	TestKiosk kiosk;
	TestTeacher teacher;
	char *learner, *entry; /* owned */
	char photo[ID_SHA256 + 1];
} Class;

static void
set_up_class(DistrictFixture *f, Class *class)
{
	*class = (Class){ .learner = learner_of(f, "class-1", 0) };
	id_sha256(PHOTO, strlen(PHOTO), class->photo);
	enrol_test_kiosk(f, &class->kiosk);
	class->entry = send_photo(f, &class->kiosk, class->learner);
	sign_in_teacher(f, "tea-001", NULL, &class->teacher);
}

static void
class_clear(Class *class)
{
	g_free(class->learner);
	g_free(class->entry);
	test_teacher_clear(&class->teacher);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Class, class_clear)

static void
assert_asked(const DistrictFixture *f, const TestTeacher *teacher,
	     const char *method, const char *path, const char *body,
	     long status)
{
	g_autoptr(Got) got = ask_as(f, teacher, method, path, body);

	g_assert_cmpint(got->status, ==, status);
}

static void
test_teacher(DistrictFixture *f, const void *data)
{
	g_auto(Class) class = { .entry = NULL };
	g_autofree char *medium = NULL, *decide = NULL;

	set_up_class(f, &class);
	medium = g_strconcat("/media/", class.photo, NULL);
	decide = g_strdup_printf("/api/entries/%s/decision", class.entry);
	assert_asked(f, &class.teacher, "GET", "/api/queue?class=class-1", NULL,
		     200);
	assert_asked(f, &class.teacher, "GET", "/api/queue?class=class-1", NULL,
		     200);
	assert_asked(f, &class.teacher, "GET", "/api/queue?class=class-4", NULL,
		     404);
	assert_asked(f, &class.teacher, "GET", medium, NULL, 200);
	assert_asked(f, &class.teacher, "POST", decide,
		     "{\"decision\":\"confirmed\"}", 200);
	assert_asked(f, &class.teacher, "DELETE", decide, "{}", 200);
	assert_asked(f, &class.teacher, "DELETE", decide, "{}", 409);
	assert_events(f, "GET /api/queue",
		      "teacher tea-001 200  class-1 2\n"
		      "teacher tea-001 404  class-4 1\n");
	assert_events(f, "GET /media/*", "teacher tea-001 200 medium:%s %s 1\n",
		      class.photo, class.learner);
	assert_events(f, "POST /api/entries/*/decision",
		      "teacher tea-001 200 entry:%s %s 1\n", class.entry,
		      class.learner);
	assert_events(f, "DELETE /api/entries/*/decision",
		      "teacher tea-001 200 entry:%s %s 1\n"
		      "teacher tea-001 409   1\n",
		      class.entry, class.learner);
}

static void
test_kiosk(DistrictFixture *f, const void *data)
{
	g_auto(Class) class = { .entry = NULL };

	set_up_class(f, &class);
	send_records(f, &class.kiosk, class.learner, 3);
	g_free(events_of(f, "any"));
	assert_events(f, "POST /kiosk/enrol", "nobody  200 kiosk:%s  1\n",
		      class.kiosk.id);
}

static void
test_tool(DistrictFixture *f, const void *data)
{
	g_auto(Class) class = { .entry = NULL };
	g_autofree char *user = NULL, *id = NULL, *one = NULL, *theirs = NULL;
	g_autofree char *state = NULL;
	const char *paths[4] = { "/xapi/statements" };

	set_up_class(f, &class);
	user = g_strdup(add_test_tool(f, TOOL_ALL));
	id = g_strndup(user, ID_UUID);
	one = g_strdup_printf("/xapi/statements?statementId=%s", class.entry);
	theirs = g_strdup_printf(
		"/xapi/statements?agent=%%7B%%22account%%22:%%7B%%22homePage%%22"
		":%%22https://district.example/learner%%22,%%22name%%22:"
		"%%22%s%%22%%7D%%7D",
		class.learner);
	state = g_strdup_printf(
		"/xapi/activities/state?activityId=http://a.org/1&stateId=Maya"
		"&agent=%%7B%%22account%%22:%%7B%%22homePage%%22:%%22https://"
		"district.example/learner%%22,%%22name%%22:%%22%s%%22%%7D%%7D",
		class.learner);
	paths[1] = one;
	paths[2] = theirs;
	for (size_t i = 0; i < 3; i++) {
		g_autoptr(Got) got =
			ask(f, &(Ask){ "GET", paths[i], .user = user });

		g_assert_cmpint(got->status, ==, 200);
	}
	got_free(ask(f, &(Ask){ "PUT", state, .body = "{}", .user = user }));
	assert_events(f, "GET /xapi/statements",
		      "tool %s 200   1\n"
		      "tool %s 200 statement:%s %s 1\n"
		      "tool %s 200  %s 1\n",
		      id, id, class.entry, class.learner, id, class.learner);
	theirs = (g_free(theirs), events_of(f, "PUT /xapi/activities/state"));
	g_assert_true(g_str_has_prefix(theirs, "tool "));
	g_assert_nonnull(strstr(theirs, class.learner));
	g_assert_nonnull(strstr(theirs, " 204 state:"));
}

static void
refuse(const DistrictFixture *f, const char *name)
{
	g_autofree char *body =
		g_strdup_printf("{\"name\":\"%s\",\"password\":\"wrong\"}",
				name);
	g_autoptr(Got) got =
		ask(f, &(Ask){ "POST", "/api/sign-in", .body = body });

	g_assert_cmpint(got->status, ==, 401);
}

/* What was typed as a name may be a password. */
static void
test_refusals(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	TestKiosk kiosk;
	g_autofree char *user = NULL;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	enrol_test_kiosk(f, &kiosk);
	refuse(f, "tea-001");
	refuse(f, "tea-001");
	refuse(f, "my secret word");
	user = g_strconcat(kiosk.id, ":wrong", NULL);
	got_free(ask(f, &(Ask){ "GET", "/kiosk/time", .user = user }));
	got_free(ask(f, &(Ask){ "GET", "/kiosk/time", .user = "a:b" }));
	got_free(ask(f, &(Ask){ "GET", "/api/queue?class=class-1" }));
	assert_events(f, "POST /api/sign-in",
		      "teacher tea-001 200 account:tea-001  1\n"
		      "nobody  401 account:tea-001  2\n"
		      "nobody  401   1\n");
	assert_events(f, "GET /kiosk/time",
		      "nobody  401 kiosk:%s  1\n"
		      "nobody  401   1\n",
		      kiosk.id);
	assert_events(f, "GET /api/queue", "%s", "");
}

static bool
print_all(const AuditEvent *event, void *data, GError **error)
{
	g_autoptr(json_t) value = audit_to_json(event);
	char *text = json_dumps(value, 0);

	g_string_append(data, text);
	free(text);
	return true;
}

/* Nobody's name, nothing of what they recorded, no secret. */
static void
test_no_names(DistrictFixture *f, const void *data)
{
	g_auto(Class) class = { .entry = NULL };
	g_autoptr(Archive) archive = NULL;
	g_autoptr(GString) all = g_string_new(NULL);
	g_autoptr(Roster) roster = NULL;

	set_up_class(f, &class);
	assert_asked(f, &class.teacher, "GET", "/api/queue?class=class-1", NULL,
		     200);
	restart_district(f);
	archive = open_test_archive(f);
	roster = archive_read_roster(archive, NULL);
	g_assert_true(archive_each_audit(archive, &(AuditFind){ .after = 0 },
					 print_all, all, NULL));
	g_assert_cmpint((int)all->len, >, 500);
	for (size_t i = 0; i < roster->n_learners; i++)
		g_assert_null(strstr(all->str, roster->learners[i].name));
	g_assert_null(strstr(all->str, "Maya"));
	g_assert_null(strstr(all->str, TEACHER_PASSWORD));
	g_assert_null(strstr(all->str, class.teacher.token));
	g_assert_null(strstr(all->str, class.kiosk.user + ID_UUID + 1));
}

#define SHORT "[audit]\ndays = 30\n"

/* What the fixture's commands did is of the day that it is. */
static void
date_all(const DistrictFixture *f)
{
	g_autofree char *sql =
		g_strdup_printf("UPDATE audit SET at_us = %" G_GINT64_FORMAT,
				(gint64)f->now.wall.us);
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(f->service->archive, &error);

	g_assert_no_error(error);
	g_assert_true(db_run(db, sql, "dating", &error));
}

static void
test_retention(DistrictFixture *f, const void *data)
{
	g_autofree char *old = NULL;

	refuse(f, "somebody");
	old = events_of(f, "POST /api/sign-in");
	g_assert_cmpstr(old, ==, "nobody  401   1\n");
	date_all(f);
	pass_time(f, 31 * 24 * 3600);
	g_free(events_of(f, "any")); /* starts, and drops */
	assert_events(f, "POST /api/sign-in", "%s", "");
	g_clear_pointer(&old, g_free);
	old = events_of(f, "audit retention");
	g_assert_true(g_str_has_prefix(old, "server  200 audit:"));
}

/* Whoever floods the log fills only so much of it, and is counted. */
static void
test_flood(DistrictFixture *f, const void *data)
{
	AuditEvent event = { .at = f->now.wall,
			     .kind = AUDIT_NOBODY,
			     .action = "flood",
			     .status = 401,
			     .n = 1 };
	g_autofree char *events = NULL;
	int64_t sum = 0;
	g_auto(GStrv) lines = NULL;

	for (int i = 0; i < 20000; i++) {
		g_snprintf(event.address, sizeof(event.address), "2001:db8::%x",
			   i);
		trail_add(f->service->trail, &event);
	}
	events = events_of(f, "flood");
	lines = g_strsplit(events, "\n", -1);
	for (char **line = lines; (*line)[0] != '\0'; line++)
		sum += g_ascii_strtoll(strrchr(*line, ' ') + 1, NULL, 10);
	g_assert_cmpint(sum, ==, 20000);
}

/* --- times --- */

static void
test_when(void)
{
	static const struct {
		const char *text;
		int64_t us; /* -1: refused */
	} cases[] = {
		{ "1970-01-02", DAY_US },
		{ "1970-01-01T12:00:00Z", DAY_US / 2 },
		{ "1970-01-01T13:00:00+01:00", DAY_US / 2 },
		{ "12h", 10 * DAY_US - DAY_US / 2 },
		{ "3d", 7 * DAY_US },
		{ "0d", 10 * DAY_US },
		{ "", -1 },
		{ "d", -1 },
		{ "-1d", -1 },
		{ "3w", -1 },
		{ "3days", -1 },
		{ "1970-02-30", -1 },
		{ "99999999999999999999h", -1 },
		{ "999999999d", -1 },
		{ "yesterday", -1 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		WallTime at = { -1 };
		bool ok = audit_parse_when(cases[i].text,
					   (WallTime){ 10 * DAY_US }, &at,
					   &error);

		g_test_message("%s", cases[i].text);
		g_assert_true(ok == (error == NULL));
		g_assert_cmpint(at.us, ==, cases[i].us);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/audit/" name, DistrictFixture, NULL, setup_district, \
		   test, teardown_district)
	ADD("finds-by-learner-who-and-time", test_find);
	ADD("drops-the-oldest-a-few-at-a-time", test_drop);
	ADD("commands-are-with-what-they-did", test_command);
	ADD("teacher/reads-and-decisions", test_teacher);
	ADD("kiosk/enrols", test_kiosk);
	ADD("tool/reads-and-documents", test_tool);
	ADD("refusals/without-what-was-typed", test_refusals);
	ADD("no-name-no-evidence-no-secret", test_no_names);
	ADD("a-flood-is-counted", test_flood);
	g_test_add("/audit/retention", DistrictFixture, SHORT, setup_district,
		   test_retention, teardown_district);
	g_test_add_func("/audit/times", test_when);
	return g_test_run();
}
