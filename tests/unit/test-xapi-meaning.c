/* SPDX-License-Identifier: Apache-2.0 */
/* A statement that is sent again, and what an LRS makes of one. */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/xapi/meaning.h"
#include "sync/xapi/stored.h"
#include "tests/unit/xapi-fixture.h"

#define SAME_1_0  1
#define SAME_2_0  2
#define SAME      3
#define DIFFERENT 0

typedef struct {
	const char *claim;
	int same;
	const char *held, *sent;
} Pair;

#define S(more)   "{" AVO more "}"
#define SUB(more) "{" AV "'object':{'objectType':'SubStatement'," AVO more "}}"
#define GROUP(members) \
	"{'actor':{'objectType':'Group','member':[" members "]}," VERB \
	"," OBJECT "}"
#define RESULT(result)   S(",'result':" result)
#define EXTENSION(value) S(",'context':{'extensions':{'http://a/x':" value "}}")
#define FILES(list)      S(",'attachments':[" list "]")
#define FILE_OF(sha2) \
	"{'usageType':'http://a/u','display':{'en':'a'},'length':1," \
	"'contentType':'a/b','sha2':'" sha2 "'}"
#define SHA256_B \
	"395395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a"
#define SIGNATURE \
	"{'usageType':'" XAPI_SIGNATURE "','display':{'en':'a'}," \
	"'length':1,'contentType':'application/octet-stream','sha2':'" SHA256_B \
	"'}"

