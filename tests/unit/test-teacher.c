/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <curl/curl.h>

#include "app/base/json.h"
#include "app/cards/code.h"
#include "sync/district/archive-roster.h"
#include "sync/district/import.h"
#include "tests/unit/district-fixture.h"

/* Teachers at a district: who gets in, what they see, what they decide. */

#define QUEUE_1 "/api/queue?class=class-1&lang=en"
#define QUEUE_4 "/api/queue?class=class-4&lang=en"

static Got *
sign_in(const DistrictFixture *f, const char *name, const char *password)
{
	g_autofree char *body =
		g_strdup_printf("{\"name\":\"%s\",\"password\":\"%s\"}", name,
				password);

	return ask(f, &(Ask){ "POST", "/api/sign-in", .body = body });
}

static void
assert_answer(const DistrictFixture *f, const TestTeacher *teacher,
	      const char *path, long status, const char *code)
{
	g_autoptr(Got) got = ask_as(f, teacher, "GET", path, NULL);

	g_assert_cmpstr(got_code(got), ==, code);
	g_assert_cmpint(got->status, ==, status);
}

/* --- getting in --- */

static void
test_sign_in(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Got) session = NULL;
	g_autoptr(Got) wrong = NULL;
	g_autoptr(Got) unknown = NULL;
	g_autoptr(Got) right = NULL;
	const char *cookie;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	session = ask_as(f, &teacher, "GET", "/api/session", NULL);
	g_assert_cmpint(session->status, ==, 200);
	g_assert_cmpstr(json_string_value(
				json_object_get(json_object_get(session->json,
								"teacher"),
						"name")),
			==, "Ngozi Okafor");
	g_assert_cmpint((int)json_array_size(
				json_object_get(session->json, "classes")),
			==, 1);
	wrong = sign_in(f, "tea-001", "not this word");
	unknown = sign_in(f, "nobody", "not this word");
	g_assert_cmpint(wrong->status, ==, 401);
	g_assert_cmpstr(got_code(wrong), ==, "wrong");
	g_assert_cmpstr(unknown->text, ==, wrong->text);
	right = sign_in(f, "TEA-001 ", TEACHER_PASSWORD);
	g_assert_cmpint(right->status, ==, 200);
	cookie = got_header(right, "set-cookie");
	g_assert_nonnull(strstr(cookie, "; HttpOnly"));
	g_assert_nonnull(strstr(cookie, "; SameSite=Strict"));
	g_assert_null(strstr(right->text, "password"));
}

static void
test_must_change(DistrictFixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(Got) in = NULL;
	g_autoptr(Got) queue = NULL;
	g_autofree char *cookie = NULL;
	static const struct {
		const char *old, *new;
		long status;
		const char *code;
	} cases[] = {
		{ "wrong one", "quiet stones 27", 401, "wrong" },
		{ "a-first-password", "short", 422, "short" },
		{ "a-first-password", "Password1234", 422, "common" },
		{ "a-first-password", "my name is ms.o!", 422, "common" },
		{ "a-first-password", "a-first-password", 422, "same" },
		{ "a-first-password", "quiet stones 27", 200, "" },
	};

	g_assert_true(import_teacher(archive, "ms.o", "Ms. O", "all",
				     "a-first-password", f->now.wall, NULL));
	in = sign_in(f, "ms.o", "a-first-password");
	g_assert_true(json_is_true(json_object_get(in->json, "must_change")));
	cookie = g_strndup(got_header(in, "set-cookie"),
			   strcspn(got_header(in, "set-cookie"), ";"));
	queue = ask(f, &(Ask){ "GET", QUEUE_1, .cookie = cookie });
	g_assert_cmpint(queue->status, ==, 403);
	g_assert_cmpstr(got_code(queue), ==, "change-password");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *body =
			g_strdup_printf("{\"old\":\"%s\",\"new\":\"%s\"}",
					cases[i].old, cases[i].new);
		g_autoptr(Got) got =
			ask(f, &(Ask){ "POST", "/api/password", .body = body,
				       .cookie = cookie,
				       .token = json_string_value(
					       json_object_get(in->json,
							       "token")) });

		g_assert_cmpstr(got_code(got), ==, cases[i].code);
		g_assert_cmpint(got->status, ==, cases[i].status);
	}
	g_clear_pointer(&queue, got_free);
	queue = ask(f, &(Ask){ "GET", QUEUE_1, .cookie = cookie });
	g_assert_cmpint(queue->status, ==, 401); /* the old session is over */
}

