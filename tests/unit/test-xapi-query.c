/* SPDX-License-Identifier: Apache-2.0 */
/* The parameters of requests, and the alternate syntax that carries them. */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "sync/xapi/alternate.h"
#include "sync/xapi/query.h"
#include "tests/unit/xapi-fixture.h"

#define NAMES_MAX 8

typedef struct {
	const char *claim;
	XapiRequest request;
	const char *refused;    /* NULL: taken; else how the message begins */
	const char *parameters; /* name=value&… with ' for " */
} Row;

#define ADA "agent={'mbox':'mailto:ada@example.org'}"
#define GET XAPI_STATEMENTS_GET

static const Row rows[] = {
	{ "2.1.3-none", GET, NULL, "" },
	{ "2.1.3-all-filters", GET, NULL,
	  ADA "&verb=http://a/v&activity=http://a/a&registration=" UUID_A
	      "&related_activities=true&related_agents=false" },
	{ "2.1.3-all-others", GET, NULL,
	  "since=2012-06-01T19:09:13.245Z&until=2012-06-01T19:09:13.245Z&"
	  "limit=0&ascending=true&attachments=false&format=ids" },
	{ "2.1.3-one", GET, NULL,
	  "statementId=" UUID_A "&attachments=true&format=canonical" },
	{ "2.1.3-one-voided", GET, NULL, "voidedStatementId=" UUID_A },
	{ "2.1.3.s2.b1-both", GET, "voidedStatementId: ",
	  "statementId=" UUID_A "&voidedStatementId=" UUID_A },
	{ "2.1.3.s2.b2-with-a-filter", GET,
	  "statementId: ", "statementId=" UUID_A "&verb=http://a/v" },
	{ "2.1.3.s2.b2-voided-with-a-limit", GET,
	  "voidedStatementId: ", "voidedStatementId=" UUID_A "&limit=1" },
	{ "3.2.s3.b7-unknown", GET, "mood: ", "mood=good" },
	{ "3.2.s3.b7-of-another-resource", GET,
	  "activityId: ", "activityId=http://a/a" },
	{ "3.2.s3.b7-method", XAPI_STATEMENTS_POST, "method: ", "method=GET" },
	{ "3.2.s3.b8-another-case", GET,
	  "statementid: ", "statementid=" UUID_A },
	{ "3.2.s3.b8-another-case-of-a-filter", GET,
	  "Agent: ", "Agent={'mbox':'mailto:a@b.c'}" },
	{ "2.1.3-twice", GET, "limit: ", "limit=1&limit=1" },
	{ "2.2.s4.b4-statement-id", GET, "statementId: must be a UUID",
	  "statementId=x" },
	{ "2.2.s4.b4-voided-id", GET, "voidedStatementId: must be a UUID",
	  "voidedStatementId=" },
	{ "2.2.s4.b4-registration", GET, "registration: must be a UUID",
	  "registration=x" },
	{ "2.2.s4.b4-verb", GET, "verb: must be an IRI", "verb=did" },
	{ "2.2.s4.b4-activity", GET, "activity: must be an IRI",
	  "activity=a b" },
	{ "2.2.s4.b4-agent-is-json", GET, "agent: JSON", "agent=ada" },
	{ "2.2.s4.b4-agent-is-an-agent", GET,
	  "agent.mbox: must be a mailto: IRI", "agent={'mbox':'ada'}" },
	{ "2.2.s4.b4-agent-is-an-object", GET, "agent: must be an object",
	  "agent=[]" },
	{ "2.2.s4.b4-agent-is-no-person", GET, "agent.objectType: must be",
	  "agent={'objectType':'Person','mbox':'mailto:a@b.c'}" },
	{ "2.2.s4.b4-agent-has-one-identifier", GET, "agent: must have",
	  "agent={'mbox':'mailto:a@b.c','openid':'http://a'}" },
	{ "2.1.3-identified-group", GET, NULL,
	  "agent={'objectType':'Group','mbox':'mailto:a@b.c'}" },
	{ "2.1.3-anonymous-group", GET, "agent: must be an agent or",
	  "agent={'objectType':'Group','member':[{'mbox':'mailto:a@b.c'}]}" },
	{ "2.2.s4.b4-since", GET, "since: must be a timestamp",
	  "since=yesterday" },
	{ "2.2.s4.b4-until", GET, "until: must be a timestamp",
	  "until=2008-09-15T15:53:00.601-00:00" },
	{ "2.2.s4.b4-limit", GET, "limit: must be a whole number", "limit=-1" },
	{ "2.2.s4.b4-limit-is-a-number", GET, "limit: must be a whole number",
	  "limit=1.5" },
	{ "2.2.s4.b4-limit-is-not-empty", GET, "limit: must be a whole number",
	  "limit=" },
	{ "2.2.s4.b4-flag", GET, "ascending: must be true or false",
	  "ascending=1" },
	{ "2.2.s4.b4-case-of-a-flag", GET, "attachments: must be true or",
	  "attachments=True" },
	{ "2.2.s4.b4-format", GET, "format: must be exact, ids or canonical",
	  "format=exacts" },
	{ "1.4-utf-8", GET, "verb: must be UTF-8", "verb=http://a/\xff" },
	{ "2.1.1-put", XAPI_STATEMENTS_PUT, NULL, "statementId=" UUID_A },
	{ "2.1.1-put-needs-it", XAPI_STATEMENTS_PUT, "statementId: is required",
	  "" },
	{ "2.1.1-put-nothing-else", XAPI_STATEMENTS_PUT,
	  "limit: ", "statementId=" UUID_A "&limit=1" },
	{ "2.1.2-post", XAPI_STATEMENTS_POST, NULL, "" },
	{ "2.1.2-post-nothing", XAPI_STATEMENTS_POST,
	  "statementId: ", "statementId=" UUID_A },
	{ "2.3-state", XAPI_STATE_PUT, NULL,
	  ADA "&activityId=http://a/a&stateId=s&registration=" UUID_A },
	{ "2.3-state-needs-an-id", XAPI_STATE_PUT, "stateId: is required",
	  ADA "&activityId=http://a/a" },
	{ "2.3-state-needs-an-agent", XAPI_STATE_GET, "agent: is required",
	  "activityId=http://a/a" },
	{ "2.3-state-needs-an-activity", XAPI_STATE_DELETE,
	  "activityId: is required", ADA },
	{ "2.3-many-states", XAPI_STATE_GET, NULL,
	  ADA "&activityId=http://a/a&since=2012-06-01T19:09:13Z" },
	{ "2.3-no-since-on-delete", XAPI_STATE_DELETE,
	  "since: ", ADA "&activityId=http://a/a&since=2012-06-01T19:09:13Z" },
	{ "2.3-empty-state-id", XAPI_STATE_GET, "stateId: must not be empty",
	  ADA "&activityId=http://a/a&stateId=" },
	{ "2.4-agents", XAPI_AGENTS_GET, NULL, ADA },
	{ "2.4-agents-needs-one", XAPI_AGENTS_GET, "agent: is required", "" },
	{ "2.4-agents-takes-no-group", XAPI_AGENTS_GET, "agent.objectType: ",
	  "agent={'objectType':'Group','mbox':'mailto:a@b.c'}" },
	{ "2.5-activities", XAPI_ACTIVITIES_GET, NULL,
	  "activityId=http://a/a" },
	{ "2.5-activities-needs-one", XAPI_ACTIVITIES_GET,
	  "activityId: is required", "" },
	{ "2.6-agent-profile", XAPI_AGENT_PROFILE_PUT, NULL,
	  ADA "&profileId=p" },
	{ "2.6-agent-profile-needs-an-id", XAPI_AGENT_PROFILE_PUT,
	  "profileId: is required", ADA },
	{ "2.6-agent-profiles", XAPI_AGENT_PROFILE_GET, NULL,
	  ADA "&since=2012-06-01T19:09:13Z" },
	{ "2.7-activity-profile", XAPI_ACTIVITY_PROFILE_PUT, NULL,
	  "activityId=http://a/a&profileId=p" },
	{ "2.7-activity-profiles", XAPI_ACTIVITY_PROFILE_GET, NULL,
	  "activityId=http://a/a" },
	{ "2.7-takes-no-agent", XAPI_ACTIVITY_PROFILE_GET,
	  "agent: ", ADA "&activityId=http://a/a" },
	{ "2.8-about", XAPI_ABOUT_GET, NULL, "" },
	{ "2.8-about-nothing", XAPI_ABOUT_GET, "limit: ", "limit=1" },
};