static const Pair pairs[] = {
	{ "2.2.s2.b4-order-of-names", SAME, S(""),
	  "{" OBJECT "," VERB "," ACTOR "}" },
	{ "2.2-blanks-and-escapes", SAME, S(""),
	  " { " ACTOR " , " VERB ",\n" OBJECT "}" },
	{ "2.3.1.b1-id", SAME, S(",'id':'" UUID_A "'"), S("") },
	{ "2.3.1.b1-authority", SAME, S(",'authority':" AGENT_A), S("") },
	{ "2.3.1.b1-stored", SAME, S(",'stored':'2013-05-18T05:32:34Z'"),
	  S("") },
	{ "2.3.1.b1-version", SAME, S(",'version':'1.0.0'"), S("") },
	{ "2.3.1.b1-timestamp-left-to-the-lrs", SAME,
	  S(",'timestamp':'2013-05-18T05:32:34Z'"), S("") },
	{ "2.3.1.b4-timestamp-in-another-zone", SAME,
	  S(",'timestamp':'2013-05-18T05:32:34.80Z'"),
	  S(",'timestamp':'2013-05-18T11:02:34.8004+05:30'") },
	{ "2.3.1.b4-another-instant", SAME_2_0,
	  S(",'timestamp':'2013-05-18T05:32:34.801Z'"),
	  S(",'timestamp':'2013-05-18T05:32:34.802Z'") },
	{ "2.3.1.b4-sub-statement-in-another-zone", SAME,
	  SUB(",'timestamp':'2013-05-18T05:32:34Z'"),
	  SUB(",'timestamp':'2013-05-18T06:32:34.000+01:00'") },
	{ "2.3.1.b4-sub-statement-at-another-instant", DIFFERENT,
	  SUB(",'timestamp':'2013-05-18T05:32:34Z'"),
	  SUB(",'timestamp':'2013-05-18T05:32:35Z'") },
	{ "2.3.1.b2-definition", SAME, S(""),
	  "{" AV "'object':{'id':'http://example.org/a','definition':"
	  "{'name':{'en':'A'}}}}" },
	{ "2.3.1.b2-another-definition", SAME,
	  "{" AV "'object':{'id':'http://example.org/a','definition':"
	  "{'type':'http://a/t'}}}",
	  "{" AV "'object':{'id':'http://example.org/a','definition':"
	  "{'name':{'en':'A'}}}}" },
	{ "2.3.1.b3-display", SAME, S(""),
	  "{" ACTOR ",'verb':{'id':'http://example.org/did','display':"
	  "{'en':'did'}}," OBJECT "}" },
	{ "2.3.1.b3-another-verb", DIFFERENT, S(""),
	  "{" ACTOR ",'verb':{'id':'http://example.org/Did'}," OBJECT "}" },
	{ "2.4.4-object-type-left-out", SAME, S(""),
	  "{'actor':{'objectType':'Agent','mbox':'mailto:ada@example.org'}," VERB
	  ",'object':{'objectType':'Activity','id':"
	  "'http://example.org/a'}}" },
	{ "2.4.2.2-an-agent-is-no-group", DIFFERENT, S(""),
	  "{'actor':{'objectType':'Group','mbox':'mailto:ada@example.org'}," VERB
	  "," OBJECT "}" },
	{ "2.3.1.b5-order-of-members", SAME, GROUP(AGENT_A "," AGENT_B),
	  GROUP(AGENT_B "," AGENT_A) },
	{ "2.3.1.b5-other-members", DIFFERENT, GROUP(AGENT_A "," AGENT_B),
	  GROUP(AGENT_A "," AGENT_A) },
	{ "2.3.1.b5-fewer-members", DIFFERENT, GROUP(AGENT_A "," AGENT_B),
	  GROUP(AGENT_A) },
	{ "2.3.1.b7-case-of-a-mail-domain", SAME, S(""),
	  "{'actor':{'mbox':'mailto:ada@EXAMPLE.org'}," VERB "," OBJECT "}" },
	{ "2.3.1.b7-case-of-a-mail-address", DIFFERENT, S(""),
	  "{'actor':{'mbox':'mailto:Ada@example.org'}," VERB "," OBJECT "}" },
	{ "2.3.1.b7-case-of-a-uuid", SAME,
	  S(",'context':{'registration':'" UUID_A "'}"),
	  S(",'context':{'registration':"
	    "'12345678-1234-5678-1234-56781234567A'}") },
	{ "2.3.1.b7-case-of-a-language", SAME,
	  S(",'context':{'language':'en-US'}"),
	  S(",'context':{'language':'en-us'}") },
	{ "2.3.1.b8-duration-is-a-text", DIFFERENT,
	  RESULT("{'duration':'PT90S'}"), RESULT("{'duration':'PT1M30S'}") },
	{ "4.6.s1.b5-duration-to-0.01-s", SAME,
	  RESULT("{'duration':'PT1.239S'}"), RESULT("{'duration':'PT1.23S'}") },
	{ "4.6.s1.b5-duration-within-0.01-s", DIFFERENT,
	  RESULT("{'duration':'PT1.23S'}"), RESULT("{'duration':'PT1.24S'}") },
	{ "2.3.1-numbers-in-another-spelling", SAME,
	  RESULT("{'score':{'raw':10,'scaled':0.5}}"),
	  RESULT("{'score':{'scaled':5e-1,'raw':10.00}}") },
	{ "2.3.1.s9.b2-another-number", DIFFERENT,
	  RESULT("{'score':{'raw':10}}"),
	  RESULT("{'score':{'raw':10.0000001}}") },
	{ "2.3.1.s9.b2-a-number-is-no-text", DIFFERENT, EXTENSION("1"),
	  EXTENSION("'1'") },
	{ "2.3.1.s9.b2-a-result", DIFFERENT, S(""),
	  RESULT("{'success':true}") },
	{ "2.3.1.s9.b2-another-result", DIFFERENT, RESULT("{'success':false}"),
	  RESULT("{'success':true}") },
	{ "2.3.1.s9.b2-a-response", DIFFERENT, RESULT("{'response':'a'}"),
	  RESULT("{'response':'b'}") },
	{ "2.3.1-extensions-in-another-order", SAME,
	  EXTENSION("{'a':1,'b':[true,null],'':'x'}"),
	  EXTENSION("{'b':[true,null],'':'\\u0078','a':1.0}") },
	{ "2.3.1.s9.b2-lists-have-an-order", DIFFERENT, EXTENSION("[1,2]"),
	  EXTENSION("[2,1]") },
	{ "2.3.1.s9.b2-null-is-no-false", DIFFERENT, EXTENSION("null"),
	  EXTENSION("false") },
	{ "2.3.1.s9.b2-nesting", DIFFERENT, EXTENSION("[[1],2]"),
	  EXTENSION("[[1,2]]") },
	{ "2.3.1-a-definition-in-an-extension-counts", DIFFERENT,
	  EXTENSION("{'definition':1}"), EXTENSION("{'definition':2}") },
	{ "2.4.6.2.s4.b4-one-activity-or-a-list-of-it", SAME,
	  S(",'context':{'contextActivities':{'parent':{'id':'a:b'}}}"),
	  S(",'context':{'contextActivities':{'parent':[{'id':'a:b'}]}}") },
	{ "2.3.1.s9.b2-another-kind-of-context", DIFFERENT,
	  S(",'context':{'contextActivities':{'parent':[{'id':'a:b'}]}}"),
	  S(",'context':{'contextActivities':{'other':[{'id':'a:b'}]}}") },
	{ "2.3.1.s9.b2-an-actor's-name", DIFFERENT, S(""),
	  "{'actor':{'mbox':'mailto:ada@example.org','name':'Ada'}," VERB
	  "," OBJECT "}" },
	{ "2.3.1.b6-other-attachments", SAME_2_0, FILES(FILE_OF(SHA256_A)),
	  FILES(FILE_OF(SHA256_B)) },
	{ "2.3.1.b6-an-attachment's-display", SAME, FILES(FILE_OF(SHA256_A)),
	  FILES("{'usageType':'http://a/u','display':{'es':'b'},'length':1.0,"
		"'contentType':'a/b','sha2':'" SHA256_A
		"','description':{'en':'c'}}") },
	{ "2.6.s4.b3-a-signature-is-added", SAME, S(""), FILES(SIGNATURE) },
	{ "2.6.s4.b3-a-signature-besides", SAME, FILES(FILE_OF(SHA256_A)),
	  FILES(SIGNATURE "," FILE_OF(SHA256_A)) },
};

