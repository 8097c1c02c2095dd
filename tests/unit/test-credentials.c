/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/json.h"
#include "sync/district/import.h"
#include "sync/district/keys.h"
#include "sync/district/password.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/keys-fixture.h"
#include "tests/unit/lrs-fixture.h"

/* What lets somebody in: made, listed, renewed and ended, while a server
 * runs. */

#define ABOUT_ME "/xapi/statements?limit=1"

static long
status_for(const DistrictFixture *f, const char *user)
{
	g_autoptr(Got) got = ask(f, &(Ask){ "GET", ABOUT_ME, .user = user });

	return got->status;
}

static char *
user_part(const char *user)
{
	return g_strndup(user, strcspn(user, ":"));
}

/* --- tools --- */

static void
test_tool(DistrictFixture *f, const void *data)
{
	g_autofree char *first = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *id = user_part(first);
	g_auto(KeysSecret) second = { .text = "" };
	g_auto(KeysSecret) third = { .text = "" };

	g_assert_cmpint(status_for(f, first), ==, 200);
	second = rotate_test_key(f, id, (KeysRotate){ 0 });
	g_assert_true(g_str_has_prefix(second.text, id));
	g_assert_cmpint(status_for(f, first), ==, 401);
	g_assert_cmpint(status_for(f, second.text), ==, 200);
	g_assert_cmpstr(key_state_of(f, id), ==, "active");
	revoke_test_key(f, id);
	g_assert_cmpint(status_for(f, second.text), ==, 401);
	g_assert_cmpstr(key_state_of(f, id), ==, "revoked");
	assert_no_rotation(f, id, (KeysRotate){ 0 });
	third = rotate_test_key(f, id,
				(KeysRotate){ .restore = true,
					      .grace_hours = 24 });
	g_assert_cmpint(status_for(f, second.text), ==, 401);
	g_assert_cmpint(status_for(f, third.text), ==, 200);
}

static void
test_overlap(DistrictFixture *f, const void *data)
{
	g_autofree char *first = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *id = user_part(first);
	g_auto(KeysSecret) second =
		rotate_test_key(f, id, (KeysRotate){ .grace_hours = 2 });
	g_auto(KeysSecret) third = { .text = "" };

	g_assert_cmpint(status_for(f, first), ==, 200);
	g_assert_cmpint(status_for(f, second.text), ==, 200);
	g_assert_cmpstr(key_state_of(f, id), ==, "overlap");
	third = rotate_test_key(f, id, (KeysRotate){ .grace_hours = 2 });
	g_assert_cmpint(status_for(f, first), ==, 401); /* one, not all */
	pass_time(f, 2 * 3600);
	g_assert_cmpint(status_for(f, second.text), ==, 401);
	g_assert_cmpint(status_for(f, third.text), ==, 200);
	g_assert_cmpstr(key_state_of(f, id), ==, "active");
	assert_no_rotation(f, id, (KeysRotate){ .grace_hours = -1 });
	assert_no_rotation(f, id, (KeysRotate){ .grace_hours = 2161 });
}

