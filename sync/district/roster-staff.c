/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/roster-staff.h"

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/roster/csv.h"

static void
free_staff(void *data)
{
	RosterStaff *staff = data;

	g_ptr_array_unref(staff->classes);
	g_free(staff);
}

static Csv *
read_file(const char *folder, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autoptr(GBytes) bytes = file_read(path, CSV_BYTES_MAX, error);
	Csv *csv;

	if (bytes == NULL)
		return NULL;
	csv = csv_read(g_bytes_get_size(bytes) > 0
			       ? g_bytes_get_data(bytes, NULL)
			       : "",
		       g_bytes_get_size(bytes), error);
	if (csv == NULL)
		g_prefix_error(error, "%s: ", name);
	return csv;
}

static bool
is_gone(const Csv *csv, size_t row)
{
	return g_ascii_strcasecmp(csv_get(csv, row, "status"), "tobedeleted") ==
	       0;
}

/* Classes by teacher: user → GPtrArray of class ids. */
static GHashTable *
map_classes(const Csv *enrollments)
{
	GHashTable *map =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_ptr_array_unref);

	for (size_t i = 0; i < csv_count(enrollments); i++) {
		const char *user = csv_get(enrollments, i, "userSourcedId");
		GPtrArray *classes;

		if (is_gone(enrollments, i) ||
		    g_ascii_strcasecmp(csv_get(enrollments, i, "role"),
				       "teacher") != 0)
			continue;
		classes = g_hash_table_lookup(map, user);
		if (classes == NULL) {
			classes = g_ptr_array_new_with_free_func(g_free);
			g_hash_table_insert(map, g_strdup(user), classes);
		}
		g_ptr_array_add(classes, g_strdup(csv_get(enrollments, i,
							  "classSourcedId")));
	}
	return map;
}

static RosterStaff *
make_staff(const Csv *users, size_t row, GPtrArray *classes)
{
	RosterStaff *staff = g_new0(RosterStaff, 1);
	g_autofree char *name =
		g_strdup_printf("%s %s", csv_get(users, row, "givenName"),
				csv_get(users, row, "familyName"));
	g_autofree char *login =
		g_utf8_strdown(csv_get(users, row, "username"), -1);

	g_strlcpy(staff->source_id, csv_get(users, row, "sourcedId"),
		  sizeof(staff->source_id));
	g_strlcpy(staff->login, login, sizeof(staff->login));
	g_utf8_strncpy(staff->name, g_strstrip(name), ROSTER_NAME_MAX / 4);
	staff->classes = g_ptr_array_ref(classes);
	return staff;
}

GPtrArray *
roster_staff_read(const char *folder, GError **error)
{
	g_autoptr(Csv) users = read_file(folder, "users.csv", error);
	g_autoptr(Csv) enrollments =
		users != NULL ? read_file(folder, "enrollments.csv", error)
			      : NULL;
	g_autoptr(GHashTable) classes = NULL;
	GPtrArray *all;

	if (enrollments == NULL)
		return NULL;
	classes = map_classes(enrollments);
	all = g_ptr_array_new_with_free_func(free_staff);
	for (size_t i = 0; i < csv_count(users); i++) {
		GPtrArray *theirs =
			g_hash_table_lookup(classes,
					    csv_get(users, i, "sourcedId"));

		if (theirs != NULL && !is_gone(users, i))
			g_ptr_array_add(all, make_staff(users, i, theirs));
	}
	return all;
}
