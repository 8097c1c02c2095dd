/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/lrs-fixture.h"

#include <string.h>

/* Documents, agents, activities: Communication 2.2 to 2.7, 3.1; 2.0 4.1.4,
 * 4.1.6.2 to 4.1.6.6. */

#define STATE        "/xapi/activities/state"
#define OF_AGENT     "agent=%7B%22mbox%22%3A%22mailto%3Aa%40b.cd%22%7D"
#define OF_OTHER     "agent=%7B%22mbox%22%3A%22mailto%3Ax%40b.cd%22%7D"
#define OF_ACTIVITY  "activityId=http%3A%2F%2Fa.b%2Fc"
#define S(id)        STATE "?" OF_ACTIVITY "&" OF_AGENT "&stateId=" id
#define AGENTS       "/xapi/agents/profile?" OF_AGENT "&profileId="
#define ACTIVITIES   "/xapi/activities/profile?" OF_ACTIVITY "&profileId="
#define REGISTRATION "&registration=aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
#define SHA1_OF_A    "\"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\"" /* a */
#define SHA1_OF_LIST \
	"\"d13d06be88d6cb7d523b15e3365eee54d675775a\"" /* ["2","3","9"] */
#define NOT_THERE "\"1111111111111111111111111111111111111111\""

static const LrsCase states[] = {
	{ "2.3-put", "PUT", S("1"), "{\"a\":1}", 204 },
	{ "2.3-get", "GET", S("1"), NULL, 200, "{\"a\":1}" },
	{ "2.2.s7-post-merges-at-the-top", "POST", S("1"), "{\"b\":{\"c\":2}}",
	  204 },
	{ "2.2.s7-merged", "GET", S("1"), NULL, 200,
	  "{\"a\":1,\"b\":{\"c\":2}}" },
	{ "2.2.s7-whole-members", "POST", S("1"), "{\"b\":{\"d\":3}}", 204 },
	{ "2.2.s7-merged-whole", "GET", S("1"), NULL, 200,
	  "{\"a\":1,\"b\":{\"d\":3}}" },
	{ "2.2.s7-post-of-a-new-one", "POST", S("2"), "true", 204 },
	{ "2.2.s8.b1-held-is-no-object", "POST", S("2"), "{}", 400 },
	{ "2.2.s8-a-new-one-that-is-no-json", "POST", S("5"), "{\"a\":1}[", 400,
	  "the posted document" },
	{ "2.2.s8-a-new-one-that-is-nothing", "POST", S("5"), "", 400 },
	{ "2.2.s8-nothing-of-no-type", "POST", S("5"), "", 400, "must be sent",
	  "" },
	{ "2.2.s8-no-json-and-says-so", "POST", S("6"), "{\"a\":1}[", 204, NULL,
	  "text/plain" },
	{ "2.2.s8-it-is-not-there", "GET", S("5"), NULL, 404 },
	{ "2.2.s8-and-is-gone", "DELETE", S("6"), NULL, 204 },
	{ "2.2.s8.b1-posted-is-no-object", "POST", S("1"), "[1]", 400 },
	{ "2.2.s8.b1-posted-is-no-json", "POST", S("1"), "a", 400, NULL,
	  "text/plain" },
	{ "2.2.s8.b1-unchanged", "GET", S("1"), NULL, 200,
	  "{\"a\":1,\"b\":{\"d\":3}}" },
	{ "2.2-any-bytes", "PUT", S("3"), "a", 204, NULL,
	  "application/octet-stream" },
	{ "2.3-ids", "GET", STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL, 200,
	  "[\"1\",\"2\",\"3\"]" },
	{ "2.3-ids-since", "GET",
	  STATE "?" OF_ACTIVITY "&" OF_AGENT "&since=2200-01-01T00:00:00Z",
	  NULL, 200, "[]" },
	{ "2.3-ids-since-before", "GET",
	  STATE "?" OF_ACTIVITY "&" OF_AGENT "&since=2000-01-01T00:00:00Z",
	  NULL, 200, "[\"1\"," },
	{ "2.3-another-agent", "GET",
	  STATE "?" OF_ACTIVITY "&" OF_OTHER "&stateId=1", NULL, 404 },
	{ "2.3-a-registration-is-another-context", "GET", S("1") REGISTRATION,
	  NULL, 404 },
	{ "2.3-with-a-registration", "PUT", S("9") REGISTRATION, "9", 204 },
	{ "2.3-ids-of-a-registration", "GET",
	  STATE "?" OF_ACTIVITY "&" OF_AGENT REGISTRATION, NULL, 200,
	  "[\"9\"]" },
	{ "2.3-delete", "DELETE", S("1"), NULL, 204 },
	{ "2.3-gone", "GET", S("1"), NULL, 404 },
	{ "2.3-delete-of-nothing", "DELETE", S("1"), NULL, 204 },
	{ "2.3-ids-of-all", "GET", STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL,
	  200, "[\"2\",\"3\",\"9\"]" },
	{ "3.1-delete-all-by-another-tag", "DELETE",
	  STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL, 412, NULL, NULL,
	  "If-Match: " NOT_THERE },
	{ "3.1-delete-all-if-there-are-none", "DELETE",
	  STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL, 412, NULL, NULL,
	  "If-None-Match: *" },
	{ "3.1-all-are-there", "GET", S("3"), NULL, 200, "a" },
	{ "3.1-delete-all-by-their-tag", "DELETE",
	  STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL, 204, NULL, NULL,
	  "If-Match: " SHA1_OF_LIST },
	{ "2.3-one-more", "PUT", S("4"), "4", 204 },
	{ "2.3-delete-all", "DELETE", STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL,
	  204 },
	{ "2.3-all-gone", "GET", STATE "?" OF_ACTIVITY "&" OF_AGENT, NULL, 200,
	  "[]" },
	{ "2.3-no-activity", "PUT", STATE "?" OF_AGENT "&stateId=1", "1", 400 },
	{ "2.3-no-agent", "PUT", STATE "?" OF_ACTIVITY "&stateId=1", "1", 400 },
	{ "2.3-agent-is-no-json", "GET",
	  STATE "?" OF_ACTIVITY "&agent=ada&stateId=1", NULL, 400 },
	{ "2.3-no-state-id", "POST", STATE "?" OF_ACTIVITY "&" OF_AGENT, "1",
	  400 },
	{ "2.3-a-registration-that-is-none", "GET", S("1") "&registration=x",
	  NULL, 400 },
	{ "3.2.s3.b7-unknown", "GET", S("1") "&x=y", NULL, 400 },
};

