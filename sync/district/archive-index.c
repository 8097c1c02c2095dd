/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-index.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/archive-lrs-private.h"

#define POSTINGS_MAX 20000 /* of one statement, which has a time limit */
#define COUNT_MAX    1000 /* a term of more is common; how much more, who knows */

Term
archive_term(char kind, const char *text, size_t size)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;
	unsigned char letter = (unsigned char)g_ascii_tolower(kind);
	Term term;

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	crypto_generichash_update(&state, &letter, 1);
	crypto_generichash_update(&state, (const unsigned char *)text, size);
	crypto_generichash_final(&state, hash, sizeof(hash));
	memcpy(&term, hash, sizeof(term));
	term = GINT64_FROM_LE(term) & ~INT64_C(1);
	if (term == 0)
		term = 2;
	return term | (g_ascii_isupper(kind) ? 1 : 0);
}

/* --- drawing --- */

bool
archive_take_index(Archive *archive, int64_t *indexed, GError **error)
{
	static const char sql[] =
		"UPDATE log_end SET indexed = indexed RETURNING indexed";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL || !archive_find_row(query, "end of the log", error))
		return false;
	*indexed = db_int(query, 0);
	return db_step(query, &row, "taking the index", error);
}

bool
archive_set_indexed(Archive *archive, int64_t seq, GError **error)
{
	static const char sql[] = "UPDATE log_end SET indexed = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	return db_done(query, "moving the index", error);
}

static void
clear_statement(void *statement)
{
	archive_statement_clear(statement);
}

static GArray *
read_statements(ArchiveQuery *query, GError **error)
{
	g_autoptr(GArray) list =
		g_array_new(FALSE, FALSE, sizeof(ArchiveStatement));
	bool row;

	g_array_set_clear_func(list, clear_statement);
	for (;;) {
		ArchiveStatement statement = { 0 };

		if (!db_step(query, &row, "reading statements", error))
			return NULL;
		if (!row)
			return g_steal_pointer(&list);
		archive_read_statement(query, &statement);
		g_array_append_val(list, statement);
	}
}

GArray *
archive_list_behind(Archive *archive, int64_t seq, int64_t n, GError **error)
{
	static const char sql[] =
		"SELECT " STATEMENT_COLUMNS " FROM " STATEMENT_TABLES
		" WHERE s.seq > ?1 ORDER BY s.seq LIMIT ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, seq);
	db_bind_int(query, 2, n);
	return read_statements(query, error);
}

static void
read_behind(ArchiveQuery *query, ArchiveBehind *out)
{
	*out = (ArchiveBehind){
		.seq = db_int(query, 0),
		.stored.us = db_int(query, 3),
		.tool = db_int(query, 4),
		.scopes = (ToolScopes)db_int(query, 5),
		.erased = db_int(query, 6) != 0,
		.awaited = db_int(query, 7) != 0,
	};
	archive_copy(query, 1, out->id, sizeof(out->id));
	archive_copy(query, 2, out->hash, sizeof(out->hash));
}

GArray *
archive_list_rows(Archive *archive, int64_t seq, int64_t n, GError **error)
{
	static const char sql[] =
		"SELECT s.seq, s.id, s.hash, s.stored_us, s.tool,"
		" coalesce(t.scopes, 0),"
		" CASE WHEN EXISTS (SELECT 1 FROM erased e"
		" WHERE e.seq = s.seq) THEN 1 ELSE 0 END,"
		" CASE WHEN EXISTS (SELECT 1 FROM statement_ref r"
		" WHERE r.target = s.id) THEN 1 ELSE 0 END"
		" FROM statement s LEFT JOIN tool t ON t.key = s.tool"
		" WHERE s.seq > ?1 ORDER BY s.seq LIMIT ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) list =
		g_array_sized_new(FALSE, FALSE, sizeof(ArchiveBehind),
				  (guint)n);
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, seq);
	db_bind_int(query, 2, n);
	for (;;) {
		ArchiveBehind behind;

		if (!db_step(query, &row, "reading the log's rows", error))
			return NULL;
		if (!row)
			return g_steal_pointer(&list);
		read_behind(query, &behind);
		g_array_append_val(list, behind);
	}
}

static int
compare_postings(const void *a, const void *b)
{
	const ArchivePosting *left = a, *right = b;

	if (left->term != right->term)
		return left->term < right->term ? -1 : 1;
	if (left->seq != right->seq)
		return left->seq < right->seq ? -1 : 1;
	return (left->source > right->source) - (left->source < right->source);
}

