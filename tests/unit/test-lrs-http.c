/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/lrs-fixture.h"

#include <string.h>

/* What holds for every xAPI resource: Communication 1.1, 3.2, 3.3, 4; 2.0
 * 4.1.5, 4.1.7; and browsers of other origins. */

static const struct {
	const char *version; /* "": none */
	long status;
	const char *answered;
} versions[] = {
	{ "1.0", 200, "1.0.3" },   { "1.0.0", 200, "1.0.3" },
	{ "1.0.3", 200, "1.0.3" }, { "1.0.9", 200, "1.0.3" },
	{ "2.0", 200, "2.0.0" },   { "2.0.0", 200, "2.0.0" },
	{ "2.0.1", 200, "2.0.0" }, { "0.9", 400, "2.0.0" },
	{ "0.9.5", 400, "2.0.0" }, { "1.1.0", 400, "2.0.0" },
	{ "3.0.0", 400, "2.0.0" }, { "1.0.3x", 400, "2.0.0" },
	{ "", 400, "2.0.0" },
};

static void
test_versions(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));

	for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, user, versions[i].version,
				&(LrsCase){ "", "GET", "/xapi/statements" });

		g_assert_cmpint(got->status, ==, versions[i].status);
		g_assert_cmpstr(got_header(got, "x-experience-api-version"), ==,
				versions[i].answered);
	}
}

#define OLDER "[xapi]\nversion = 1.0.3\nversion_required = false\n"

static void
test_version_setting(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) got =
		ask_lrs(f, user, "",
			&(LrsCase){ "", "GET", "/xapi/statements" });

	g_assert_cmpint(got->status, ==, 200);
	g_assert_cmpstr(got_header(got, "x-experience-api-version"), ==,
			"1.0.3");
}

/* 3.3.s3.b1, b7: a refusal is in the version that the key speaks. */
static void
test_spoken(DistrictFixture *f, const void *data)
{
	static const char *const spoken[] = { "2.0.0", "1.0.3", "2.0.0" };
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));

	for (size_t i = 0; i < G_N_ELEMENTS(spoken); i++) {
		g_autoptr(Got) spoke =
			ask_lrs(f, user, spoken[i],
				&(LrsCase){ "", "GET", "/xapi/statements" });
		g_autoptr(Got) silent =
			ask_lrs(f, user, "",
				&(LrsCase){ "", "GET", "/xapi/statements" });
		g_autoptr(Got) unknown =
			ask_lrs(f, NULL, "",
				&(LrsCase){ "", "GET", "/xapi/statements" });

		g_assert_cmpint(spoke->status, ==, 200);
		g_assert_cmpint(silent->status, ==, 400);
		g_assert_cmpstr(got_header(silent, "x-experience-api-version"),
				==, spoken[i]);
		g_assert_cmpint(unknown->status, ==, 400);
		g_assert_cmpstr(got_header(unknown, "x-experience-api-version"),
				==, "2.0.0");
	}
}

/* 2.8.s5.b1: 1.0.3 has names for its own versions alone. */
static void
test_about_versions(DistrictFixture *f, const void *data)
{
	static const struct {
		const char *version;
		const char *says;
	} rows[] = {
		{ "1.0.3", "[\"1.0.0\",\"1.0.1\",\"1.0.2\",\"1.0.3\"]" },
		{ "2.0.0", "\"1.0.3\",\"2.0.0\"]" },
		{ "", "\"1.0.3\",\"2.0.0\"]" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, NULL, rows[i].version,
				&(LrsCase){ "", "GET", "/xapi/about" });

		g_assert_cmpint(got->status, ==, 200);
		g_assert_nonnull(strstr(got->text, rows[i].says));
	}
}

/* 2.8.s5.b4: before anything is known of who asks. */
static void
test_about(DistrictFixture *f, const void *data)
{
	g_autoptr(Got) about =
		ask_lrs(f, NULL, "", &(LrsCase){ "", "GET", "/xapi/about" });
	g_autoptr(Got) odd =
		ask_lrs(f, NULL, "0.9", &(LrsCase){ "", "GET", "/xapi/about" });

	g_assert_cmpint(about->status, ==, 200);
	g_assert_true(json_is_array(json_object_get(about->json, "version")));
	g_assert_cmpint(odd->status, ==, 200);
}

static const struct {
	const char *method, *path;
	long status;
	const char *allow;
} methods[] = {
	{ "DELETE", "/xapi/statements", 405, "POST, PUT, GET, HEAD" },
	{ "POST", "/xapi/activities", 405, "GET, HEAD" },
	{ "PUT", "/xapi/activities", 405, "GET, HEAD" },
	{ "DELETE", "/xapi/activities", 405, "GET, HEAD" },
	{ "POST", "/xapi/agents", 405, "GET, HEAD" },
	{ "DELETE", "/xapi/agents", 405, "GET, HEAD" },
	{ "POST", "/xapi/about", 405, "GET, HEAD" },
	{ "PATCH", "/xapi/activities/state", 405,
	  "GET, HEAD, PUT, POST, DELETE" },
};