static void
add_chosen(const DistrictFixture *f, const char *id, const char *secret)
{
	g_autoptr(Archive) archive = open_test_archive(f);
	const KeysTool tool = { id, "A lake", TOOL_ALL };
	g_auto(KeysSecret) kept = { .text = "" };
	g_autoptr(GError) error = NULL;
	bool ok = keys_new_secret(KEY_TOOL, id, secret, &kept, &error) &&
		  keys_add_tool(archive, &tool, &kept, f->now.wall, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpstr(kept.text, ==, id); /* who chose it knows it */
	g_assert_true(g_str_has_prefix(kept.hash, "$argon2id$"));
}

static void
test_chosen(DistrictFixture *f, const void *data)
{
	static const char right[] = "district lake:våra stenar: 27";
	static const char *const weak[] = { "short", "Password1234",
					    "district lake", "two\nlines 1" };

	add_chosen(f, "district lake", "våra stenar: 27");
	g_assert_cmpint(status_for(f, right), ==, 200);
	g_assert_cmpint(status_for(f, "district lake:wrong wrong 27"), ==, 401);
	g_assert_cmpint(status_for(f, right), ==, 200);
	restart_district(f); /* nothing is remembered */
	g_assert_cmpint(status_for(f, "district lake:wrong wrong 27"), ==, 401);
	g_assert_cmpint(status_for(f, right), ==, 200);
	for (size_t i = 0; i < G_N_ELEMENTS(weak); i++) {
		g_auto(KeysSecret) kept = { .text = "" };
		g_autoptr(GError) error = NULL;

		g_assert_false(keys_new_secret(KEY_TOOL, "district lake",
					       weak[i], &kept, &error));
		g_assert_nonnull(error);
	}
}

/* Whoever guesses is told to wait, whoever knows is not. */
static void
test_limits(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *id = user_part(user);
	g_autofree char *wrong =
		g_strconcat(id, ":A123456789_123456789_123456789_123456789_12",
			    NULL);
	g_autoptr(Got) limited = NULL;

	for (int i = 0; i < 10; i++)
		g_assert_cmpint(status_for(f, wrong), ==, 401);
	limited = ask(f, &(Ask){ "GET", ABOUT_ME, .user = wrong });
	g_assert_cmpint(limited->status, ==, 429);
	g_assert_cmpint(g_ascii_strtoll(got_header(limited, "retry-after"),
					NULL, 10),
			>, 0);
	g_assert_cmpint(status_for(f, user), ==, 200);
	pass_time(f, 31);
	g_assert_cmpint(status_for(f, wrong), ==, 401);
	add_chosen(f, "lake", "våra stenar: 27");
	for (int i = 0; i < 10; i++)
		g_assert_cmpint(status_for(f, "lake:wrong wrong 27"), ==, 401);
	/* Not even compared: that would tell, ever so slowly. */
	g_assert_cmpint(status_for(f, "lake:våra stenar: 27"), ==, 429);
	pass_time(f, 31);
	g_assert_cmpint(status_for(f, "lake:våra stenar: 27"), ==, 200);
}

static void
test_used(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *id = user_part(user);
	ArchiveKey key;

	find_key(f, id, &key);
	g_assert_cmpint(key.used.us, ==, 0);
	g_assert_cmpint(status_for(f, user), ==, 200);
	restart_district(f); /* so that it is written for certain */
	find_key(f, id, &key);
	g_assert_cmpint(key.used.us, ==, f->now.wall.us);
}

/* --- people --- */

static Got *
sign_in(const DistrictFixture *f, const char *name, const char *password,
	const char *cookie)
{
	g_autofree char *body =
		g_strdup_printf("{\"name\":\"%s\",\"password\":\"%s\"}", name,
				password);

	return ask(f, &(Ask){ "POST", "/api/sign-in", .body = body,
			      .cookie = cookie });
}

static long
session_status(const DistrictFixture *f, const TestTeacher *teacher)
{
	g_autoptr(Got) got = ask_as(f, teacher, "GET", "/api/session", NULL);

	return got->status;
}

static void
test_teacher(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_auto(KeysSecret) one_time = { .text = "" };
	g_autoptr(Got) old = NULL;
	g_autoptr(Got) new = NULL;
	g_autoptr(Got) unknown = NULL;
	g_autoptr(Got) revoked = NULL;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	g_assert_cmpstr(key_state_of(f, "tea-001"), ==, "active");
	one_time = rotate_test_key(f, "tea-001", (KeysRotate){ 0 });
	g_assert_cmpint(session_status(f, &teacher), ==, 401);
	old = sign_in(f, "tea-001", TEACHER_PASSWORD, NULL);
	g_assert_cmpint(old->status, ==, 401);
	new = sign_in(f, "tea-001", one_time.text, NULL);
	g_assert_cmpint(new->status, ==, 200);
	g_assert_true(json_is_true(json_object_get(new->json, "must_change")));
	g_assert_cmpstr(key_state_of(f, "tea-001"), ==, "one-time");
	assert_no_rotation(f, "tea-001", (KeysRotate){ .grace_hours = 1 });
	revoke_test_key(f, "tea-001");
	revoked = sign_in(f, "tea-001", one_time.text, NULL);
	unknown = sign_in(f, "nobody", one_time.text, NULL);
	g_assert_cmpint(revoked->status, ==, 401);
	g_assert_cmpstr(revoked->text, ==, unknown->text);
}

static void
test_teacher_is_out(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_auto(KeysSecret) one_time = { .text = "" };
	g_autoptr(Got) back = NULL;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	g_assert_cmpint(session_status(f, &teacher), ==, 200);
	revoke_test_key(f, "tea-001");
	g_assert_cmpint(session_status(f, &teacher), ==, 401);
	assert_no_rotation(f, "tea-001", (KeysRotate){ 0 });
	one_time =
		rotate_test_key(f, "tea-001", (KeysRotate){ .restore = true });
	back = sign_in(f, "tea-001", one_time.text, NULL);
	g_assert_cmpint(back->status, ==, 200);
	g_assert_cmpint(session_status(f, &teacher), ==, 401);
}

/* The cookies that a browser keeps. */
static char *
device_of(const DistrictFixture *f, const char *login, const char *password)
{
	g_autoptr(Got) got = sign_in(f, login, password, NULL);
	const char *all = got_header(got, "all-cookies");
	const char *device = strstr(all, "cairn-device-");

	g_assert_cmpint(got->status, ==, 200);
	g_assert_nonnull(device);
	g_assert_nonnull(strstr(device, "; HttpOnly; SameSite=Strict"));
	return g_strndup(device, strcspn(device, ";"));
}

/* A pupil at the same school's address guesses for a whole lesson. */
static void
test_known_browser(DistrictFixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };
	g_autofree char *device = NULL, *forged = NULL;
	g_autoptr(Got) fresh = NULL;
	g_autoptr(Got) known = NULL;
	g_autoptr(Got) other = NULL;

	sign_in_teacher(f, "tea-001", NULL, &teacher);
	device = device_of(f, "tea-001", TEACHER_PASSWORD);
	forged = g_strdup(device);
	forged[strlen(forged) - 2] ^= 1;
	for (int i = 0; i < 10; i++) {
		g_autoptr(Got) got = sign_in(f, "tea-001", "wrong", NULL);

		g_assert_cmpint(got->status, ==, 401);
	}
	fresh = sign_in(f, "tea-001", TEACHER_PASSWORD, NULL);
	g_assert_cmpint(fresh->status, ==, 429);
	other = sign_in(f, "tea-001", TEACHER_PASSWORD, forged);
	g_assert_cmpint(other->status, ==, 429);
	known = sign_in(f, "tea-001", TEACHER_PASSWORD, device);
	g_assert_cmpint(known->status, ==, 200);
}