static void
mean_json(const char *json, XapiVersion version, XapiMeaning *out)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(json, strlen(json), version, &xapi_limits,
				&error);
	XapiStatement statement;

	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	xapi_meaning(&statement, out);
}

static void
mean(const char *text, XapiMeaning *out)
{
	g_autofree char *json = xapi_json(text);

	mean_json(json, XAPI_1_0, out);
}

static void
test_pair(const void *data)
{
	const Pair *pair = data;
	XapiMeaning held, sent;

	mean(pair->held, &held);
	mean(pair->sent, &sent);
	g_assert_cmpint(xapi_meaning_is_same(&held, &sent, XAPI_1_0), ==,
			(pair->same & SAME_1_0) != 0);
	g_assert_cmpint(xapi_meaning_is_same(&held, &sent, XAPI_2_0), ==,
			(pair->same & SAME_2_0) != 0);
	g_assert_cmpint(xapi_meaning_is_same(&sent, &held, XAPI_1_0), ==,
			(pair->same & SAME_1_0) != 0);
}

/* --- stored --- */

static const XapiLrs lrs = { UUID_B, "2026-11-23T10:00:00.000Z",
			     "{\"mbox\":\"mailto:lrs@example.org\"}", false };

#define SET_STORED    "'stored':'2026-11-23T10:00:00.000Z'"
#define SET_AUTHORITY "'authority':{'mbox':'mailto:lrs@example.org'}"
#define ALL_SET \
	",'id':'" UUID_B \
	"','timestamp':'2026-11-23T10:00:00.000Z'," SET_STORED \
	",'version':'1.0.0'," SET_AUTHORITY "}"

typedef struct {
	const char *claim, *text, *stored;
} Kept;

