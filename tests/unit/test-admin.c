/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/json.h"
#include "sync/district/import.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/keys-fixture.h"
#include "tests/unit/lrs-fixture.h"

/* What administrators may ask, and nobody else. */

/* Signed in, with a password of its own. */
static void
sign_in_administrator(const DistrictFixture *f, TestTeacher *out)
{
	const ImportStaff from = { STAFF_ADMINISTRATOR, "it", "IT", NULL };
	g_autoptr(Archive) archive = open_test_archive(f);
	g_auto(KeysSecret) secret = { .text = "" };
	g_autofree char *sign_in = NULL, *change = NULL;

	*out = (TestTeacher){ 0 };
	g_assert_true(
		keys_new_secret(KEY_ADMINISTRATOR, "it", NULL, &secret, NULL));
	g_assert_true(
		import_staff(archive, &from, secret.hash, f->now.wall, NULL));
	sign_in = g_strdup_printf("{\"name\":\"it\",\"password\":\"%s\"}",
				  secret.text);
	change = g_strdup_printf("{\"old\":\"%s\",\"new\":\"" TEACHER_PASSWORD
				 "\"}",
				 secret.text);
	for (int i = 0; i < 2; i++) {
		g_autoptr(Got) got =
			i == 0 ? ask(f, &(Ask){ "POST", "/api/sign-in",
						.body = sign_in })
			       : ask_as(f, out, "POST", "/api/password",
					change);
		const char *cookie = got_header(got, "set-cookie");

		g_assert_cmpint(got->status, ==, 200);
		g_free(out->cookie);
		out->cookie = g_strndup(cookie, strcspn(cookie, ";"));
		g_strlcpy(out->token,
			  json_string_value(
				  json_object_get(got->json, "token")),
			  sizeof(out->token));
	}
}

static long
status_of(const DistrictFixture *f, const TestTeacher *who, const char *method,
	  const char *path, const char *body)
{
	g_autoptr(Got) got = ask_as(f, who, method, path, body);

	return got->status;
}

static void
test_who(DistrictFixture *f, const void *data)
{
	static const struct {
		const char *method, *path, *body;
		long status; /* of an administrator */
	} cases[] = {
		{ "GET", "/api/admin/audit", NULL, 200 },
		{ "GET", "/api/admin/kiosks", NULL, 200 },
		{ "GET", "/api/admin/keys", NULL, 200 },
		{ "GET", "/api/admin/audit?since=yesterday", NULL, 400 },
		{ "GET", "/api/admin/audit?limit=0x10", NULL, 400 },
		{ "GET", "/api/admin/audit?limit=10001", NULL, 400 },
		{ "GET", "/api/admin/audit?after=-1", NULL, 400 },
		{ "POST", "/api/admin/enrol-code", "{\"name\":\"Room 5\"}",
		  200 },
		{ "POST", "/api/admin/enrol-code", "{}", 400 },
		{ "POST", "/api/admin/keys/rotate",
		  "{\"kind\":\"tool\",\"id\":\"nobody\"}", 404 },
		{ "POST", "/api/admin/keys/rotate", "{\"kind\":\"x\"}", 400 },
		{ "POST", "/api/admin/keys/revoke",
		  "{\"kind\":\"administrator\",\"id\":\"it\"}", 403 },
		{ "POST", "/api/admin/keys/revoke", "[]", 400 },
		{ "GET", "/api/queue?class=class-1", NULL, 404 },
	};
	g_auto(TestTeacher) it = { 0 };
	g_auto(TestTeacher) teacher = { 0 };

	sign_in_administrator(f, &it);
	sign_in_teacher(f, "tea-001", NULL, &teacher);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Got) nobody =
			ask(f, &(Ask){ cases[i].method, cases[i].path,
				       .body = cases[i].body });

		g_test_message("%s %s", cases[i].method, cases[i].path);
		g_assert_cmpint(status_of(f, &it, cases[i].method,
					  cases[i].path, cases[i].body),
				==, cases[i].status);
		g_assert_cmpint(nobody->status, ==, 401);
		if (strstr(cases[i].path, "/admin/") != NULL)
			g_assert_cmpint(status_of(f, &teacher, cases[i].method,
						  cases[i].path, cases[i].body),
					==, 403);
	}
}

