/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/erase.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-hold.h"
#include "sync/district/erase-private.h"

/* A learner's whole record. */

/* --- who --- */

static void
add_name(Eraser *eraser, const char *kind, const char *name)
{
	g_hash_table_add(eraser->who.keys, eraser_agent(eraser, kind, name));
	if (strlen(name) >= ERASE_NAME_MIN)
		g_ptr_array_add(eraser->who.texts, g_strdup(name));
}

static void
add_given_names(Eraser *eraser, const EraseNames *names)
{
	for (guint i = 0; i < names->keys->len; i++)
		g_hash_table_add(eraser->who.keys,
				 g_strdup(names->keys->pdata[i]));
	for (guint i = 0; i < names->words->len; i++)
		g_ptr_array_add(eraser->who.words,
				g_strdup(names->words->pdata[i]));
}

static bool
find_who(Eraser *eraser, const EraseRequest *request, GError **error)
{
	const char *learner = request->learner;
	g_autoptr(GPtrArray) badges = NULL;
	bool known;

	if (!archive_knows_learner(eraser->archive, learner, &known, error))
		return false;
	if (!known) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "no such learner: give the opaque id that "
			    "--find prints");
		return false;
	}
	badges = archive_list_badges(eraser->archive, learner, error);
	if (badges == NULL)
		return false;
	add_name(eraser, "learner", learner);
	for (guint i = 0; i < badges->len; i++)
		add_name(eraser, "badge", badges->pdata[i]);
	if (request->names != NULL)
		add_given_names(eraser, request->names);
	return true;
}

static bool
forget_agents(Eraser *eraser, const EraseNames *names, GError **error)
{
	for (guint i = 0; names != NULL && i < names->keys->len; i++)
		if (!archive_add_erased_agent(eraser->archive,
					      names->keys->pdata[i],
					      eraser->now, error))
			return false;
	return true;
}

static bool
forget_who(Eraser *eraser, const EraseRequest *request, GError **error)
{
	const char *learner = request->learner;
	int64_t *counts = eraser->out->certificate.counts;
	g_autoptr(GPtrArray) badges =
		archive_list_badges(eraser->archive, learner, error);
	ArchivePersonCounts person = { 0 };

	if (badges == NULL || !archive_add_erased_who(eraser->archive, learner,
						      eraser->now, error))
		return false;
	for (guint i = 0; i < badges->len; i++)
		if (!archive_add_erased_who(eraser->archive, badges->pdata[i],
					    eraser->now, error))
			return false;
	if (!forget_agents(eraser, request->names, error) ||
	    !archive_drop_learner(eraser->archive, learner, &person, error))
		return false;
	counts[CERTIFIED_USAGE] += person.usage;
	counts[CERTIFIED_BADGES] += person.badges;
	counts[CERTIFIED_LEARNERS] += person.learners;
	return true;
}

/* --- their statements --- */

static bool
add_entries(Eraser *eraser, const char *learner, GError **error)
{
	g_autoptr(GArray) entries =
		archive_list_entries_of(eraser->archive, learner, error);

	if (entries == NULL)
		return false;
	for (guint i = 0; i < entries->len; i++)
		eraser_add(eraser, g_array_index(entries, int64_t, i));
	return true;
}

static bool
list_posted(Eraser *eraser, const char *agent, GArray *all, GError **error)
{
	g_autoptr(GArray) some =
		archive_list_posted(eraser->archive, lrs_terms_agent(agent),
				    error);

	if (some == NULL)
		return false;
	g_array_append_vals(all, some->data, some->len);
	return true;
}

/* What came since the index was drawn. */
static bool
list_undrawn(Eraser *eraser, GArray *all, GError **error)
{
	g_autoptr(GArray) some = NULL;
	int64_t indexed;

	if (!archive_take_index(eraser->archive, &indexed, error))
		return false;
	some = archive_list_behind(eraser->archive, indexed, INT32_MAX, error);
	if (some == NULL)
		return false;
	for (guint i = 0; i < some->len; i++)
		g_array_append_val(all, g_array_index(some, ArchiveStatement, i)
						.seq);
	return true;
}

static int
compare_seqs(const void *a, const void *b)
{
	const int64_t *first = a, *second = b;

	return (*first > *second) - (*first < *second);
}

static void
sort_once(GArray *seqs)
{
	guint n = 0;

	g_array_sort(seqs, compare_seqs);
	for (guint i = 0; i < seqs->len; i++) {
		int64_t seq = g_array_index(seqs, int64_t, i);

		if (n == 0 || g_array_index(seqs, int64_t, n - 1) != seq)
			g_array_index(seqs, int64_t, n++) = seq;
	}
	g_array_set_size(seqs, n);
}

