/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/erase-private.h"
#include "sync/xapi/keys.h"

/* Statements, one by one: whether and how each is erased, and what hangs on
 * it. */

#define CHAIN_MAX 32 /* a statement of a statement of … */

static void
count(Eraser *eraser, Certified which, int64_t n)
{
	eraser->out->certificate.counts[which] += n;
}

/* --- judging --- */

static bool
is_gone(const Eraser *eraser, int64_t seq)
{
	return g_hash_table_contains(eraser->gone, &seq);
}

void
eraser_add(Eraser *eraser, int64_t seq)
{
	if (!is_gone(eraser, seq))
		g_queue_push_tail(eraser->todo, g_memdup2(&seq, sizeof(seq)));
}

static bool
names_held(const Eraser *eraser, const XapiKeys *keys)
{
	for (guint i = 0; i < keys->keys->len; i++) {
		const XapiKey *key = &g_array_index(keys->keys, XapiKey, i);

		if ((key->roles & XAPI_KEY_RELATED_AGENT) != 0 &&
		    g_hash_table_contains(eraser->held, key->text))
			return true;
	}
	return false;
}

static bool
judge(Eraser *eraser, int64_t seq, bool *loses_name, GError **error)
{
	g_auto(ArchiveStatement) statement = { 0 };
	g_autoptr(GBytes) rest = NULL;
	const char *bytes;
	size_t size;

	*loses_name = false;
	if (!archive_get_statement_at(eraser->archive, seq, &statement, error))
		return false;
	bytes = g_bytes_get_data(statement.body, &size);
	if (size == 0)
		return true;
	switch (xapi_redact(bytes, size, &eraser->who, &rest)) {
	case XAPI_REDACT_NOTHING:
		return true;
	case XAPI_REDACT_PART: /* a kiosk's record is one learner's only */
		*loses_name = statement.kiosk[0] == '\0';
		return true;
	case XAPI_REDACT_WHOLE:
		eraser_add(eraser, seq);
		return true;
	}
	g_assert_not_reached();
}

bool
eraser_judge(Eraser *eraser, GArray *seqs, GError **error)
{
	guint n = 0;

	for (guint i = 0; i < seqs->len; i++) {
		int64_t seq = g_array_index(seqs, int64_t, i);
		bool loses_name;

		if (!judge(eraser, seq, &loses_name, error))
			return false;
		if (loses_name)
			g_array_index(seqs, int64_t, n++) = seq;
	}
	g_array_set_size(seqs, n);
	return true;
}

/* --- erasing one --- */

static void
note(Eraser *eraser, char what, int64_t seq)
{
	g_autofree char *text =
		g_strdup_printf("%c%" G_GINT64_FORMAT " ", what, (gint64)seq);

	g_checksum_update(eraser->digest, (const guchar *)text, -1);
}

/* Under a hash that we do not hold there is nothing to remove. */
static bool
note_medium(Eraser *eraser, const char *sha2, GError **error)
{
	char sha256[ID_SHA256 + 1];
	int64_t size;

	if (!archive_find_sha2(eraser->archive, sha2, sha256, &size, error))
		return false;
	if (sha256[0] != '\0')
		g_hash_table_add(eraser->media, g_strdup(sha256));
	return true;
}

static bool
note_media(Eraser *eraser, const XapiStatement *statement, bool signatures_only,
	   GError **error)
{
	XapiAttachment attachment;

	for (size_t i = 0; xapi_statement_attachment(statement, i, &attachment);
	     i++)
		if ((attachment.is_signature || !signatures_only) &&
		    !note_medium(eraser, attachment.sha2, error))
			return false;
	return true;
}

static void
note_activities(Eraser *eraser, const XapiKeys *keys)
{
	for (guint i = 0; i < keys->keys->len; i++) {
		const XapiKey *key = &g_array_index(keys->keys, XapiKey, i);

		if ((key->roles &
		     (XAPI_KEY_ACTIVITY | XAPI_KEY_RELATED_ACTIVITY)) != 0)
			g_hash_table_add(eraser->activities,
					 g_strdup(key->text));
	}
}

static bool
add_referrers(Eraser *eraser, const char *id, GError **error)
{
	g_autoptr(GArray) all =
		archive_list_referrers(eraser->archive, id, error);

	if (all == NULL)
		return false;
	for (guint i = 0; i < all->len; i++)
		eraser_add(eraser, g_array_index(all, ArchiveReferrer, i).seq);
	return true;
}

