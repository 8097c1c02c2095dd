/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sync/district/archive-attempt.h"
#include "sync/district/db.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/lrs-fixture.h"

/* Two districts on one archive count together who is wrong. */

#define ABOUT_ME    "/xapi/statements?limit=1"
#define WRONG_WORDS "A123456789_123456789_123456789_123456789_12"
#define PAIR_BURST  10
#define CODE_BURST  60

typedef struct {
	DistrictFixture one;
	DistrictFixture other;
} Fixture;

static void
setup(Fixture *f, const void *data)
{
	setup_district(&f->one, NULL);
	start_beside(&f->one, &f->other);
}

static void
teardown(Fixture *f, const void *data)
{
	stop_beside(&f->other);
	teardown_district(&f->one, NULL);
}

static const DistrictFixture *
turn(const Fixture *f, int i)
{
	return i % 2 == 0 ? &f->one : &f->other;
}

/* --- what was wrong is counted behind its answer --- */

typedef struct {
	GMutex lock;
	GCond reached;
	bool is_reached;
} Mark;

static bool
write_nothing(Archive *archive, void *data, GError **error)
{
	return true;
}

static void
reach(void *data, bool committed, const GError *error)
{
	Mark *mark = data;

	g_mutex_lock(&mark->lock);
	mark->is_reached = true;
	g_cond_signal(&mark->reached);
	g_mutex_unlock(&mark->lock);
}

/* What the writer was given before this is committed. */
static void
pass_writer(const DistrictFixture *f)
{
	Mark mark = { 0 };

	g_mutex_init(&mark.lock);
	g_cond_init(&mark.reached);
	g_assert_true(
		writer_add(f->service->writer, write_nothing, reach, &mark));
	g_mutex_lock(&mark.lock);
	while (!mark.is_reached)
		g_cond_wait(&mark.reached, &mark.lock);
	g_mutex_unlock(&mark.lock);
	g_cond_clear(&mark.reached);
	g_mutex_clear(&mark.lock);
}

/* A batch, and the one that waited for its end. */
static void
settle(const Fixture *f)
{
	for (int i = 0; i < 4; i++)
		pass_writer(turn(f, i));
}

static long
sign_in(const Fixture *f, int i, const char *password)
{
	g_autofree char *body =
		g_strdup_printf("{\"name\":\"tea-001\",\"password\":\"%s\"}",
				password);
	g_autoptr(Got) got =
		ask(turn(f, i), &(Ask){ "POST", "/api/sign-in", .body = body });

	settle(f);
	return got->status;
}

static long
ask_with(const Fixture *f, int i, const char *user)
{
	g_autoptr(Got) got =
		ask(turn(f, i), &(Ask){ "GET", ABOUT_ME, .user = user });

	settle(f);
	return got->status;
}

static long
enrol(const Fixture *f, int i)
{
	EnrolRequest request = { .code = "000000000000" };
	g_autoptr(GBytes) body = NULL;
	g_autoptr(Got) got = NULL;
	SignKey key;

	id_new_uuid(request.kiosk);
	sign_key_new(&key);
	sign_key_text(&key, request.public_key);
	sign_key_clear(&key);
	body = enrol_request_format(&request);
	got = ask(turn(f, i), &(Ask){ "POST", "/kiosk/enrol", .bytes = body });
	settle(f);
	return got->status;
}

/* --- together --- */

static void
test_password(Fixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };

	sign_in_teacher(&f->one, "tea-001", NULL, &teacher);
	for (int i = 0; i < PAIR_BURST; i++)
		g_assert_cmpint(sign_in(f, i, "wrong"), ==, 401);
	g_assert_cmpint(sign_in(f, 0, TEACHER_PASSWORD), ==, 429);
	g_assert_cmpint(sign_in(f, 1, TEACHER_PASSWORD), ==, 429);
	pass_time(&f->one, 31);
	g_assert_cmpint(sign_in(f, 0, "wrong"), ==, 401);
	g_assert_cmpint(sign_in(f, 1, TEACHER_PASSWORD), ==, 429);
}

static void
test_tool(Fixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(&f->one, TOOL_ALL));
	g_autofree char *id = g_strndup(user, strcspn(user, ":"));
	g_autofree char *wrong = g_strconcat(id, ":" WRONG_WORDS, NULL);

	for (int i = 0; i < PAIR_BURST; i++)
		g_assert_cmpint(ask_with(f, i, wrong), ==, 401);
	g_assert_cmpint(ask_with(f, 0, wrong), ==, 429);
	g_assert_cmpint(ask_with(f, 1, wrong), ==, 429);
	g_assert_cmpint(ask_with(f, 0, user), ==, 200);
	g_assert_cmpint(ask_with(f, 1, user), ==, 200);
}

static void
test_code(Fixture *f, const void *data)
{
	for (int i = 0; i < CODE_BURST; i++)
		g_assert_cmpint(enrol(f, i), ==, 403);
	g_assert_cmpint(enrol(f, 0), ==, 429);
	g_assert_cmpint(enrol(f, 1), ==, 429);
}

/* Whom the one let in, the other does not remember as wrong. */
static void
test_forgiven(Fixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };

	sign_in_teacher(&f->one, "tea-001", NULL, &teacher);
	for (int i = 0; i < PAIR_BURST - 1; i++)
		g_assert_cmpint(sign_in(f, i, "wrong"), ==, 401);
	g_assert_cmpint(sign_in(f, 0, TEACHER_PASSWORD), ==, 200);
	for (int i = 0; i < PAIR_BURST - 1; i++)
		g_assert_cmpint(sign_in(f, 1, "wrong"), ==, 401);
	g_assert_cmpint(sign_in(f, 1, TEACHER_PASSWORD), ==, 200);
}