static void
test_rate_limit(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Got) limited = NULL;
	g_autoptr(Got) other = NULL;
	g_autoptr(Got) later = NULL;
	int64_t wait_s;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	for (int i = 0; i < 10; i++) {
		g_autoptr(Got) got = sign_in(f, "tea-001", "wrong");

		g_assert_cmpint(got->status, ==, 401);
	}
	limited = sign_in(f, "tea-001", TEACHER_PASSWORD);
	g_assert_cmpint(limited->status, ==, 429);
	wait_s = g_ascii_strtoll(got_header(limited, "retry-after"), NULL, 10);
	g_assert_cmpint(wait_s, >, 0);
	other = sign_in(f, "somebody-else", "wrong");
	g_assert_cmpint(other->status, ==, 401);
	pass_time(f, wait_s);
	later = sign_in(f, "tea-001", TEACHER_PASSWORD);
	g_assert_cmpint(later->status, ==, 200);
}

static void
test_token(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Got) without = NULL;
	g_autoptr(Got) wrong = NULL;
	g_autoptr(Got) elsewhere = NULL;
	g_autoptr(Got) form = NULL;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	without = ask(f, &(Ask){ "POST", "/api/sign-out", .body = "{}",
				 .cookie = teacher.cookie });
	g_assert_cmpint(without->status, ==, 403);
	g_assert_cmpstr(got_code(without), ==, "token");
	wrong = ask(f, &(Ask){ "POST", "/api/sign-out", .body = "{}",
			       .cookie = teacher.cookie, .token = ID_NO_HASH });
	g_assert_cmpint(wrong->status, ==, 403);
	elsewhere = ask(f, &(Ask){ "POST", "/api/sign-in",
				   .body = "{\"name\":\"a\","
					   "\"password\":\"b\"}",
				   .header = "Sec-Fetch-Site: cross-site" });
	g_assert_cmpint(elsewhere->status, ==, 403);
	form = ask(f, &(Ask){ "POST", "/api/sign-in", .body = "name=a",
			      .type = "application/x-www-form-urlencoded" });
	g_assert_cmpint(form->status, ==, 415);
	assert_answer(f, &teacher, "/api/session", 200, "");
}

static void
test_sign_out(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Got) out = NULL;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	out = ask_as(f, &teacher, "POST", "/api/sign-out", "{}");
	g_assert_cmpint(out->status, ==, 204);
	assert_answer(f, &teacher, "/api/session", 401, "signed-out");
}

static void
test_idle(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	pass_time(f, 9 * 60);
	assert_answer(f, &teacher, "/api/session", 200, "");
	restart_district(f); /* so that its use is written for certain */
	pass_time(f, 9 * 60);
	assert_answer(f, &teacher, QUEUE_1, 200, "");
	pass_time(f, 2 * 60);
	assert_answer(f, &teacher, QUEUE_1, 401, "signed-out");
}

static void
test_expiry(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	for (int i = 0; i < 7; i++) {
		pass_time(f, 8 * 60);
		assert_answer(f, &teacher, "/api/session", 200, "");
		restart_district(f);
	}
	pass_time(f, 5 * 60);
	assert_answer(f, &teacher, "/api/session", 401, "signed-out");
}

/* --- the queue --- */

static json_t *
get_entries(const Got *got)
{
	g_assert_cmpstr(got_code(got), ==, "");
	g_assert_cmpint(got->status, ==, 200);
	return json_object_get(got->json, "entries");
}

static int64_t
get_count(const Got *got, const char *name)
{
	return json_integer_value(json_object_get(got->json, name));
}

