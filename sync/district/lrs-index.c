/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-index.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-erase.h"
#include "sync/district/lrs-define.h"
#include "sync/district/lrs-request.h"

#define AT_ONCE   32000 /* statements of one transaction */
#define IN_MEMORY 200   /* of those */
#define CHAIN_MAX 32    /* a statement of a statement of … */
#define SENT_MAX  40000 /* whose terms wait for their turn */

struct LrsIndex {
	LrsDefinitions *definitions; /* owned */
	GHashTable *sent;            /* owned: LrsTerms by when it was stored */
	Archive *archive;            /* borrowed while it draws */

	/* owned while it draws */
	GArray *postings;    /* ArchivePosting */
	GHashTable *targets; /* ids that became it since rows were read */
	ArchiveDistrict district;
};

/* One statement as it is drawn. */
typedef struct {
	int64_t seq;
	char id[ID_UUID + 1];
	Term sender;  /* 0: a kiosk */
	LrsTerms *of; /* owned; NULL: it is found by nothing */
} Drawn;

static void
drawn_clear(void *data)
{
	Drawn *drawn = data;

	g_clear_pointer(&drawn->of, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drawn, drawn_clear)

LrsIndex *
lrs_index_new(void)
{
	LrsIndex *index = g_new0(LrsIndex, 1);

	index->definitions = lrs_definitions_new();
	index->sent = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
					    g_free);
	return index;
}

void
lrs_index_free(LrsIndex *index)
{
	if (index == NULL)
		return;

	lrs_definitions_free(index->definitions);
	g_hash_table_unref(index->sent);
	g_free(index);
}

/* --- terms --- */

/* A kiosk's statement does not say who vouches for it. */
static void
add_kiosk(const LrsIndex *index, const ArchiveStatement *from, XapiKeys *keys)
{
	g_autofree char *text =
		lrs_authority(&index->district, from->kiosk, from->kiosk_name);
	g_autoptr(Tape) tape = tape_read(text, strlen(text), NULL);

	if (tape != NULL)
		xapi_keys_add_authority(keys, tape_root(tape));
}

/* What can't be read is found by nothing, and damage to be reported. */
static bool
draw(LrsIndex *index, const ArchiveStatement *from, bool define, Drawn *out,
     GError **error)
{
	size_t size;
	const char *bytes = g_bytes_get_data(from->body, &size);
	g_autoptr(GError) cause = NULL;
	g_autoptr(Tape) tape = tape_read(bytes, size, &cause);
	g_auto(XapiKeys) keys = { 0 };
	XapiStatement statement;

	*out = (Drawn){ .seq = from->seq };
	g_strlcpy(out->id, from->id, sizeof(out->id));
	if (size == 0)
		return true; /* it was erased */
	if (tape == NULL) {
		g_warning("statement %s is damaged: %s", from->id,
			  cause->message);
		return true;
	}
	statement = xapi_statement_on(tape);
	xapi_keys(&statement, &keys);
	if (from->tool != 0) {
		out->sender = lrs_terms_sender(from->tool);
		xapi_keys_add_authority(&keys, tape_member(tape_root(tape),
							   "authority"));
	} else {
		add_kiosk(index, from, &keys);
	}
	out->of = lrs_terms_new(&keys, NULL);
	return !define ||
	       (from->tool != 0 &&
		!tool_scopes_allow(from->scopes, TOOL_DEFINE)) ||
	       lrs_define(index->definitions, index->archive, &statement,
			  error);
}

/* --- what refers to what --- */

static const char *
target_of(const Drawn *drawn)
{
	return drawn->of != NULL ? drawn->of->target : "";
}

static bool
voids(const Drawn *drawn)
{
	return drawn->of != NULL && drawn->of->voids;
}

/* The statements that one refers to, one behind the other: Drawn. */
static bool
follow_targets(LrsIndex *index, const Drawn *from, GArray *chain,
	       GError **error)
{
	const Drawn *at = from;

	while (target_of(at)[0] != '\0' && chain->len < CHAIN_MAX) {
		g_auto(ArchiveStatement) target = { 0 };
		g_autoptr(GError) cause = NULL;
		Drawn drawn;

		if (!archive_get_statement(index->archive, target_of(at),
					   &target, &cause)) {
			if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
				return true;
			g_propagate_error(error, g_steal_pointer(&cause));
			return false;
		}
		if (target.seq == from->seq)
			return true; /* a circle */
		if (!draw(index, &target, false, &drawn, error))
			return false;
		g_array_append_val(chain, drawn);
		at = &g_array_index(chain, Drawn, chain->len - 1);
	}
	return true;
}