static void
test_restart(Fixture *f, const void *data)
{
	g_auto(TestTeacher) teacher = { 0 };

	sign_in_teacher(&f->one, "tea-001", NULL, &teacher);
	for (int i = 0; i < PAIR_BURST; i++)
		g_assert_cmpint(sign_in(f, 0, "wrong"), ==, 401);
	restart_district(&f->one);
	g_assert_cmpint(sign_in(f, 0, TEACHER_PASSWORD), ==, 429);
}

/* --- what is kept of it --- */

static int64_t
rows_of(const Fixture *f)
{
	static const char sql[] = "SELECT count(*) FROM attempt";
	g_autoptr(GError) error = NULL;
	g_autoptr(Db) db = db_open(f->one.service->archive, &error);
	g_autoptr(DbQuery) query = db_query(db, sql, &error);
	bool row = false;

	g_assert_no_error(error);
	g_assert_true(db_step(query, &row, "counting", &error));
	return db_int(query, 0);
}

static void
test_goes(Fixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(&f->one, TOOL_ALL));
	g_autofree char *id = g_strndup(user, strcspn(user, ":"));
	g_autofree char *wrong = g_strconcat(id, ":" WRONG_WORDS, NULL);

	g_assert_cmpint(ask_with(f, 0, wrong), ==, 401);
	g_assert_cmpint(rows_of(f), ==, 3);
	g_assert_cmpint(enrol(f, 0), ==, 403);
	g_assert_cmpint(rows_of(f), ==, 4);
	pass_time(&f->one, 3600);
	g_assert_cmpint(enrol(f, 1), ==, 403);
	g_assert_cmpint(rows_of(f), ==, 1);
}

/* A server whose clock was a year ahead locks nobody out for a year. */
static void
test_wrong_clock(Fixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(&f->one, TOOL_ALL));
	g_autofree char *id = g_strndup(user, strcspn(user, ":"));
	g_autofree char *wrong = g_strconcat(id, ":" WRONG_WORDS, NULL);
	WallTime right = f->one.now.wall;

	f->one.now.wall.us += INT64_C(365) * 24 * 3600 * G_USEC_PER_SEC;
	for (int i = 0; i < PAIR_BURST; i++)
		g_assert_cmpint(ask_with(f, 0, wrong), ==, 401);
	g_assert_cmpint(ask_with(f, 1, wrong), ==, 429);
	f->one.now.wall = right;
	f->one.now.since_boot_us += INT64_C(3600) * G_USEC_PER_SEC;
	for (int i = 0; i < PAIR_BURST; i++)
		g_assert_cmpint(ask_with(f, i, wrong), ==, 401);
	g_assert_cmpint(ask_with(f, 1, wrong), ==, 429);
}

/* Whoever has many addresses fills no disk, and drives out their own. */
static void
test_bound(Fixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(&f->one);
	g_autoptr(GError) error = NULL;
	ArchiveAttempt found[ATTEMPT_KEYS] = { { "target", 0 },
					       { "made up 0", 0 } };
	bool ok = archive_begin(archive, &error);

	for (int i = 0; ok && i < 20; i++) {
		g_autofree char *key = g_strdup_printf("made up %d", i);
		ArchiveAttemptCount count = { f->one.now.wall, 100 + i };

		ok = archive_count_attempt(archive, key, &count, &error);
		count.later_us = 50;
		ok = ok &&
		     archive_count_attempt(archive, "target", &count, &error);
	}
	ok = ok && archive_bound_attempts(archive, 5, &error);
	ok = archive_end(archive, ok, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(rows_of(f), ==, 5);
	g_assert_true(archive_read_attempts(archive, found, &error));
	g_assert_cmpint(found[0].full_us, ==, f->one.now.wall.us + 20 * 50);
	g_assert_cmpint(found[1].full_us, ==, 0);
}

/* However much several servers counted before they heard of each other. */
static void
test_longest(Fixture *f, const void *data)
{
	g_autoptr(Archive) archive = open_test_archive(&f->one);
	g_autoptr(GError) error = NULL;
	ArchiveAttempt found[ATTEMPT_KEYS] = { { "target", 0 } };
	const ArchiveAttemptCount count = { f->one.now.wall,
					    ATTEMPT_LONGEST_US };

	for (int i = 0; i < 5; i++)
		g_assert_true(archive_count_attempt(archive, "target", &count,
						    &error));
	g_assert_true(archive_read_attempts(archive, found, &error));
	g_assert_no_error(error);
	g_assert_cmpint(found[0].full_us, ==,
			f->one.now.wall.us + ATTEMPT_LONGEST_US);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/limits-shared/" name, Fixture, NULL, setup, test, teardown)
	ADD("wrong-passwords-count-at-both", test_password);
	ADD("wrong-secrets-count-at-both", test_tool);
	ADD("wrong-codes-count-at-both", test_code);
	ADD("forgiven-at-one-is-forgiven-at-the-other", test_forgiven);
	ADD("a-restart-forgets-nothing", test_restart);
	ADD("what-is-forgotten-leaves-no-row", test_goes);
	ADD("a-wrong-clock-locks-nobody-out", test_wrong_clock);
	ADD("many-addresses-fill-no-disk", test_bound);
	ADD("none-is-locked-out-for-longer", test_longest);
	return g_test_run();
}
