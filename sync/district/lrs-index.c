/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-index.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-erase.h"
#include "sync/district/lrs-define.h"
#include "sync/district/lrs-request.h"
#include "sync/xapi/keys.h"

#define AT_ONCE   4000 /* statements of one transaction */
#define IN_MEMORY 200  /* of those */
#define CHAIN_MAX 32   /* a statement of a statement of … */

/* What a term is of; capitals: what is only related to the statement. */
enum {
	OF_AGENT = 'a',
	OF_RELATED_AGENT = 'A',
	OF_ACTIVITY = 'o',
	OF_RELATED_ACTIVITY = 'O',
	OF_VERB = 'v',
	OF_REGISTRATION = 'r',
	OF_SENDER = 's',
};

struct LrsIndex {
	LrsDefinitions *definitions; /* owned */
	Archive *archive;            /* borrowed while it draws */

	/* owned while it draws */
	GArray *postings;    /* ArchivePosting */
	GArray *awaited;     /* int64_t: those in memory that are targets … */
	GHashTable *targets; /* … and ids that became it since they were read */
	ArchiveDistrict district;
};

/* One statement as it is drawn. */
typedef struct {
	int64_t seq;
	char id[ID_UUID + 1];
	Term sender; /* 0: a kiosk */
	char target[ID_UUID + 1];
	bool voids;
	GArray *terms; /* owned: Term, but for the sender */
} Drawn;

static void
drawn_clear(void *data)
{
	Drawn *drawn = data;

	g_clear_pointer(&drawn->terms, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Drawn, drawn_clear)

LrsIndex *
lrs_index_new(void)
{
	LrsIndex *index = g_new0(LrsIndex, 1);

	index->definitions = lrs_definitions_new();
	return index;
}

void
lrs_index_free(LrsIndex *index)
{
	if (index == NULL)
		return;

	lrs_definitions_free(index->definitions);
	g_free(index);
}

/* --- terms --- */

static void
add_term(Drawn *drawn, char kind, const char *text, size_t size)
{
	Term term = archive_term(kind, text, size);

	g_array_append_val(drawn->terms, term);
}

static void
add_key(Drawn *drawn, const XapiKey *key)
{
	static const struct {
		XapiKeyRoles role;
		char kind;
	} kinds[] = {
		{ XAPI_KEY_AGENT, OF_AGENT },
		{ XAPI_KEY_RELATED_AGENT, OF_RELATED_AGENT },
		{ XAPI_KEY_ACTIVITY, OF_ACTIVITY },
		{ XAPI_KEY_RELATED_ACTIVITY, OF_RELATED_ACTIVITY },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if ((key->roles & kinds[i].role) != 0)
			add_term(drawn, kinds[i].kind, key->text, key->size);
}

static Term
sender_term(int64_t tool)
{
	return archive_term(OF_SENDER, (const char *)&tool, sizeof(tool));
}

static void
take_keys(Drawn *drawn, const XapiKeys *keys)
{
	for (guint i = 0; i < keys->keys->len; i++)
		add_key(drawn, &g_array_index(keys->keys, XapiKey, i));
	if (keys->verb != NULL)
		add_term(drawn, OF_VERB, keys->verb->text, keys->verb->size);
	if (keys->registration[0] != '\0')
		add_term(drawn, OF_REGISTRATION, keys->registration,
			 strlen(keys->registration));
	g_strlcpy(drawn->target, keys->target, sizeof(drawn->target));
	drawn->voids = keys->is_voiding && keys->target[0] != '\0';
}

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

	*out = (Drawn){ .seq = from->seq,
			.terms = g_array_sized_new(FALSE, FALSE, sizeof(Term),
						   16) };
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
		out->sender = sender_term(from->tool);
		xapi_keys_add_authority(&keys, tape_member(tape_root(tape),
							   "authority"));
	} else {
		add_kiosk(index, from, &keys);
	}
	take_keys(out, &keys);
	return !define ||
	       (from->tool != 0 &&
		!tool_scopes_allow(from->scopes, TOOL_DEFINE)) ||
	       lrs_define(index->definitions, index->archive, &statement,
			  error);
}

/* --- what refers to what --- */

