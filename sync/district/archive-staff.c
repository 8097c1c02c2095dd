/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-staff.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

#define STAFF_COLUMNS \
	"staff.key, login, staff.name, password, must_change," \
	" password_us, all_classes, role, staff.made_us, staff.used_us," \
	" revoked_us"

G_STATIC_ASSERT(STAFF_TEACHER == 1 && STAFF_ADMINISTRATOR == 2);

static void
read_staff(ArchiveQuery *query, ArchiveStaff *out)
{
	*out = (ArchiveStaff){ 0 };
	out->key = db_int(query, 0);
	archive_copy(query, 1, out->login, sizeof(out->login));
	archive_copy(query, 2, out->name, sizeof(out->name));
	archive_copy(query, 3, out->password, sizeof(out->password));
	out->must_change = db_int(query, 4) != 0;
	out->password_at.us = db_int(query, 5);
	out->all_classes = db_int(query, 6) != 0;
	out->role = (StaffRole)db_int(query, 7);
	out->made.us = db_int(query, 8);
	out->used.us = db_int(query, 9);
	out->revoked.us = db_int(query, 10);
}

bool
archive_find_staff(Archive *archive, const char *login, ArchiveStaff *out,
		   GError **error)
{
	static const char sql[] =
		"SELECT " STAFF_COLUMNS " FROM staff WHERE login = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, login);
	if (!archive_find_row(query, "account", error))
		return false;
	read_staff(query, out);
	return true;
}

bool
archive_add_staff(Archive *archive, ArchiveStaff *staff, GError **error)
{
	static const char sql[] =
		"INSERT INTO staff (login, name, password, must_change,"
		" password_us, all_classes, role, made_us)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5)"
		" ON CONFLICT DO NOTHING RETURNING key";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, staff->login);
	db_bind_text(query, 2, staff->name);
	db_bind_text(query, 3, staff->password);
	db_bind_int(query, 4, staff->must_change);
	db_bind_int(query, 5, staff->password_at.us);
	db_bind_int(query, 6, staff->all_classes);
	db_bind_int(query, 7, staff->role);
	if (!db_insert(query, &staff->key, "adding an account", error))
		return false;
	if (staff->key == 0) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "there is an account of that name already");
		return false;
	}
	return true;
}

GArray *
archive_list_staff(Archive *archive, GError **error)
{
	static const char sql[] =
		"SELECT " STAFF_COLUMNS " FROM staff ORDER BY login";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ArchiveStaff));
	bool row;

	if (query == NULL)
		return NULL;
	while (db_step(query, &row, "listing accounts", error)) {
		ArchiveStaff staff;

		if (!row)
			return g_steal_pointer(&all);
		read_staff(query, &staff);
		g_array_append_val(all, staff);
	}
	return NULL;
}

bool
archive_use_staff(Archive *archive, int64_t staff, WallTime now, GError **error)
{
	static const char sql[] = "UPDATE staff SET used_us = ?2"
				  " WHERE key = ?1 AND used_us < ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff);
	db_bind_int(query, 2, now.us);
	return db_done(query, "noting an account's use", error);
}

static bool
end_sessions(Archive *archive, int64_t staff, const char *but, GError **error)
{
	static const char sql[] =
		"DELETE FROM session WHERE staff = ?1 AND token_hash <> ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff);
	db_bind_text(query, 2, but != NULL ? but : "");
	return db_done(query, "ending sessions", error);
}

bool
archive_revoke_staff(Archive *archive, int64_t staff, WallTime at,
		     GError **error)
{
	static const char sql[] =
		"UPDATE staff SET revoked_us = ?2 WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff);
	db_bind_int(query, 2, at.us);
	return db_done(query, "revoking an account", error) &&
	       end_sessions(archive, staff, NULL, error);
}

bool
archive_give_class(Archive *archive, int64_t staff, const char *class_id,
		   GError **error)
{
	static const char sql[] = "INSERT INTO staff_class (staff, class)"
				  " VALUES (?1, ?2) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff);
	db_bind_text(query, 2, class_id);
	return db_done(query, "giving a class", error);
}

static bool
put_password(Archive *archive, int64_t staff, const char *password,
	     bool must_change, WallTime now, GError **error)
{
	static const char sql[] =
		"UPDATE staff SET password = ?2, must_change = ?3,"
		" password_us = ?4 WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, staff);
	db_bind_text(query, 2, password);
	db_bind_int(query, 3, must_change);
	db_bind_int(query, 4, now.us);
	return db_done(query, "setting a password", error);
}

bool
archive_set_password(Archive *archive, int64_t staff, const char *password,
		     bool must_change, WallTime now, const char *session,
		     GError **error)
{
	return end_sessions(archive, staff, session, error) &&
	       put_password(archive, staff, password, must_change, now, error);
}

GPtrArray *
archive_list_staff_classes(Archive *archive, const ArchiveStaff *staff,
			   GError **error)
{
	static const char sql[] =
		"SELECT id, title, grade FROM class WHERE gone = 0 AND (?2 <> 0 OR"
		" id IN (SELECT class FROM staff_class WHERE staff = ?1))"
		" ORDER BY position";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, staff->key);
	db_bind_int(query, 2, staff->all_classes);
	while (db_step(query, &row, "listing classes", error)) {
		RosterClass *class;

		if (!row)
			return g_steal_pointer(&all);
		class = g_new0(RosterClass, 1);
		archive_copy(query, 0, class->id, sizeof(class->id));
		archive_copy(query, 1, class->title, sizeof(class->title));
		archive_copy(query, 2, class->grade, sizeof(class->grade));
		g_ptr_array_add(all, class);
	}
	return NULL;
}

/* --- sessions --- */

bool
archive_add_session(Archive *archive, const char *hash, int64_t staff,
		    WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO session (token_hash, staff, made_us, used_us)"
		" VALUES (?1, ?2, ?3, ?3)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, hash);
	db_bind_int(query, 2, staff);
	db_bind_int(query, 3, now.us);
	return db_done(query, "beginning a session", error);
}

bool
archive_drop_old_sessions(Archive *archive, WallTime made, WallTime used,
			  GError **error)
{
	static const char sql[] =
		"DELETE FROM session WHERE made_us < ?1 OR used_us < ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, made.us);
	db_bind_int(query, 2, used.us);
	return db_done(query, "ending old sessions", error);
}

bool
archive_find_session(Archive *archive, const char *hash, ArchiveSession *out,
		     GError **error)
{
	static const char sql[] =
		"SELECT " STAFF_COLUMNS ", session.made_us, session.used_us"
		" FROM session JOIN staff ON staff.key = session.staff"
		" WHERE token_hash = ?1 AND revoked_us = 0";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, hash);
	if (!archive_find_row(query, "session", error))
		return false;
	read_staff(query, &out->staff);
	out->made.us = db_int(query, 11);
	out->used.us = db_int(query, 12);
	return true;
}

bool
archive_use_session(Archive *archive, const char *hash, WallTime now,
		    GError **error)
{
	static const char sql[] = "UPDATE session SET used_us = ?2"
				  " WHERE token_hash = ?1 AND used_us < ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, hash);
	db_bind_int(query, 2, now.us);
	return db_done(query, "using a session", error);
}

bool
archive_end_session(Archive *archive, const char *hash, GError **error)
{
	static const char sql[] = "DELETE FROM session WHERE token_hash = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, hash);
	return db_done(query, "ending a session", error);
}
