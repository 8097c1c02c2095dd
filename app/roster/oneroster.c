/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/roster/csv.h"
#include "app/roster/names.h"
#include "app/roster/roster.h"

/*
 * OneRoster 1.1 and 1.2 bulk CSV (1EdTech): classes.csv, users.csv and
 * enrollments.csv; 1.2 tells roles in roles.csv.  Columns are found by name,
 * so that the orders of 1.1, 1.2 and 1.2.1 are all read.  Birth dates,
 * addresses, passwords and the rest are never looked at.
 *
 * A folder that cannot be understood as a whole is refused; a row that
 * cannot is passed over and reported by file and line, never by name: one
 * slip in an export must not keep a school's badges from being printed.
 */
#define SKIPPED_MAX 500 /* lines of the report */
#define GRADE_MAX   8   /* bytes, as in the roster's structs */

typedef struct {
	Csv *manifest;                      /* owned; NULL if there is none */
	Csv *classes, *users, *enrollments; /* owned */
	Csv *roles;                         /* owned; NULL in 1.1 */
	GHashTable *class_of_id; /* owned: sourcedId → index in roster + 1 */
	GHashTable *class_of_user; /* owned: student → index + 1 */
	GHashTable *homeless;      /* owned: students in no homeroom yet */
	GHashTable *taught;        /* owned: teacher → GPtrArray of ids */
	GPtrArray *skipped;        /* owned: lines */
} Files;

static void
files_clear(Files *files)
{
	csv_free(files->manifest);
	csv_free(files->classes);
	csv_free(files->users);
	csv_free(files->enrollments);
	csv_free(files->roles);
	g_clear_pointer(&files->class_of_id, g_hash_table_unref);
	g_clear_pointer(&files->class_of_user, g_hash_table_unref);
	g_clear_pointer(&files->homeless, g_hash_table_unref);
	g_clear_pointer(&files->taught, g_hash_table_unref);
	g_clear_pointer(&files->skipped, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Files, files_clear)

static void
files_init(Files *files)
{
	files->class_of_id = g_hash_table_new(g_str_hash, g_str_equal);
	files->class_of_user = g_hash_table_new(g_str_hash, g_str_equal);
	files->homeless = g_hash_table_new(g_str_hash, g_str_equal);
	files->taught =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
				      (GDestroyNotify)g_ptr_array_unref);
	files->skipped = g_ptr_array_new_with_free_func(g_free);
}

static void
skip(Files *files, const char *file, const Csv *csv, size_t row,
     const char *why)
{
	if (files->skipped->len < SKIPPED_MAX)
		g_ptr_array_add(files->skipped,
				g_strdup_printf("%s, line %zu: %s", file,
						csv_line(csv, row), why));
}

/* --- the files --- */

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
has_file(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

/* A delta lists only what has changed: read as a whole it would empty the
 * school. */
static bool
check_manifest(const Files *files, GError **error)
{
	for (size_t i = 0; i < csv_count(files->manifest); i++) {
		const char *name = csv_get(files->manifest, i, "propertyName");

		if (!g_str_has_prefix(name, "file.") ||
		    g_ascii_strcasecmp(csv_get(files->manifest, i, "value"),
				       "delta") != 0)
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "manifest.csv, line %zu: this is a delta; ask for "
			    "a bulk export",
			    csv_line(files->manifest, i));
		return false;
	}
	return true;
}

static bool
read_manifest(const char *folder, Files *out, GError **error)
{
	static const char *const columns[] = { "propertyName", "value", NULL };

	if (!has_file(folder, "manifest.csv"))
		return true;
	out->manifest = read_file(folder, "manifest.csv", columns, error);
	return out->manifest != NULL && check_manifest(out, error);
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

	if (!read_manifest(folder, out, error))
		return false;
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
	if (!has_file(folder, "roles.csv"))
		return true;
	out->roles = read_file(folder, "roles.csv", role_columns, error);
	return out->roles != NULL;
}

static bool
is(const Csv *csv, size_t row, const char *column, const char *value)
{
	return g_ascii_strcasecmp(csv_get(csv, row, column), value) == 0;
}

static bool
is_gone(const Csv *csv, size_t row)
{
	return is(csv, row, "status", "tobedeleted") ||
	       is(csv, row, "status", "inactive") ||
	       is(csv, row, "enabledUser", "false");
}

