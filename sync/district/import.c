/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/import.h"

#include "app/base/fault.h"
#include "app/cards/code.h"
#include "sync/district/archive-audit.h"
#include "sync/district/archive-roster.h"
#include "sync/district/password.h"
#include "sync/district/roster-staff.h"

#define PICTURES "icons/pictures/"

/* --- portrait --- */

static bool
put_pack(Archive *archive, GHashTable *files, GError **error)
{
	bool ok;

	if (!archive_begin(archive, error))
		return false;
	ok = archive_put_pack(archive, files, error) &&
	     audit_command(archive, "import-portrait", NULL, NULL, 1, error);
	return archive_end(archive, ok, error);
}

bool
import_portrait(Archive *archive, const char *folder, Portrait **out,
		GError **error)
{
	g_autoptr(GHashTable) files = portrait_read_folder(folder, error);
	g_autoptr(Portrait) portrait = NULL;

	if (files == NULL)
		return false;
	portrait = portrait_load(files, error);
	if (portrait == NULL || !put_pack(archive, files, error)) {
		g_prefix_error(error, "%s: ", folder);
		return false;
	}
	*out = g_steal_pointer(&portrait);
	return true;
}

Portrait *
import_read_portrait(Archive *archive, GError **error)
{
	g_autoptr(GHashTable) files = archive_read_pack(archive, error);

	if (files == NULL)
		return NULL;
	if (g_hash_table_size(files) > 0)
		return portrait_load(files, error);
	g_set_error(error, FAULT, FAULT_NOT_FOUND,
		    "there is no portrait pack: run import-portrait first");
	return NULL;
}

/* --- roster --- */

/* "fox" of "icons/pictures/fox.svg", in an order that stays. */
static GPtrArray *
list_pictures(GHashTable *files)
{
	g_autoptr(GList) paths =
		g_list_sort(g_hash_table_get_keys(files), (GCompareFunc)strcmp);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (GList *at = paths; at != NULL; at = at->next) {
		const char *path = at->data;
		size_t size = strlen(path);

		if (!g_str_has_prefix(path, PICTURES) ||
		    !g_str_has_suffix(path, ".svg"))
			continue;
		g_ptr_array_add(names, g_strndup(path + strlen(PICTURES),
						 size - strlen(PICTURES) -
							 strlen(".svg")));
	}
	return names;
}

/* A sheet that is sorted by chance would pair names and pictures the same
 * way every year; this is only so that a class differs from the next. */
static bool
complete(Archive *archive, Roster *roster, ImportCounts *counts, GError **error)
{
	g_autoptr(GHashTable) files = archive_read_pack(archive, error);
	g_autoptr(GPtrArray) pictures = NULL;

	if (files == NULL || !archive_match_learners(archive, roster, error))
		return false;
	pictures = list_pictures(files);
	roster_assign_pictures(roster, (const char *const *)pictures->pdata,
			       pictures->len);
	for (size_t i = 0; i < roster->n_learners; i++) {
		RosterLearner *learner = &roster->learners[i];

		counts->added += learner->id[0] == '\0';
		if (learner->id[0] == '\0')
			id_new_uuid(learner->id);
		if (learner->badges[0][0] == '\0')
			code_new_badge(learner->badges[0]);
	}
	return true;
}

static bool
put_roster(Archive *archive, Roster *roster, const GPtrArray *staff,
	   WallTime now, ImportCounts *counts, GError **error)
{
	bool ok;

	if (!archive_begin(archive, error))
		return false;
	ok = complete(archive, roster, counts, error) &&
	     archive_put_roster(archive, roster, now, error) &&
	     archive_put_roster_staff(archive, staff, error) &&
	     audit_command(archive, "import-roster", NULL, NULL,
			   (int64_t)roster->n_learners, error);
	return archive_end(archive, ok, error);
}

bool
import_roster(Archive *archive, const char *folder, WallTime now,
	      ImportCounts *out, GError **error)
{
	g_autoptr(Roster) roster = roster_read_oneroster(folder, error);
	g_autoptr(GPtrArray) staff =
		roster != NULL ? roster_staff_read(folder, error) : NULL;
	ImportCounts counts = { 0 };

	if (staff == NULL ||
	    !put_roster(archive, roster, staff, now, &counts, error))
		return false;
	counts.classes = roster->n_classes;
	counts.learners = roster->n_learners;
	counts.teachers = staff->len;
	*out = counts;
	return true;
}

/* --- people --- */

static bool
give_classes(Archive *archive, const ArchiveStaff *staff, const char *text,
	     bool in_roster, GError **error)
{
	RosterClass class;

	if (staff->all_classes)
		return true;
	if (text == NULL && staff->role == STAFF_ADMINISTRATOR)
		return true;
	if (text != NULL)
		return archive_find_class(archive, text, &class, error) &&
		       archive_give_class(archive, staff->key, class.id, error);
	if (in_roster)
		return archive_give_roster_classes(archive, staff->key,
						   staff->login, error);
	g_set_error(error, FAULT, FAULT_INVALID,
		    "the roster has no teacher of that name: give --class");
	return false;
}

static bool
add_staff(Archive *archive, ArchiveStaff *staff, const char *class_text,
	  GError **error)
{
	char known[ROSTER_NAME_MAX + 1];
	bool in_roster;

	if (!archive_find_roster_staff(archive, staff->login, known, &in_roster,
				       error))
		return false;
	if (staff->name[0] == '\0')
		g_strlcpy(staff->name, in_roster ? known : staff->login,
			  sizeof(staff->name));
	return archive_add_staff(archive, staff, error) &&
	       give_classes(archive, staff, class_text, in_roster, error);
}

bool
import_staff(Archive *archive, const ImportStaff *from, const char *hash,
	     WallTime now, GError **error)
{
	g_autofree ArchiveStaff *staff = g_new0(ArchiveStaff, 1);
	g_autofree char *lower = g_utf8_strdown(from->login, -1);

	staff->role = from->role;
	staff->must_change = true;
	staff->password_at = now;
	staff->all_classes = g_strcmp0(from->class_text, "all") == 0;
	if (g_strlcpy(staff->login, g_strstrip(lower), sizeof(staff->login)) >=
		    sizeof(staff->login) ||
	    staff->login[0] == '\0') {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "a sign-in name has 1 to %d bytes",
			    STAFF_LOGIN_MAX);
		return false;
	}
	if (from->name != NULL)
		g_utf8_strncpy(staff->name, from->name, ROSTER_NAME_MAX / 4);
	g_strlcpy(staff->password, hash, sizeof(staff->password));
	return add_staff(archive, staff, from->class_text, error);
}

bool
import_teacher(Archive *archive, const char *login, const char *name,
	       const char *class_text, const char *password, WallTime now,
	       GError **error)
{
	const ImportStaff from = { STAFF_TEACHER, login, name, class_text };
	g_autofree char *object = g_strconcat("teacher:", login, NULL);
	char hash[STAFF_PASSWORD_MAX + 1];
	bool ok;

	password_hash(password, hash);
	if (!archive_begin(archive, error))
		return false;
	ok = import_staff(archive, &from, hash, now, error) &&
	     audit_command(archive, "add-teacher", object, NULL, 1, error);
	return archive_end(archive, ok, error);
}