static void
test_queue(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) one = { 0 };
	g_auto(TestTeacher) four = { 0 };
	g_autofree char *maya = learner_of(f, "class-1", 0);
	g_autofree char *other = learner_of(f, "class-4", 0);
	g_autoptr(Got) mine = NULL;
	g_autoptr(Got) same = NULL;
	g_autoptr(Got) changed = NULL;
	json_t *entry;
	TestKiosk kiosk;

	sign_in_teacher(f, "tea-001", NULL, &one);
	sign_in_teacher(f, "tea-002", NULL, &four);
	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, maya, 3);
	send_records(f, &kiosk, other, 2);
	mine = ask_as(f, &one, "GET", QUEUE_1, NULL);
	g_assert_cmpint((int)json_array_size(get_entries(mine)), ==, 3);
	g_assert_cmpint(get_count(mine, "waiting"), ==, 3);
	entry = json_array_get(get_entries(mine), 0);
	g_assert_cmpstr(json_string_value(json_object_get(
				json_object_get(entry, "learner"), "id")),
			==, maya);
	g_assert_true(json_is_null(json_object_get(entry, "decision")));
	assert_answer(f, &one, QUEUE_4, 404, "not-found");
	same = ask(f, &(Ask){ "GET", QUEUE_1, .cookie = one.cookie,
			      .etag = got_header(mine, "etag") });
	g_assert_cmpint(same->status, ==, 304);
	g_assert_cmpint((int)same->size, ==, 0);
	send_records(f, &kiosk, maya, 1);
	changed = ask(f, &(Ask){ "GET", QUEUE_1, .cookie = one.cookie,
				 .etag = got_header(mine, "etag") });
	g_assert_cmpint((int)json_array_size(get_entries(changed)), ==, 4);
}

static char *
decision_path(const Got *queue, size_t i)
{
	json_t *entry = json_array_get(get_entries(queue), i);

	return g_strdup_printf("/api/entries/%s/decision",
			       json_string_value(json_object_get(entry, "id")));
}

static const char *
decided(const Got *got)
{
	json_t *decision = json_object_get(got->json, "decision");

	return json_string_value(json_object_get(decision, "decision"));
}

static void
decide(const DistrictFixture *f, const TestTeacher *teacher, const char *path,
       const char *body, const char *expected)
{
	g_autoptr(Got) got =
		ask_as(f, teacher, body != NULL ? "POST" : "DELETE", path,
		       body);

	g_assert_cmpstr(got_code(got), ==, "");
	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpstr(decided(got), ==, expected);
}

static void
test_decisions(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_auto(TestTeacher) other = { 0 };
	g_autofree char *maya = learner_of(f, "class-1", 0);
	g_autoptr(Got) queue = NULL;
	g_autoptr(Got) foreign = NULL;
	g_autoptr(Got) nothing = NULL;
	g_autoptr(Got) after = NULL;
	g_autofree char *path = NULL;
	TestKiosk kiosk;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	sign_in_teacher(f, "tea-002", NULL, &other);
	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, maya, 2);
	queue = ask_as(f, &teacher, "GET", QUEUE_1, NULL);
	path = decision_path(queue, 0);
	foreign =
		ask_as(f, &other, "POST", path, "{\"decision\":\"confirmed\"}");
	g_assert_cmpint(foreign->status, ==, 404);
	decide(f, &teacher, path, "{\"decision\":\"later\"}", "later");
	decide(f, &teacher, path,
	       "{\"decision\":\"returned\",\"reason\":\"tell-more\","
	       "\"note\":\"¿y después?\"}",
	       "returned");
	decide(f, &teacher, path, "{\"decision\":\"confirmed\"}", "confirmed");
	after = ask_as(f, &teacher, "GET", QUEUE_1 "&state=decided", NULL);
	g_assert_cmpint((int)json_array_size(get_entries(after)), ==, 1);
	g_assert_cmpint(get_count(after, "waiting"), ==, 1);
	decide(f, &teacher, path, NULL, "returned");
	decide(f, &teacher, path, NULL, "later");
	decide(f, &teacher, path, NULL, NULL);
	nothing = ask_as(f, &teacher, "DELETE", path, NULL);
	g_assert_cmpint(nothing->status, ==, 409);
}