/* Cuts text in place into parameters. */
static size_t
cut(char *text, XapiParameter *out)
{
	size_t n = 0;

	while (text != NULL && *text != '\0') {
		char *next = strchr(text, '&');
		char *value = strchr(text, '=');

		if (next != NULL)
			*next++ = '\0';
		*value++ = '\0';
		out[n++] = (XapiParameter){ text, value };
		text = next;
	}
	return n;
}

static bool
ask(XapiRequest request, const char *text, XapiVersion version, XapiQuery *out,
    GError **error)
{
	g_autofree char *json = xapi_json(text);
	XapiParameter parameters[NAMES_MAX];
	size_t n = cut(json, parameters);

	return xapi_query_read(request, parameters, n, version, out, error);
}

static void
test_row(const void *data)
{
	const Row *row = data;

	for (int version = XAPI_1_0; version <= XAPI_2_0; version++) {
		g_auto(XapiQuery) query = { 0 };
		g_autoptr(GError) error = NULL;
		bool ok = ask(row->request, row->parameters,
			      (XapiVersion)version, &query, &error);

		if (row->refused == NULL) {
			g_assert_no_error(error);
			g_assert_true(ok);
			continue;
		}
		g_assert_false(ok);
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_test_message("%s", error->message);
		g_assert_true(g_str_has_prefix(error->message, row->refused));
	}
}

