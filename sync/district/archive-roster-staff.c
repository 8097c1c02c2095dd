/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-private.h"
#include "sync/district/roster-staff.h"

static bool
put_staff(Archive *archive, const RosterStaff *staff, GError **error)
{
	static const char sql[] =
		"INSERT INTO roster_staff (source_id, login, name)"
		" VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, staff->source_id);
	db_bind_text(query, 2, staff->login);
	db_bind_text(query, 3, staff->name);
	return db_done(query, "putting a teacher", error);
}

/* A class that the roster does not have is nobody's. */
static bool
put_staff_class(Archive *archive, const char *source_id, const char *class_id,
		GError **error)
{
	static const char sql[] =
		"INSERT INTO roster_staff_class (source_id, class)"
		" SELECT ?1, id FROM class WHERE id = ?2 AND gone = 0"
		" ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, source_id);
	db_bind_text(query, 2, class_id);
	return db_done(query, "putting a teacher's class", error);
}

bool
archive_put_roster_staff(Archive *archive, const GPtrArray *staff,
			 GError **error)
{
	static const char clear[] = "DELETE FROM roster_staff_class;"
				    "DELETE FROM roster_staff;";

	if (!db_run(archive->db, clear, "clearing teachers", error))
		return false;
	for (guint i = 0; i < staff->len; i++) {
		const RosterStaff *at = staff->pdata[i];

		if (!put_staff(archive, at, error))
			return false;
		for (guint k = 0; k < at->classes->len; k++)
			if (!put_staff_class(archive, at->source_id,
					     at->classes->pdata[k], error))
				return false;
	}
	return true;
}

bool
archive_find_roster_staff(Archive *archive, const char *login,
			  char name[static ROSTER_NAME_MAX + 1], bool *found,
			  GError **error)
{
	static const char sql[] = "SELECT name FROM roster_staff"
				  " WHERE source_id = ?1 OR login = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, login);
	if (!db_step(query, found, "looking for a teacher", error))
		return false;
	if (*found)
		archive_copy(query, 0, name, ROSTER_NAME_MAX + 1);
	return true;
}

bool
archive_give_roster_classes(Archive *archive, int64_t staff, const char *login,
			    GError **error)
{
	static const char sql[] =
		"INSERT INTO staff_class (staff, class)"
		" SELECT DISTINCT ?1, class FROM roster_staff_class"
		" JOIN roster_staff USING (source_id)"
		" WHERE source_id = ?2 OR login = ?2 ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff);
	db_bind_text(query, 2, login);
	return db_done(query, "giving a teacher's classes", error);
}