/* All that came before what it refers to: ArchiveReferrer. */
static bool
collect_referrers(LrsIndex *index, const Drawn *to, GArray *all, GError **error)
{
	g_autoptr(GHashTable) seen =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free,
				      NULL);
	const char *target = to->id;
	char id[ID_UUID + 1];

	g_hash_table_add(seen, g_memdup2(&to->seq, sizeof(to->seq)));
	for (guint next = 0;; next++) {
		g_autoptr(GArray) some =
			archive_list_referrers(index->archive, target, error);

		if (some == NULL)
			return false;
		for (guint i = 0; i < some->len; i++) {
			ArchiveReferrer *of =
				&g_array_index(some, ArchiveReferrer, i);

			if (g_hash_table_add(seen, g_memdup2(&of->seq,
							     sizeof(of->seq))))
				g_array_append_val(all, *of);
		}
		if (next >= all->len)
			return true;
		g_strlcpy(id, g_array_index(all, ArchiveReferrer, next).id,
			  sizeof(id));
		target = id;
	}
}

static void
post_term(const LrsIndex *index, Term term, int64_t seq, int64_t source)
{
	ArchivePosting posting = { term, seq, source };

	g_array_append_val(index->postings, posting);
}

static void
post(const LrsIndex *index, const Drawn *drawn, int64_t seq)
{
	int64_t source = seq != drawn->seq ? drawn->seq : 0;

	for (guint i = 0; drawn->of != NULL && i < drawn->of->n; i++)
		post_term(index, drawn->of->terms[i], seq, source);
}

/* A statement, and those that it refers to, under one seq. */
static void
post_all(const LrsIndex *index, const Drawn *drawn, const GArray *chain,
	 int64_t seq)
{
	post(index, drawn, seq);
	for (guint i = 0; i < chain->len; i++)
		post(index, &g_array_index(chain, Drawn, i), seq);
}

static bool
void_target(const LrsIndex *index, const Drawn *drawn, const GArray *chain,
	    GError **error)
{
	const Drawn *target;

	if (!voids(drawn) || chain->len == 0)
		return true;
	target = &g_array_index(chain, Drawn, 0);
	return voids(target) ||
	       archive_void(index->archive, target->seq, error);
}

/* Voided before it came. */
static bool
void_late(const LrsIndex *index, const Drawn *drawn, const GArray *referrers,
	  GError **error)
{
	bool voided = false;

	for (guint i = 0; i < referrers->len; i++)
		voided |= g_array_index(referrers, ArchiveReferrer, i).voids &&
			  !voids(drawn);
	return !voided || archive_void(index->archive, drawn->seq, error);
}

/* --- one statement --- */

static bool
refer(LrsIndex *index, const Drawn *drawn, GArray *chain, GError **error)
{
	const char *target = target_of(drawn);

	if (target[0] == '\0')
		return true;
	g_hash_table_add(index->targets, g_strdup(target));
	return archive_add_referrer(index->archive, target, drawn->seq,
				    voids(drawn), error) &&
	       follow_targets(index, drawn, chain, error) &&
	       void_target(index, drawn, chain, error);
}

/* Who referred to it before it came is found by it, too. */
static bool
post_referrers(LrsIndex *index, const Drawn *drawn, const GArray *chain,
	       GError **error)
{
	g_autoptr(GArray) all =
		g_array_new(FALSE, FALSE, sizeof(ArchiveReferrer));
	g_autoptr(GArray) direct =
		archive_list_referrers(index->archive, drawn->id, error);

	if (direct == NULL || !void_late(index, drawn, direct, error) ||
	    !collect_referrers(index, drawn, all, error))
		return false;
	for (guint i = 0; i < all->len; i++)
		post_all(index, drawn, chain,
			 g_array_index(all, ArchiveReferrer, i).seq);
	return true;
}

/* awaited: somebody had referred to it when its row was read. */
static bool
add_drawn(LrsIndex *index, const Drawn *drawn, bool awaited, GError **error)
{
	g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(Drawn));

	g_array_set_clear_func(chain, drawn_clear);
	if (!refer(index, drawn, chain, error))
		return false;
	post_all(index, drawn, chain, drawn->seq);
	if (drawn->sender != 0)
		post_term(index, drawn->sender, drawn->seq, 0);
	return (!awaited &&
		!g_hash_table_contains(index->targets, drawn->id)) ||
	       post_referrers(index, drawn, chain, error);
}