/* --- ids, grades, texts --- */

/* A longer id than the rest of the house keeps is known by its hash. */
static void
copy_id(char out[static EVIDENCE_ID_MAX + 1], const char *id)
{
	if (g_strlcpy(out, id, EVIDENCE_ID_MAX + 1) > EVIDENCE_ID_MAX)
		id_sha256(id, strlen(id), out);
}

/* Cut between letters where it is longer than a screen has room for. */
static void
copy_text(char out[static ROSTER_NAME_MAX + 1], const char *text)
{
	const char *end;

	g_strlcpy(out, text, ROSTER_NAME_MAX + 1);
	if (!g_utf8_validate(out, -1, &end))
		out[end - out] = '\0';
}

/* CEDS codes from the youngest to the oldest; -1 if it is none. */
static int
rank_grade(const char *grade)
{
	static const char *const codes[] = {
		"IT", "PR", "PK", "TK", "KG", "01", "02", "03", "04",
		"05", "06", "07", "08", "09", "10", "11", "12", "13"
	};

	for (size_t i = 0; i < G_N_ELEMENTS(codes); i++)
		if (g_ascii_strcasecmp(codes[i], grade) == 0)
			return (int)i;
	return -1;
}

/* "1" and "K" are what hurried exports write for "01" and "KG". */
static char *
tidy_grade(const char *text)
{
	g_autofree char *grade = g_strstrip(g_ascii_strup(text, -1));

	if (g_str_equal(grade, "K"))
		return g_strdup("KG");
	if (g_ascii_isdigit(grade[0]) && grade[1] == '\0')
		return g_strconcat("0", grade, NULL);
	return g_steal_pointer(&grade);
}

/* The youngest of a list of grades; "" if none is known. */
static void
read_grade(const char *list, char out[static GRADE_MAX])
{
	g_auto(GStrv) grades = g_strsplit(list, ",", -1);
	int lowest = G_MAXINT;

	out[0] = '\0';
	for (char **at = grades; *at != NULL; at++) {
		g_autofree char *grade = tidy_grade(*at);
		int rank = rank_grade(grade);

		if (rank < 0 || rank >= lowest)
			continue;
		lowest = rank;
		g_strlcpy(out, grade, GRADE_MAX);
	}
}

/* --- classes --- */

static void
read_class(Files *files, size_t row, Roster *roster)
{
	const Csv *csv = files->classes;
	const char *id = csv_get(csv, row, "sourcedId");
	g_autofree char *title = roster_tidy_name(csv_get(csv, row, "title"));
	RosterClass *class = &roster->classes[roster->n_classes];

	if (id[0] == '\0' || g_hash_table_contains(files->class_of_id, id)) {
		skip(files, "classes.csv", csv, row,
		     id[0] == '\0' ? "sourcedId is missing"
				   : "sourcedId is given twice");
		return;
	}
	copy_id(class->id, id);
	copy_text(class->title, title[0] != '\0' ? title : class->id);
	read_grade(csv_get(csv, row, "grades"), class->grade);
	roster->n_classes++;
	g_hash_table_insert(files->class_of_id, (void *)(uintptr_t)id,
			    GSIZE_TO_POINTER(roster->n_classes));
}

static bool
read_classes(Files *files, Roster *roster, GError **error)
{
	size_t n = csv_count(files->classes);

	if (n > ROSTER_CLASSES_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "classes.csv: more than %d classes",
			    ROSTER_CLASSES_MAX);
		return false;
	}
	roster->classes = g_new0(RosterClass, MAX(n, 1));
	for (size_t i = 0; i < n; i++)
		if (!is_gone(files->classes, i))
			read_class(files, i, roster);
	return true;
}

/* --- enrollments: who learns and who teaches where --- */

static GHashTable *
list_homerooms(const Files *files)
{
	GHashTable *homerooms = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < csv_count(files->classes); i++)
		if (is(files->classes, i, "classType", "homeroom"))
			g_hash_table_add(homerooms,
					 (void *)(uintptr_t)
						 csv_get(files->classes, i,
							 "sourcedId"));
	return homerooms;
}

