/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/lrs-fixture.h"

#include <string.h>

#include "sync/district/archive-index.h"
#include "sync/district/archive-lrs.h"
#include "sync/district/lrs-stamp.h"

/* Statements out of a district that listens: Communication 2.1.3; 2.0
 * 4.1.6.1.  A small world is posted, and each question has its answer. */

#define AT      "/xapi/statements"
#define ID(c)   "11111111-1111-4111-8111-11111111111" c
#define ADA     "\"mbox\":\"mailto:ada@example.org\""
#define BOB     "\"account\":{\"homePage\":\"http://x.org\",\"name\":\"bob\"}"
#define EVE     "\"mbox\":\"mailto:eve@example.org\""
#define BY(who) "\"actor\":{" who "}"
#define VERB(v) \
	"\"verb\":{\"id\":\"http://v.org/" v "\",\"display\":{" \
	"\"en\":\"did\",\"de\":\"tat\"}}"
#define IT(i) "\"object\":{\"id\":\"http://a.org/" i "\"}"
#define REF(c) \
	"\"object\":{\"objectType\":\"StatementRef\",\"id\":\"" ID(c) "\"}"
#define S(c, rest)   "{\"id\":\"" ID(c) "\"," rest "}"
#define REGISTRATION "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"

/* In this order; 4 refers to 1 before it is there, 5 to 4. */
static const char *const world[] = {
	S("4", BY(BOB) "," VERB("said") "," REF("1")),
	S("1",
	  BY(ADA) "," VERB(
		  "did") ",\"object\":{\"id\":\"http://a.org/x\","
			 "\"definition\":{\"name\":{\"en\":\"X\",\"de\":\"Iks\"}}}"),
	S("2",
	  BY(BOB) "," VERB("did") "," IT(
		  "y") ",\"context\":{\"registration\":\"" REGISTRATION "\","
		       "\"instructor\":{" ADA
		       "},\"contextActivities\":{\"parent\":["
		       "{\"id\":\"http://a.org/x\"}]}}"),
	S("3",
	  BY(EVE) "," VERB(
		  "sub") ",\"object\":{\"objectType\":"
			 "\"SubStatement\"," BY(ADA) "," VERB("did") "," IT(
				 "z") ",\"context\":{\"team\":{\"objectType\":\"Group\"," BOB
				      "}}}"),
	S("5", BY(EVE) "," VERB("said") "," REF("4")),
	S("6",
	  BY("\"objectType\":\"Group\",\"member\":[{" ADA "},{" EVE
	     "}]") "," VERB("did") ",\"object\":{\"objectType\":\"Agent\"," BOB
				   "}"),
};

static char *
post_world(const DistrictFixture *f, const char *version)
{
	char *user = g_strdup(add_test_tool(f, TOOL_ALL));

	for (size_t i = 0; i < G_N_ELEMENTS(world); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, user, version,
				&(LrsCase){ "", "POST", AT, world[i], 0 });

		g_assert_cmpstr(got_code(got), ==, "");
		g_assert_cmpint(got->status, ==, 200);
	}
	return user;
}

#define AGENT(who) "agent=%7B" who "%7D"
#define ADA_Q      AGENT("%22mbox%22%3A%22mailto%3Aada%40example.org%22")
#define BOB_Q \
	AGENT("%22account%22%3A%7B%22homePage%22%3A%22http%3A%2F%2F" \
	      "x.org%22%2C%22name%22%3A%22bob%22%7D")
#define EVE_Q AGENT("%22mbox%22%3A%22mailto%3Aeve%40EXAMPLE.org%22")