static void
test_values(void)
{
	g_auto(XapiQuery) query = { 0 };

	g_assert_true(ask(GET,
			  "agent={'account':{'homePage':'http://h','name':"
			  "'n'}}&verb=http://a/v&activity=http://a/a&"
			  "related_agents=true&ascending=true&limit=7&"
			  "since=1970-01-01T00:00:01Z&format=ids",
			  XAPI_1_0, &query, NULL));
	g_assert_cmpstr(query.agent, ==, "account:http://h n");
	g_assert_cmpstr(query.verb, ==, "http://a/v");
	g_assert_cmpstr(query.activity, ==, "http://a/a");
	g_assert_true(query.related_agents && query.ascending);
	g_assert_false(query.related_activities || query.attachments);
	g_assert_cmpint(query.limit, ==, 7);
	g_assert_true(query.has_since && !query.has_until);
	g_assert_cmpint(query.since.us, ==, G_USEC_PER_SEC);
	g_assert_cmpint(query.format, ==, XAPI_FORMAT_IDS);
}

static void
test_ids(void)
{
	g_auto(XapiQuery) query = { 0 };
	g_auto(XapiQuery) huge = { 0 };

	g_assert_true(ask(GET,
			  "voidedStatementId="
			  "12345678-1234-5678-1234-56781234567A",
			  XAPI_1_0, &query, NULL));
	g_assert_cmpstr(query.statement_id, ==, UUID_A);
	g_assert_true(query.is_voided);
	g_assert_cmpint(query.format, ==, XAPI_FORMAT_EXACT);
	g_assert_true(ask(GET, "limit=99999999999999999999999", XAPI_1_0, &huge,
			  NULL));
	g_assert_cmpint(huge.limit, ==, INT32_MAX);
}

/* 2.0 4.1.6.2: since is not allowed with a stateId; 1.0.3 says nothing. */
static void
test_state_since(void)
{
	const char *text = ADA "&activityId=http://a/a&stateId=s&"
			       "since=2012-06-01T19:09:13Z";
	g_auto(XapiQuery) query = { 0 };

	g_assert_true(ask(XAPI_STATE_GET, text, XAPI_1_0, &query, NULL));
	g_assert_cmpstr(query.document, ==, "s");
	g_assert_false(ask(XAPI_STATE_GET, text, XAPI_2_0, &query, NULL));
}

/* --- the alternate syntax --- */

static bool
alternate(const char *url, const char *body, XapiAlternate *out, GError **error)
{
	g_autofree char *copy = g_strdup(url);
	XapiParameter query[NAMES_MAX];
	size_t n = cut(copy, query);

	return xapi_alternate_read(query, n, body, strlen(body), out, error);
}