static const LrsCase profiles[] = {
	{ "2.6-put", "PUT", AGENTS "p", "a", 204, NULL, "text/plain",
	  "If-None-Match: *" },
	{ "2.6-get", "GET", AGENTS "p", NULL, 200, "a" },
	{ "2.6-ids", "GET", "/xapi/agents/profile?" OF_AGENT, NULL, 200,
	  "[\"p\"]" },
	{ "2.6-delete", "DELETE", AGENTS "p", NULL, 204 },
	{ "2.6-gone", "GET", AGENTS "p", NULL, 404 },
	{ "2.6-delete-needs-an-id", "DELETE", "/xapi/agents/profile?" OF_AGENT,
	  NULL, 400 },
	{ "2.6-no-agent", "GET", "/xapi/agents/profile?profileId=p", NULL,
	  400 },
	{ "2.6-a-new-one-that-is-no-json", "POST", AGENTS "q", "{\"a\":1}{",
	  400 },
	{ "2.7-a-new-one-that-is-no-json", "POST", ACTIVITIES "q", "{\"a\":1}[",
	  400 },
	{ "2.7-post", "POST", ACTIVITIES "p", "{\"a\":1}", 204 },
	{ "2.7-post-again", "POST", ACTIVITIES "p", "{\"a\":2}", 204 },
	{ "2.7-get", "GET", ACTIVITIES "p", NULL, 200, "{\"a\":2}" },
	{ "2.7-ids", "GET", "/xapi/activities/profile?" OF_ACTIVITY, NULL, 200,
	  "[\"p\"]" },
	{ "2.7-ids-since", "GET",
	  "/xapi/activities/profile?" OF_ACTIVITY "&since=2200-01-01T00:00:00Z",
	  NULL, 200, "[]" },
	{ "2.7-delete", "DELETE", ACTIVITIES "p", NULL, 204 },
	{ "2.7-no-iri", "GET", "/xapi/activities/profile?activityId=x", NULL,
	  400 },
};

