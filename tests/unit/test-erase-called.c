/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "tests/unit/erase-fixture.h"

/* A learner is erased under what other tools call them. */

static int64_t
count_of(const EraseResult *result, Certified which)
{
	return result->certificate.counts[which];
}

static char *
get_all(const DistrictFixture *f, const EraseScene *scene)
{
	g_autoptr(Got) got = ask(f, &(Ask){ "GET", "/xapi/statements",
					    .user = scene->tool });

	g_assert_cmpint(got->status, ==, 200);
	return g_strdup(got->text);
}

static Got *
tell_tool(const DistrictFixture *f, const EraseScene *scene, const char *text)
{
	return ask(f, &(Ask){ "POST", "/xapi/statements", .body = text,
			      .user = scene->tool });
}

static void
assert_gone(const DistrictFixture *f, const EraseScene *scene)
{
	g_autofree char *all = get_all(f, scene);

	g_assert_null(strstr(all, SECRET));
	g_assert_false(is_on_disk(f, SECRET));
}

#define MAIL_STATEMENT(n, actor, more) \
	"{\"id\":\"7777777" n \
	"-1111-4111-8111-111111111111\",\"actor\":" actor \
	",\"verb\":{\"id\":\"http://a.b/did\"},\"object\":{\"id\":" \
	"\"http://a.b/mailed\"}" more "}"
#define KID     "{\"mbox\":\"mailto:kid.one@" SECRET ".example\"}"
#define TEACHER "{\"mbox\":\"mailto:t@a.bc\"}"

static const char mailed[][512] = {
	MAIL_STATEMENT("1", KID, ""),
	/* As another tool writes it. */
	MAIL_STATEMENT("2", "{\"mbox\":\"mailto:Kid.One@" SECRET ".Example\"}",
		       ""),
	MAIL_STATEMENT("3", TEACHER,
		       ",\"context\":{\"extensions\":{\"http://a.b/x\":\"kid"
		       "\\u002eone\\u0040" SECRET "\\u002eexample\"}}"),
	MAIL_STATEMENT("4",
		       "{\"objectType\":\"Group\",\"member\":[" TEACHER "," KID
		       "]}",
		       ""),
	MAIL_STATEMENT("5", TEACHER,
		       ",\"result\":{\"response\":\"not-kid.one@" OTHERS
		       ".example\"}"),
};

static void
set_profile(const DistrictFixture *f, const EraseScene *scene, const char *mbox,
	    long status)
{
	g_autofree char *path = g_strdup_printf(
		"/xapi/agents/profile?profileId=p&agent=%%7B%%22mbox%%22%%3A"
		"%%22mailto%%3A%s%%22%%7D",
		mbox);
	g_autoptr(Got) got =
		ask(f, &(Ask){ "PUT", path, .body = "\"" SECRET "\"",
			       .header = "If-None-Match: *",
			       .user = scene->tool });

	g_assert_cmpint(got->status, ==, status);
}

static void
name_by_mail(EraseNames *names)
{
	static const char text[] = "kid.one@" SECRET ".example\n";
	g_autoptr(GError) error = NULL;
	bool ok = erase_names_parse(text, strlen(text), names, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
}

/* What a tool that hashes addresses sends of the learner. */
static char *
state_by_sha1(const EraseNames *names)
{
	const char *sha1 = NULL;

	for (guint i = 0; i < names->keys->len; i++)
		if (g_str_has_prefix(names->keys->pdata[i], "sha1:"))
			sha1 = (const char *)names->keys->pdata[i] + 5;
	return g_strdup_printf(MAIL_STATEMENT("6", "{\"mbox_sha1sum\":\"%s\"}",
					      ""),
			       sha1);
}

static void
tell_mailed(const DistrictFixture *f, const EraseScene *scene,
	    const char *by_sha1)
{
	for (size_t i = 0; i < G_N_ELEMENTS(mailed); i++) {
		g_autoptr(Got) got = tell_tool(f, scene, mailed[i]);

		g_assert_cmpint(got->status, ==, 200);
	}
	g_autoptr(Got) hashed = tell_tool(f, scene, by_sha1);

	g_assert_cmpint(hashed->status, ==, 200);
}

static void
test_names(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseNames) names = { 0 };
	g_auto(EraseResult) done = { 0 };
	g_autofree char *by_sha1 = NULL;
	g_autofree char *all = NULL;
	g_autoptr(Got) taken = NULL;

	make_scene(f, &scene);
	name_by_mail(&names);
	by_sha1 = state_by_sha1(&names);
	tell_mailed(f, &scene, by_sha1);
	set_profile(f, &scene, "kid.one%40" SECRET ".example", 204);
	set_profile(f, &scene, "Kid.One%40" SECRET ".example", 204);
	erase_named_and_finish(f, scene.child, &names, &done);
	g_assert_cmpint(count_of(&done, CERTIFIED_STATEMENTS), ==,
			SCENE_RECORDS + SCENE_STATEMENTS + SCENE_DECISIONS + 3);
	g_assert_cmpint(count_of(&done, CERTIFIED_NAMES), ==, 1 + 2);
	g_assert_cmpint(count_of(&done, CERTIFIED_DOCUMENTS), ==, 1 + 2);
	assert_gone(f, &scene);
	all = get_all(f, &scene);
	g_assert_nonnull(strstr(all, "not-kid.one@" OTHERS ".example"));
	g_assert_nonnull(strstr(all, "Who is " OTHERS));
	g_assert_nonnull(strstr(all, "\"000.000@0000000000.0000000\""));
	taken = tell_tool(f, &scene,
			  MAIL_STATEMENT("9",
					 "{\"mbox\":\"mailto:KID.one@" SECRET
					 ".example\"}",
					 ""));
	g_assert_cmpint(taken->status, ==, 200);
	set_profile(f, &scene, "KID.one%40" SECRET ".example", 403);
	assert_gone(f, &scene);
}

/* The token is for those names, and for no others. */
static void
test_other_names(DistrictFixture *f, const void *data)
{
	g_auto(EraseScene) scene = { 0 };
	g_auto(EraseNames) names = { 0 };
	g_auto(EraseResult) looked = { 0 };
	g_auto(EraseResult) result = { 0 };
	g_autoptr(Archive) archive = open_test_archive(f);
	EraseRequest request = { .names = &names,
				 .now = f->now.wall,
				 .key = &f->service->key };
	g_autoptr(GError) error = NULL;

	make_scene(f, &scene);
	name_by_mail(&names);
	erase_child(f, scene.child, NULL, &looked);
	request.learner = scene.child;
	request.confirm = looked.token;
	g_assert_false(erase_learner(archive, &request, &result, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(path, test) \
	g_test_add("/erase/" path, DistrictFixture, NULL, setup_district, \
		   test, teardown_district)
	ADD("by-what-other-tools-call-them", test_names);
	ADD("looked-at-by-other-names", test_other_names);
	return g_test_run();
}
