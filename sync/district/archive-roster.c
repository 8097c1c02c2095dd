/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-roster.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

/* --- reading --- */

static bool
read_classes(Archive *archive, Roster *roster, GError **error)
{
	static const char sql[] = "SELECT id, title, grade FROM class"
				  " WHERE gone = 0 ORDER BY position LIMIT ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, ROSTER_CLASSES_MAX);
	roster->classes = g_new0(RosterClass, ROSTER_CLASSES_MAX);
	while (db_step(query, &row, "reading classes", error)) {
		RosterClass *at = &roster->classes[roster->n_classes];

		if (!row)
			return true;
		archive_copy(query, 0, at->id, sizeof(at->id));
		archive_copy(query, 1, at->title, sizeof(at->title));
		archive_copy(query, 2, at->grade, sizeof(at->grade));
		roster->n_classes++;
	}
	return false;
}

static bool
read_badges(Archive *archive, RosterLearner *learner, GError **error)
{
	static const char sql[] = "SELECT digits FROM badge WHERE learner = ?1"
				  " ORDER BY given_us DESC LIMIT ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner->id);
	db_bind_int(query, 2, ROSTER_BADGES_MAX);
	for (size_t n = 0; db_step(query, &row, "reading badges", error); n++) {
		if (!row)
			return true;
		archive_copy(query, 0, learner->badges[n],
			     sizeof(learner->badges[n]));
	}
	return false;
}

static bool
read_learners(Archive *archive, GArray *all, GError **error)
{
	static const char sql[] =
		"SELECT id, name, class, grade, picture FROM learner"
		" WHERE gone = 0 ORDER BY position LIMIT ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, ROSTER_LEARNERS_MAX);
	while (db_step(query, &row, "reading learners", error)) {
		RosterLearner at = { 0 };

		if (!row)
			return true;
		archive_copy(query, 0, at.id, sizeof(at.id));
		archive_copy(query, 1, at.name, sizeof(at.name));
		archive_copy(query, 2, at.class_id, sizeof(at.class_id));
		archive_copy(query, 3, at.grade, sizeof(at.grade));
		archive_copy(query, 4, at.picture, sizeof(at.picture));
		if (!read_badges(archive, &at, error))
			return false;
		g_array_append_val(all, at);
	}
	return false;
}

Roster *
archive_read_roster(Archive *archive, GError **error)
{
	g_autoptr(Roster) roster = g_new0(Roster, 1);
	g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(RosterLearner));

	if (!read_classes(archive, roster, error) ||
	    !read_learners(archive, all, error))
		return NULL;
	roster->n_learners = all->len;
	roster->learners =
		(RosterLearner *)(void *)g_array_free(g_steal_pointer(&all),
						      FALSE);
	return g_steal_pointer(&roster);
}

static bool
match_learner(Archive *archive, RosterLearner *learner, GError **error)
{
	static const char sql[] =
		"SELECT id, picture FROM learner WHERE source_id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner->source_id);
	if (!db_step(query, &row, "matching a learner", error))
		return false;
	if (!row)
		return true;
	archive_copy(query, 0, learner->id, sizeof(learner->id));
	archive_copy(query, 1, learner->picture, sizeof(learner->picture));
	return read_badges(archive, learner, error);
}

bool
archive_match_learners(Archive *archive, Roster *roster, GError **error)
{
	for (size_t i = 0; i < roster->n_learners; i++)
		if (!match_learner(archive, &roster->learners[i], error))
			return false;
	return true;
}

bool
archive_find_class(Archive *archive, const char *text, RosterClass *out,
		   GError **error)
{
	static const char sql[] =
		"SELECT id, title, grade, count(*) OVER () FROM class"
		" WHERE gone = 0 AND (id = ?1 OR title = ?1)"
		" ORDER BY id <> ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, text);
	if (!archive_find_row(query, "class", error))
		return false;
	archive_copy(query, 0, out->id, sizeof(out->id));
	archive_copy(query, 1, out->title, sizeof(out->title));
	archive_copy(query, 2, out->grade, sizeof(out->grade));
	if (g_str_equal(out->id, text) || db_int(query, 3) == 1)
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "more than one class has that title: give its id");
	return false;
}

/* --- writing --- */

static bool
put_class(Archive *archive, const RosterClass *class, size_t position,
	  GError **error)
{
	static const char sql[] =
		"INSERT INTO class (id, title, grade, position, gone)"
		" VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT (id) DO UPDATE SET"
		" title = excluded.title, grade = excluded.grade,"
		" position = excluded.position, gone = 0";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, class->id);
	db_bind_text(query, 2, class->title);
	db_bind_text(query, 3, class->grade);
	db_bind_int(query, 4, (int64_t)position);
	return db_done(query, "putting a class", error);
}

