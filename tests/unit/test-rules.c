/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "sync/forward/rules.h"

/* What a rule lets go, and what it says to who wrote it wrongly. */

#define DISTRICT "https://d.example"

static const char where[] = "learner,class,title,grade\n"
			    "k7x2m9qd,c1,\"Room 4, blue\",03\n"
			    "zed,c2,Room 5,KG\n";

static GBytes *
give_names(const char *path, void *data, GError **error)
{
	static const char names[] =
		"k7x2m9qd\n\n  zoé \nmailto:ada@x.example\n";

	if (g_str_equal(path, "/names"))
		return g_bytes_new_static(names, strlen(names));
	g_set_error(error, FAULT, FAULT_NOT_FOUND, "opening %s", path);
	return NULL;
}

static Rules *
parse(const char *text, GError **error)
{
	return rules_parse(text, strlen(text), give_names, NULL, error);
}

/* --- deciding --- */

#define MAYA \
	"\"actor\":{\"account\":{\"homePage\":\"" DISTRICT \
	"/learner\",\"name\":\"k7x2m9qd\"}}"
#define ADA "\"actor\":{\"mbox\":\"mailto:ada@x.example\"}"
#define BOTH \
	"\"actor\":{\"objectType\":\"Group\",\"member\":[" \
	"{\"account\":{\"homePage\":\"" DISTRICT \
	"/learner\",\"name\":\"k7x2m9qd\"}}," \
	"{\"mbox\":\"mailto:ada@x.example\"}]}"
#define SUBMIT ",\"verb\":{\"id\":\"http://activitystrea.ms/submit\"}"
#define RETURN ",\"verb\":{\"id\":\"http://activitystrea.ms/return\"}"
#define ENTRY  ",\"object\":{\"id\":\"" DISTRICT "/evidence/1\"}"
#define ITEM \
	",\"context\":{\"contextActivities\":{\"other\":[{\"id\":\"" DISTRICT \
	"/CFItems/9\"}]}}"

static const struct {
	const char *claim, *rules, *statement;
	bool send, confirmed;
} cases[] = {
	{ "nothing-by-default", "", MAYA SUBMIT ENTRY, false, false },
	{ "only-comments-is-nothing", "# send\n\t # x\n", MAYA SUBMIT ENTRY,
	  false, false },
	{ "all", "send", MAYA SUBMIT ENTRY, true, false },
	{ "the-first-that-fits", "keep\nsend", MAYA SUBMIT ENTRY, false,
	  false },
	{ "verb", "send verb=http://activitystrea.ms/submit", MAYA SUBMIT ENTRY,
	  true, false },
	{ "another-verb", "send verb=http://activitystrea.ms/submit",
	  MAYA RETURN ENTRY, false, false },
	{ "verbs-that-begin-so", "send verb=http://activitystrea.ms/*",
	  MAYA RETURN ENTRY, true, false },
	{ "excluded-verb",
	  "keep verb=http://activitystrea.ms/return # not\nsend",
	  MAYA RETURN ENTRY, false, false },
	{ "activity", "send activity=" DISTRICT "/evidence/*",
	  MAYA SUBMIT ENTRY, true, false },
	{ "activity-is-the-object-alone",
	  "send activity=" DISTRICT "/CFItems/9", MAYA SUBMIT ENTRY ITEM, false,
	  false },
	{ "related", "send related=" DISTRICT "/CFItems/9",
	  MAYA SUBMIT ENTRY ITEM, true, false },
	{ "the-object-is-related-too", "send related=" DISTRICT "/evidence/1",
	  MAYA SUBMIT ENTRY ITEM, true, false },
	{ "all-conditions-must-hold",
	  "send verb=http://activitystrea.ms/* related=" DISTRICT "/CFItems/8",
	  MAYA SUBMIT ENTRY ITEM, false, false },
	{ "actor", "send actor=k7x2m9qd", MAYA SUBMIT ENTRY, true, false },
	{ "actor-by-mail", "send actor=mailto:ada@x.example", ADA SUBMIT ENTRY,
	  true, false },
	{ "another-actor", "send actor=k7x2m9q", MAYA SUBMIT ENTRY, false,
	  false },
	{ "actors-of-a-file", "send actor=@/names", MAYA SUBMIT ENTRY, true,
	  false },
	{ "home", "send home=" DISTRICT "/learner", MAYA SUBMIT ENTRY, true,
	  false },
	{ "no-account-has-no-home", "send home=https:*", ADA SUBMIT ENTRY,
	  false, false },
	{ "a-group-is-sent-if-all-of-it-may", "send actor=@/names",
	  BOTH SUBMIT ENTRY, true, false },
	{ "a-group-is-kept-if-one-must-not",
	  "keep actor=mailto:ada@x.example\nsend", BOTH SUBMIT ENTRY, false,
	  false },
	{ "one-of-a-group-is-not-enough", "send actor=k7x2m9qd",
	  BOTH SUBMIT ENTRY, false, false },
	{ "class-by-id", "send class=c1", MAYA SUBMIT ENTRY, true, false },
	{ "class-by-title", "send class=\"Room 4, blue\"", MAYA SUBMIT ENTRY,
	  true, false },
	{ "classes-that-begin-so", "send class=Room*", MAYA SUBMIT ENTRY, true,
	  false },
	{ "another-class", "send class=c2", MAYA SUBMIT ENTRY, false, false },
	{ "grade", "send grade=03", MAYA SUBMIT ENTRY, true, false },
	{ "another-grade", "send grade=KG", MAYA SUBMIT ENTRY, false, false },
	{ "kept-by-grade", "keep grade=03\nsend", MAYA SUBMIT ENTRY, false,
	  false },
	{ "not-kept-by-another-grade", "keep grade=KG\nsend", MAYA SUBMIT ENTRY,
	  true, false },
	{ "whose-class-nobody-knows-is-not-sent", "send grade=0*",
	  ADA SUBMIT ENTRY, false, false },
	{ "whose-class-nobody-knows-is-kept", "keep grade=KG\nsend",
	  ADA SUBMIT ENTRY, false, false },
	{ "one-of-a-group-whose-class-nobody-knows", "send grade=03",
	  BOTH SUBMIT ENTRY, false, false },
	{ "class-and-verb-must-both-hold",
	  "send grade=03 verb=http://activitystrea.ms/return",
	  MAYA SUBMIT ENTRY, false, false },
	{ "not-yet-confirmed", "send confirmed", MAYA SUBMIT ENTRY, false,
	  false },
	{ "confirmed", "send confirmed", MAYA SUBMIT ENTRY, true, true },
};

