/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/json.h"
#include "tests/unit/district-fixture.h"
#include "tests/unit/lrs-fixture.h"

/* What each scope of xAPI lets a tool do (1.0.3 Communication 4.2): every
 * scope at every resource, and what is taken and seen. */

#define ADA "%7B%22mbox%22:%22mailto:ada@example.org%22%7D"
#define STATEMENT(more) \
	"{\"actor\":{\"mbox\":\"mailto:ada@example.org\"},\"verb\":{\"id\":" \
	"\"http://v.org/did\"},\"object\":{\"id\":\"http://a.org/1\"" more \
	"}}"
#define ID "fd41c918-b88b-4b20-a0a5-a4c32391aaa0"

typedef struct {
	const char *method, *path, *body;
	ToolScopes allowed; /* with any of these, besides all */
} Resource;

#define READS \
	(TOOL_STATEMENTS_READ | TOOL_STATEMENTS_READ_MINE | TOOL_STATE | \
	 TOOL_DEFINE | TOOL_PROFILE | TOOL_ALL_READ)

static const Resource resources[] = {
	{ "POST", "/xapi/statements", STATEMENT(""), TOOL_STATEMENTS_WRITE },
	{ "PUT", "/xapi/statements?statementId=" ID, STATEMENT(""),
	  TOOL_STATEMENTS_WRITE },
	{ "GET", "/xapi/statements", NULL,
	  TOOL_STATEMENTS_READ | TOOL_STATEMENTS_READ_MINE | TOOL_ALL_READ },
	{ "HEAD", "/xapi/statements", NULL,
	  TOOL_STATEMENTS_READ | TOOL_STATEMENTS_READ_MINE | TOOL_ALL_READ },
	{ "GET", "/xapi/activities/state?activityId=http://a.org/1&agent=" ADA,
	  NULL, TOOL_STATE | TOOL_ALL_READ },
	{ "PUT",
	  "/xapi/activities/state?activityId=http://a.org/1&agent=" ADA
	  "&stateId=s",
	  "{}", TOOL_STATE },
	{ "POST",
	  "/xapi/activities/state?activityId=http://a.org/1&agent=" ADA
	  "&stateId=s",
	  "{}", TOOL_STATE },
	{ "DELETE",
	  "/xapi/activities/state?activityId=http://a.org/1&agent=" ADA
	  "&stateId=s",
	  NULL, TOOL_STATE },
	{ "GET", "/xapi/agents/profile?agent=" ADA, NULL,
	  TOOL_PROFILE | TOOL_ALL_READ },
	{ "POST", "/xapi/agents/profile?profileId=p&agent=" ADA, "{}",
	  TOOL_PROFILE },
	{ "DELETE", "/xapi/agents/profile?profileId=p&agent=" ADA, NULL,
	  TOOL_PROFILE },
	{ "GET", "/xapi/activities/profile?activityId=http://a.org/1", NULL,
	  TOOL_PROFILE | TOOL_ALL_READ },
	{ "POST",
	  "/xapi/activities/profile?profileId=p&activityId=http://a.org/1",
	  "{}", TOOL_PROFILE },
	{ "DELETE",
	  "/xapi/activities/profile?profileId=p&activityId=http://a.org/1",
	  NULL, TOOL_PROFILE },
	{ "GET", "/xapi/activities?activityId=http://a.org/1", NULL, READS },
	{ "GET", "/xapi/agents?agent=" ADA, NULL, READS },
	{ "GET", "/xapi/about", NULL, 0xff },
};

static void
assert_resource(const DistrictFixture *f, const char *user, ToolScopes scope,
		const Resource *at)
{
	g_autoptr(Got) got = ask(f, &(Ask){ at->method, at->path,
					    .body = at->body, .user = user });
	bool allowed = tool_scopes_allow(scope, at->allowed);

	g_test_message("scope %#x: %s %s: %ld", scope, at->method, at->path,
		       got->status);
	if (allowed)
		g_assert_cmpint(got->status, <, 300);
	else
		g_assert_cmpint(got->status, ==, 403);
	g_assert_true(allowed || at->method[0] == 'H' ||
		      g_str_equal(got_code(got), "scope"));
}

static void
test_matrix(DistrictFixture *f, const void *data)
{
	for (ToolScopes scope = TOOL_STATEMENTS_WRITE; scope <= TOOL_ALL;
	     scope <<= 1) {
		g_autofree char *user = g_strdup(add_test_tool(f, scope));

		for (size_t i = 0; i < G_N_ELEMENTS(resources); i++)
			assert_resource(f, user, scope, &resources[i]);
	}
}