static void
test_administrator(DistrictFixture *f, const void *data)
{
	const ImportStaff from = { STAFF_ADMINISTRATOR, "it", "IT", NULL };
	g_autoptr(Archive) archive = open_test_archive(f);
	g_auto(KeysSecret) secret = { .text = "" };
	g_autoptr(Got) in = NULL;
	g_autoptr(GError) error = NULL;
	ArchiveKey key;

	g_assert_true(keys_new_secret(KEY_ADMINISTRATOR, "it", NULL, &secret,
				      &error));
	g_assert_true(
		import_staff(archive, &from, secret.hash, f->now.wall, &error));
	g_assert_no_error(error);
	in = sign_in(f, "it", secret.text, NULL);
	g_assert_cmpint(in->status, ==, 200);
	g_assert_cmpstr(json_string_value(json_object_get(
				json_object_get(in->json, "teacher"), "role")),
			==, "administrator");
	g_assert_cmpint((int)json_array_size(
				json_object_get(in->json, "classes")),
			==, 0);
	find_key(f, "it", &key);
	g_assert_cmpint(key.kind, ==, KEY_ADMINISTRATOR);
}

/* --- listing --- */

static void
test_list(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_STATE));
	g_autoptr(Archive) archive = open_test_archive(f);
	g_auto(KeysSecret) code = { .text = "" };
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GArray) all = NULL;
	char hash[SECRET_HASH_MAX + 1];
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	add_test_code(f, &code);
	all = archive_list_keys(archive, f->now.wall, NULL);
	for (guint i = 0; i < all->len; i++) {
		g_autoptr(json_t) value =
			key_to_json(&g_array_index(all, ArchiveKey, i));
		char *line = json_dumps(value, 0);

		g_string_append(text, line);
		free(line);
	}
	g_assert_cmpint(all->len, ==, 3);
	secret_hash_made(strchr(user, ':') + 1, hash);
	g_assert_null(strstr(text->str, strchr(user, ':') + 1));
	g_assert_null(strstr(text->str, hash));
	g_assert_null(strstr(text->str, code.text));
	g_assert_nonnull(strstr(text->str, "\"scopes\": \"state\""));
	g_assert_nonnull(strstr(text->str, "\"state\": \"waiting\""));
	g_assert_nonnull(strstr(text->str, kiosk.id));
	for (guint i = 0; i < all->len; i++)
		revoke_test_key(f, g_array_index(all, ArchiveKey, i).id);
	g_array_unref(all);
	all = archive_list_keys(archive, f->now.wall, NULL);
	g_assert_cmpint(all->len, ==, 2); /* of a code nothing stays */
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/credentials/" name, DistrictFixture, NULL, \
		   setup_district, test, teardown_district)
	ADD("tool/renewed-and-revoked-at-once", test_tool);
	ADD("tool/two-secrets-for-a-while", test_overlap);
	ADD("tool/a-chosen-user-and-secret", test_chosen);
	ADD("tool/who-guesses-waits-who-knows-does-not", test_limits);
	ADD("tool/last-use-is-known", test_used);
	ADD("teacher/a-one-time-password", test_teacher);
	ADD("teacher/revoked-is-signed-out", test_teacher_is_out);
	ADD("teacher/known-browser-is-not-locked-out", test_known_browser);
	ADD("administrator/signs-in-and-sees-no-class", test_administrator);
	ADD("list/tells-no-secret", test_list);
	return g_test_run();
}
