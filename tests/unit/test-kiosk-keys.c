/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/json.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/keys-fixture.h"

/* A kiosk's secret, renewed and ended: what it recorded stays, and its chain
 * goes on. */

static Got *
enrol(const DistrictFixture *f, const TestKiosk *kiosk, const char *code)
{
	EnrolRequest request = { 0 };
	g_autoptr(GBytes) body = NULL;

	g_strlcpy(request.code, code, sizeof(request.code));
	g_strlcpy(request.kiosk, kiosk->id, sizeof(request.kiosk));
	sign_key_text(&kiosk->key, request.public_key);
	body = enrol_request_format(&request);
	return ask(f, &(Ask){ "POST", "/kiosk/enrol", .bytes = body });
}

static void
enrol_again(const DistrictFixture *f, TestKiosk *kiosk, const char *code)
{
	g_autoptr(Got) got = enrol(f, kiosk, code);
	EnrolAnswer answer;

	g_assert_cmpint(got->status, ==, 200);
	g_assert_true(enrol_answer_parse(got->text, got->size, &answer, NULL));
	g_assert_cmpstr(answer.kiosk, ==, kiosk->id);
	g_snprintf(kiosk->user, sizeof(kiosk->user), "%s:%s", answer.kiosk,
		   answer.secret);
}

static void
assert_enrol_refused(const DistrictFixture *f, const TestKiosk *kiosk,
		     const char *code)
{
	g_autoptr(Got) got = enrol(f, kiosk, code);

	g_assert_cmpint(got->status, ==, 403);
	g_assert_cmpstr(got_code(got), ==, "code");
}

static void
assert_kiosk(const DistrictFixture *f, const TestKiosk *kiosk, long status,
	     const char *says)
{
	g_autoptr(Got) got =
		ask(f, &(Ask){ "GET", "/kiosk/receipt", .user = kiosk->user });

	g_assert_cmpint(got->status, ==, status);
	g_assert_cmpstr(got_code(got), ==,
			status == 401 ? "unknown-kiosk" : "");
	g_assert_nonnull(strstr(got->text, says));
}

static void
test_kiosk(DistrictFixture *f, const void *data)
{
	g_autofree char *learner = learner_of(f, "class-1", 0);
	TestKiosk kiosk, other;
	g_auto(KeysSecret) code = { .text = "" };

	enrol_test_kiosk(f, &kiosk);
	enrol_test_kiosk(f, &other);
	send_records(f, &kiosk, learner, 3);
	code = rotate_test_key(f, kiosk.id, (KeysRotate){ 0 });
	g_assert_cmpint((int)strlen(code.text), ==, MESSAGE_CODE);
	assert_kiosk(f, &kiosk, 401, "enrol it again");
	g_assert_cmpstr(key_state_of(f, kiosk.id), ==, "enrol-again");
	assert_enrol_refused(f, &other, code.text);
	enrol_again(f, &kiosk, code.text);
	assert_kiosk(f, &kiosk, 200, "");
	g_assert_cmpstr(key_state_of(f, kiosk.id), ==, "active");
	send_records(f, &kiosk, learner, 2); /* the chain goes on: 4, 5 */
	assert_kiosk(f, &other, 200, "");
}

static void
test_kiosk_overlap(DistrictFixture *f, const void *data)
{
	g_autofree char *learner = learner_of(f, "class-1", 0);
	g_auto(KeysSecret) code = { .text = "" };
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	code = rotate_test_key(f, kiosk.id, (KeysRotate){ .grace_hours = 24 });
	g_assert_cmpstr(key_state_of(f, kiosk.id), ==, "overlap");
	send_records(f, &kiosk, learner, 1);
	pass_time(f, 24 * 3600);
	assert_kiosk(f, &kiosk, 401, "enrol it again");
	enrol_again(f, &kiosk, code.text);
	send_records(f, &kiosk, learner, 1);
}

static void
test_kiosk_revoked(DistrictFixture *f, const void *data)
{
	g_autofree char *learner = learner_of(f, "class-1", 0);
	g_auto(KeysSecret) plain = { .text = "" };
	g_auto(KeysSecret) code = { .text = "" };
	g_auto(TestTeacher) teacher = { 0 };
	g_autoptr(Got) queue = NULL;
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, learner, 2);
	revoke_test_key(f, kiosk.id);
	assert_kiosk(f, &kiosk, 401, "was revoked");
	add_test_code(f, &plain);
	assert_enrol_refused(f, &kiosk, plain.text);
	sign_in_teacher(f, "tea-001", NULL, &teacher);
	queue = ask_as(f, &teacher, "GET", "/api/queue?class=class-1", NULL);
	g_assert_cmpint(json_integer_value(
				json_object_get(queue->json, "waiting")),
			==, 2); /* what it sent stays */
	assert_no_rotation(f, kiosk.id, (KeysRotate){ 0 });
	code = rotate_test_key(f, kiosk.id,
			       (KeysRotate){ .restore = true,
					     .grace_hours = 24 });
	assert_kiosk(f, &kiosk, 401, "was revoked"); /* until it enrols */
	enrol_again(f, &kiosk, code.text);
	send_records(f, &kiosk, learner, 1);
}

/* The code that it was enrolled with lies about, and is good for 7 days. */
static void
test_old_code(DistrictFixture *f, const void *data)
{
	g_auto(KeysSecret) first = { .text = "" };
	g_auto(KeysSecret) second = { .text = "" };
	TestKiosk kiosk = { .number = 0 };

	id_new_uuid(kiosk.id);
	sign_key_new(&kiosk.key);
	add_test_code(f, &first);
	enrol_again(f, &kiosk, first.text);
	enrol_again(f, &kiosk, first.text); /* an answer can be lost */
	second = rotate_test_key(f, kiosk.id, (KeysRotate){ 0 });
	assert_enrol_refused(f, &kiosk, first.text);
	enrol_again(f, &kiosk, second.text);
	revoke_test_key(f, kiosk.id);
	assert_enrol_refused(f, &kiosk, second.text);
}

static void
test_copy(DistrictFixture *f, const void *data)
{
	TestKiosk kiosk;
	ForkRequest request = { .hash = ID_NO_HASH };
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) forked = NULL;
	g_autoptr(Got) again = NULL;
	EnrolAnswer answer;
	SignKey key;

	enrol_test_kiosk(f, &kiosk);
	sign_key_new(&key);
	sign_key_text(&key, request.public_key);
	body = fork_request_format(&request);
	forked = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = body,
				.user = kiosk.user });
	g_assert_cmpint(forked->status, ==, 200);
	g_assert_true(
		enrol_answer_parse(forked->text, forked->size, &answer, NULL));
	revoke_test_key(f, answer.kiosk);
	again = ask(f, &(Ask){ "POST", "/kiosk/fork", .bytes = body,
			       .user = kiosk.user });
	g_assert_cmpint(again->status, ==, 403);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/credentials/" name, DistrictFixture, NULL, \
		   setup_district, test, teardown_district)
	ADD("kiosk/enrols-again-and-goes-on", test_kiosk);
	ADD("kiosk/old-secret-for-a-while", test_kiosk_overlap);
	ADD("kiosk/revoked-keeps-its-records", test_kiosk_revoked);
	ADD("kiosk/old-codes-are-worthless", test_old_code);
	ADD("kiosk/a-revoked-copy-stays-out", test_copy);
	return g_test_run();
}