/* The statements that one refers to, one behind the other: Drawn. */
static bool
follow_targets(LrsIndex *index, const Drawn *from, GArray *chain,
	       GError **error)
{
	const Drawn *at = from;

	while (at->target[0] != '\0' && chain->len < CHAIN_MAX) {
		g_auto(ArchiveStatement) target = { 0 };
		g_autoptr(GError) cause = NULL;
		Drawn drawn;

		if (!archive_get_statement(index->archive, at->target, &target,
					   &cause)) {
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

	for (guint i = 0; i < drawn->terms->len; i++)
		post_term(index, g_array_index(drawn->terms, Term, i), seq,
			  source);
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

	if (!drawn->voids || chain->len == 0)
		return true;
	target = &g_array_index(chain, Drawn, 0);
	return target->voids ||
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
			  !drawn->voids;
	return !voided || archive_void(index->archive, drawn->seq, error);
}

/* --- one statement --- */

static int
compare_seqs(const void *a, const void *b)
{
	int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

	return (first > second) - (first < second);
}

static bool
refer(LrsIndex *index, const Drawn *drawn, GArray *chain, GError **error)
{
	if (drawn->target[0] == '\0')
		return true;
	g_hash_table_add(index->targets, g_strdup(drawn->target));
	return archive_add_referrer(index->archive, drawn->target, drawn->seq,
				    drawn->voids, error) &&
	       follow_targets(index, drawn, chain, error) &&
	       void_target(index, drawn, chain, error);
}

static bool
is_awaited(const LrsIndex *index, const Drawn *drawn)
{
	return g_hash_table_contains(index->targets, drawn->id) ||
	       g_array_binary_search(index->awaited, &drawn->seq, compare_seqs,
				     NULL);
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

static bool
add_statement(LrsIndex *index, const ArchiveStatement *from, GError **error)
{
	g_autoptr(GArray) chain = g_array_new(FALSE, FALSE, sizeof(Drawn));
	g_auto(Drawn) drawn = { 0 };

	g_array_set_clear_func(chain, drawn_clear);
	if (!draw(index, from, true, &drawn, error) ||
	    !refer(index, &drawn, chain, error))
		return false;
	post_all(index, &drawn, chain, drawn.seq);
	if (drawn.sender != 0)
		post_term(index, drawn.sender, drawn.seq, 0);
	return !is_awaited(index, &drawn) ||
	       post_referrers(index, &drawn, chain, error);
}

/* --- all of them --- */

/* As many as memory is to hold; *indexed moves on. */
static bool
add_few(LrsIndex *index, int64_t *indexed, guint *n, GError **error)
{
	g_autoptr(GArray) list =
		archive_list_behind(index->archive, *indexed, IN_MEMORY, error);
	int64_t last;

	if (list == NULL)
		return false;
	*n = list->len;
	if (list->len == 0)
		return true;
	last = g_array_index(list, ArchiveStatement, list->len - 1).seq;
	g_clear_pointer(&index->awaited, g_array_unref);
	index->awaited =
		archive_list_awaited(index->archive, *indexed, last, error);
	if (index->awaited == NULL)
		return false;
	g_hash_table_remove_all(index->targets);
	for (guint i = 0; i < list->len; i++)
		if (!add_statement(index,
				   &g_array_index(list, ArchiveStatement, i),
				   error))
			return false;
	*indexed = last;
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
	g_clear_pointer(&index->awaited, g_array_unref);
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
	return ok;
}

/* --- taking it out again --- */

static bool
unpost(const LrsIndex *index, const Drawn *drawn, int64_t seq, int64_t source,
       int64_t *n, GError **error)
{
	for (guint i = 0; i < drawn->terms->len; i++)
		if (!archive_drop_posting(index->archive,
					  g_array_index(drawn->terms, Term, i),
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
	return (drawn.target[0] == '\0' ||
		archive_drop_reference(index->archive, drawn.target, drawn.seq,
				       error)) &&
	       archive_drop_voided(index->archive, drawn.seq, error);
}

bool
lrs_index_add(LrsIndex *index, const ArchiveStatement *statement,
	      GError **error)
{
	bool ok;

	begin_drawing(index);
	index->awaited =
		archive_list_awaited(index->archive, statement->seq - 1,
				     statement->seq, error);
	ok = index->awaited != NULL && add_statement(index, statement, error) &&
	     archive_add_postings(index->archive, index->postings, error);
	end_drawing(index);
	return ok;
}

bool
lrs_index_has_activity(const LrsIndex *index, const char *activity, bool *has,
		       GError **error)
{
	size_t size = strlen(activity);

	return archive_has_posting(index->archive,
				   archive_term(OF_RELATED_ACTIVITY, activity,
						size),
				   has, error) &&
	       (*has ||
		archive_has_posting(index->archive,
				    archive_term(OF_ACTIVITY, activity, size),
				    has, error));
}

Term
lrs_index_agent_term(const char *key)
{
	return archive_term(OF_RELATED_AGENT, key, strlen(key));
}

/* --- what a query asks for --- */

void
lrs_index_terms(const XapiQuery *query, int64_t tool, ArchiveFind *out)
{
	size_t n = 0;

	if (query->agent != NULL)
		out->terms[n++] =
			archive_term(query->related_agents ? OF_RELATED_AGENT
							   : OF_AGENT,
				     query->agent, strlen(query->agent));
	if (query->activity != NULL)
		out->terms[n++] =
			archive_term(query->related_activities
					     ? OF_RELATED_ACTIVITY
					     : OF_ACTIVITY,
				     query->activity, strlen(query->activity));
	if (query->verb != NULL)
		out->terms[n++] =
			archive_term(OF_VERB, query->verb, strlen(query->verb));
	if (query->registration[0] != '\0')
		out->terms[n++] =
			archive_term(OF_REGISTRATION, query->registration,
				     strlen(query->registration));
	out->mine = tool != 0 ? sender_term(tool) : 0;
}
