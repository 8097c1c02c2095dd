/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/roster/csv.h"
#include "app/roster/roster.h"

/*
 * OneRoster 1.1 and 1.2 bulk CSV (1EdTech): classes.csv, users.csv and
 * enrollments.csv; 1.2 tells roles in roles.csv.  Columns are found by name,
 * so that the orders of 1.1, 1.2 and 1.2.1 are all read.  Birth dates,
 * addresses, passwords and the rest are never looked at.
 */
typedef struct {
	Csv *classes, *users, *enrollments; /* owned */
	Csv *roles;                         /* owned; NULL in 1.1 */
	GHashTable *of_user; /* owned: user → class id, borrowed texts */
} Files;

static void
files_clear(Files *files)
{
	csv_free(files->classes);
	csv_free(files->users);
	csv_free(files->enrollments);
	csv_free(files->roles);
	g_clear_pointer(&files->of_user, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static Csv *
read_file(const char *folder, const char *name, const char *const *columns,
	  GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GBytes) bytes = file_read(path, CSV_BYTES_MAX, error);
	g_autoptr(Csv) csv = NULL;

	if (bytes == NULL)
		return NULL;
	csv = csv_read(g_bytes_get_size(bytes) > 0
			       ? g_bytes_get_data(bytes, NULL)
			       : "",
		       g_bytes_get_size(bytes), error);
	if (csv == NULL) {
		g_prefix_error(error, "%s: ", name);
		return NULL;
	}
	for (; *columns != NULL; columns++)
		if (!csv_has(csv, *columns)) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "%s: the column %s is missing", name,
				    *columns);
			return NULL;
		}
	return g_steal_pointer(&csv);
}

static bool
read_files(const char *folder, Files *out, GError **error)
{
	static const char *const class_columns[] = { "sourcedId", "title",
						     NULL };
	static const char *const user_columns[] = { "sourcedId", "givenName",
						    "familyName", NULL };
	static const char *const enrollment_columns[] = { "classSourcedId",
							  "userSourcedId",
							  "role", NULL };
	static const char *const role_columns[] = { "userSourcedId", "role",
						    NULL };
	g_autofree char *roles = g_build_filename(folder, "roles.csv", NULL);

	out->classes = read_file(folder, "classes.csv", class_columns, error);
	if (out->classes == NULL)
		return false;
	out->users = read_file(folder, "users.csv", user_columns, error);
	if (out->users == NULL)
		return false;
	out->enrollments =
		read_file(folder, "enrollments.csv", enrollment_columns, error);
	if (out->enrollments == NULL)
		return false;
	if (!g_file_test(roles, G_FILE_TEST_EXISTS))
		return true;
	out->roles = read_file(folder, "roles.csv", role_columns, error);
	return out->roles != NULL;
}

static bool
is_gone(const Csv *csv, size_t row)
{
	return g_ascii_strcasecmp(csv_get(csv, row, "status"), "tobedeleted") ==
	       0;
}

/* The first, homeroom before others, of the classes of each learner. */
static void
map_users(Files *files)
{
	files->of_user = g_hash_table_new(g_str_hash, g_str_equal);
	for (size_t i = 0; i < csv_count(files->enrollments); i++) {
		const char *user =
			csv_get(files->enrollments, i, "userSourcedId");
		const char *class =
			csv_get(files->enrollments, i, "classSourcedId");

		if (is_gone(files->enrollments, i) ||
		    g_ascii_strcasecmp(csv_get(files->enrollments, i, "role"),
				       "student") != 0 ||
		    g_hash_table_contains(files->of_user, user))
			continue;
		g_hash_table_insert(files->of_user, (void *)(uintptr_t)user,
				    (void *)(uintptr_t) class);
	}
}

static void
read_grade(const char *list, char out[static 8])
{
	size_t n = strcspn(list, ",");

	g_strlcpy(out, list, MIN(n + 1, 8));
}

static bool
read_classes(const Files *files, Roster *roster, GError **error)
{
	size_t n = csv_count(files->classes);

	if (n > ROSTER_CLASSES_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "classes.csv: more than %d classes",
			    ROSTER_CLASSES_MAX);
		return false;
	}
	roster->classes = g_new0(RosterClass, MAX(n, 1));
	for (size_t i = 0; i < n; i++) {
		RosterClass *class = &roster->classes[roster->n_classes];

		if (is_gone(files->classes, i))
			continue;
		if (g_strlcpy(class->id,
			      csv_get(files->classes, i, "sourcedId"),
			      sizeof(class->id)) >= sizeof(class->id)) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "classes.csv, line %zu: sourcedId is "
				    "longer than %d",
				    csv_line(i), EVIDENCE_ID_MAX);
			return false;
		}
		g_strlcpy(class->title, csv_get(files->classes, i, "title"),
			  sizeof(class->title));
		read_grade(csv_get(files->classes, i, "grades"), class->grade);
		roster->n_classes++;
	}
	return true;
}

/* --- names: what a child is called, told apart where two are alike --- */