static bool
erase_row(Eraser *eraser, const ArchiveStatement *statement, GError **error)
{
	int64_t *counts = eraser->out->certificate.counts;
	bool is_entry = statement->kiosk[0] != '\0';

	note(eraser, 'w', statement->seq);
	g_hash_table_add(eraser->gone,
			 g_memdup2(&statement->seq, sizeof(statement->seq)));
	count(eraser, CERTIFIED_STATEMENTS, 1);
	count(eraser, CERTIFIED_ENTRIES, is_entry);
	return lrs_index_drop(eraser->index, statement,
			      &counts[CERTIFIED_POSTINGS], error) &&
	       (!is_entry || archive_drop_entry(eraser->archive, statement->seq,
						&counts[CERTIFIED_REVIEWS],
						eraser->media, error)) &&
	       archive_empty_statement(eraser->archive, statement->seq,
				       eraser->reason, eraser->now, error) &&
	       add_referrers(eraser, statement->id, error);
}

/* It, or what it refers to, names somebody on hold. */
static bool
is_held(Eraser *eraser, const XapiKeys *keys, int depth, bool *held,
	GError **error)
{
	g_auto(ArchiveStatement) target = { 0 };
	g_auto(XapiKeys) next = { 0 };
	g_autoptr(GError) cause = NULL;
	g_autoptr(Tape) tape = NULL;
	XapiStatement at;

	*held = names_held(eraser, keys);
	if (*held || keys->target[0] == '\0' || depth == CHAIN_MAX)
		return true;
	if (!archive_get_statement(eraser->archive, keys->target, &target,
				   &cause)) {
		if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
			return true;
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	tape = tape_read(g_bytes_get_data(target.body, NULL),
			 g_bytes_get_size(target.body), NULL);
	if (tape == NULL)
		return true;
	at = xapi_statement_on(tape);
	xapi_keys(&at, &next);
	return is_held(eraser, &next, depth + 1, held, error);
}

/* Its keys and media, while it can still be read. */
static bool
read_on(Eraser *eraser, const ArchiveStatement *statement, bool *held,
	GError **error)
{
	size_t size;
	const char *bytes = g_bytes_get_data(statement->body, &size);
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	g_auto(XapiKeys) keys = { 0 };
	XapiStatement at;

	*held = false;
	if (tape == NULL)
		return true; /* damaged: nothing is known of it */
	at = xapi_statement_on(tape);
	xapi_keys(&at, &keys);
	if (!is_held(eraser, &keys, 0, held, error))
		return false;
	if (*held)
		return true;
	note_activities(eraser, &keys);
	return note_media(eraser, &at, false, error);
}

static bool
erase_one(Eraser *eraser, int64_t seq, GError **error)
{
	g_auto(ArchiveStatement) statement = { 0 };
	bool held;

	if (is_gone(eraser, seq))
		return true;
	if (!archive_get_statement_at(eraser->archive, seq, &statement, error))
		return false;
	if (g_bytes_get_size(statement.body) == 0)
		return true;
	if (!read_on(eraser, &statement, &held, error))
		return false;
	if (!held)
		return erase_row(eraser, &statement, error);
	count(eraser, CERTIFIED_HELD, 1);
	return true;
}

bool
eraser_run(Eraser *eraser, GError **error)
{
	for (;;) {
		g_autofree int64_t *seq = g_queue_pop_head(eraser->todo);

		if (seq == NULL)
			return true;
		if (!erase_one(eraser, *seq, error))
			return false;
	}
}

/* --- taking a name out --- */

static void
forget_attached(Eraser *eraser, int64_t seq)
{
	GHashTableIter at;
	gpointer seqs;

	g_hash_table_iter_init(&at, eraser->attached);
	while (g_hash_table_iter_next(&at, NULL, &seqs)) {
		GArray *of = seqs;

		for (guint i = of->len; i > 0; i--)
			if (g_array_index(of, int64_t, i - 1) == seq)
				g_array_remove_index_fast(of, i - 1);
	}
}

/* The statement as it is from now on. */
static bool
rewrite(Eraser *eraser, ArchiveStatement *statement, GBytes *rest,
	GError **error)
{
	int64_t *postings =
		&eraser->out->certificate.counts[CERTIFIED_POSTINGS];
	int64_t seq = statement->seq;

	if (!lrs_index_drop(eraser->index, statement, postings, error) ||
	    !archive_rewrite_statement(eraser->archive, seq, rest, eraser->now,
				       error))
		return false;
	archive_statement_clear(statement);
	statement->body = g_bytes_ref(rest);
	forget_attached(eraser, seq);
	eraser_scan_attachments(eraser, statement);
	note(eraser, 'n', seq);
	count(eraser, CERTIFIED_NAMES, 1);
	g_ptr_array_add(eraser->out->names, g_strdup(statement->id));
	return lrs_index_add(eraser->index, statement, error);
}

static bool
note_signatures(Eraser *eraser, const ArchiveStatement *statement, bool *held,
		GError **error)
{
	size_t size;
	const char *bytes = g_bytes_get_data(statement->body, &size);
	g_autoptr(Tape) tape = tape_read(bytes, size, error);
	g_auto(XapiKeys) keys = { 0 };
	XapiStatement at;

	if (tape == NULL)
		return false;
	at = xapi_statement_on(tape);
	xapi_keys(&at, &keys);
	return is_held(eraser, &keys, 0, held, error) &&
	       (*held || note_media(eraser, &at, true, error));
}

static bool
take_name(Eraser *eraser, int64_t seq, GError **error)
{
	g_auto(ArchiveStatement) statement = { 0 };
	g_autoptr(GBytes) rest = NULL;
	const char *bytes;
	size_t size;
	bool held;

	if (is_gone(eraser, seq))
		return true;
	if (!archive_get_statement_at(eraser->archive, seq, &statement, error))
		return false;
	bytes = g_bytes_get_data(statement.body, &size);
	if (xapi_redact(bytes, size, &eraser->who, &rest) != XAPI_REDACT_PART)
		return true;
	if (!note_signatures(eraser, &statement, &held, error))
		return false;
	if (!held)
		return rewrite(eraser, &statement, rest, error);
	count(eraser, CERTIFIED_HELD, 1);
	return true;
}

bool
eraser_take_names(Eraser *eraser, const GArray *seqs, GError **error)
{
	for (guint i = 0; i < seqs->len; i++)
		if (!take_name(eraser, g_array_index(seqs, int64_t, i), error))
			return false;
	return true;
}

/* --- what only they named --- */

static bool
is_attached(const Eraser *eraser, const char *sha2)
{
	const GArray *seqs = g_hash_table_lookup(eraser->attached, sha2);

	for (guint i = 0; seqs != NULL && i < seqs->len; i++)
		if (!is_gone(eraser, g_array_index(seqs, int64_t, i)))
			return true;
	return false;
}

static bool
drop_medium(Eraser *eraser, const char *sha256, GError **error)
{
	g_autoptr(GPtrArray) names =
		archive_list_names_of(eraser->archive, sha256, error);
	bool kept = is_attached(eraser, sha256);
	int64_t size = 0;

	if (names == NULL)
		return false;
	for (guint i = 0; i < names->len; i++)
		kept = kept || is_attached(eraser, names->pdata[i]);
	if (!kept &&
	    !archive_drop_medium(eraser->archive, sha256, &kept, &size, error))
		return false;
	count(eraser, kept ? CERTIFIED_SHARED : CERTIFIED_MEDIA, 1);
	count(eraser, CERTIFIED_MEDIA_BYTES, size);
	return true;
}

static bool
drop_activity(Eraser *eraser, const char *activity, GError **error)
{
	int64_t *counts = eraser->out->certificate.counts;
	bool found;

	if (!lrs_index_has_activity(eraser->index, activity, &found, error))
		return false;
	return found ||
	       archive_drop_activity(eraser->archive, activity,
				     &counts[CERTIFIED_ACTIVITIES],
				     &counts[CERTIFIED_DOCUMENTS], error);
}

static bool
drop_each(Eraser *eraser, GHashTable *set,
	  bool (*drop)(Eraser *, const char *, GError **), GError **error)
{
	GHashTableIter at;
	gpointer name;

	g_hash_table_iter_init(&at, set);
	while (g_hash_table_iter_next(&at, &name, NULL))
		if (!drop(eraser, name, error))
			return false;
	g_hash_table_remove_all(set);
	return true;
}

bool
eraser_drop_rest(Eraser *eraser, GError **error)
{
	return drop_each(eraser, eraser->media, drop_medium, error) &&
	       drop_each(eraser, eraser->activities, drop_activity, error);
}