static const Kept kept[] = {
	{ "2.4.1.s2.b1-all-that-is-missing", S(""), "{" AVO ALL_SET },
	{ "2.4.10.s3.b3-what-came-stays",
	  S(",'id':'" UUID_A
	    "','version':'1.0','timestamp':'2013-05-18T05:32:34Z'"),
	  "{" AVO ",'id':'" UUID_A
	  "','version':'1.0','timestamp':'2013-05-18T05:32:34Z'," SET_STORED
	  "," SET_AUTHORITY "}" },
	{ "2.4.8.s3.b2-stored-is-overwritten",
	  "{'stored':'1999-01-01T00:00:00Z','id':'" UUID_A
	  "','version':'1.0','timestamp':'2013-05-18T05:32:34Z'," AVO "}",
	  "{" SET_STORED ",'id':'" UUID_A
	  "','version':'1.0','timestamp':'2013-05-18T05:32:34Z'," AVO
	  "," SET_AUTHORITY "}" },
	{ "2.4.9.s3.b4-authority-is-overwritten",
	  "{'authority':" AGENT_A "," AVO ",'id':'" UUID_A
	  "','version':'1.0','timestamp':'2013-05-18T05:32:34Z'}",
	  "{" SET_AUTHORITY "," AVO ",'id':'" UUID_A
	  "','version':'1.0','timestamp':'2013-05-18T05:32:34Z'," SET_STORED
	  "}" },
	{ "4.5.s1.b6-timestamps-in-utc",
	  S(",'id':'" UUID_A
	    "','version':'1.0','timestamp':'2013-05-18T05:32:34.1230+02:00'"),
	  "{" AVO ",'id':'" UUID_A
	  "','version':'1.0','timestamp':'2013-05-18T03:32:34.1230Z'," SET_STORED
	  "," SET_AUTHORITY "}" },
	{ "2.4.6.2.s4.b3-context-activities-in-lists",
	  S(",'context':{'contextActivities':{'parent': {'id':'a:b'} ,"
	    "'other':[{'id':'a:c'}]}}"),
	  "{" AVO ",'context':{'contextActivities':{'parent': [{'id':'a:b'}]"
	  " ,'other':[{'id':'a:c'}]}}" ALL_SET },
	{ "2.4.6.2.s4.b3-also-in-a-sub-statement",
	  SUB(",'context':{'contextActivities':{'category':{'id':'a:b'}}},"
	      "'timestamp':'2099-01-01T01:00:00+01:00'"),
	  "{" AV "'object':{'objectType':'SubStatement'," AVO
	  ",'context':{'contextActivities':{'category':[{'id':'a:b'}]}},"
	  "'timestamp':'2099-01-01T00:00:00Z'}" ALL_SET },
	{ "2.2.s2.b5-every-other-byte",
	  " {" AVO ", 'result' :{'score':{'raw':1.500e+2},'response':"
	  "'\\u00e9\\/\\u0000'} } ",
	  "{" AVO ", 'result' :{'score':{'raw':1.500e+2},'response':"
	  "'\\u00e9\\/\\u0000'} " ALL_SET },
};

static char *
store(const char *text, const XapiLrs *by, XapiVersion version)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = xapi_read(text, version, &json, &error);
	g_autoptr(GString) out = g_string_new(NULL);
	XapiStatement statement;

	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	xapi_stored(out, &statement, by);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
test_kept(const void *data)
{
	const Kept *row = data;
	g_autofree char *expected = xapi_json(row->stored);
	g_autofree char *stored = store(row->text, &lrs, XAPI_1_0);
	XapiMeaning before, after;

	g_assert_cmpstr(stored, ==, expected);
	mean(row->text, &before);
	mean(stored, &after);
	g_assert_true(xapi_meaning_is_same(&before, &after, XAPI_1_0));
}

static void
test_version_2_0(void)
{
	g_autofree char *stored = store(S(""), &lrs, XAPI_2_0);

	g_assert_nonnull(strstr(stored, "\"version\":\"2.0.0\""));
}

static void
test_trusted_authority(void)
{
	XapiLrs trusting = lrs;
	g_autofree char *stored = NULL;

	trusting.trust_authority = true;
	stored = store(S(",'authority':" AGENT_A), &trusting, XAPI_1_0);
	g_assert_nonnull(strstr(stored, "mailto:a@example.org"));
	g_assert_null(strstr(stored, "mailto:lrs@example.org"));
}

/* --- batches --- */

static void
test_batch(void)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch =
		xapi_read("[" S(",'id':'" UUID_A "'") "," S("") "," S("") "]",
			  XAPI_1_0, &json, &error);
	XapiStatement first;
	char id[37];

	g_assert_no_error(error);
	g_assert_cmpuint(xapi_batch_count(batch), ==, 3);
	g_assert_true(xapi_batch_is_list(batch));
	first = xapi_batch_get(batch, 0);
	g_assert_true(xapi_statement_id(&first, id));
	g_assert_cmpstr(id, ==, UUID_A);
	first = xapi_batch_get(batch, 1);
	g_assert_false(xapi_statement_id(&first, id));
}

static void
refuse_batch(const char *text, const XapiLimits *limits, int code,
	     const char *said)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *json = xapi_json(text);
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(json, strlen(json), XAPI_1_0, limits, &error);

	g_assert_null(batch);
	g_assert_error(error, FAULT, code);
	g_assert_nonnull(strstr(error->message, said));
}

