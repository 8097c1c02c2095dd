/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-learner.h"

#include <string.h>

#include "sync/district/archive-lrs-private.h"

/* One whole number a row. */
static GArray *
list_seqs(ArchiveQuery *query, const char *doing, GError **error)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	bool row;

	while (db_step(query, &row, doing, error)) {
		int64_t seq;

		if (!row)
			return g_steal_pointer(&all);
		seq = db_int(query, 0);
		g_array_append_val(all, seq);
	}
	return NULL;
}

GArray *
archive_list_entries_of(Archive *archive, const char *learner, GError **error)
{
	static const char sql[] =
		"SELECT seq FROM entry WHERE learner = ?1"
		" UNION SELECT entry.seq FROM badge"
		" JOIN entry ON entry.badge = badge.digits"
		" WHERE badge.learner = ?1 AND entry.badge <> ''"
		" ORDER BY seq";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_text(query, 1, learner);
	return list_seqs(query, "listing a learner's records", error);
}

GArray *
archive_list_posted(Archive *archive, Term term, GError **error)
{
	static const char sql[] = "SELECT DISTINCT seq FROM posting"
				  " WHERE term = ?1 ORDER BY seq";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, term);
	return list_seqs(query, "listing statements", error);
}

GPtrArray *
archive_list_badges(Archive *archive, const char *learner, GError **error)
{
	static const char sql[] =
		"SELECT digits FROM badge WHERE learner = ?1 ORDER BY digits";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_text(query, 1, learner);
	return archive_list_texts(query, "listing badges", error);
}

bool
archive_get_statement_at(Archive *archive, int64_t seq, ArchiveStatement *out,
			 GError **error)
{
	static const char sql[] = "SELECT " STATEMENT_COLUMNS
				  " FROM " STATEMENT_TABLES " WHERE s.seq = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	if (!archive_find_row(query, "statement", error))
		return false;
	archive_read_statement(query, out);
	return true;
}

bool
archive_knows_learner(Archive *archive, const char *learner, bool *knows,
		      GError **error)
{
	static const char sql[] =
		"SELECT 1 FROM learner WHERE id = ?1 UNION ALL"
		" SELECT 1 FROM entry WHERE learner = ?1 LIMIT 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, learner);
	return db_step(query, knows, "looking for a learner", error);
}

static bool
has_text(const char *in, const char *folded)
{
	g_autofree char *text = g_utf8_casefold(in, -1);

	return strstr(text, folded) != NULL;
}

GArray *
archive_find_people(Archive *archive, const char *text, GError **error)
{
	static const char sql[] =
		"SELECT learner.id, learner.name, class.title, learner.gone,"
		" learner.source_id FROM learner"
		" JOIN class ON class.id = learner.class"
		" ORDER BY learner.name, learner.id";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) all =
		g_array_new(FALSE, FALSE, sizeof(ArchivePerson));
	g_autofree char *folded = g_utf8_casefold(text, -1);
	bool row;

	if (query == NULL)
		return NULL;
	while (db_step(query, &row, "looking for learners", error)) {
		ArchivePerson person = { 0 };

		if (!row)
			return g_steal_pointer(&all);
		if (!has_text(db_text(query, 1), folded) &&
		    !has_text(db_text(query, 4), folded))
			continue;
		archive_copy(query, 0, person.id, sizeof(person.id));
		archive_copy(query, 1, person.name, sizeof(person.name));
		archive_copy(query, 2, person.class_title,
			     sizeof(person.class_title));
		person.gone = db_int(query, 3) != 0;
		g_array_append_val(all, person);
	}
	return NULL;
}

/* ?1: before, ?2: behind this seq, ?3: at most. */
#define DECIDED(decision) \
	"SELECT entry.seq FROM entry" \
	" JOIN review ON review.seq = entry.review" \
	" WHERE entry.state = 3 AND review.decision = " decision \
	" AND review.at_us < ?1 AND entry.seq > ?2" \
	" AND entry.learner NOT IN" \
	" (SELECT learner FROM hold WHERE lifted_us = 0)" \
	" ORDER BY entry.seq LIMIT ?3"

GArray *
archive_list_aged(Archive *archive, AgedKind kind, WallTime before,
		  int64_t after, int64_t limit, GError **error)
{
	static const char confirmed[] = DECIDED("1");
	static const char returned[] = DECIDED("2");
	static const char undecided[] =
		"SELECT entry.seq FROM entry"
		" JOIN statement ON statement.seq = entry.seq"
		" WHERE entry.state <> 3 AND statement.stored_us < ?1"
		" AND entry.seq > ?2 AND entry.learner NOT IN"
		" (SELECT learner FROM hold WHERE lifted_us = 0)"
		" ORDER BY entry.seq LIMIT ?3";
	static const char of_tools[] =
		"SELECT seq FROM statement WHERE tool IS NOT NULL"
		" AND stored_us < ?1 AND seq > ?2 AND length(body) > 0"
		" ORDER BY seq LIMIT ?3";
	static const char *const queries[] = {
		[AGED_CONFIRMED] = confirmed,
		[AGED_RETURNED] = returned,
		[AGED_UNDECIDED] = undecided,
		[AGED_OF_TOOLS] = of_tools,
	};
	g_autoptr(ArchiveQuery) query =
		archive_query(archive, queries[kind], error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, before.us);
	db_bind_int(query, 2, after);
	db_bind_int(query, 3, limit);
	return list_seqs(query, "listing what is old", error);
}

bool
archive_count_documents_with(Archive *archive, const XapiWho *who, int64_t *n,
			     GError **error)
{
	static const char sql[] = "SELECT body FROM document";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	*n = 0;
	while (db_step(query, &row, "reading documents", error)) {
		g_autoptr(GBytes) body = NULL;
		size_t size;
		const char *bytes;

		if (!row)
			return true;
		body = db_bytes(query, 0);
		bytes = g_bytes_get_data(body, &size);
		*n += xapi_who_in_bytes(who, bytes, size);
	}
	return false;
}
