/* SPDX-License-Identifier: Apache-2.0 */
/* What a statement is found by. */
#include <string.h>
#include <glib.h>

#include "sync/xapi/keys.h"
#include "tests/unit/xapi-fixture.h"

typedef struct {
	const char *claim, *text;
	const char *said; /* "A:" agent, "a:" related, "T:" activity, "t:" */
} Row;

#define ADA              "A:mailto:ada@example.org "
#define ACT              "T:http://example.org/a "
#define CONTEXT(context) "{" AVO ",'context':" context "}"
#define SUB(more)        "{" AV "'object':{'objectType':'SubStatement'," more "}}"

static const Row rows[] = {
	{ "2.1.3-actor-and-activity", "{" AVO "}", ADA ACT },
	{ "2.1.3-sha1",
	  "{'actor':{'mbox_sha1sum':'EBD31E95054C018B10727CCFFD2EF2EC3A016EE9'"
	  "}," VERB "," OBJECT "}",
	  "A:sha1:ebd31e95054c018b10727ccffd2ef2ec3a016ee9 " ACT },
	{ "2.1.3-openid",
	  "{'actor':{'openid':'http://Ada.example/'}," VERB "," OBJECT "}",
	  "A:openid:http://Ada.example/ " ACT },
	{ "2.1.3-account",
	  "{'actor':{'account':{'name':'a b','homePage':'http://h'}}," VERB
	  "," OBJECT "}",
	  "A:account:http://h a b " ACT },
	{ "2.1.3-account-with-a-nul",
	  "{'actor':{'account':{'homePage':'http://h','name':'a\\u0000b'}}," VERB
	  "," OBJECT "}",
	  "A:account:http://h a\\0b " ACT },
	{ "2.1.3-account-with-a-backslash",
	  "{'actor':{'account':{'homePage':'http://h','name':'a\\\\0b'}}," VERB
	  "," OBJECT "}",
	  "A:account:http://h a\\\\0b " ACT },
	{ "2.1.3-mail-domains-have-no-case",
	  "{'actor':{'mbox':'mailto:Ada@EXAMPLE.Org'}," VERB "," OBJECT "}",
	  "A:mailto:Ada@example.org " ACT },
	{ "2.1.3-members-of-a-group",
	  "{'actor':{'objectType':'Group','mbox':'mailto:g@b.c','member':[" AGENT_A
	  "," AGENT_B "]}," VERB "," OBJECT "}",
	  "A:mailto:g@b.c A:mailto:a@example.org A:mailto:b@example.org " ACT },
	{ "2.1.3-an-agent-as-object",
	  "{" AV "'object':{'objectType':'Agent','mbox':'mailto:o@b.c'}}",
	  ADA "A:mailto:o@b.c " },
	{ "2.1.3-one-agent-twice",
	  "{" AV "'object':{'objectType':'Agent','mbox':"
	  "'mailto:ada@example.org'},'context':{'instructor':{'mbox':"
	  "'mailto:ada@example.org'}}}",
	  ADA },
	{ "2.1.3-instructor-and-team",
	  CONTEXT("{'instructor':" AGENT_A ",'team':{'objectType':'Group',"
		  "'member':[" AGENT_B "]}}"),
	  ADA ACT "a:mailto:a@example.org a:mailto:b@example.org " },
	{ "2.1.3-2.0-context-agents-and-groups",
	  CONTEXT("{'contextAgents':[{'objectType':'contextAgent','agent':" AGENT_A
		  "}],'contextGroups':[{'objectType':'contextGroup',"
		  "'group':{'objectType':'Group','member':[" AGENT_B "]}}]}"),
	  ADA ACT "a:mailto:a@example.org a:mailto:b@example.org " },
	{ "2.1.3-context-activities",
	  CONTEXT("{'contextActivities':{'parent':{'id':'a:p'},'other':["
		  "{'id':'a:o'},{'id':'http://example.org/a'}]}}"),
	  ADA ACT "t:a:p t:a:o " },
	{ "2.1.3-a-text-as-agent-and-activity",
	  "{'actor':{'openid':'http://x/'}," VERB
	  ",'object':{'id':'openid:http://x/'}}",
	  "A:openid:http://x/ T:openid:http://x/ " },
	{ "2.1.3-a-sub-statement-is-related-only",
	  SUB("'actor':" AGENT_A "," VERB ",'object':{'id':'a:s'},'context':{"
	      "'instructor':" AGENT_B
	      ",'contextActivities':{'grouping':[{'id':'a:g'}]},"
	      "'registration':'" UUID_A "'}"),
	  ADA "a:mailto:a@example.org t:a:s a:mailto:b@example.org t:a:g " },
};