static const struct {
	const char *name, *query, *ids;
} questions[] = {
	{ "all-newest-first", "", "653214" },
	{ "ascending", "?ascending=true", "412356" },
	{ "limit", "?limit=2", "65" },
	{ "limit-0-is-no-limit", "?limit=0", "653214" },
	{ "agent-also-in-a-group", "?" ADA_Q, "6514" },
	{ "agent-by-account-also-as-object", "?" BOB_Q, "6524" },
	{ "agent-domain-in-another-case", "?" EVE_Q, "653" },
	{ "related-agents", "?related_agents=true&" ADA_Q, "653214" },
	{ "related-agents-team-of-a-sub-statement",
	  "?related_agents=true&" BOB_Q, "65324" },
	{ "verb", "?verb=http://v.org/did", "65214" },
	{ "verb-not-of-a-sub-statement", "?verb=http://v.org/sub", "3" },
	{ "activity", "?activity=http://a.org/x", "514" },
	{ "related-activities",
	  "?related_activities=true&activity=http://a.org/x", "5214" },
	{ "related-activities-of-a-sub-statement",
	  "?related_activities=true&activity=http://a.org/z", "3" },
	{ "activity-not-of-a-sub-statement", "?activity=http://a.org/z", "" },
	{ "registration", "?registration=" REGISTRATION, "2" },
	{ "registration-in-another-case",
	  "?registration=AAAAAAAA-aaaa-4aaa-8aaa-AAAAAAAAAAAA", "2" },
	{ "all-of-several-filters", "?verb=http://v.org/did&" BOB_Q, "62" },
	{ "not-one-here-and-one-there", "?verb=http://v.org/said&" ADA_Q, "" },
	{ "several-in-what-is-referred-to",
	  "?activity=http://a.org/x&verb=http://v.org/did&" ADA_Q, "514" },
	{ "nobody", "?verb=http://v.org/none", "" },
	{ "ascending-with-a-filter",
	  "?ascending=true&verb=http://v.org/did&limit=2", "41" },
};

static void
test_questions(DistrictFixture *f, const void *data)
{
	static const char *const versions[] = { "1.0.3", "2.0.0" };
	g_autofree char *user = post_world(f, "1.0.3");

	for (size_t i = 0; i < 2 * G_N_ELEMENTS(questions); i++) {
		g_autofree char *path =
			g_strconcat(AT, questions[i / 2].query, NULL);
		g_autoptr(Got) got =
			ask_lrs(f, user, versions[i % 2],
				&(LrsCase){ "", "GET", path, NULL, 0 });
		g_autofree char *ids = found_ids(got);

		g_test_message("%s", questions[i / 2].name);
		g_assert_cmpint(got->status, ==, 200);
		g_assert_cmpstr(ids, ==, questions[i / 2].ids);
		g_assert_nonnull(json_object_get(got->json, "more"));
	}
}

/* Page by page, the same as at once; in another life of the server, too. */
static void
test_more(DistrictFixture *f, const void *data)
{
	static const char *const queries[] = {
		"?limit=1",
		"?limit=1&ascending=true",
		"?limit=2&verb=http%3A%2F%2Fv.org%2Fdid",
		"?limit=1&format=ids&" ADA_Q,
	};
	static const char *const ids[] = { "653214", "412356", "65214",
					   "6514" };
	g_autofree char *user = post_world(f, "1.0.3");

	for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_autofree char *path = g_strconcat(AT, queries[i], NULL);
		g_autoptr(GString) all = g_string_new(NULL);

		while (path[0] != '\0') {
			g_autoptr(Got) got =
				ask_lrs(f, user, "1.0.3",
					&(LrsCase){ "", "GET", path, NULL, 0 });
			g_autofree char *some = found_ids(got);

			g_assert_cmpint(got->status, ==, 200);
			g_string_append(all, some);
			g_free(path);
			path = g_strdup(json_string_value(
				json_object_get(got->json, "more")));
			g_assert_true(path[0] == '\0' ||
				      g_str_has_prefix(path, "/xapi/"));
		}
		g_assert_cmpstr(all->str, ==, ids[i]);
		restart_district(f);
	}
}