/* The alternate syntax is the request that it stands for. */
static void
test_form(DistrictFixture *f, const void *data)
{
	g_autofree char *reader =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_READ));
	g_autofree char *state = g_strdup(add_test_tool(f, TOOL_STATE));
	const Ask get = { "POST", "/xapi/statements?method=GET", .body = "",
			  .type = "application/x-www-form-urlencoded" };
	const char *const users[] = { reader, state };
	const long statuses[] = { 200, 403 };

	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		Ask as = get;
		g_autoptr(Got) got = NULL;

		as.user = users[i];
		got = ask(f, &as);
		g_assert_cmpint(got->status, ==, statuses[i]);
	}
}

static char *
name_of_activity(const DistrictFixture *f, const char *user)
{
	g_autoptr(Got) got =
		ask(f,
		    &(Ask){ "GET", "/xapi/activities?activityId=http://a.org/1",
			    .user = user });
	json_t *definition = json_object_get(got->json, "definition");

	g_assert_cmpint(got->status, ==, 200);
	return g_strdup(json_string_value(
		json_object_get(json_object_get(definition, "name"), "en")));
}

#define NAMED(name) \
	STATEMENT(",\"definition\":{\"name\":{\"en\":\"" name "\"}}")

/* Without `define` the statement is kept whole, and defines nothing. */
static void
test_define(DistrictFixture *f, const void *data)
{
	g_autofree char *writer =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_WRITE));
	g_autofree char *definer =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_WRITE | TOOL_DEFINE));
	g_autofree char *reader = g_strdup(add_test_tool(f, TOOL_ALL_READ));
	const char *const users[] = { writer, definer, writer };
	const char *const bodies[] = { NAMED("a slip"), NAMED("Tidying"),
				       NAMED("another slip") };
	const char *const names[] = { NULL, "Tidying", "Tidying" };
	g_autoptr(Got) all = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		g_autoptr(Got) sent =
			ask(f, &(Ask){ "POST", "/xapi/statements",
				       .body = bodies[i], .user = users[i] });
		g_autofree char *name = NULL;

		g_assert_cmpint(sent->status, ==, 200);
		name = name_of_activity(f, reader);
		g_assert_cmpstr(name, ==, names[i]);
	}
	all = ask(f, &(Ask){ "GET", "/xapi/statements", .user = reader });
	g_assert_nonnull(strstr(all->text, "another slip"));
}

/* Mine is what carries the authority that my next statement would have. */
static void
test_mine(DistrictFixture *f, const void *data)
{
	g_autofree char *mine =
		g_strdup(add_test_tool(f, TOOL_STATEMENTS_WRITE |
						  TOOL_STATEMENTS_READ_MINE));
	g_autofree char *other = g_strdup(
		add_test_tool(f, TOOL_STATEMENTS_WRITE | TOOL_ALL_READ));
	g_autofree char *learner = learner_of(f, "class-1", 0);
	const char *const users[] = { mine, other };
	const size_t counts[] = { 1, 4 };
	TestKiosk kiosk;

	enrol_test_kiosk(f, &kiosk);
	send_records(f, &kiosk, learner, 2);
	for (size_t i = 0; i < G_N_ELEMENTS(users); i++)
		got_free(ask(f, &(Ask){ "POST", "/xapi/statements",
					.body = STATEMENT(""),
					.user = users[i] }));
	for (size_t i = 0; i < G_N_ELEMENTS(users); i++) {
		g_autoptr(Got) got = ask(f, &(Ask){ "GET", "/xapi/statements",
						    .user = users[i] });

		g_assert_cmpint((int)json_array_size(
					json_object_get(got->json,
							"statements")),
				==, (int)counts[i]);
	}
}

static void
test_parse(void)
{
	static const struct {
		const char *text, *printed; /* NULL: refused */
	} cases[] = {
		{ "all", "all" },
		{ "statements/read/mine statements/write",
		  "statements/write statements/read/mine" },
		{ "state,profile,,state", "state profile" },
		{ "", NULL },
		{ " ", NULL },
		{ "statements", NULL },
		{ "ALL", NULL },
		{ "all/write", NULL },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *printed = NULL;
		ToolScopes scopes = 0;
		bool ok = tool_scopes_parse(cases[i].text, &scopes, &error);

		g_assert_true(ok == (cases[i].printed != NULL));
		g_assert_true(ok == (error == NULL));
		printed = tool_scopes_print(scopes);
		g_assert_cmpstr(printed, ==, ok ? cases[i].printed : "");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define ADD(name, test) \
	g_test_add("/scopes/" name, DistrictFixture, NULL, setup_district, \
		   test, teardown_district)
	ADD("each-at-each-resource", test_matrix);
	ADD("a-form-has-no-more", test_form);
	ADD("define", test_define);
	ADD("mine", test_mine);
	g_test_add_func("/scopes/names", test_parse);
	return g_test_run();
}