static const char *
called(const Csv *users, size_t row)
{
	const char *preferred = csv_get(users, row, "preferredGivenName");
	const char *given = csv_get(users, row, "givenName");

	if (preferred[0] != '\0')
		return preferred;
	return given[0] != '\0' ? given : csv_get(users, row, "familyName");
}

static char *
cut_name(const char *given, const char *family, glong letters)
{
	g_autofree char *begin = NULL;

	if (letters == 0 || family[0] == '\0')
		return g_strdup(given);
	if (letters >= g_utf8_strlen(family, -1))
		return g_strdup_printf("%s %s", given, family);
	begin = g_utf8_substring(family, 0, letters);
	return g_strdup_printf("%s %s.", given, begin);
}

static bool
same_letter(const char *a, const char *b, glong i)
{
	if (i >= g_utf8_strlen(a, -1) || i >= g_utf8_strlen(b, -1))
		return false;
	return g_utf8_get_char(g_utf8_offset_to_pointer(a, i)) ==
	       g_utf8_get_char(g_utf8_offset_to_pointer(b, i));
}

/* How many letters of the family name tell this row from all others of its
 * class that are called the same. */
static glong
letters_needed(const Files *files, const GArray *rows, size_t row)
{
	const Csv *users = files->users;
	const char *family = csv_get(users, row, "familyName");
	const char *class =
		g_hash_table_lookup(files->of_user,
				    csv_get(users, row, "sourcedId"));
	glong needed = 0;

	for (guint i = 0; i < rows->len; i++) {
		size_t other = g_array_index(rows, size_t, i);
		const char *theirs = csv_get(users, other, "familyName");
		glong same = 0;

		if (other == row ||
		    g_strcmp0(class,
			      g_hash_table_lookup(files->of_user,
						  csv_get(users, other,
							  "sourcedId"))) != 0 ||
		    !g_str_equal(called(users, row), called(users, other)))
			continue;
		while (same_letter(family, theirs, same))
			same++;
		needed = MAX(needed, same + 1);
	}
	return needed;
}

static bool
read_learner(const Files *files, const GArray *rows, size_t row,
	     RosterLearner *out, GError **error)
{
	const Csv *users = files->users;
	const char *id = csv_get(users, row, "sourcedId");
	g_autofree char *name =
		cut_name(called(users, row), csv_get(users, row, "familyName"),
			 letters_needed(files, rows, row));
	g_autofree char *composed = g_utf8_normalize(name, -1, G_NORMALIZE_NFC);

	if (id[0] == '\0' || composed == NULL || composed[0] == '\0' ||
	    strlen(composed) > ROSTER_NAME_MAX ||
	    strlen(id) >= sizeof(out->source_id)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "users.csv, line %zu: sourcedId or name is missing "
			    "or too long",
			    csv_line(row));
		return false;
	}
	g_strlcpy(out->source_id, id, sizeof(out->source_id));
	g_strlcpy(out->name, composed, sizeof(out->name));
	g_strlcpy(out->class_id, g_hash_table_lookup(files->of_user, id),
		  sizeof(out->class_id));
	read_grade(csv_get(users, row, "grades"), out->grade);
	return true;
}

/* Rows of enabled students who are in a class. */
static GArray *
list_students(const Files *files)
{
	GArray *rows = g_array_new(FALSE, FALSE, sizeof(size_t));

	for (size_t i = 0; i < csv_count(files->users); i++) {
		const char *role = csv_get(files->users, i, "role");
		bool other = files->roles == NULL && role[0] != '\0' &&
			     g_ascii_strcasecmp(role, "student") != 0;

		if (is_gone(files->users, i) || other ||
		    g_ascii_strcasecmp(csv_get(files->users, i, "enabledUser"),
				       "false") == 0 ||
		    !g_hash_table_contains(files->of_user,
					   csv_get(files->users, i,
						   "sourcedId")))
			continue;
		g_array_append_val(rows, i);
	}
	return rows;
}

static bool
read_learners(const Files *files, Roster *roster, GError **error)
{
	g_autoptr(GArray) rows = list_students(files);

	if (rows->len > ROSTER_LEARNERS_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "users.csv: more than %d students",
			    ROSTER_LEARNERS_MAX);
		return false;
	}
	roster->learners = g_new0(RosterLearner, MAX(rows->len, 1));
	for (guint i = 0; i < rows->len; i++) {
		if (!read_learner(files, rows, g_array_index(rows, size_t, i),
				  &roster->learners[i], error))
			return false;
		roster->n_learners++;
	}
	return true;
}

Roster *
roster_read_oneroster(const char *folder, GError **error)
{
	g_autoptr(Roster) roster = g_new0(Roster, 1);
	g_auto(Files) files = { 0 };

	if (!read_files(folder, &files, error)) {
		g_prefix_error(error, "%s: ", folder);
		return NULL;
	}
	map_users(&files);
	if (!read_classes(&files, roster, error) ||
	    !read_learners(&files, roster, error)) {
		g_prefix_error(error, "%s: ", folder);
		return NULL;
	}
	return g_steal_pointer(&roster);
}