static void
test_batch_refused(void)
{
	const XapiLimits few = { 2, 1000, 10000 };
	const XapiLimits small = { 2, 50, 10000 };
	const XapiLimits short_ones = { 2, 50, 60 };

	refuse_batch(
		"[" S(",'id':'" UUID_A "'") "," S(
			",'id':'12345678-1234-5678-1234-56781234567A'") "]",
		&xapi_limits, FAULT_INVALID, "$[1].id: ");
	refuse_batch("[" S("") ",{}]", &xapi_limits, FAULT_INVALID,
		     "$[1].actor: ");
	refuse_batch("[" S("") "," S("") "," S("") "]", &few, FAULT_REFUSED,
		     "at most 2 statements");
	refuse_batch(S(""), &small, FAULT_REFUSED, "at most 50 bytes");
	refuse_batch(S(""), &short_ones, FAULT_REFUSED, "at most 60 bytes");
	refuse_batch("[1]", &xapi_limits, FAULT_INVALID, "$[0]: ");
}

static void
test_attachments(void)
{
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = xapi_read(
		"{" AV "'object':{'objectType':'SubStatement'," AVO
		",'attachments':[" FILE_OF(
			SHA256_B) "]},'attachments':[" SIGNATURE
				  ",{'usageType':'a:b','display':{'en':'a'},"
				  "'length':270e-1,'contentType':'a/b','sha2':'" SHA256_A
				  "','fileUrl':'http://a/f'}]}",
		XAPI_1_0, &json, NULL);
	XapiStatement statement = xapi_batch_get(batch, 0);
	XapiAttachment file;

	g_assert_true(xapi_statement_attachment(&statement, 0, &file));
	g_assert_true(file.is_signature && !file.has_file_url);
	g_assert_true(xapi_statement_attachment(&statement, 1, &file));
	g_assert_true(!file.is_signature && file.has_file_url);
	g_assert_cmpstr(file.sha2, ==, SHA256_A);
	g_assert_cmpint(file.length, ==, 27);
	g_assert_true(tape_is(file.content_type, "a/b", 3));
	g_assert_true(xapi_statement_attachment(&statement, 2, &file));
	g_assert_cmpstr(file.sha2, ==, SHA256_B);
	g_assert_false(xapi_statement_attachment(&statement, 3, &file));
}

/* What the specification gives as examples; and an LRS that got one, sent it
 * on and gets it back knows it. */
static void
test_examples(void)
{
	g_autofree char *path =
		g_test_build_filename(G_TEST_DIST, "fixtures", "xapi",
				      "examples.json", NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	size_t size;

	g_file_get_contents(path, &text, &size, &error);
	g_assert_no_error(error);
	for (int version = XAPI_1_0; version <= XAPI_2_0; version++) {
		g_autoptr(XapiBatch) batch =
			xapi_batch_read(text, size, (XapiVersion)version,
					&xapi_limits, &error);

		g_assert_no_error(error);
		g_assert_cmpuint(xapi_batch_count(batch), ==, 18);
		for (size_t i = 0; i < xapi_batch_count(batch); i++) {
			XapiStatement example = xapi_batch_get(batch, i);
			g_autoptr(GString) stored = g_string_new(NULL);
			XapiMeaning before, after;

			xapi_stored(stored, &example, &lrs);
			xapi_meaning(&example, &before);
			mean_json(stored->str, (XapiVersion)version, &after);
			g_assert_true(xapi_meaning_is_same(&before, &after,
							   XAPI_1_0));
		}
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *path = g_strconcat("/xapi/meaning/data-",
						    pairs[i].claim, NULL);

		g_test_add_data_func(path, &pairs[i], test_pair);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
		g_autofree char *path =
			g_strconcat("/xapi/stored/data-", kept[i].claim, NULL);

		g_test_add_data_func(path, &kept[i], test_kept);
	}
	g_test_add_func("/xapi/stored/2.0-4.2.4.3-version", test_version_2_0);
	g_test_add_func("/xapi/stored/data-2.4.9.s3.b5-trusted-authority",
			test_trusted_authority);
	g_test_add_func("/xapi/batch/communication-2.1.2-one-or-many",
			test_batch);
	g_test_add_func("/xapi/batch/communication-3.2.s3.b9-all-or-nothing",
			test_batch_refused);
	g_test_add_func("/xapi/batch/data-appendices-a-to-c-the-examples",
			test_examples);
	g_test_add_func("/xapi/batch/data-2.4.11-attachments",
			test_attachments);
	return g_test_run();
}
