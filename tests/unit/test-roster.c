/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib/gstdio.h>

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

/* --- folders written for one test --- */

typedef struct {
	char *path; /* owned */
} Folder;

static void
folder_open(Folder *folder, gconstpointer unused)
{
	folder->path = g_dir_make_tmp("cairn-roster-XXXXXX", NULL);
	g_assert_nonnull(folder->path);
}

static void
folder_close(Folder *folder, gconstpointer unused)
{
	g_autoptr(GDir) dir = g_dir_open(folder->path, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path =
			g_build_filename(folder->path, name, NULL);

		g_unlink(path);
	}
	g_rmdir(folder->path);
	g_free(folder->path);
}

static void
put(const Folder *folder, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(folder->path, name, NULL);
	g_autoptr(GError) error = NULL;

	g_file_set_contents(path, text, -1, &error);
	g_assert_no_error(error);
}

static Roster *
read_folder(const Folder *folder)
{
	g_autoptr(GError) error = NULL;
	Roster *roster = roster_read_oneroster(folder->path, &error);

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
teachers_have_their_classes(void)
{
	g_autoptr(Roster) roster = read_sample();

	g_assert_cmpuint(roster->n_teachers, ==, 2);
	g_assert_cmpstr(roster->teachers[0].name, ==, "Ngozi Okafor");
	g_assert_cmpstr(roster->teachers[0].class_ids[0], ==, "class-1");
	g_assert_null(roster->teachers[0].class_ids[1]);
	g_assert_null(roster->skipped[0]);
}

static void
exports_of_each_version_are_read(void)
{
	static const struct {
		const char *folder;
		const char *second; /* what stu-002 is called */
	} cases[] = {
		{ "or11-bulk-bom-crlf", "Olivia Smith R." },
		{ "or12-bulk-lf", "Liv" },
		{ "or121-bulk-crlf", "Liv" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_test_build_filename(G_TEST_DIST, "fixtures",
					      "oneroster", cases[i].folder,
					      NULL);
		g_autoptr(GError) error = NULL;
		g_autoptr(Roster) roster = roster_read_oneroster(path, &error);

		g_assert_no_error(error);
		g_assert_cmpuint(roster->n_classes, ==, 4);
		g_assert_cmpuint(roster->n_learners, ==, 26);
		g_assert_cmpuint(roster->n_teachers, ==, 3);
		g_assert_cmpstr(roster->learners[1].name, ==, cases[i].second);
		g_assert_cmpstr(roster->learners[0].grade, ==, "KG");
	}
}

static void
a_delta_is_refused(void)
{
	g_autofree char *path =
		g_test_build_filename(G_TEST_DIST, "fixtures", "oneroster",
				      "or121-delta", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_null(roster_read_oneroster(path, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, "bulk"));
}

/* What hurried exports hold: columns in any order and case, "1" for "01",
 * a column without a name, rows of nobody. */
static void
slips_are_passed_over_and_reported(Folder *folder, gconstpointer unused)
{
	static const char *const reports[] = {
		"classes.csv, line 4: sourcedId is given twice",
		"enrollments.csv, line 6: its class is not in classes.csv",
		"users.csv, line 4: there is no name",
		"users.csv, line 6: a student in no class",
	};
	g_autoptr(Roster) roster = NULL;

	put(folder, "classes.csv",
	    "title,sourcedId,classType,grades,\n"
	    "Music,m,Scheduled,\"3,K,1\",\nRoom 4,h,Homeroom,K,\n"
	    "Again,h,homeroom,01,\n");
	put(folder, "users.csv",
	    "SourcedID,givenName,familyName,role,enabledUser,grades\n"
	    "a,Ada,Byron,Student,TRUE,1\nb,Ben,Ali,student,FALSE,1\n"
	    "c,,,student,true,1\nd,Dan,Diaz,student,true,\n"
	    "e,Eve,East,student,true,1\n");
	put(folder, "enrollments.csv",
	    "userSourcedId,classSourcedId,role\na,m,student\n"
	    "a,h,Student\nb,h,student\nd,m,student\ne,x,student\n");
	roster = read_folder(folder);

	g_assert_cmpuint(roster->n_classes, ==, 2);
	g_assert_cmpstr(roster->classes[0].grade, ==, "KG");
	g_assert_cmpuint(roster->n_learners, ==, 2);
	g_assert_cmpstr(find(roster, "Ada")->class_id, ==, "h");
	g_assert_cmpstr(find(roster, "Ada")->grade, ==, "01");
	g_assert_cmpstr(find(roster, "Dan")->class_id, ==, "m");
	g_assert_cmpstr(find(roster, "Dan")->grade, ==, "KG");
	g_assert_cmpuint(g_strv_length(roster->skipped), ==,
			 G_N_ELEMENTS(reports));
	for (size_t i = 0; i < G_N_ELEMENTS(reports); i++)
		g_assert_true(
			g_strv_contains((const char *const *)roster->skipped,
					reports[i]));
}

static void
a_folder_without_sense_is_refused_by_file(Folder *folder, gconstpointer unused)
{
	static const struct {
		const char *classes, *users, *says;
	} cases[] = {
		{ "", "sourcedId,givenName,familyName\n", "classes.csv" },
		{ "sourcedId\n", "sourcedId,givenName,familyName\n",
		  "classes.csv: the column title" },
		{ "sourcedId,title\n", "sourcedId\n",
		  "users.csv: the column givenName" },
		{ "sourcedId,title\n\"a\nb\",c\n",
		  "sourcedId,givenName,familyName\n", "classes.csv: line 2" },
		{ "sourcedId,title\n\xff,c\n",
		  "sourcedId,givenName,familyName\n", "classes.csv" },
	};

	put(folder, "enrollments.csv", "classSourcedId,userSourcedId,role\n");
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GError) error = NULL;

		put(folder, "classes.csv", cases[i].classes);
		put(folder, "users.csv", cases[i].users);
		g_assert_null(roster_read_oneroster(folder->path, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, cases[i].says));
	}
}

/* A district of twenty thousand is read while one waits. */
static void
a_large_district_is_read(Folder *folder, gconstpointer unused)
{
	static const char *const pictures[] = { "fox", "owl", "bear" };
	g_autoptr(GString) users =
		g_string_new("sourcedId,givenName,familyName\n");
	g_autoptr(GString) enrollments =
		g_string_new("classSourcedId,userSourcedId,role\n");
	g_autoptr(GString) classes = g_string_new("sourcedId,title\n");
	g_autoptr(Roster) roster = NULL;

	for (int i = 0; i < ROSTER_CLASSES_MAX; i++)
		g_string_append_printf(classes, "c%d,Room %d\n", i, i);
	for (int i = 0; i < ROSTER_LEARNERS_MAX; i++) {
		g_string_append_printf(users, "u%d,Maya,Family%d\n", i, i);
		g_string_append_printf(enrollments, "c%d,u%d,student\n",
				       i % ROSTER_CLASSES_MAX, i);
	}
	put(folder, "classes.csv", classes->str);
	put(folder, "users.csv", users->str);
	put(folder, "enrollments.csv", enrollments->str);
	roster = read_folder(folder);
	g_assert_cmpuint(roster->n_learners, ==, ROSTER_LEARNERS_MAX);
	roster_assign_pictures(roster, pictures, G_N_ELEMENTS(pictures));
	g_assert_cmpstr(roster->learners[ROSTER_LEARNERS_MAX - 1].picture, !=,
			"");
}

static void
a_picture_once_given_stays(void)
{
	static const char *const pictures[] = { "fox", "owl", "bear" };
	RosterLearner learners[3] = { { .class_id = "c" },
				      { .class_id = "c", .picture = "fox" },
				      { .class_id = "c" } };
	Roster roster = { .learners = learners, .n_learners = 3 };

	roster_assign_pictures(&roster, pictures, G_N_ELEMENTS(pictures));
	g_assert_cmpstr(learners[0].picture, ==, "owl");
	g_assert_cmpstr(learners[1].picture, ==, "fox");
	g_assert_cmpstr(learners[2].picture, ==, "bear");
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
	g_test_add_func("/roster/sample/teachers-have-classes",
			teachers_have_their_classes);
	g_test_add_func("/roster/oneroster/each-version-is-read",
			exports_of_each_version_are_read);
	g_test_add_func("/roster/oneroster/delta-refused", a_delta_is_refused);
	g_test_add("/roster/oneroster/slips-are-reported", Folder, NULL,
		   folder_open, slips_are_passed_over_and_reported,
		   folder_close);
	g_test_add("/roster/oneroster/senseless-refused-by-file", Folder, NULL,
		   folder_open, a_folder_without_sense_is_refused_by_file,
		   folder_close);
	g_test_add("/roster/oneroster/large-district", Folder, NULL,
		   folder_open, a_large_district_is_read, folder_close);
	g_test_add_func("/roster/pictures/once-given-stays",
			a_picture_once_given_stays);
	g_test_add_func("/roster/json/there-and-back",
			json_there_and_back_is_the_same);
	return g_test_run();
}
