/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/fault.h"
#include "app/roster/roster.h"

static Roster *
read_sample(void)
{
	g_autofree char *path =
		g_test_build_filename(G_TEST_DIST, "..", "app/roster/sample",
				      NULL);
	g_autoptr(GError) error = NULL;
	Roster *roster = roster_read_oneroster(path, &error);

	g_assert_no_error(error);
	return roster;
}

static const RosterLearner *
find(const Roster *roster, const char *name)
{
	for (size_t i = 0; i < roster->n_learners; i++)
		if (g_str_equal(roster->learners[i].name, name))
			return &roster->learners[i];
	return NULL;
}

static void
the_sample_has_real_names(void)
{
	g_autoptr(Roster) roster = read_sample();

	g_assert_cmpuint(roster->n_classes, ==, 2);
	g_assert_cmpuint(roster->n_learners, ==, 40);
	g_assert_nonnull(find(roster, "Maya R."));
	g_assert_nonnull(find(roster, "Maya T."));
	g_assert_nonnull(find(roster, "Ethan Lee"));
	g_assert_nonnull(find(roster, "Ethan Lew."));
	g_assert_nonnull(find(roster, "Suda"));
	g_assert_nonnull(find(roster, "ሰላም"));
}

static void
pictures_are_distinct_in_a_class(void)
{
	static const char *const pictures[] = {
		"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
		"m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x",
	};
	g_autoptr(Roster) roster = read_sample();

	roster_assign_pictures(roster, pictures, G_N_ELEMENTS(pictures));
	for (size_t i = 0; i < roster->n_learners; i++)
		for (size_t k = 0; k < i; k++) {
			const RosterLearner *a = &roster->learners[i];
			const RosterLearner *b = &roster->learners[k];

			if (g_str_equal(a->class_id, b->class_id))
				g_assert_cmpstr(a->picture, !=, b->picture);
		}
}

static void
json_there_and_back_is_the_same(void)
{
	g_autoptr(Roster) roster = read_sample();
	g_autoptr(Roster) again = NULL;
	g_autoptr(GError) error = NULL;
	json_t *json, *json_again;

	for (size_t i = 0; i < roster->n_learners; i++)
		g_snprintf(roster->learners[i].id, EVIDENCE_ID_MAX, "l%zu", i);
	json = roster_to_json(roster);
	again = roster_from_json(json, &error);
	g_assert_no_error(error);
	json_again = roster_to_json(again);
	g_assert_true(json_equal(json, json_again));
	json_decref(json);
	json_decref(json_again);
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/roster/sample/real-names", the_sample_has_real_names);
	g_test_add_func("/roster/pictures/distinct-in-a-class",
			pictures_are_distinct_in_a_class);
	g_test_add_func("/roster/json/there-and-back",
			json_there_and_back_is_the_same);
	return g_test_run();
}