static const LrsCase preconditions[] = {
	{ "3.1.s3.b1-a-new-one-of-an-agent", "PUT", AGENTS "p", "a", 400,
	  "If-None-Match", NULL, NULL, "1.0.3" },
	{ "3.1.s3.b1-a-new-one-of-an-activity", "PUT", ACTIVITIES "p", "a", 400,
	  "If-None-Match", NULL, NULL, "1.0.3" },
	{ "3.1.s3.b1-is-not-there", "GET", AGENTS "p", NULL, 404, NULL, NULL,
	  NULL, "1.0.3" },
	{ "4.1.4-a-new-one-needs-none-in-2.0", "PUT", AGENTS "p", "a", 204,
	  NULL, NULL, NULL, "2.0.0" },
	{ "3.1.s3.b1-new-if-new", "PUT", AGENTS "p", "a", 204, NULL, NULL,
	  "If-None-Match: *", "1.0.3" },
	{ "3.1.s4.b1-over-one-unseen", "PUT", AGENTS "p", "b", 409,
	  "If-Match" },
	{ "3.1.s4.b3-unchanged", "GET", AGENTS "p", NULL, 200, "a" },
	{ "3.1.s3-another-tag", "PUT", AGENTS "p", "b", 412, NULL, NULL,
	  "If-Match: " NOT_THERE },
	{ "3.1.s3-a-tag-that-is-none", "PUT", AGENTS "p", "b", 412, NULL, NULL,
	  "If-Match: 1234" },
	{ "3.1.s3-only-if-new", "PUT", AGENTS "p", "b", 412, NULL, NULL,
	  "If-None-Match: *" },
	{ "3.1.s3-still-unchanged", "GET", AGENTS "p", NULL, 200, "a" },
	{ "3.1.s2-its-tag", "PUT", AGENTS "p", "b", 204, NULL, NULL,
	  "If-Match: " SHA1_OF_A },
	{ "3.1.s2-written-over", "GET", AGENTS "p", NULL, 200, "b" },
	{ "3.1.s3-new-if-new", "PUT", ACTIVITIES "n", "a", 204, NULL, NULL,
	  "If-None-Match: *" },
	{ "3.1-a-tag-of-nothing", "PUT", ACTIVITIES "m", "a", 412, NULL, NULL,
	  "If-Match: *" },
	{ "3.1-activity-unseen", "PUT", ACTIVITIES "n", "b", 409 },
	{ "3.1-delete-another-tag", "DELETE", ACTIVITIES "n", NULL, 412, NULL,
	  NULL, "If-Match: " NOT_THERE },
	{ "3.1-delete-its-tag", "DELETE", ACTIVITIES "n", NULL, 204, NULL, NULL,
	  "If-Match: " SHA1_OF_A },
	{ "3.1-post-another-tag", "POST", AGENTS "p", "{}", 412, NULL, NULL,
	  "If-Match: " NOT_THERE },
	{ "3.1-a-state", "PUT", S("1"), "a", 204 },
	{ "3.1-a-state-unseen-in-1.0.3", "PUT", S("1"), "b", 204, NULL, NULL,
	  NULL, "1.0.3" },
	{ "4.1.4-a-state-unseen-in-2.0", "PUT", S("1"), "b", 409, NULL, NULL,
	  NULL, "2.0.0" },
	{ "3.1-a-state-with-another-tag", "PUT", S("1"), "c", 412, NULL, NULL,
	  "If-Match: " NOT_THERE },
};