/* --- what was read where it came in --- */

void
lrs_index_take(LrsIndex *index, LrsTerms *terms)
{
	if (g_hash_table_size(index->sent) < SENT_MAX)
		g_hash_table_replace(index->sent, &terms->stored.us, terms);
	else
		g_free(terms);
}

/* Also one of a commit that failed may be there: it must be of this row. */
static LrsTerms *
find_sent(const LrsIndex *index, const ArchiveBehind *row)
{
	LrsTerms *terms = g_hash_table_lookup(index->sent, &row->stored.us);

	if (terms == NULL || row->erased || terms->tool != row->tool ||
	    !g_str_equal(terms->id, row->id) ||
	    !g_str_equal(terms->hash, row->hash))
		return NULL;
	return terms;
}

/* It is found by these, and defines nothing new. */
static bool
is_drawn(const LrsIndex *index, const ArchiveBehind *row)
{
	const LrsTerms *terms = find_sent(index, row);

	return terms != NULL && (!tool_scopes_allow(row->scopes, TOOL_DEFINE) ||
				 lrs_definitions_know(index->definitions,
						      terms->terms + terms->n,
						      terms->n_defined));
}

static void
take_sent(LrsIndex *index, const ArchiveBehind *row, Drawn *out)
{
	LrsTerms *terms = find_sent(index, row);

	g_hash_table_steal(index->sent, &row->stored.us);
	*out = (Drawn){ .seq = row->seq, .sender = terms->sender, .of = terms };
	g_strlcpy(out->id, row->id, sizeof(out->id));
}

/* --- all of them --- */

/* From the log's body. */
static bool
draw_row(LrsIndex *index, const ArchiveBehind *row,
	 const ArchiveStatement *from, Drawn *out, GError **error)
{
	const LrsTerms *sent = find_sent(index, row);

	if (!draw(index, from, true, out, error))
		return false;
	if (sent != NULL && tool_scopes_allow(row->scopes, TOOL_DEFINE))
		lrs_definitions_note(index->definitions, sent->terms + sent->n,
				     sent->n_defined);
	return true;
}

/* Those that must be read, and what lies between: ArchiveStatement. */
static GArray *
read_bodies(const LrsIndex *index, const GArray *rows, guint *first,
	    GError **error)
{
	guint from = rows->len, upto = 0;

	for (guint i = 0; i < rows->len; i++)
		if (!is_drawn(index, &g_array_index(rows, ArchiveBehind, i))) {
			from = MIN(from, i);
			upto = i + 1;
		}
	*first = from;
	if (from >= upto)
		return g_array_new(FALSE, FALSE, sizeof(ArchiveStatement));
	return archive_list_behind(
		index->archive,
		g_array_index(rows, ArchiveBehind, from).seq - 1, upto - from,
		error);
}

static bool
add_row(LrsIndex *index, const ArchiveBehind *row, const ArchiveStatement *body,
	GError **error)
{
	g_auto(Drawn) drawn = { 0 };

	if (body == NULL || is_drawn(index, row))
		take_sent(index, row, &drawn);
	else if (!draw_row(index, row, body, &drawn, error))
		return false;
	return add_drawn(index, &drawn, row->awaited, error);
}

/* As many as memory is to hold; *indexed moves on. */
static bool
add_few(LrsIndex *index, int64_t *indexed, guint *n, GError **error)
{
	g_autoptr(GArray) rows =
		archive_list_rows(index->archive, *indexed, IN_MEMORY, error);
	g_autoptr(GArray) bodies = NULL;
	guint first = 0;

	if (rows == NULL)
		return false;
	bodies = read_bodies(index, rows, &first, error);
	if (bodies == NULL)
		return false;
	g_hash_table_remove_all(index->targets);
	for (guint i = 0; i < rows->len; i++) {
		const ArchiveBehind *row =
			&g_array_index(rows, ArchiveBehind, i);
		const ArchiveStatement *body =
			i >= first && i - first < bodies->len
				? &g_array_index(bodies, ArchiveStatement,
						 i - first)
				: NULL;

		if (!add_row(index, row, body, error))
			return false;
		*indexed = row->seq;
	}
	*n = rows->len;
	return true;
}