/* 3.2: also of somebody unknown. */
static void
test_methods(DistrictFixture *f, const void *data)
{
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
		g_autoptr(Got) got = ask_lrs(f, NULL, "1.0.3",
					     &(LrsCase){ "", methods[i].method,
							 methods[i].path });

		g_assert_cmpint(got->status, ==, methods[i].status);
		g_assert_cmpstr(got_header(got, "allow"), ==, methods[i].allow);
	}
}

static void
test_secrets(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *wrong = g_strdup(user);
	const char *const bad[] = { NULL, "foo:bar", wrong };

	wrong[ID_UUID + 1] = wrong[ID_UUID + 1] == 'a' ? 'b' : 'a';
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, bad[i], "2.0.0",
				&(LrsCase){ "", "GET", "/xapi/statements" });

		g_assert_cmpint(got->status, ==, 401);
		g_assert_cmpstr(got_header(got, "www-authenticate"), !=, "");
	}
}

static const LrsCase answers[] = {
	{ "", "GET", "/xapi/statements", NULL, 200 },
	{ "", "HEAD", "/xapi/statements", NULL, 200 },
	{ "", "GET", "/xapi/statements?LIMIT=1", NULL, 400 },
	{ "", "GET", "/xapi/statements", NULL, 400, .version = "0.9" },
	{ "", "GET",
	  "/xapi/statements?statementId=11111111-1111-4111-8111-111111111119",
	  NULL, 404 },
	{ "", "DELETE", "/xapi/statements", NULL, 405 },
	{ "", "POST", "/xapi/statements", "{}", 400 },
	{ "", "POST", "/xapi/statements",
	  "{\"actor\":{\"mbox\":\"mailto:a@b.cd\"},\"verb\":{\"id\":"
	  "\"http://v.w/x\"},\"object\":{\"id\":\"http://a.b/c\"}}",
	  200 },
	{ "", "PUT",
	  "/xapi/statements?statementId=11111111-1111-4111-8111-111111111111",
	  "{\"actor\":{\"mbox\":\"mailto:a@b.cd\"},\"verb\":{\"id\":"
	  "\"http://v.w/x\"},\"object\":{\"id\":\"http://a.b/c\"}}",
	  204 },
};

/* 2.1.3.s2.b5, 3.3.s3.b1; and one Date, for two have broken clients. */
static void
test_every_answer(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));

	for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(Got) got = ask_lrs(f, user, "2.0.0", &answers[i]);
		g_auto(GStrv) dates =
			g_strsplit(got_header(got, "date"), "GMT", -1);

		g_assert_cmpint(got->status, ==, answers[i].status);
		g_assert_cmpuint(
			strlen(got_header(
				got, "x-experience-api-consistent-through")),
			==, strlen("2026-11-24T15:04:05.000123Z"));
		g_assert_cmpstr(got_header(got, "x-experience-api-version"), !=,
				"");
		g_assert_cmpuint(g_strv_length(dates), ==, 2);
		g_assert_cmpstr(dates[1], ==, "");
	}
}

/* A whole school may be behind one address; who guesses at one key's secret
 * is told to wait much sooner. */
static void
test_limits(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *wrong = g_strdup(user);
	const LrsCase row = { "", "GET", "/xapi/statements" };
	long status = 401;

	wrong[ID_UUID + 1] = wrong[ID_UUID + 1] == 'a' ? 'b' : 'a';
	for (int i = 0; i < 40; i++) {
		g_autoptr(Got) got = ask_lrs(f, "foo:bar", "2.0.0", &row);

		g_assert_cmpint(got->status, ==, 401);
	}
	for (int i = 0; i < 20 && status == 401; i++) {
		g_autoptr(Got) got = ask_lrs(f, wrong, "2.0.0", &row);

		status = got->status;
	}
	g_assert_cmpint(status, ==, 429);
	{
		g_autoptr(Got) right = ask_lrs(f, user, "2.0.0", &row);

		g_assert_cmpint(right->status, ==, 200);
	}
}

#define HEAD_ID "11111111-1111-4111-8111-111111111111"