bool
archive_add_postings(Archive *archive, GArray *postings, GError **error)
{
	static const char sql[] =
		"INSERT INTO posting (term, seq, source) VALUES (?1, ?2, ?3)"
		" ON CONFLICT DO NOTHING";
	static const DbColumn columns[] = {
		{ DB_INT, offsetof(ArchivePosting, term), 0 },
		{ DB_INT, offsetof(ArchivePosting, seq), 0 },
		{ DB_INT, offsetof(ArchivePosting, source), 0 },
		{ DB_END, 0, 0 },
	};
	DbRows rows = { .columns = columns, .size = sizeof(ArchivePosting) };

	g_array_sort(postings, compare_postings);
	for (guint at = 0; at < postings->len; at += (guint)rows.n) {
		rows.first = &g_array_index(postings, ArchivePosting, at);
		rows.n = MIN(postings->len - at, POSTINGS_MAX);
		if (!db_insert_rows(archive->db, sql, &rows, "adding postings",
				    error))
			return false;
	}
	return true;
}

bool
archive_add_referrer(Archive *archive, const char *target, int64_t seq,
		     bool voids, GError **error)
{
	static const char sql[] =
		"INSERT INTO statement_ref (target, seq, voids)"
		" VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, target);
	db_bind_int(query, 2, seq);
	db_bind_int(query, 3, voids);
	return db_done(query, "adding a reference", error);
}

GArray *
archive_list_referrers(Archive *archive, const char *target, GError **error)
{
	static const char sql[] =
		"SELECT r.seq, s.id, r.voids FROM statement_ref r"
		" JOIN statement s ON s.seq = r.seq WHERE r.target = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) list =
		g_array_new(FALSE, FALSE, sizeof(ArchiveReferrer));
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_text(query, 1, target);
	for (;;) {
		ArchiveReferrer referrer = { 0 };

		if (!db_step(query, &row, "looking for references", error))
			return NULL;
		if (!row)
			return g_steal_pointer(&list);
		referrer.seq = db_int(query, 0);
		archive_copy(query, 1, referrer.id, sizeof(referrer.id));
		referrer.voids = db_int(query, 2) != 0;
		g_array_append_val(list, referrer);
	}
}

bool
archive_void(Archive *archive, int64_t seq, GError **error)
{
	static const char sql[] =
		"INSERT INTO voided (seq) VALUES (?1) ON CONFLICT DO NOTHING";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, seq);
	return db_done(query, "voiding", error);
}

/* --- activities --- */

char *
archive_get_definition(Archive *archive, const char *activity, GError **error)
{
	static const char sql[] =
		"SELECT definition FROM activity WHERE id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return NULL;
	db_bind_text(query, 1, activity);
	if (!db_step(query, &row, "looking an activity up", error) || !row)
		return NULL;
	return g_strdup(db_text(query, 0));
}

bool
archive_set_definition(Archive *archive, const char *activity,
		       const char *definition, GError **error)
{
	static const char sql[] =
		"INSERT INTO activity (id, definition) VALUES (?1, ?2)"
		" ON CONFLICT (id) DO UPDATE SET"
		" definition = excluded.definition";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, activity);
	db_bind_text(query, 2, definition);
	return db_done(query, "defining an activity", error);
}

/* --- finding --- */

bool
archive_seq_at(Archive *archive, WallTime at, int64_t *seq, GError **error)
{
	static const char sql[] =
		"SELECT seq FROM statement WHERE stored_us <= ?1"
		" ORDER BY stored_us DESC, seq DESC LIMIT 1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	db_bind_int(query, 1, at.us);
	if (!db_step(query, &row, "looking an instant up", error))
		return false;
	*seq = row ? db_int(query, 0) : 0;
	return true;
}

static bool
count_term(Archive *archive, Term term, const ArchiveFind *find, int64_t *n,
	   GError **error)
{
	static const char sql[] =
		"SELECT count(*) FROM (SELECT 1 FROM posting WHERE term = ?1"
		" AND seq > ?2 AND seq <= ?3 LIMIT ?4) few";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, term);
	db_bind_int(query, 2, find->after);
	db_bind_int(query, 3, find->upto);
	db_bind_int(query, 4, COUNT_MAX);
	if (!archive_find_row(query, "count", error))
		return false;
	*n = db_int(query, 0);
	return true;
}

