/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-hold.h"

#include "app/base/fault.h"
#include "sync/district/archive-learner.h"
#include "sync/district/archive-private.h"

#define HOLD_COLUMNS "learner, why, since_us, lifted_us"

static void
read_hold(ArchiveQuery *query, ArchiveHold *out)
{
	*out = (ArchiveHold){ 0 };
	archive_copy(query, 0, out->learner, sizeof(out->learner));
	archive_copy(query, 1, out->why, sizeof(out->why));
	out->since.us = db_int(query, 2);
	out->lifted.us = db_int(query, 3);
}

static bool
find_hold(Archive *archive, const char *learner, ArchiveHold *out, bool *found,
	  GError **error)
{
	static const char sql[] = "SELECT " HOLD_COLUMNS " FROM hold"
				  " WHERE learner = ?1 AND lifted_us = 0";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner);
	if (!db_step(query, found, "looking for a hold", error))
		return false;
	if (*found)
		read_hold(query, out);
	return true;
}

bool
archive_check_hold(Archive *archive, const char *learner, GError **error)
{
	char since[CLOCK_TIMESTAMP_SIZE];
	ArchiveHold hold;
	bool found;

	if (!find_hold(archive, learner, &hold, &found, error))
		return false;
	if (!found)
		return true;
	clock_format(hold.since, since);
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "this learner's record is on hold since %s (%s): nothing "
		    "of it may be erased until the hold is lifted",
		    since, hold.why);
	return false;
}

static bool
check_known(Archive *archive, const char *learner, GError **error)
{
	bool known;

	if (!archive_knows_learner(archive, learner, &known, error))
		return false;
	if (!known)
		g_set_error(error, FAULT, FAULT_NOT_FOUND, "no such learner");
	return known;
}

static bool
insert_hold(Archive *archive, const char *learner, const char *why,
	    WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO hold (learner, why, since_us, lifted_us)"
		" VALUES (?1, ?2, ?3, 0)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner);
	db_bind_text(query, 2, why);
	db_bind_int(query, 3, now.us);
	return db_done(query, "putting a record on hold", error);
}

bool
archive_add_hold(Archive *archive, const char *learner, const char *why,
		 WallTime now, GError **error)
{
	return check_known(archive, learner, error) &&
	       archive_check_hold(archive, learner, error) &&
	       insert_hold(archive, learner, why, now, error);
}

bool
archive_lift_hold(Archive *archive, const char *learner, WallTime now,
		  GError **error)
{
	static const char sql[] =
		"UPDATE hold SET lifted_us = ?2"
		" WHERE learner = ?1 AND lifted_us = 0 RETURNING key";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner);
	db_bind_int(query, 2, now.us);
	return archive_find_row(query, "hold", error) &&
	       db_step(query, &row, "lifting a hold", error);
}

GArray *
archive_list_holds(Archive *archive, bool all, GError **error)
{
	static const char sql[] = "SELECT " HOLD_COLUMNS " FROM hold"
				  " WHERE lifted_us = 0 OR ?1 = 1"
				  " ORDER BY since_us, key";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(ArchiveHold));
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, all);
	while (db_step(query, &row, "listing holds", error)) {
		ArchiveHold hold;

		if (!row)
			return g_steal_pointer(&list);
		read_hold(query, &hold);
		g_array_append_val(list, hold);
	}
	return NULL;
}