/* 1.1: as a GET, but for the body. */
static void
test_head(DistrictFixture *f, const void *data)
{
	static const char *const paths[] = {
		"/xapi/statements",
		("/xapi/statements?statementId=" HEAD_ID),
		"/xapi/about",
		"/xapi/agents?agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.cd%22%7D",
		"/xapi/activities?activityId=http%3A%2F%2Fa.b%2Fc",
		"/xapi/activities/profile?activityId=http%3A%2F%2Fa.b%2Fc",
	};
	static const char *const same[] = { "content-length", "content-type",
					    "x-experience-api-version",
					    "last-modified", "etag" };
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) sent = ask_lrs(
		f, user, "1.0.3",
		&(LrsCase){ "", "POST", "/xapi/statements",
			    "{\"id\":\"" HEAD_ID "\","
			    "\"actor\":{\"mbox\":\"mailto:a@b.cd\"},\"verb\":{"
			    "\"id\":\"http://v.w/x\"},\"object\":{\"id\":"
			    "\"http://a.b/c\"}}" });

	g_assert_cmpint(sent->status, ==, 200);
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(Got) get = ask_lrs(f, user, "1.0.3",
					     &(LrsCase){ "", "GET", paths[i] });
		g_autoptr(Got) head =
			ask_lrs(f, user, "1.0.3",
				&(LrsCase){ "", "HEAD", paths[i] });

		g_assert_cmpint(head->status, ==, 200);
		g_assert_cmpint(get->status, ==, 200);
		g_assert_cmpstr(head->text, ==, "");
		for (size_t k = 0; k < G_N_ELEMENTS(same); k++)
			g_assert_cmpstr(got_header(head, same[k]), ==,
					got_header(get, same[k]));
	}
}

#define OPEN "[xapi]\norigins = https://a.example https://b.example\n"

static void
test_origins(DistrictFixture *f, const void *data)
{
	g_autoptr(Got) asked =
		ask_lrs(f, NULL, "",
			&(LrsCase){ "", "OPTIONS", "/xapi/statements", NULL, 0,
				    NULL, NULL,
				    "Origin: https://b.example\n"
				    "Access-Control-Request-Method: POST" });
	g_autoptr(Got) told =
		ask_lrs(f, NULL, "1.0.3",
			&(LrsCase){ "", "GET", "/xapi/about", NULL, 0, NULL,
				    NULL, "Origin: https://a.example" });
	g_autoptr(Got) other =
		ask_lrs(f, NULL, "1.0.3",
			&(LrsCase){ "", "GET", "/xapi/about", NULL, 0, NULL,
				    NULL, "Origin: https://c.example" });

	g_assert_cmpint(asked->status, ==, 204);
	g_assert_cmpstr(got_header(asked, "access-control-allow-origin"), ==,
			"https://b.example");
	g_assert_nonnull(
		strstr(got_header(asked, "access-control-allow-headers"),
		       "X-Experience-API-Version"));
	g_assert_nonnull(
		strstr(got_header(asked, "access-control-allow-methods"),
		       "DELETE"));
	g_assert_cmpstr(got_header(told, "access-control-allow-origin"), ==,
			"https://a.example");
	g_assert_nonnull(
		strstr(got_header(told, "access-control-expose-headers"),
		       "X-Experience-API-Consistent-Through"));
	g_assert_cmpstr(got_header(other, "access-control-allow-origin"), ==,
			"");
}

/* An address that ends with a slash, and a resource that begins with one. */
static void
test_slashes(DistrictFixture *f, const void *data)
{
	static const struct {
		const char *path;
		long status;
	} rows[] = {
		{ "/xapi//statements", 200 },
		{ "/xapi/statements/", 200 },
		{ "/xapi//statements//?limit=1", 200 },
		{ "/xapi//activities//state/", 400 }, /* it asks for an agent */
		{ "/xapi//about", 200 },
		{ "//xapi/about", 404 },
		{ "/xapi//", 404 },
		{ "/xapi/state/ments", 404 },
	};
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, user, "2.0.0",
				&(LrsCase){ "", "GET", rows[i].path });

		g_test_message("%s", rows[i].path);
		g_assert_cmpint(got->status, ==, rows[i].status);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, data, test) \
	g_test_add("/lrs/http/" name, DistrictFixture, data, setup_district, \
		   test, teardown_district)
	ADD("3.3-versions", NULL, test_versions);
	ADD("3.3-a-setting-for-none", OLDER, test_version_setting);
	ADD("3.3-refused-in-the-version-spoken", NULL, test_spoken);
	ADD("2.8-about-is-for-all", NULL, test_about);
	ADD("2.8-about-names-versions", NULL, test_about_versions);
	ADD("3.2-405-says-which", NULL, test_methods);
	ADD("4-who-asks", NULL, test_secrets);
	ADD("2.1.3.s2.b5-in-every-answer", NULL, test_every_answer);
	ADD("4-who-guesses-waits", NULL, test_limits);
	ADD("1.1-head", NULL, test_head);
	ADD("2.0-slashes-where-tools-join", NULL, test_slashes);
	ADD("other-origins-if-allowed", OPEN, test_origins);
	return g_test_run();
}