/* Data 2.5.s2: for 24 hours at least, with whatever came since. */
static void
test_more_next_day(DistrictFixture *f, const void *data)
{
	g_autofree char *user = post_world(f, "1.0.3");
	g_autoptr(Got) first =
		ask_lrs(f, user, "1.0.3",
			&(LrsCase){ "", "GET", AT "?limit=4", NULL, 0 });
	const char *more =
		json_string_value(json_object_get(first->json, "more"));
	g_autoptr(Got) later = NULL;
	g_autoptr(Got) rest = NULL;
	g_autofree char *ids = NULL;

	pass_time(f, INT64_C(24) * 3600 + 60);
	later = ask_lrs(f, user, "1.0.3",
			&(LrsCase){ "", "POST", AT,
				    S("9", BY(ADA) "," VERB("did") "," IT("x")),
				    0 });
	restart_district(f);
	rest = ask_lrs(f, user, "1.0.3",
		       &(LrsCase){ "", "GET", more, NULL, 0 });
	ids = found_ids(rest);
	g_assert_cmpint(later->status, ==, 200);
	g_assert_cmpstr(ids, ==, "14");
}

static char *
stored_of(const DistrictFixture *f, const char *user, const char *id)
{
	g_autofree char *path = g_strconcat(AT "?statementId=", id, NULL);
	g_autoptr(Got) got = ask_lrs(f, user, "1.0.3",
				     &(LrsCase){ "", "GET", path, NULL, 0 });

	return g_strdup(
		json_string_value(json_object_get(got->json, "stored")));
}

/* After since, at or before until; each stored at an instant of its own. */
static void
test_since(DistrictFixture *f, const void *data)
{
	g_autofree char *user = post_world(f, "2.0.0");
	g_autofree char *at = stored_of(f, user, ID("2"));
	g_autofree char *since = g_strconcat(AT "?since=", at, NULL);
	g_autofree char *until = g_strconcat(AT "?until=", at, NULL);
	g_autofree char *both =
		g_strconcat(AT "?verb=http://v.org/did&until=", at, NULL);
	const char *const paths[] = { since, until, both };
	static const char *const ids[] = { "653", "214", "214" };

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, user, "2.0.0",
				&(LrsCase){ "", "GET", paths[i], NULL, 0 });
		g_autofree char *found = found_ids(got);

		g_assert_cmpstr(found, ==, ids[i]);
	}
}

static const LrsCase formats[] = {
	{ "one", "POST", AT,
	  S("1",
	    BY("\"name\":\"Ada\"," ADA) "," VERB(
		    "did") ",\"object\":{\"id\":\"http://a.org/x\",\"definition\":{"
			   "\"name\":{\"en\":\"X\",\"de\":\"Iks\"}}}"),
	  200 },
	{ "2.1.3-exact", "GET", AT "?statementId=" ID("1"), NULL, 200,
	  "\"display\":{\"en\":\"did\",\"de\":\"tat\"}" },
	{ "2.1.3-exact-has-names", "GET",
	  AT "?format=exact&statementId=" ID("1"), NULL, 200,
	  "\"name\":\"Ada\"" },
	{ "2.1.3-ids", "GET", AT "?format=ids&statementId=" ID("1"), NULL, 200,
	  "\"actor\":{\"mbox\":\"mailto:ada@example.org\"},\"verb\":{\"id\":"
	  "\"http://v.org/did\"},\"object\":{\"id\":\"http://a.org/x\"}" },
	{ "2.1.3.s4-canonical", "GET",
	  AT "?format=canonical&statementId=" ID("1"), NULL, 200,
	  "\"name\":{\"de\":\"Iks\"}", NULL, "Accept-Language: de-AT, en" },
	{ "2.1.3.s4-canonical-of-the-verb", "GET", AT "?format=canonical", NULL,
	  200, "\"display\":{\"en\":\"did\"}", NULL, "Accept-Language: en-GB" },
	{ "2.1.3-no-such-format", "GET", AT "?format=Exact", NULL, 400 },
};

