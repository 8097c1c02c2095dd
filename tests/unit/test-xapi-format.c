/* SPDX-License-Identifier: Apache-2.0 */
/* Statements as a query's format wants them, and the languages chosen. */
#include <string.h>
#include <glib.h>

#include "sync/xapi/format.h"
#include "tests/unit/xapi-fixture.h"

/* --- languages --- */

static const struct {
	const char *header, *map, *chosen;
} choices[] = {
	{ "es", "{'en':'','es':''}", "es" },
	{ "ES", "{'en':'','es':''}", "es" },
	{ "es-MX", "{'en':'','es':''}", "es" },
	{ "es-MX", "{'en':'','es':'','es-MX':''}", "es-MX" },
	{ "es", "{'en':'','es-MX':''}", "es-MX" },
	{ "es", "{'es-MX':'','es':''}", "es" },
	{ "en-GB", "{'en-US':'','en-GB':''}", "en-GB" },
	{ "fr, es;q=0.5, en;q=0.9", "{'es':'','en':''}", "en" },
	{ "es;q=0.5,en;q=0.50", "{'en':'','es':''}", "es" },
	{ "zh-Hant-TW", "{'zh-Hans':'','zh-Hant':''}", "zh-Hant" },
	{ "de-a-bbb", "{'en':'','de':''}", "de" },
	{ "fr", "{'en':'','es':''}", "en" },
	{ "*", "{'en':'','es':''}", "en" },
	{ "*, es;q=0.1", "{'en':'','es':''}", "es" },
	{ "en;q=0", "{'en':'','es':''}", "es" },
	{ "en;q=0", "{'en':''}", "en" },
	{ "esp", "{'en':'','es':''}", "en" },
	{ "not a header;;,=;q=9", "{'en':'','es':''}", "en" },
	{ "es;q=1.001", "{'en':'','es':''}", "en" },
	{ "", "{'en':'','es':''}", "en" },
	{ NULL, "{'en':'','es':''}", "en" },
	{ "en", "{}", NULL },
};

static void
test_languages(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(choices); i++) {
		g_autofree char *json = xapi_json(choices[i].map);
		g_autoptr(Tape) map = tape_read(json, strlen(json), NULL);
		g_autoptr(XapiLanguages) languages =
			xapi_languages_read(choices[i].header);
		const TapeValue *chosen =
			xapi_languages_choose(languages, tape_root(map));
		g_autofree char *text =
			chosen != NULL ? g_strndup(chosen->text, chosen->size)
				       : NULL;

		g_test_message("%s", choices[i].header);
		g_assert_cmpstr(text, ==, choices[i].chosen);
	}
}

/* --- formats --- */

#define DEFINITION \
	"{'name':{'en':'a','es':'b'},'description':{'en':'c','es':'d'}," \
	"'interactionType':'choice','choices':[{'id':'1','description':" \
	"{'en':'e','es':'f'}}],'extensions':{'a:x':{'en':1,'es':2}}}"
#define IN_SPANISH \
	"{'name':{'es':'b'},'description':{'es':'d'},'interactionType':" \
	"'choice','choices':[{'id':'1','description':{'es':'f'}}]," \
	"'extensions':{'a:x':{'en':1,'es':2}}}"

static char *
format(const char *text, const XapiCanon *canon, const char *languages)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = xapi_read(text, XAPI_2_0, &json, &error);
	g_autoptr(GString) out = g_string_new(NULL);
	XapiStatement statement;

	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	if (languages == NULL) {
		xapi_format_ids(out, &statement);
	} else {
		g_autoptr(XapiLanguages) read = xapi_languages_read(languages);

		xapi_format_canonical(out, &statement, canon, read);
	}
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static void
check(const char *text, const XapiCanon *canon, const char *languages,
      const char *expected)
{
	g_autofree char *found = format(text, canon, languages);
	g_autofree char *wanted = xapi_json(expected);
	g_autoptr(Tape) tape = tape_read(found, strlen(found), NULL);

	g_assert_cmpstr(found, ==, wanted);
	g_assert_nonnull(tape);
}

static void
test_ids(void)
{
	check("{'actor':{'objectType':'Agent','name':'A','mbox':"
	      "'mailto:a@b.c'},'verb':{'id':'a:v','display':{'en':'v'}},"
	      "'object':{'id':'a:o','definition':" DEFINITION
	      "},'result':{'response':'r'},'context':{'team':{'objectType':"
	      "'Group','name':'T','mbox':'mailto:t@b.c','member':["
	      "{'mbox':'mailto:x@b.c'}]},'instructor':{'objectType':'Group',"
	      "'name':'I','member':[{'name':'X','mbox':'mailto:x@b.c'}]},"
	      "'contextActivities':{'parent':[{'id':'a:p','definition':{}},"
	      "{'objectType':'Activity','id':'a:q'}]},"
	      "'contextAgents':[{'objectType':'contextAgent','agent':{'name':"
	      "'Y','account':{'homePage':'http://h','name':'y'}}}]}}",
	      NULL, NULL,
	      "{'actor':{'objectType':'Agent','mbox':'mailto:a@b.c'},'verb':"
	      "{'id':'a:v'},'object':{'id':'a:o'},'result':{'response':'r'},"
	      "'context':{'team':{'objectType':'Group','mbox':"
	      "'mailto:t@b.c'},'instructor':{'objectType':'Group','member':["
	      "{'mbox':'mailto:x@b.c'}]},'contextActivities':{'parent':["
	      "{'id':'a:p'},{'id':'a:q'}]},'contextAgents':[{"
	      "'objectType':'contextAgent','agent':{'account':{'homePage':'http://h','name':'y'}}}]}}");
}