/* All that may name them; in order, each once. */
static GArray *
list_suspects(Eraser *eraser, GError **error)
{
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(int64_t));
	GHashTableIter at;
	gpointer agent;

	g_hash_table_iter_init(&at, eraser->who.keys);
	while (g_hash_table_iter_next(&at, &agent, NULL))
		if (!list_posted(eraser, agent, all, error))
			return NULL;
	if (!list_undrawn(eraser, all, error))
		return NULL;
	g_array_append_vals(all, eraser->mentions->data, eraser->mentions->len);
	sort_once(all);
	return g_steal_pointer(&all);
}

static bool
erase_statements(Eraser *eraser, const char *learner, GError **error)
{
	g_autoptr(GArray) suspects = NULL;

	if (!add_entries(eraser, learner, error))
		return false;
	suspects = list_suspects(eraser, error);
	return suspects != NULL && eraser_judge(eraser, suspects, error) &&
	       eraser_run(eraser, error) &&
	       eraser_take_names(eraser, suspects, error);
}

/* --- their documents --- */

static bool
erase_documents(Eraser *eraser, GError **error)
{
	int64_t *counts = eraser->out->certificate.counts;
	GHashTableIter at;
	gpointer agent;

	g_hash_table_iter_init(&at, eraser->who.keys);
	while (g_hash_table_iter_next(&at, &agent, NULL))
		if (!archive_drop_documents_of(eraser->archive, agent,
					       &counts[CERTIFIED_DOCUMENTS],
					       error))
			return false;
	return archive_count_documents_with(eraser->archive, &eraser->who,
					    &counts[CERTIFIED_MENTIONS], error);
}

/* --- the whole --- */

static void
make_token(Eraser *eraser, const EraseNames *names)
{
	EraseResult *out = eraser->out;
	const Certificate *certificate = &out->certificate;

	for (int i = 0; i < CERTIFIED_COUNTS; i++) {
		g_autofree char *text =
			g_strdup_printf("%s %" G_GINT64_FORMAT "\n",
					certified_name((Certified)i),
					(gint64)certificate->counts[i]);

		g_checksum_update(eraser->digest, (const guchar *)text, -1);
	}
	g_checksum_update(eraser->digest, (const guchar *)certificate->learner,
			  -1);
	for (guint i = 0; names != NULL && i < names->keys->len; i++)
		g_checksum_update(eraser->digest, names->keys->pdata[i], -1);
	g_strlcpy(out->token, g_checksum_get_string(eraser->digest),
		  sizeof(out->token));
}

static bool
check_token(const EraseRequest *request, const EraseResult *out, GError **error)
{
	if (request->confirm == NULL ||
	    g_str_equal(request->confirm, out->token))
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "what is held of this learner is not what \"%s\" was given "
		    "for: look at it with --dry-run again",
		    request->confirm);
	return false;
}

static bool
erase(Eraser *eraser, const EraseRequest *request, GError **error)
{
	const char *learner = request->learner;

	if (!archive_check_hold(eraser->archive, learner, error) ||
	    !eraser_read_holds(eraser, error) || !eraser_scan(eraser, error) ||
	    !erase_statements(eraser, learner, error) ||
	    !erase_documents(eraser, error) ||
	    !eraser_drop_rest(eraser, error) ||
	    !forget_who(eraser, request, error))
		return false;
	make_token(eraser, request->names);
	return check_token(request, eraser->out, error) &&
	       (request->confirm == NULL ||
		eraser_certify(eraser, request, error)) &&
	       archive_flush(eraser->archive, error);
}

/* Without a token all of it is undone, and only the counts stay. */
static bool
erase_or_look(Eraser *eraser, const EraseRequest *request, GError **error)
{
	Archive *archive = eraser->archive;
	bool ok;

	if (!archive_begin(archive, error))
		return false;
	ok = erase(eraser, request, error);
	if (request->confirm != NULL || !ok)
		return archive_end(archive, ok, error);
	(void)!archive_end(archive, false, NULL);
	return true;
}

bool
erase_learner(Archive *archive, const EraseRequest *request, EraseResult *out,
	      GError **error)
{
	g_auto(Eraser) eraser = { 0 };

	return eraser_begin(&eraser, archive, request, ERASE_REQUESTED, out,
			    error) &&
	       find_who(&eraser, request, error) &&
	       eraser_scan(&eraser, error) &&
	       erase_or_look(&eraser, request, error);
}