/* What a parameter may be is tested with sync/xapi; that it counts, here. */
static const LrsCase refused[] = {
	{ "3.2.s3.b7-unknown", "GET", AT "?foo=bar", NULL, 400, "foo" },
	{ "3.2.s3.b8-another-case", "GET", AT "?Verb=http://v.org/x", NULL,
	  400 },
	{ "2.1.3.s2.b1-two-ids", "GET",
	  AT "?statementId=" ID("1") "&voidedStatementId=" ID("1"), NULL, 400 },
	{ "2.1.3.s2.b2-an-id-and-a-filter", "GET",
	  AT "?statementId=" ID("1") "&verb=http://v.org/x", NULL, 400 },
	{ "2.1.3.s2.b2-a-voided-id-and-a-limit", "GET",
	  AT "?voidedStatementId=" ID("1") "&limit=1", NULL, 400 },
	{ "2.1.3-no-uuid", "GET", AT "?statementId=1", NULL, 400 },
	{ "2.1.3-no-timestamp", "GET", AT "?since=yesterday", NULL, 400 },
	{ "2.1.3-no-number", "GET", AT "?limit=-1", NULL, 400 },
	{ "2.1.3-no-agent", "GET", AT "?agent=%7B%7D", NULL, 400 },
	{ "2.1.3-twice", "GET", AT "?limit=1&limit=2", NULL, 400 },
	{ "more-that-is-none", "GET", AT "?more=x", NULL, 400 },
	{ "2.1.3-not-there", "GET", AT "?statementId=" ID("9"), NULL, 404 },
};

/* Whatever is answered. */
static void
test_consistent_through(DistrictFixture *f, const void *data)
{
	static const char *const paths[] = { AT, AT "?foo=bar",
					     AT "?statementId=" ID("9"),
					     AT "?statementId=" ID("5") };
	g_autofree char *user = post_world(f, "2.0.0");
	g_autofree char *stored = stored_of(f, user, ID("6"));

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, user, "1.0.3",
				&(LrsCase){ "", "GET", paths[i], NULL, 0 });
		const char *through =
			got_header(got, "x-experience-api-consistent-through");

		g_assert_cmpstr(through, >=, stored);
	}
}

/* What is promised is kept: nothing is stored at or before it later on. */
static void
test_promise(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));

	for (size_t i = 0; i < G_N_ELEMENTS(world); i++) {
		g_autoptr(Got) before =
			ask_lrs(f, user, "2.0.0",
				&(LrsCase){ "", "GET", AT, NULL, 0 });
		g_autoptr(Got) sent =
			ask_lrs(f, user, "2.0.0",
				&(LrsCase){ "", "POST", AT, world[i], 0 });
		g_autofree char *stored =
			stored_of(f, user,
				  json_string_value(
					  json_array_get(sent->json, 0)));

		g_assert_cmpstr(
			stored, >,
			got_header(before,
				   "x-experience-api-consistent-through"));
		if (i == 2)
			f->now.wall.us -=
				3 * G_USEC_PER_SEC; /* a clock set back */
	}
}

