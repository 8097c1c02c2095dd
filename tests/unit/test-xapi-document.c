/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that is held, and JSON that comes. */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "sync/xapi/document.h"
#include "tests/unit/xapi-fixture.h"

static const struct {
	const char *held, *posted, *merged;
} merges[] = {
	/* The specification's own example (Communication 2.2.s7). */
	{ "{'x':'foo','y':'bar'}", "{'x':'bash','z':'faz'}",
	  "{'x':'bash','y':'bar','z':'faz'}" },
	{ "{}", "{}", "{}" },
	{ "{}", "{'a':1}", "{'a':1}" },
	{ "{'a':1}", "{}", "{'a':1}" },
	/* Only members at the top are joined. */
	{ "{'a':{'b':1,'c':2}}", "{'a':{'b':3}}", "{'a':{'b':3}}" },
	{ "{ 'a' : 1.50 , 'b':[ 1 ] }", "{'b' : null}", "{'a':1.50,'b':null}" },
	{ "{'a':1}", "{'\\u0061':2}", "{'a':2}" },
	{ "{'':1}", "{'':'{'}", "{'':'{'}" },
};

static void
test_merges(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(merges); i++) {
		g_autofree char *held = xapi_json(merges[i].held);
		g_autofree char *posted = xapi_json(merges[i].posted);
		g_autofree char *merged = xapi_json(merges[i].merged);
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(GError) error = NULL;

		g_assert_true(xapi_document_merge(out, held, strlen(held),
						  posted, strlen(posted),
						  &error));
		g_assert_no_error(error);
		g_assert_cmpstr(out->str, ==, merged);
	}
}

static void
test_no_objects(void)
{
	static const char *const pairs[][3] = {
		{ "[]", "{}", "the held document: must be an object" },
		{ "{}", "[]", "the posted document: must be an object" },
		{ "text", "{}", "the held document: JSON" },
		{ "{}", "{\"a\":1,}", "the posted document: JSON" },
		{ "{}", "", "the posted document: JSON" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autoptr(GError) error = NULL;

		g_assert_false(
			xapi_document_merge(out, pairs[i][0],
					    strlen(pairs[i][0]), pairs[i][1],
					    strlen(pairs[i][1]), &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_true(g_str_has_prefix(error->message, pairs[i][2]));
		g_assert_cmpuint(out->len, ==, 0);
	}
}

static Tape *
open_tape(const char *text, char **json)
{
	*json = xapi_json(text);
	return tape_read(*json, strlen(*json), NULL);
}

static void
test_definitions(void)
{
	g_autofree char *first = NULL;
	g_autofree char *second = NULL;
	g_autoptr(Tape) held = open_tape(
		"{'name':{'en':'a','es':'b'},'type':'a:t','extensions':{"
		"'a:x':1,'a:y':2}}",
		&first);
	g_autoptr(Tape) newer = open_tape(
		"{'name':{'es':'c','fr':'d'},'description':{'en':'e'},"
		"'extensions':{'a:x':3}}",
		&second);
	g_autofree char *wanted =
		xapi_json("{'name':{'en':'a','es':'c','fr':'d'},'type':'a:t',"
			  "'extensions':{'a:x':3},'description':{'en':'e'}}");
	g_autoptr(GString) out = g_string_new(NULL);

	xapi_definition_merge(out, held, newer);
	g_assert_cmpstr(out->str, ==, wanted);
}

static void
test_person(void)
{
	g_autofree char *json = NULL;
	g_autoptr(Tape) agent = open_tape(
		"{'name':'A','account':{'homePage':'http://h','name':'n'},"
		"'objectType':'Agent'}",
		&json);
	g_autofree char *wanted = xapi_json(
		"{'objectType':'Person','name':['A'],'account':[{'homePage':"
		"'http://h','name':'n'}]}");
	g_autoptr(GString) out = g_string_new(NULL);

	xapi_person(out, agent);
	g_assert_cmpstr(out->str, ==, wanted);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/xapi/document/communication-2.2.s7-merge",
			test_merges);
	g_test_add_func("/xapi/document/communication-2.2.s8.b1-no-object",
			test_no_objects);
	g_test_add_func("/xapi/document/data-3.2.s4.b3-definitions",
			test_definitions);
	g_test_add_func("/xapi/document/communication-2.4.s4-person",
			test_person);
	return g_test_run();
}
