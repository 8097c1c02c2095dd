/* SPDX-License-Identifier: Apache-2.0 */
#include "app/roster/names.h"

#define ALIKE 3

static void
alike_are_told_apart_by_the_shortest_beginning(void)
{
	static const struct {
		const char *called[ALIKE], *rest[ALIKE], *shown[ALIKE];
	} cases[] = {
		{ { "Maya", "Maya", "Zoë" },
		  { "Ramírez", "Thompson", "Berg" },
		  { "Maya R.", "Maya T.", "Zoë" } },
		{ { "Ethan", "ethan", "Ethan" },
		  { "Lee", "Lewis", "Moss" },
		  { "Ethan Lee", "ethan Lew.", "Ethan M." } },
		/* no family name; one that begins the other */
		{ { "Suda", "Suda", "Suda" },
		  { "", "Li", "Lin" },
		  { "Suda", "Suda Li", "Suda Lin" } },
		/* wholly alike: their pictures differ */
		{ { "Olivia", "Olivia", "Olivia" },
		  { "Smith", "Smith", "Smith Rose" },
		  { "Olivia Smith", "Olivia Smith", "Olivia Smith R." } },
		/* one letter, and an apostrophe that is none */
		{ { "Bo", "Bo", "Bo" },
		  { "O", "ʻĀina", "’Oka" },
		  { "Bo O", "Bo ʻĀ.", "Bo ’O." } },
		/* vowel signs stay with their letters */
		{ { "ओम", "ओम", "ओम" },
		  { "शिव", "शर्मा", "वर्मा" },
		  { "ओम शि.", "ओम श.", "ओम व." } },
		{ { "小雨", "小雨", "محمد" },
		  { "王", "李", "الأحمد" },
		  { "小雨 王", "小雨 李", "محمد" } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		RosterName names[ALIKE];
		g_auto(GStrv) shown = NULL;

		for (int k = 0; k < ALIKE; k++)
			names[k] = (RosterName){
				"class", roster_tidy_name(cases[i].called[k]),
				roster_tidy_name(cases[i].rest[k])
			};
		shown = roster_tell_apart(names, ALIKE);
		for (int k = 0; k < ALIKE; k++) {
			g_assert_cmpstr(shown[k], ==, cases[i].shown[k]);
			roster_name_clear(&names[k]);
		}
	}
}

static void
other_classes_do_not_matter(void)
{
	RosterName names[] = { { "a", g_strdup("Maya"), g_strdup("Ray") },
			       { "b", g_strdup("Maya"), g_strdup("Tao") } };
	g_auto(GStrv) shown = roster_tell_apart(names, 2);

	g_assert_cmpstr(shown[0], ==, "Maya");
	g_assert_cmpstr(shown[1], ==, "Maya");
	roster_name_clear(&names[0]);
	roster_name_clear(&names[1]);
}

/* José typed with a combining accent is the José of the next row. */
static void
names_are_composed(void)
{
	g_autofree char *name = roster_tidy_name("  Jose\xcc\x81 ");

	g_assert_cmpstr(name, ==, "Jos\xc3\xa9");
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/names/alike/shortest-beginning",
			alike_are_told_apart_by_the_shortest_beginning);
	g_test_add_func("/names/alike/in-one-class-only",
			other_classes_do_not_matter);
	g_test_add_func("/names/composed", names_are_composed);
	return g_test_run();
}