static bool
add_some(LrsIndex *index, bool *more, GError **error)
{
	Archive *archive = index->archive;
	guint all = 0, n = IN_MEMORY;
	int64_t indexed;

	if (!archive_get_district(archive, &index->district, error) ||
	    !archive_take_index(archive, &indexed, error))
		return false;
	for (; all < AT_ONCE && n == IN_MEMORY; all += n)
		if (!add_few(index, &indexed, &n, error))
			return false;
	*more = n == IN_MEMORY;
	return all == 0 ||
	       (archive_add_postings(archive, index->postings, error) &&
		archive_set_indexed(archive, indexed, error));
}

static void
begin_drawing(LrsIndex *index)
{
	index->postings = g_array_new(FALSE, FALSE, sizeof(ArchivePosting));
	index->targets =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static void
end_drawing(LrsIndex *index)
{
	g_clear_pointer(&index->postings, g_array_unref);
	g_clear_pointer(&index->targets, g_hash_table_unref);
}

bool
lrs_index_some(LrsIndex *index, Archive *archive, bool *more, GError **error)
{
	bool ok;

	if (!archive_begin(archive, error))
		return false;
	index->archive = archive;
	begin_drawing(index);
	ok = add_some(index, more, error);
	ok = archive_end(archive, ok, error) && ok;
	end_drawing(index);
	if (!ok)
		lrs_definitions_forget(index->definitions);
	if (!ok || !*more)
		g_hash_table_remove_all(index->sent);
	return ok;
}

/* --- taking it out again --- */

static bool
unpost(const LrsIndex *index, const Drawn *drawn, int64_t seq, int64_t source,
       int64_t *n, GError **error)
{
	for (guint i = 0; drawn->of != NULL && i < drawn->of->n; i++)
		if (!archive_drop_posting(index->archive, drawn->of->terms[i],
					  seq, source, n, error))
			return false;
	return true;
}

/* What it is found by itself, and by what it refers to. */
static bool
unpost_own(LrsIndex *index, const Drawn *drawn, const GArray *chain, int64_t *n,
	   GError **error)
{
	if (!unpost(index, drawn, drawn->seq, -1, n, error))
		return false;
	for (guint i = 0; i < chain->len; i++)
		if (!unpost(index, &g_array_index(chain, Drawn, i), drawn->seq,
			    -1, n, error))
			return false;
	return drawn->sender == 0 ||
	       archive_drop_posting(index->archive, drawn->sender, drawn->seq,
				    -1, n, error);
}

/* What is found by it. */
static bool
unpost_others(LrsIndex *index, const Drawn *drawn, int64_t *n, GError **error)
{
	g_autoptr(GArray) all =
		g_array_new(FALSE, FALSE, sizeof(ArchiveReferrer));

	if (!collect_referrers(index, drawn, all, error))
		return false;
	for (guint i = 0; i < all->len; i++)
		if (!unpost(index, drawn,
			    g_array_index(all, ArchiveReferrer, i).seq,
			    drawn->seq, n, error))
			return false;
	return true;
}

bool
lrs_index_begin(LrsIndex *index, Archive *archive, GError **error)
{
	index->archive = archive;
	return archive_get_district(archive, &index->district, error);
}

bool
lrs_index_drop(LrsIndex *index, const ArchiveStatement *statement, int64_t *n,
	       GError **error)
{
	g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(Drawn));
	g_auto(Drawn) drawn = { 0 };

	g_array_set_clear_func(chain, drawn_clear);
	if (!draw(index, statement, false, &drawn, error) ||
	    !follow_targets(index, &drawn, chain, error) ||
	    !unpost_own(index, &drawn, chain, n, error) ||
	    !unpost_others(index, &drawn, n, error))
		return false;
	return (target_of(&drawn)[0] == '\0' ||
		archive_drop_reference(index->archive, target_of(&drawn),
				       drawn.seq, error)) &&
	       archive_drop_voided(index->archive, drawn.seq, error);
}

bool
lrs_index_add(LrsIndex *index, const ArchiveStatement *statement,
	      GError **error)
{
	g_auto(Drawn) drawn = { 0 };
	bool ok;

	begin_drawing(index);
	ok = draw(index, statement, true, &drawn, error) &&
	     add_drawn(index, &drawn, true, error) &&
	     archive_add_postings(index->archive, index->postings, error);
	end_drawing(index);
	return ok;
}

bool
lrs_index_has_activity(const LrsIndex *index, const char *activity, bool *has,
		       GError **error)
{
	return archive_has_posting(index->archive,
				   lrs_terms_activity(activity, true), has,
				   error) &&
	       (*has || archive_has_posting(index->archive,
					    lrs_terms_activity(activity, false),
					    has, error));
}
