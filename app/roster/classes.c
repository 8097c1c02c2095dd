/* SPDX-License-Identifier: Apache-2.0 */
#include "app/roster/classes.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/roster/csv.h"

#define HEADER "learner,class,title,grade\n"

typedef struct {
	char *learner, *class, *title, *grade; /* owned */
} Row;

struct Classes {
	GArray *rows;      /* owned: Row, in the order of the file */
	GHashTable *first; /* owned: learner → index + 1 of its first row */
};

static void
row_clear(void *data)
{
	Row *row = data;

	g_free(row->learner);
	g_free(row->class);
	g_free(row->title);
	g_free(row->grade);
}

static Classes *
classes_new(void)
{
	Classes *classes = g_new0(Classes, 1);

	classes->rows = g_array_new(FALSE, TRUE, sizeof(Row));
	g_array_set_clear_func(classes->rows, row_clear);
	classes->first = g_hash_table_new(g_str_hash, g_str_equal);
	return classes;
}

void
classes_free(Classes *classes)
{
	if (classes == NULL)
		return;
	g_hash_table_unref(classes->first);
	g_array_unref(classes->rows);
	g_free(classes);
}

/* --- reading --- */

static bool
check_columns(const Csv *csv, GError **error)
{
	static const char *const columns[] = { "learner", "class", "title",
					       "grade" };

	for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
		if (csv_has(csv, columns[i]))
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "line 1: there is no column %s; `cairn-district "
			    "roster` prints such a file",
			    columns[i]);
		return false;
	}
	return true;
}

static void
add_row(Classes *classes, const Csv *csv, size_t i)
{
	const Row row = { g_strdup(csv_get(csv, i, "learner")),
			  g_strdup(csv_get(csv, i, "class")),
			  g_strdup(csv_get(csv, i, "title")),
			  g_strdup(csv_get(csv, i, "grade")) };

	g_array_append_val(classes->rows, row);
	if (!g_hash_table_contains(classes->first, row.learner))
		g_hash_table_insert(classes->first, row.learner,
				    GUINT_TO_POINTER(classes->rows->len));
}

Classes *
classes_parse(const char *text, size_t size, GError **error)
{
	g_autoptr(Csv) csv = csv_read(text, size, error);
	g_autoptr(Classes) classes = classes_new();

	if (csv == NULL || !check_columns(csv, error))
		return NULL;
	for (size_t i = 0; i < csv_count(csv); i++) {
		if (csv_get(csv, i, "learner")[0] == '\0') {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "line %zu: a row without a learner",
				    csv_line(csv, i));
			return NULL;
		}
		add_row(classes, csv, i);
	}
	return g_steal_pointer(&classes);
}

Classes *
classes_read(const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = file_read(path, CLASSES_BYTES_MAX, error);
	Classes *classes;
	const char *text;
	size_t size;

	if (bytes == NULL)
		return NULL;
	text = g_bytes_get_data(bytes, &size);
	classes = classes_parse(text != NULL ? text : "", size, error);
	if (classes == NULL)
		g_prefix_error(error, "%s: ", path);
	return classes;
}

/* --- asking --- */

bool
classes_knows(const Classes *classes, const char *learner)
{
	return g_hash_table_contains(classes->first, learner);
}

static bool
fits_text(const char *text, const char *value, bool prefix)
{
	return prefix ? g_str_has_prefix(text, value)
		      : g_str_equal(text, value);
}

static bool
fits_row(const Row *row, ClassesColumn column, const char *value, bool prefix)
{
	switch (column) {
	case CLASSES_CLASS:
		return fits_text(row->class, value, prefix) ||
		       fits_text(row->title, value, prefix);
	case CLASSES_GRADE:
		return fits_text(row->grade, value, prefix);
	}
	return false;
}

/* Rows of one learner usually stand together, but need not. */
bool
classes_fit(const Classes *classes, const char *learner, ClassesColumn column,
	    const char *value, bool prefix)
{
	guint from =
		GPOINTER_TO_UINT(g_hash_table_lookup(classes->first, learner));

	for (guint i = from; from > 0 && i <= classes->rows->len; i++) {
		const Row *row = &g_array_index(classes->rows, Row, i - 1);

		if (g_str_equal(row->learner, learner) &&
		    fits_row(row, column, value, prefix))
			return true;
	}
	return false;
}

/* --- printing --- */

/* Always in quotes; CSV of this kind has no line breaks in a field. */
static void
print_field(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (const char *at = text; *at != '\0'; at++) {
		if (*at == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *at == '\n' || *at == '\r' ? ' ' : *at);
	}
	g_string_append_c(out, '"');
}

static void
print_row(GString *out, const char *const fields[static 4])
{
	for (size_t i = 0; i < 4; i++) {
		print_field(out, fields[i]);
		g_string_append_c(out, i < 3 ? ',' : '\n');
	}
}

void
classes_print(const Classes *classes, GString *out)
{
	g_string_append(out, HEADER);
	for (guint i = 0; i < classes->rows->len; i++) {
		const Row *row = &g_array_index(classes->rows, Row, i);
		const char *const fields[] = { row->learner, row->class,
					       row->title, row->grade };

		print_row(out, fields);
	}
}

static const RosterClass *
find_class(const Roster *roster, const char *id)
{
	for (size_t i = 0; i < roster->n_classes; i++)
		if (g_str_equal(roster->classes[i].id, id))
			return &roster->classes[i];
	return NULL;
}

void
classes_print_roster(const Roster *roster, GString *out)
{
	g_string_append(out, HEADER);
	for (size_t i = 0; i < roster->n_learners; i++) {
		const RosterLearner *learner = &roster->learners[i];
		const RosterClass *class =
			find_class(roster, learner->class_id);
		const char *grade = learner->grade[0] != '\0' || class == NULL
					    ? learner->grade
					    : class->grade;
		const char *const fields[] = {
			learner->id, learner->class_id,
			class != NULL ? class->title : learner->class_id, grade
		};

		print_row(out, fields);
	}
}