/* Nor is it promised what another server has begun to store. */
static void
test_other_server(DistrictFixture *f, const void *data)
{
	g_autofree char *user = post_world(f, "2.0.0");
	g_autofree char *drawn = stored_of(f, user, ID("6"));
	g_autoptr(Archive) other = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	g_autoptr(Got) got = NULL;
	char stored[LRS_STAMP_SIZE + 1] = "";
	WallTime first = { 0 };
	bool ok = archive_begin(other, &error) &&
		  archive_allot(other, f->now.wall, 1, &first, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	f->now.wall.us += G_USEC_PER_SEC; /* it takes its time */
	got = ask_lrs(f, user, "2.0.0", &(LrsCase){ "", "GET", AT, NULL, 0 });
	lrs_stamp(first, stored);
	g_assert_cmpstr(got_header(got, "x-experience-api-consistent-through"),
			<, stored);
	g_assert_cmpstr(drawn, <, stored);
	ok = archive_end(other, true, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

/* 4.2: a tool that may only read what it has sent. */
static void
test_scopes(DistrictFixture *f, const void *data)
{
	G_GNUC_UNUSED g_autofree char *all = post_world(f, "2.0.0");
	g_autofree char *mine =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_WRITE |
						  TOOL_STATEMENTS_READ_MINE));
	g_autofree char *reader =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_READ));
	g_autofree char *writer =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_WRITE));
	const LrsCase every = { "", "GET", AT, NULL, 0 };
	const LrsCase theirs = { "", "GET", AT "?statementId=" ID("1"), NULL,
				 0 };
	const LrsCase own = { "", "POST", AT,
			      S("7", BY(ADA) "," VERB("did") "," IT("x")), 0 };
	const LrsCase by_verb = { "", "GET", AT "?verb=http://v.org/did", NULL,
				  0 };
	g_autoptr(Got) sent = ask_lrs(f, mine, "2.0.0", &own);
	g_autoptr(Got) got = ask_lrs(f, mine, "2.0.0", &every);
	g_autoptr(Got) filtered = ask_lrs(f, mine, "2.0.0", &by_verb);
	g_autoptr(Got) other = ask_lrs(f, mine, "2.0.0", &theirs);
	g_autoptr(Got) read = ask_lrs(f, reader, "2.0.0", &theirs);
	g_autoptr(Got) wrote = ask_lrs(f, reader, "2.0.0", &own);
	g_autoptr(Got) no_read = ask_lrs(f, writer, "2.0.0", &every);
	g_autofree char *ids = found_ids(got);
	g_autofree char *some = found_ids(filtered);

	g_assert_cmpint(sent->status, ==, 200);
	g_assert_cmpstr(ids, ==, "7");
	g_assert_cmpstr(some, ==, "7");
	g_assert_cmpint(other->status, ==, 404);
	g_assert_cmpint(read->status, ==, 200);
	g_assert_cmpint(wrote->status, ==, 403);
	g_assert_cmpint(no_read->status, ==, 403);
}

/* What is drawn can be drawn again. */
static void
test_redrawn(DistrictFixture *f, const void *data)
{
	g_autofree char *user = post_world(f, "2.0.0");
	g_autoptr(Archive) archive = open_test_archive(f);
	g_autoptr(GError) error = NULL;
	g_autoptr(Got) got = NULL;
	g_autofree char *ids = NULL;
	bool ok = archive_begin(archive, &error) &&
		  archive_set_indexed(archive, 0, &error) &&
		  archive_end(archive, true, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	got = ask_lrs(f, user, "2.0.0",
		      &(LrsCase){ "", "GET", AT "?" ADA_Q, NULL, 0 });
	ids = found_ids(got);
	g_assert_cmpstr(ids, ==, "6514");
}

#define FEW "[xapi]\nresults = 2\n"

static void
test_server_limit(DistrictFixture *f, const void *data)
{
	g_autofree char *user = post_world(f, "2.0.0");
	g_autoptr(Got) got =
		ask_lrs(f, user, "2.0.0", &(LrsCase){ "", "GET", AT, NULL, 0 });
	g_autofree char *ids = found_ids(got);

	g_assert_cmpstr(ids, ==, "65");
	g_assert_nonnull(strstr(got->text, "more=5"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_LRS_TABLE("format", formats);
	ADD_LRS_TABLE("refused", refused);
#define ADD(name, data, test) \
	g_test_add("/lrs/queries/" name, DistrictFixture, data, \
		   setup_district, test, teardown_district)
	ADD("2.1.3-each-filter", NULL, test_questions);
	ADD("2.1.3-more-goes-on", NULL, test_more);
	ADD("2.5.s2-more-works-the-next-day", NULL, test_more_next_day);
	ADD("2.1.3-since-and-until", NULL, test_since);
	ADD("2.1.3.s2.b5-consistent-through", NULL, test_consistent_through);
	ADD("2.1.3.s2.b5-a-promise-is-kept", NULL, test_promise);
	if (g_getenv("CAIRN_TEST_POSTGRES") != NULL)
		ADD("2.1.3.s2.b5-nor-for-another-server", NULL,
		    test_other_server);
	ADD("4.2-scopes", NULL, test_scopes);
	ADD("drawn-again-the-same", NULL, test_redrawn);
	ADD("2.1.3-the-servers-own-limit", FEW, test_server_limit);
	return g_test_run();
}