static const LrsCase knowledge[] = {
	{ "2.4-a-person", "GET",
	  "/xapi/agents?agent=%7B%22name%22%3A%22A%22%2C%22mbox%22%3A%22mailto"
	  "%3Aa%40b.cd%22%7D",
	  NULL, 200,
	  "{\"objectType\":\"Person\",\"name\":[\"A\"],\"mbox\":[\"mailto:"
	  "a@b.cd\"]}" },
	{ "2.4-no-group", "GET",
	  "/xapi/agents?agent=%7B%22objectType%22%3A%22Group%22%2C%22mbox%22"
	  "%3A%22mailto%3Aa%40b.cd%22%7D",
	  NULL, 400 },
	{ "2.4-needs-one", "GET", "/xapi/agents", NULL, 400 },
	{ "2.5-what-nobody-defined", "GET", "/xapi/activities?" OF_ACTIVITY,
	  NULL, 200, "{\"objectType\":\"Activity\",\"id\":\"http://a.b/c\"}" },
	{ "2.5-defined", "POST", "/xapi/statements",
	  "{\"actor\":{\"mbox\":\"mailto:a@b.cd\"},\"verb\":{\"id\":\"http://v"
	  ".w/x\"},\"object\":{\"id\":\"http://a.b/c\",\"definition\":{\"name"
	  "\":{\"en\":\"C\"},\"type\":\"http://t.u/v\"}}}",
	  200 },
	{ "2.5-known", "GET", "/xapi/activities?" OF_ACTIVITY, NULL, 200,
	  "\"name\":{\"en\":\"C\"}" },
	{ "2.5-further", "POST", "/xapi/statements",
	  "{\"actor\":{\"mbox\":\"mailto:a@b.cd\"},\"verb\":{\"id\":\"http://v"
	  ".w/x\"},\"object\":{\"id\":\"http://d.e/f\"},\"context\":{\"context"
	  "Activities\":{\"parent\":[{\"id\":\"http://a.b/c\",\"definition\":{"
	  "\"name\":{\"de\":\"Ce\"}}}]}}}",
	  200 },
	{ "2.5-merged", "GET", "/xapi/activities?" OF_ACTIVITY, NULL, 200,
	  "\"name\":{\"en\":\"C\",\"de\":\"Ce\"}" },
	{ "2.5-no-iri", "GET", "/xapi/activities?activityId=a", NULL, 400 },
	{ "2.5-needs-one", "GET", "/xapi/activities", NULL, 400 },
	{ "2.8-about", "GET", "/xapi/about", NULL, 200, "\"1.0.3\",\"2.0.0\"",
	  NULL, NULL, "2.0.0" },
	{ "2.8-no-parameter", "GET", "/xapi/about?x=y", NULL, 400 },
};

/* 3.1: SHA-1 in quotes; what a GET says of a document. */
static void
test_headers(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autoptr(Got) put = ask_lrs(f, user, "1.0.3",
				     &(LrsCase){ "", "PUT", S("1"), "a", 0,
						 NULL, "text/x-a; b=c" });
	g_autoptr(Got) got = ask_lrs(f, user, "1.0.3",
				     &(LrsCase){ "", "GET", S("1"), NULL });
	g_autoptr(Got) head = ask_lrs(f, user, "1.0.3",
				      &(LrsCase){ "", "HEAD", S("1"), NULL });
	g_autoptr(Got) known =
		ask_lrs(f, user, "1.0.3",
			&(LrsCase){ "", "GET", S("1"), NULL, 0, NULL, NULL,
				    "If-None-Match: " SHA1_OF_A });

	g_assert_cmpint(put->status, ==, 204);
	g_assert_cmpstr(got_header(got, "etag"), ==, SHA1_OF_A);
	g_assert_cmpstr(got_header(got, "content-type"), ==, "text/x-a; b=c");
	g_assert_true(
		g_str_has_suffix(got_header(got, "last-modified"), " GMT"));
	g_assert_cmpstr(got_header(head, "etag"), ==, SHA1_OF_A);
	g_assert_cmpstr(got_header(head, "content-length"), ==, "1");
	g_assert_cmpstr(head->text, ==, "");
	g_assert_cmpint(known->status, ==, 304);
}