static bool
put_badge(Archive *archive, const char *digits, const char *learner,
	  WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO badge (digits, learner, given_us)"
		" VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, digits);
	db_bind_text(query, 2, learner);
	db_bind_int(query, 3, now.us);
	return db_done(query, "putting a badge", error);
}

static bool
put_learner(Archive *archive, const RosterLearner *learner, size_t position,
	    WallTime now, GError **error)
{
	static const char sql[] =
		"INSERT INTO learner (id, source_id, name, class, grade,"
		" picture, position, gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,"
		" 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
		" class = excluded.class, grade = excluded.grade,"
		" picture = excluded.picture, position = excluded.position,"
		" gone = 0";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner->id);
	db_bind_text(query, 2, learner->source_id);
	db_bind_text(query, 3, learner->name);
	db_bind_text(query, 4, learner->class_id);
	db_bind_text(query, 5, learner->grade);
	db_bind_text(query, 6, learner->picture);
	db_bind_int(query, 7, (int64_t)position);
	if (!db_done(query, "putting a learner", error))
		return false;
	for (size_t i = 0;
	     i < ROSTER_BADGES_MAX && learner->badges[i][0] != '\0'; i++)
		if (!put_badge(archive, learner->badges[i], learner->id, now,
			       error))
			return false;
	return true;
}

static bool
put_all(Archive *archive, const Roster *roster, WallTime now, GError **error)
{
	for (size_t i = 0; i < roster->n_classes; i++)
		if (!put_class(archive, &roster->classes[i], i, error))
			return false;
	for (size_t i = 0; i < roster->n_learners; i++)
		if (!put_learner(archive, &roster->learners[i], i, now, error))
			return false;
	return true;
}

/* Badges that the kiosks knew before us. */
static const char claim_entries[] =
	"UPDATE entry SET learner ="
	" (SELECT learner FROM badge WHERE digits = entry.badge)"
	" WHERE learner = '' AND badge IN (SELECT digits FROM badge);"
	"INSERT INTO usage (kiosk, learner)"
	" SELECT DISTINCT kiosk, learner FROM entry"
	" WHERE badge <> '' AND learner <> '' ON CONFLICT DO NOTHING;"
	"UPDATE district SET roster_version = roster_version + 1;";

bool
archive_put_roster(Archive *archive, const Roster *roster, WallTime now,
		   GError **error)
{
	static const char forget[] = "UPDATE class SET gone = 1;"
				     "UPDATE learner SET gone = 1;";

	return db_run(archive->db, forget, "clearing the roster", error) &&
	       put_all(archive, roster, now, error) &&
	       db_run(archive->db, claim_entries, "claiming entries", error);
}

/* --- pack --- */

static bool
put_pack_file(Archive *archive, const char *path, GBytes *bytes, GError **error)
{
	static const char sql[] = "INSERT INTO pack_file (path, sha256, bytes)"
				  " VALUES (?1, ?2, ?3)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	char sha256[ID_SHA256 + 1];

	if (query == NULL)
		return false;
	id_sha256_bytes(bytes, sha256);
	db_bind_text(query, 1, path);
	db_bind_text(query, 2, sha256);
	db_bind_bytes(query, 3, bytes);
	return db_done(query, "putting a pack's file", error);
}

bool
archive_put_pack(Archive *archive, GHashTable *files, GError **error)
{
	static const char clear[] =
		"DELETE FROM pack_file;"
		"UPDATE district SET pack_version = pack_version + 1;";
	GHashTableIter at;
	gpointer path, bytes;

	if (!db_run(archive->db, clear, "clearing the pack", error))
		return false;
	g_hash_table_iter_init(&at, files);
	while (g_hash_table_iter_next(&at, &path, &bytes))
		if (!put_pack_file(archive, path, bytes, error))
			return false;
	return true;
}

GHashTable *
archive_read_pack(Archive *archive, GError **error)
{
	static const char sql[] = "SELECT path, bytes FROM pack_file";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GHashTable) files =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_bytes_unref);
	bool row;

	if (query == NULL)
		return NULL;
	while (db_step(query, &row, "reading the pack", error)) {
		if (!row)
			return g_steal_pointer(&files);
		g_hash_table_insert(files, g_strdup(db_text(query, 0)),
				    db_bytes(query, 1));
	}
	return NULL;
}

GBytes *
archive_read_pack_file(Archive *archive, const char *sha256, GError **error)
{
	static const char sql[] =
		"SELECT bytes FROM pack_file WHERE sha256 = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_text(query, 1, sha256);
	if (!archive_find_row(query, "file of the pack", error))
		return NULL;
	return db_bytes(query, 0);
}