static void
test_ids_within(void)
{
	check("{" AV "'object':{'objectType':'SubStatement','actor':{'name':"
	      "'S','mbox':'mailto:s@b.c'},'verb':{'id':'a:v','display':{'en':"
	      "'v'}},'object':{'objectType':'Agent','name':'O','openid':"
	      "'http://o'}}}",
	      NULL, NULL,
	      "{" AV "'object':{'objectType':'SubStatement','actor':{'mbox':"
	      "'mailto:s@b.c'},'verb':{'id':'a:v'},'object':{'objectType':"
	      "'Agent','openid':'http://o'}}}");
}

static void
test_canonical_languages(void)
{
	check("{'actor':{'name':'A','mbox':'mailto:a@b.c'},'verb':{'id':'a:v',"
	      "'display':{'en':'did','es':'hizo'}},'object':{'id':'a:o',"
	      "'definition':" DEFINITION
	      "},'context':{'contextActivities':{'category':[{'id':'a:c',"
	      "'definition':{'name':{'en':'n','es':'m'}}}]}}}",
	      NULL, "es",
	      "{'actor':{'name':'A','mbox':'mailto:a@b.c'},'verb':{'id':'a:v',"
	      "'display':{'es':'hizo'}},'object':{'id':'a:o','definition':" IN_SPANISH
	      "},'context':{'contextActivities':{'category':[{'id':'a:c',"
	      "'definition':{'name':{'es':'m'}}}]}}}");
}

/* Each map by itself (Communication 2.1.3.s4.b5). */
static void
test_canonical_each(void)
{
	check("{" AV "'object':{'id':'a:o','definition':{'name':{'en':'a',"
	      "'es':'b'},'description':{'en':'c'}}}}",
	      NULL, "es",
	      "{" AV "'object':{'id':'a:o','definition':{'name':{'es':'b'},"
	      "'description':{'en':'c'}}}}");
}

static const char *
known_definition(void *self, const char *activity)
{
	static const char broken[] = "{";

	if (strcmp(activity, "a:known") == 0)
		return self;
	return strcmp(activity, "a:broken") == 0 ? broken : NULL;
}

static const char *
known_display(void *self, const char *verb)
{
	return "{\"en\":\"does\",\"es\":\"hace\"}";
}

static void
test_canonical_known(void)
{
	g_autofree char *definition = xapi_json(DEFINITION);
	XapiCanon canon = { known_definition, known_display, definition };

	check("{" ACTOR ",'verb':{'id':'a:v'},'object':{'id':'a:known'}}",
	      &canon, "es",
	      "{" ACTOR ",'verb':{'id':'a:v','display':{'es':'hace'}},"
	      "'object':{'id':'a:known','definition':" IN_SPANISH "}}");
	check("{" ACTOR ",'verb':{'display':{'fr':'x'},'id':'a:v'},'object':{"
	      "'definition':{'type':'a:t'},'id':'a:known'}}",
	      &canon, "es",
	      "{" ACTOR ",'verb':{'id':'a:v','display':{'es':'hace'}},"
	      "'object':{'id':'a:known','definition':" IN_SPANISH "}}");
	check("{" ACTOR ",'verb':{'id':'a:v'},'object':{'id':'a:broken',"
	      "'definition':{'type':'a:t'}}}",
	      &canon, "es",
	      "{" ACTOR ",'verb':{'id':'a:v','display':{'es':'hace'}},"
	      "'object':{'id':'a:broken','definition':{'type':'a:t'}}}");
}

static void
test_definition(void)
{
	g_autofree char *json = xapi_json(DEFINITION);
	g_autofree char *wanted = xapi_json(IN_SPANISH);
	g_autoptr(Tape) tape = tape_read(json, strlen(json), NULL);
	g_autoptr(XapiLanguages) languages = xapi_languages_read("es");
	g_autoptr(GString) out = g_string_new(NULL);

	xapi_format_definition(out, tape, languages);
	g_assert_cmpstr(out->str, ==, wanted);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/xapi/language/communication-2.1.3.s4.b5-the-best",
			test_languages);
	g_test_add_func("/xapi/format/communication-2.1.3-ids", test_ids);
	g_test_add_func("/xapi/format/communication-2.1.3-ids-within",
			test_ids_within);
	g_test_add_func("/xapi/format/communication-2.1.3.s4.b1-one-language",
			test_canonical_languages);
	g_test_add_func("/xapi/format/communication-2.1.3.s4.b5-each-map",
			test_canonical_each);
	g_test_add_func("/xapi/format/communication-2.1.3.s4.b3-canonical",
			test_canonical_known);
	g_test_add_func("/xapi/format/a-definition-alone", test_definition);
	return g_test_run();
}