/* The rarest term leads, so that one that is rare makes the search short. */
static bool
put_rarest_first(Archive *archive, ArchiveFind *find, GError **error)
{
	int64_t least = INT64_MAX;
	size_t rarest = 0;

	for (size_t i = 0; i < FIND_TERMS_MAX && find->terms[i] != 0; i++) {
		Term term = find->terms[i];
		int64_t n;

		if (!count_term(archive, term, find, &n, error))
			return false;
		if (n < least)
			rarest = i;
		least = MIN(least, n);
	}
	if (rarest > 0) {
		Term term = find->terms[rarest];

		find->terms[rarest] = find->terms[0];
		find->terms[0] = term;
	}
	return true;
}

/* ?5 … ?7: further terms, in the same statement; ?8: its sender.  0: any. */
#define FIND_SEQS \
	"SELECT DISTINCT p.seq AS seq FROM posting p" \
	" WHERE p.term = ?1 AND p.seq > ?2 AND p.seq <= ?3" \
	" AND (?5 = 0 OR EXISTS (SELECT 1 FROM posting q WHERE" \
	" q.term = ?5 AND q.seq = p.seq AND q.source = p.source))" \
	" AND (?6 = 0 OR EXISTS (SELECT 1 FROM posting q WHERE" \
	" q.term = ?6 AND q.seq = p.seq AND q.source = p.source))" \
	" AND (?7 = 0 OR EXISTS (SELECT 1 FROM posting q WHERE" \
	" q.term = ?7 AND q.seq = p.seq AND q.source = p.source))" \
	" AND (?8 = 0 OR EXISTS (SELECT 1 FROM posting q WHERE" \
	" q.term = ?8 AND q.seq = p.seq AND q.source = 0))" \
	" AND NOT EXISTS (SELECT 1 FROM voided v WHERE v.seq = p.seq)"
#define FIND_BY_TERMS(order) \
	"SELECT " STATEMENT_COLUMNS " FROM (" FIND_SEQS \
	" ORDER BY p.seq " order " LIMIT ?4) f" \
	" JOIN statement s ON s.seq = f.seq" STATEMENT_SENDERS \
	" ORDER BY s.seq " order
#define FIND_ALL(order) \
	"SELECT " STATEMENT_COLUMNS " FROM " STATEMENT_TABLES \
	" WHERE s.seq > ?1 AND s.seq <= ?2 AND length(s.body) > 0" \
	" AND NOT EXISTS (SELECT 1 FROM voided v WHERE v.seq = s.seq)" \
	" ORDER BY s.seq " order " LIMIT ?3"

static GArray *
find_all(Archive *archive, const ArchiveFind *find, GError **error)
{
	static const char ascending[] = FIND_ALL("ASC");
	static const char descending[] = FIND_ALL("DESC");
	g_autoptr(ArchiveQuery) query =
		archive_query(archive, find->ascending ? ascending : descending,
			      error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, find->after);
	db_bind_int(query, 2, find->upto);
	db_bind_int(query, 3, find->limit);
	return read_statements(query, error);
}

static GArray *
find_by_terms(Archive *archive, const ArchiveFind *find, GError **error)
{
	static const char ascending[] = FIND_BY_TERMS("ASC");
	static const char descending[] = FIND_BY_TERMS("DESC");
	g_autoptr(ArchiveQuery) query =
		archive_query(archive, find->ascending ? ascending : descending,
			      error);

	if (query == NULL)
		return NULL;
	db_bind_int(query, 1, find->terms[0]);
	db_bind_int(query, 2, find->after);
	db_bind_int(query, 3, find->upto);
	db_bind_int(query, 4, find->limit);
	for (int i = 1; i < FIND_TERMS_MAX; i++)
		db_bind_int(query, 4 + i, find->terms[i]);
	db_bind_int(query, 8, find->mine);
	return read_statements(query, error);
}

GArray *
archive_find(Archive *archive, const ArchiveFind *asked, GError **error)
{
	ArchiveFind find = *asked;

	if (find.terms[0] == 0) {
		find.terms[0] = find.mine;
		find.mine = 0;
	}
	if (find.terms[0] == 0)
		return find_all(archive, &find, error);
	if (find.terms[1] != 0 && !put_rarest_first(archive, &find, error))
		return NULL;
	return find_by_terms(archive, &find, error);
}