static void
add_taught(Files *files, const char *teacher, const char *class_id)
{
	GPtrArray *list = g_hash_table_lookup(files->taught, teacher);

	if (list == NULL) {
		list = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(files->taught, (void *)(uintptr_t)teacher,
				    list);
	}
	if (!g_ptr_array_find_with_equal_func(list, class_id, g_str_equal,
					      NULL))
		g_ptr_array_add(list, g_strdup(class_id));
}

/* In the first homeroom, else in the first class. */
static void
place_student(Files *files, const char *user, size_t class, bool homeroom)
{
	void *key = (void *)(uintptr_t)user;

	if (!g_hash_table_contains(files->class_of_user, user)) {
		g_hash_table_insert(files->class_of_user, key,
				    GSIZE_TO_POINTER(class));
		if (!homeroom)
			g_hash_table_add(files->homeless, key);
	} else if (homeroom && g_hash_table_remove(files->homeless, user)) {
		g_hash_table_insert(files->class_of_user, key,
				    GSIZE_TO_POINTER(class));
	}
}

static void
read_enrollment(Files *files, size_t row, const Roster *roster,
		GHashTable *homerooms)
{
	const Csv *csv = files->enrollments;
	const char *user = csv_get(csv, row, "userSourcedId");
	const char *id = csv_get(csv, row, "classSourcedId");
	size_t class =
		GPOINTER_TO_SIZE(g_hash_table_lookup(files->class_of_id, id));
	bool student = is(csv, row, "role", "student");

	if (!student && !is(csv, row, "role", "teacher"))
		return;
	if (class == 0) {
		skip(files, "enrollments.csv", csv, row,
		     "its class is not in classes.csv");
		return;
	}
	if (!student) {
		add_taught(files, user, roster->classes[class - 1].id);
		return;
	}
	place_student(files, user, class, g_hash_table_contains(homerooms, id));
}

static void
read_enrollments(Files *files, const Roster *roster)
{
	g_autoptr(GHashTable) homerooms = list_homerooms(files);

	for (size_t i = 0; i < csv_count(files->enrollments); i++)
		if (!is_gone(files->enrollments, i))
			read_enrollment(files, i, roster, homerooms);
}

/* --- users --- */

/* What a child is called; one fixture in the wild misspells the column. */
static const char *
find_called(const Csv *users, size_t row)
{
	static const char *const columns[] = { "preferredGivenName",
					       "prefferedGivenName",
					       "givenName", "familyName" };
	const char *called = "";

	for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
		called = csv_get(users, row, columns[i]);
		if (called[0] != '\0')
			break;
	}
	return called;
}

static RosterName
read_name(const Csv *users, size_t row, const char *group)
{
	RosterName name = { .group = group };
	const char *preferred = csv_get(users, row, "preferredFamilyName");
	g_autofree char *rest =
		g_strconcat(preferred[0] != '\0'
				    ? preferred
				    : csv_get(users, row, "familyName"),
			    " ", csv_get(users, row, "middleName"), NULL);

	name.called = roster_tidy_name(find_called(users, row));
	name.rest = roster_tidy_name(rest);
	return name;
}

/* Whether the row is of somebody of whom we have a use and a name. */
static bool
is_usable(Files *files, size_t row, GHashTable *seen)
{
	const char *id = csv_get(files->users, row, "sourcedId");
	const char *why = NULL;

	if (is_gone(files->users, row))
		return false;
	if (id[0] == '\0' || strlen(id) > ROSTER_SOURCE_ID_MAX)
		why = "sourcedId is missing or too long";
	else if (find_called(files->users, row)[0] == '\0')
		why = "there is no name";
	else if (!g_hash_table_add(seen, (void *)(uintptr_t)id))
		why = "sourcedId is given twice";
	if (why != NULL)
		skip(files, "users.csv", files->users, row, why);
	return why == NULL;
}

/* Rows of students and of teachers who are in a class. */
static void
list_users(Files *files, GArray *students, GArray *teachers)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (size_t i = 0; i < csv_count(files->users); i++) {
		const char *id = csv_get(files->users, i, "sourcedId");
		const char *role = csv_get(files->users, i, "role");

		if (!is_usable(files, i, seen))
			continue;
		if (g_hash_table_contains(files->class_of_user, id))
			g_array_append_val(students, i);
		else if (g_hash_table_contains(files->taught, id))
			g_array_append_val(teachers, i);
		else if (g_ascii_strcasecmp(role, "student") == 0)
			skip(files, "users.csv", files->users, i,
			     "a student in no class");
	}
}