static void
test_bad_decisions(DistrictFixture *f, const void *data)
{
	static const char *const bodies[] = {
		"{\"decision\":\"returned\"}",
		"{\"decision\":\"returned\",\"reason\":\"because\"}",
		"{\"decision\":\"confirmed\",\"reason\":\"talk\"}",
		"{\"decision\":\"withdrawn\"}",
		"{\"decision\":7}",
		"{}",
		"[]",
		"",
	};
	g_auto(TestTeacher) teacher = { 0 };
	g_autofree char *maya = learner_of(f, "class-1", 0);
	g_autoptr(Got) queue = NULL;
	g_autofree char *path = NULL;
	TestKiosk kiosk;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, maya, 1);
	queue = ask_as(f, &teacher, "GET", QUEUE_1, NULL);
	path = decision_path(queue, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autoptr(Got) got =
			ask_as(f, &teacher, "POST", path, bodies[i]);

		g_assert_cmpint(got->status, ==, 400);
	}
}

/* Nobody knows the badge; then the roster does. */
static void
test_unknown_badge(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(Roster) roster = archive_read_roster(archive, NULL);
	g_autofree char *maya = learner_of(f, "class-1", 0);
	g_autoptr(GBytes) record = NULL;
	g_autoptr(Got) taken = NULL;
	g_autoptr(Got) before = NULL;
	g_autoptr(Got) after = NULL;
	char badge[CODE_BADGE_DIGITS + 1];
	json_t *learner;
	TestKiosk kiosk;

	code_new_badge(badge);
	sign_in_teacher(f, "tea-001", NULL, &teacher);
	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, maya, 1);
	record = lay_record(&kiosk, NULL, badge, NULL, NULL);
	taken = post_statements(f, &kiosk, record);
	g_assert_cmpint(taken->status, ==, 200);
	before = ask_as(f, &teacher, "GET", QUEUE_1, NULL);
	g_assert_cmpint((int)json_array_size(get_entries(before)), ==, 2);
	learner = json_object_get(json_array_get(get_entries(before), 1),
				  "learner");
	g_assert_true(json_is_null(json_object_get(learner, "name")));

	g_strlcpy(roster->learners[0].badges[1], badge, sizeof(badge));
	g_strlcpy(roster->learners[0].source_id, "stu-001",
		  sizeof(roster->learners[0].source_id));
	for (size_t i = 0; i < roster->n_learners; i++)
		g_snprintf(roster->learners[i].source_id,
			   sizeof(roster->learners[i].source_id), "s%zu", i);
	g_assert_true(archive_begin(archive, NULL));
	g_assert_true(archive_end(archive,
				  archive_put_roster(archive, roster,
						     f->now.wall, NULL),
				  NULL));
	after = ask_as(f, &teacher, "GET", QUEUE_1, NULL);
	learner = json_object_get(json_array_get(get_entries(after), 1),
				  "learner");
	g_assert_cmpstr(json_string_value(json_object_get(learner, "id")), ==,
			maya);
}

#define ADD(path, settings, test) \
	g_test_add("/teacher/" path, DistrictFixture, settings, \
		   setup_district, test, teardown_district)
#define SHORT_SESSIONS "[sessions]\nidle_minutes=10\nhours=1\n"

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	ADD("signs-in-and-nothing-tells-who-exists", NULL, test_sign_in);
	ADD("first-passwords-are-changed-at-once", NULL, test_must_change);
	ADD("guessing-is-slow", NULL, test_rate_limit);
	ADD("other-sites-change-nothing", NULL, test_token);
	ADD("signing-out-ends-the-session", NULL, test_sign_out);
	ADD("idle-sessions-end", SHORT_SESSIONS, test_idle);
	ADD("every-session-ends", SHORT_SESSIONS, test_expiry);
	ADD("sees-the-queue-of-own-classes", NULL, test_queue);
	ADD("decides-and-withdraws", NULL, test_decisions);
	ADD("odd-decisions-are-refused", NULL, test_bad_decisions);
	ADD("an-unknown-badge-finds-its-learner", NULL, test_unknown_badge);
	return g_test_run();
}