/* 2.2.s6.b2, 3.1.s4.b1: also of a list. */
static void
test_list_headers(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *first = NULL, *tag = NULL;
	const LrsCase list = { "", "GET", STATE "?" OF_ACTIVITY "&" OF_AGENT,
			       NULL };
	g_autoptr(Got) put =
		ask_lrs(f, user, "2.0.0", &(LrsCase){ "", "PUT", S("1"), "a" });
	g_autoptr(Got) one = ask_lrs(f, user, "2.0.0", &list);
	g_autoptr(Got) next = NULL;
	g_autoptr(Got) two = NULL;

	pass_time(f, 60);
	next = ask_lrs(f, user, "2.0.0", &(LrsCase){ "", "PUT", S("2"), "b" });
	two = ask_lrs(f, user, "2.0.0", &list);
	g_assert_cmpint(put->status, ==, 204);
	g_assert_cmpint(next->status, ==, 204);
	tag = g_compute_checksum_for_string(G_CHECKSUM_SHA1, two->text, -1);
	first = g_strdup_printf("\"%s\"", tag);
	g_assert_cmpstr(got_header(two, "etag"), ==, first);
	g_assert_true(
		g_str_has_suffix(got_header(one, "last-modified"), " GMT"));
	g_assert_cmpstr(got_header(one, "last-modified"), !=,
			got_header(two, "last-modified"));
}

static void
test_scopes(DistrictFixture *f, const void *data)
{
	g_autofree char *state = g_strdup(add_test_tool(f, TOOL_STATE));
	g_autofree char *reader = g_strdup(add_test_tool(f, TOOL_ALL_READ));
	const struct {
		const char *user, *method, *path;
		long status;
	} cases[] = {
		{ state, "PUT", S("1"), 204 },
		{ state, "PUT", AGENTS "p", 403 },
		{ state, "GET", "/xapi/statements", 403 },
		{ reader, "GET", S("1"), 200 },
		{ reader, "DELETE", S("1"), 403 },
		{ reader, "GET", "/xapi/statements", 200 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Got) got =
			ask_lrs(f, cases[i].user, "2.0.0",
				&(LrsCase){ "", cases[i].method, cases[i].path,
					    cases[i].method[0] == 'P' ? "1"
								      : NULL });

		g_assert_cmpint(got->status, ==, cases[i].status);
	}
}

#define SMALL "[limits]\ndocument_bytes = 1024\n"

static void
test_limit(DistrictFixture *f, const void *data)
{
	g_autofree char *user = g_strdup(add_test_tool(f, TOOL_ALL));
	g_autofree char *body = g_strnfill(1025, 'x');
	g_autoptr(Got) got = ask_lrs(f, user, "2.0.0",
				     &(LrsCase){ "", "PUT", S("1"), body });

	g_assert_cmpint(got->status, ==, 413);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD_LRS_TABLE("state", states);
	ADD_LRS_TABLE("profile", profiles);
	ADD_LRS_TABLE("concurrency", preconditions);
	ADD_LRS_TABLE("knowledge", knowledge);
#define ADD(name, data, test) \
	g_test_add("/lrs/documents/" name, DistrictFixture, data, \
		   setup_district, test, teardown_district)
	ADD("3.1-headers", NULL, test_headers);
	ADD("2.2.s6.b2-headers-of-a-list", NULL, test_list_headers);
	ADD("4.2-scopes", NULL, test_scopes);
	ADD("3.2-too-large", SMALL, test_limit);
	return g_test_run();
}