static Got *
change(const DistrictFixture *f, const TestTeacher *it, const char *what,
       const char *kind, const char *id, const char *more)
{
	g_autofree char *path = g_strconcat("/api/admin/keys/", what, NULL);
	g_autofree char *body =
		g_strdup_printf("{\"kind\":\"%s\",\"id\":\"%s\"%s}", kind, id,
				more);

	return ask_as(f, it, "POST", path, body);
}

static void
test_changes(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *id = g_strndup(user, ID_UUID);
	g_auto(TestTeacher) it = { 0 };
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Got) renewed = NULL;
	g_autoptr(Got) used = NULL;
	g_autoptr(Got) revoked = NULL;
	g_autoptr(Got) again = NULL;
	g_autoptr(Got) one_time = NULL;
	g_autoptr(Got) code = NULL;
	TestKiosk kiosk;

	sign_in_administrator(f, &it);
	sign_in_teacher(f, "tea-001", NULL, &teacher);
	enrol_test_kiosk(f, &kiosk);
	renewed = change(f, &it, "rotate", "tool", id, ",\"grace_hours\":2");
	g_assert_cmpint(renewed->status, ==, 200);
	g_assert_cmpstr(key_state_of(f, id), ==, "overlap");
	used = ask(f,
		   &(Ask){ "GET", "/xapi/statements",
			   .user = json_string_value(
				   json_object_get(renewed->json, "secret")) });
	g_assert_cmpint(used->status, ==, 200);
	revoked = change(f, &it, "revoke", "tool", id, "");
	g_assert_cmpint(revoked->status, ==, 204);
	g_assert_cmpstr(key_state_of(f, id), ==, "revoked");
	again = change(f, &it, "rotate", "tool", id, "");
	g_assert_cmpint(again->status, ==, 403);
	one_time = change(f, &it, "rotate", "teacher", "tea-001", "");
	g_assert_cmpint(one_time->status, ==, 200);
	g_assert_cmpint(status_of(f, &teacher, "GET", "/api/session", NULL), ==,
			401);
	code = change(f, &it, "rotate", "kiosk", kiosk.id, "");
	g_assert_cmpint((int)strlen(json_string_value(
				json_object_get(code->json, "secret"))),
			==, MESSAGE_CODE);
	g_assert_cmpstr(key_state_of(f, kiosk.id), ==, "enrol-again");
}

/* Page by page, each event once. */
static void
test_audit_pages(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) it = { 0 };
	json_int_t after = 0, last = 0;
	size_t n = 0;

	sign_in_administrator(f, &it);
	for (;;) {
		g_autofree char *path = g_strdup_printf(
			"/api/admin/audit?limit=2&after=%" G_GINT64_FORMAT,
			(gint64)after);
		g_autoptr(Got) got = ask_as(f, &it, "GET", path, NULL);
		json_t *events = json_object_get(got->json, "events");
		json_t *more = json_object_get(got->json, "more");

		for (size_t i = 0; i < json_array_size(events); i++, n++) {
			json_int_t seq = json_integer_value(
				json_object_get(json_array_get(events, i),
						"seq"));

			g_assert_cmpint((int)seq, >, (int)last);
			last = seq;
		}
		if (json_is_null(more) || n > 100)
			break;
		after = json_integer_value(more);
	}
	g_assert_cmpint((int)n, >=, 4); /* two imports, in, the password */
	g_assert_cmpint((int)n, <, 100);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/admin/" name, DistrictFixture, NULL, setup_district, \
		   test, teardown_district)
	ADD("administrators-only", test_who);
	ADD("keys-are-renewed-and-ended", test_changes);
	ADD("the-log-by-pages", test_audit_pages);
	return g_test_run();
}