static void
test_decides(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autofree char *text = g_strconcat("{", cases[i].statement, "}", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Rules) rules = parse(cases[i].rules, &error);
	g_autoptr(XapiBatch) batch = NULL;
	XapiStatement statement;

	g_assert_no_error(error);
	rules_set_classes(rules, classes_parse(where, strlen(where), NULL));
	batch = xapi_batch_read(text, strlen(text), XAPI_1_0, &xapi_limits,
				&error);
	g_assert_no_error(error);
	statement = xapi_batch_get(batch, 0);
	g_assert_cmpint(rules_send(rules, &statement, cases[i].confirmed), ==,
			cases[i].send);
	g_assert_cmpint(rules_ask_confirmed(rules), ==,
			strstr(cases[i].rules, "confirmed") != NULL);
}

/* --- mistakes --- */

static const struct {
	const char *claim, *rules, *says;
} mistakes[] = {
	{ "no-such-word", "\nallow",
	  "line 2: a rule begins with send or keep" },
	{ "no-such-condition", "send verbs=http://x",
	  "\"verbs\" is no condition" },
	{ "no-value", "send verb=", "verb= needs a value" },
	{ "nothing-before-a-star", "send verb=*", "verb= needs a value" },
	{ "no-equals", "send verb", "verb needs a value" },
	{ "no-iri", "send verb=submit", "verb=submit is no IRI" },
	{ "no-scheme-before-a-star", "send activity=evidence*", "is no IRI" },
	{ "value-of-confirmed", "send confirmed=yes",
	  "confirmed has no value" },
	{ "keep-confirmed", "keep confirmed", "condition of send only" },
	{ "quote-without-end", "send actor=\"a b", "a \" without its end" },
	{ "bad-escape", "send actor=\"a\\n\"", "write \\\\" },
	{ "file-without-a-path", "send actor=@names", "a whole path" },
	{ "no-such-file", "send actor=@/none", "line 1: opening /none" },
	{ "quoted-condition", "send \"verb\"=http://x", "is no condition" },
};

static void
test_mistake(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(Rules) rules = parse(mistakes[i].rules, &error);

	g_assert_null(rules);
	g_assert_true(error->domain == FAULT);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, mistakes[i].says));
}

static void
test_prints(void)
{
	static const char text[] = "send verb=http://x.example/* actor=\"@a "
				   "\\\"b\\\" *\" confirmed\r\nkeep "
				   "actor=@/names\n";
	static const char printed[] =
		"send verb=\"http://x.example/\"* actor=\"@a \\\"b\\\" *\" "
		"confirmed\nkeep actor=@\"/names\"\n";
	g_autoptr(GString) first = g_string_new(NULL);
	g_autoptr(GString) second = g_string_new(NULL);
	g_autoptr(Rules) rules = parse(text, NULL);
	g_autoptr(Rules) again = NULL;

	g_assert_cmpuint(rules_count(rules), ==, 2);
	rules_print(rules, first);
	g_assert_cmpstr(first->str, ==, printed);
	again = parse(first->str, NULL);
	rules_print(again, second);
	g_assert_cmpstr(second->str, ==, printed);
}

static void
test_too_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;

	for (int i = 0; i <= RULES_MAX; i++)
		g_string_append(text, "send\n");
	g_assert_null(parse(text->str, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);
	g_string_set_size(text, RULES_BYTES_MAX + 1);
	memset(text->str, '#', text->len);
	g_assert_null(parse(text->str, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/rules/%s", cases[i].claim);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_decides);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
		g_autofree char *path =
			g_strdup_printf("/rules/refuses/%s", mistakes[i].claim);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_mistake);
	}
	g_test_add_func("/rules/print-as-understood", test_prints);
	g_test_add_func("/rules/have-a-limit", test_too_many);
	return g_test_run();
}
