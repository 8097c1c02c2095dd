/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/roster/classes.h"

static Classes *
parse(const char *text, GError **error)
{
	return classes_parse(text, strlen(text), error);
}

static void
a_learner_may_be_in_several(void)
{
	g_autoptr(Classes) classes = parse("learner,class,title,grade\n"
					   "ana,c1,Sunflowers,KG\n"
					   "ben,c1,Sunflowers,KG\n"
					   "ana,c9,Choir,01\n",
					   NULL);

	g_assert_true(classes_knows(classes, "ana"));
	g_assert_false(classes_knows(classes, "zoe"));
	g_assert_true(classes_fit(classes, "ana", CLASSES_CLASS, "c1", false));
	g_assert_true(
		classes_fit(classes, "ana", CLASSES_CLASS, "Choir", false));
	g_assert_true(classes_fit(classes, "ana", CLASSES_GRADE, "01", false));
	g_assert_false(classes_fit(classes, "ben", CLASSES_CLASS, "c9", false));
	g_assert_true(classes_fit(classes, "ben", CLASSES_CLASS, "Sun", true));
	g_assert_false(
		classes_fit(classes, "ben", CLASSES_CLASS, "Sun", false));
	g_assert_false(classes_fit(classes, "zoe", CLASSES_CLASS, "", true));
}

static void
a_roster_is_written_without_names(void)
{
	RosterClass rooms[] = {
		{ .id = "c1", .title = "Room \"4\", blue", .grade = "02" }
	};
	RosterLearner learners[] = {
		{ .id = "ana", .name = "Ana S.", .class_id = "c1" },
		{ .id = "ben",
		  .name = "Ben",
		  .class_id = "gone",
		  .grade = "KG" },
	};
	const Roster roster = { .classes = rooms,
				.n_classes = 1,
				.learners = learners,
				.n_learners = 2 };
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) again = g_string_new(NULL);
	g_autoptr(Classes) classes = NULL;

	classes_print_roster(&roster, text);
	g_assert_null(strstr(text->str, "Ana S."));
	classes = parse(text->str, NULL);
	g_assert_true(classes_fit(classes, "ana", CLASSES_CLASS,
				  "Room \"4\", blue", false));
	g_assert_true(classes_fit(classes, "ana", CLASSES_GRADE, "02", false));
	g_assert_true(classes_fit(classes, "ben", CLASSES_GRADE, "KG", false));
	g_assert_true(
		classes_fit(classes, "ben", CLASSES_CLASS, "gone", false));
	classes_print(classes, again);
	g_assert_cmpstr(again->str, ==, text->str);
}

static void
what_is_no_such_file_is_refused(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "learner,class,title\nana,c1,x\n", "no column grade" },
		{ "", "line" },
		{ "learner,class,title,grade\nana,c1,x,KG\n,c1,x,KG\n",
		  "line 3: a row without a learner" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Classes) classes = parse(rows[i].text, &error);

		g_assert_null(classes);
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].says));
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/classes/a-learner-may-be-in-several",
			a_learner_may_be_in_several);
	g_test_add_func("/classes/a-roster-is-written-without-names",
			a_roster_is_written_without_names);
	g_test_add_func("/classes/what-is-no-such-file-is-refused",
			what_is_no_such_file_is_refused);
	return g_test_run();
}