static char *
say(const XapiKeys *keys)
{
	GString *said = g_string_new(NULL);

	for (guint i = 0; i < keys->keys->len; i++) {
		XapiKey *key = &g_array_index(keys->keys, XapiKey, i);
		char mark = (key->roles & XAPI_KEY_AGENT)           ? 'A'
			    : (key->roles & XAPI_KEY_ACTIVITY)      ? 'T'
			    : (key->roles & XAPI_KEY_RELATED_AGENT) ? 'a'
								    : 't';

		g_assert_cmpuint(strlen(key->text), ==, key->size);
		g_string_append_printf(said, "%c:%s ", mark, key->text);
	}
	return g_string_free(said, FALSE);
}

static XapiBatch *
open_keys(const char *text, char **json, XapiKeys *keys)
{
	g_autoptr(GError) error = NULL;
	XapiBatch *batch = xapi_read(text, XAPI_2_0, json, &error);
	XapiStatement statement;

	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	xapi_keys(&statement, keys);
	return batch;
}

static void
test_row(const void *data)
{
	const Row *row = data;
	g_auto(XapiKeys) keys = { 0 };
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = open_keys(row->text, &json, &keys);
	g_autofree char *said = say(&keys);

	g_assert_nonnull(batch);
	g_assert_cmpstr(said, ==, row->said);
	g_assert_true(tape_is(keys.verb, "http://example.org/did", 22));
	g_assert_cmpstr(keys.registration, ==, "");
	g_assert_cmpstr(keys.target, ==, "");
	g_assert_false(keys.is_voiding);
}

static void
test_registration(void)
{
	g_auto(XapiKeys) keys = { 0 };
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = open_keys(
		CONTEXT("{'registration':"
			"'12345678-1234-5678-1234-56781234567A',"
			"'statement':{'objectType':'StatementRef','id':'" UUID_B
			"'}}"),
		&json, &keys);

	g_assert_nonnull(batch);
	g_assert_cmpstr(keys.registration, ==, UUID_A);
	/* A reference in the context is no target. */
	g_assert_cmpstr(keys.target, ==, "");
}

static void
test_target(void)
{
	g_auto(XapiKeys) keys = { 0 };
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch =
		open_keys("{" ACTOR "," VOIDED
			  ",'object':{'objectType':'StatementRef',"
			  "'id':'12345678-1234-5678-1234-56781234567B'}}",
			  &json, &keys);

	g_assert_nonnull(batch);
	g_assert_cmpstr(keys.target, ==, UUID_B);
	g_assert_true(keys.is_voiding);
}

static void
test_authority(void)
{
	static const char text[] =
		"{\"objectType\":\"Group\",\"member\":[{\"account\":{"
		"\"homePage\":\"http://h\",\"name\":\"k\"}},"
		"{\"mbox\":\"mailto:u@b.c\"}]}";
	g_autoptr(Tape) tape = tape_read(text, strlen(text), NULL);
	g_auto(XapiKeys) keys = { 0 };
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch =
		open_keys("{" AVO ",'authority':" AGENT_A "}", &json, &keys);
	g_autofree char *said = NULL;

	g_assert_nonnull(batch);
	xapi_keys_add_authority(&keys, tape_root(tape));
	said = say(&keys);
	g_assert_cmpstr(said, ==,
			ADA ACT "a:account:http://h k a:mailto:u@b.c ");
}

static void
test_many(void)
{
	g_autoptr(GString) text = g_string_new(
		"{'actor':{'objectType':'Group','member':[" AGENT_A);
	g_auto(XapiKeys) keys = { 0 };
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = NULL;

	for (int i = 0; i < 2000; i++)
		g_string_append_printf(text, ",{'mbox':'mailto:%d@b.c'}",
				       i % 1000);
	g_string_append(text, "]}," VERB "," OBJECT ",'context':{"
			      "'instructor':" AGENT_A "}}");
	batch = open_keys(text->str, &json, &keys);
	g_assert_cmpuint(keys.keys->len, ==, 1002);
}

static void
test_agent_key(void)
{
	static const char text[] = "{\"name\":\"n\",\"member\":[]}";
	g_autoptr(Tape) tape = tape_read(text, strlen(text), NULL);

	g_assert_null(xapi_agent_key(tape_root(tape)));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/xapi/keys/communication-",
						    rows[i].claim, NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/xapi/keys/communication-2.1.3-registration",
			test_registration);
	g_test_add_func("/xapi/keys/communication-2.1.3.s3-target",
			test_target);
	g_test_add_func("/xapi/keys/communication-2.1.3-authority",
			test_authority);
	g_test_add_func("/xapi/keys/none-twice-among-many", test_many);
	g_test_add_func("/xapi/keys/an-anonymous-group-has-none",
			test_agent_key);
	return g_test_run();
}