static void
test_alternate(void)
{
	g_auto(XapiAlternate) out = { 0 };
	g_autoptr(GError) error = NULL;

	g_assert_true(alternate(
		"method=PUT",
		"statementId=" UUID_A
		"&Authorization=Basic%20eA%3D%3D&X-Experience-API-Version="
		"1.0.3&Content-Type=application%2Fjson&content=%7B%22a%22%3A"
		"%22%C3%A9+%2B%22%7D&Content-Length=12&If-Match=%22x%22"
		"&if-none-match=*",
		&out, &error));
	g_assert_no_error(error);
	g_assert_cmpstr(out.method, ==, "PUT");
	g_assert_cmpuint(out.n, ==, 1);
	g_assert_cmpstr(out.parameters[0].name, ==, "statementId");
	g_assert_cmpstr(out.parameters[0].value, ==, UUID_A);
	g_assert_cmpstr(out.content, ==, "{\"a\":\"é +\"}");
	g_assert_cmpuint(out.content_size, ==, strlen(out.content));
	g_assert_cmpstr(out.headers[XAPI_HEADER_AUTHORIZATION], ==,
			"Basic eA==");
	g_assert_cmpstr(out.headers[XAPI_HEADER_VERSION], ==, "1.0.3");
	g_assert_cmpstr(out.headers[XAPI_HEADER_CONTENT_TYPE], ==,
			"application/json");
	g_assert_cmpstr(out.headers[XAPI_HEADER_CONTENT_LENGTH], ==, "12");
	g_assert_cmpstr(out.headers[XAPI_HEADER_IF_MATCH], ==, "\"x\"");
	g_assert_cmpstr(out.headers[XAPI_HEADER_IF_NONE_MATCH], ==, "*");
}

static void
test_alternate_get(void)
{
	g_auto(XapiAlternate) out = { 0 };

	g_assert_true(alternate("method=GET", "limit=1&&verb=http%3A%2F%2Fa",
				&out, NULL));
	g_assert_cmpstr(out.method, ==, "GET");
	g_assert_null(out.content);
	g_assert_cmpuint(out.n, ==, 2);
	g_assert_cmpstr(out.parameters[1].value, ==, "http://a");
	/* Not one of the headers that a form may have. */
	g_assert_null(out.headers[XAPI_HEADER_AUTHORIZATION]);
}

static const struct {
	const char *claim, *url, *body;
} refused[] = {
	{ "1.3.s3.b2-no-method", "", "limit=1" },
	{ "1.3.s3.b2-no-such-method", "method=get", "limit=1" },
	{ "1.3.s3.b3-another-parameter", "method=PUT&statementId=" UUID_A,
	  "content=%7B%7D" },
	{ "1.3.s3.b4-no-content", "method=PUT", "statementId=" UUID_A },
	{ "1.3.s3.b4-nothing-at-all", "method=PUT", "" },
	{ "1.3.s3.b4-no-form", "method=PUT", "{\"content\":\"{}\"}" },
	{ "1.3.s3.b4-bad-encoding", "method=PUT", "content=%7" },
	{ "1.3.s3.b4-bad-digits", "method=PUT", "content=%zz" },
	{ "1.3.s3.b4-twice", "method=PUT", "content=a&content=b" },
	{ "1.3.s3.b4-content-of-a-get", "method=GET", "content=a" },
	{ "1.3.s3.b5-no-utf-8", "method=PUT", "content=%FF" },
	{ "1.3.s3.b5-a-nul", "method=PUT", "content=a%00b" },
	{ "1.3.s3.b7-a-header-twice", "method=GET", "If-Match=a&if-match=b" },
	{ "1.3.s3.b7-a-line-end-in-a-header", "method=GET",
	  "If-Match=a%0D%0Ab" },
	{ "1.3.s3.b14-no-name", "method=GET", "=a" },
};

static void
test_alternate_refused(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_auto(XapiAlternate) out = { 0 };
		g_autoptr(GError) error = NULL;

		g_test_message("%s", refused[i].claim);
		g_assert_false(alternate(refused[i].url, refused[i].body, &out,
					 &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

static void
test_alternate_many(void)
{
	g_autoptr(GString) body = g_string_new("a=1");
	g_auto(XapiAlternate) out = { 0 };
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < XAPI_FORM_FIELDS_MAX; i++)
		g_string_append(body, "&a=1");
	g_assert_false(alternate("method=GET", body->str, &out, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path =
			g_strconcat("/xapi/query/communication-", rows[i].claim,
				    NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/xapi/query/gives-what-was-asked", test_values);
	g_test_add_func("/xapi/query/gives-ids-in-lower-case", test_ids);
	g_test_add_func("/xapi/query/2.0-4.1.6.2-no-since-of-one-state",
			test_state_since);
	g_test_add_func("/xapi/alternate/communication-1.3.s3-put",
			test_alternate);
	g_test_add_func("/xapi/alternate/communication-1.3.s3-get",
			test_alternate_get);
	g_test_add_func("/xapi/alternate/communication-1.3.s3-refused",
			test_alternate_refused);
	g_test_add_func("/xapi/alternate/has-a-limit", test_alternate_many);
	return g_test_run();
}