static void
read_learner(const Files *files, size_t row, const Roster *roster,
	     RosterLearner *out)
{
	const char *id = csv_get(files->users, row, "sourcedId");
	size_t class =
		GPOINTER_TO_SIZE(g_hash_table_lookup(files->class_of_user, id));
	const RosterClass *home = &roster->classes[class - 1];

	g_strlcpy(out->source_id, id, sizeof(out->source_id));
	g_strlcpy(out->class_id, home->id, sizeof(out->class_id));
	read_grade(csv_get(files->users, row, "grades"), out->grade);
	if (out->grade[0] == '\0')
		g_strlcpy(out->grade, home->grade, sizeof(out->grade));
}

static void
name_learners(const Files *files, const GArray *rows, Roster *roster)
{
	g_autofree RosterName *names = g_new0(RosterName, MAX(rows->len, 1));
	g_auto(GStrv) shown = NULL;

	for (guint i = 0; i < rows->len; i++)
		names[i] =
			read_name(files->users, g_array_index(rows, size_t, i),
				  roster->learners[i].class_id);
	shown = roster_tell_apart(names, rows->len);
	for (guint i = 0; i < rows->len; i++) {
		copy_text(roster->learners[i].name, shown[i]);
		roster_name_clear(&names[i]);
	}
}

static bool
read_learners(const Files *files, const GArray *rows, Roster *roster,
	      GError **error)
{
	if (rows->len > ROSTER_LEARNERS_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "users.csv: more than %d students",
			    ROSTER_LEARNERS_MAX);
		return false;
	}
	roster->learners = g_new0(RosterLearner, MAX(rows->len, 1));
	roster->n_learners = rows->len;
	for (guint i = 0; i < rows->len; i++)
		read_learner(files, g_array_index(rows, size_t, i), roster,
			     &roster->learners[i]);
	name_learners(files, rows, roster);
	return true;
}

static void
read_teacher(const Files *files, size_t row, RosterTeacher *out)
{
	const char *id = csv_get(files->users, row, "sourcedId");
	GPtrArray *classes = g_hash_table_lookup(files->taught, id);
	g_autofree char *full =
		g_strconcat(csv_get(files->users, row, "givenName"), " ",
			    csv_get(files->users, row, "familyName"), NULL);
	g_autofree char *name = roster_tidy_name(full);

	g_strlcpy(out->source_id, id, sizeof(out->source_id));
	copy_text(out->name, name);
	out->class_ids = g_new0(char *, classes->len + 1);
	for (guint i = 0; i < classes->len; i++)
		out->class_ids[i] = g_strdup(g_ptr_array_index(classes, i));
}

static bool
read_users(Files *files, Roster *roster, GError **error)
{
	g_autoptr(GArray) students = g_array_new(FALSE, FALSE, sizeof(size_t));
	g_autoptr(GArray) teachers = g_array_new(FALSE, FALSE, sizeof(size_t));

	list_users(files, students, teachers);
	roster->teachers = g_new0(RosterTeacher, MAX(teachers->len, 1));
	for (guint i = 0; i < teachers->len; i++)
		read_teacher(files, g_array_index(teachers, size_t, i),
			     &roster->teachers[roster->n_teachers++]);
	return read_learners(files, students, roster, error);
}

Roster *
roster_read_oneroster(const char *folder, GError **error)
{
	g_autoptr(Roster) roster = g_new0(Roster, 1);
	g_auto(Files) files = { 0 };

	files_init(&files);
	if (!read_files(folder, &files, error) ||
	    !read_classes(&files, roster, error)) {
		g_prefix_error(error, "%s: ", folder);
		return NULL;
	}
	read_enrollments(&files, roster);
	if (!read_users(&files, roster, error)) {
		g_prefix_error(error, "%s: ", folder);
		return NULL;
	}
	g_ptr_array_add(files.skipped, NULL);
	roster->skipped =
		(char **)g_ptr_array_free(g_steal_pointer(&files.skipped),
					  FALSE);
	return g_steal_pointer(&roster);
}
