/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/erase-private.h"

/* Retention: what is old enough, by its state.  In parts, so that kiosks are
 * not kept waiting for the whole. */

#define AT_ONCE 500 /* statements of one transaction */
#define DAY_US  (INT64_C(24) * 60 * 60 * G_USEC_PER_SEC)

void
erase_read_ages(const Settings *settings, EraseAges *out)
{
	const struct {
		const char *key;
		int64_t *days;
	} ages[] = {
		{ "confirmed_days", &out->confirmed_days },
		{ "returned_days", &out->returned_days },
		{ "undecided_days", &out->undecided_days },
		{ "statements_days", &out->statements_days },
		{ "documents_days", &out->documents_days },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ages); i++)
		*ages[i].days =
			settings_number(settings, "retention", ages[i].key);
}

static WallTime
before(WallTime now, int64_t days)
{
	return (WallTime){ now.us - days * DAY_US };
}

static bool
erase_list(Eraser *eraser, const GArray *seqs, GError **error)
{
	for (guint i = 0; i < seqs->len; i++)
		eraser_add(eraser, g_array_index(seqs, int64_t, i));
	return eraser_scan(eraser, error) && eraser_run(eraser, error) &&
	       eraser_drop_rest(eraser, error);
}

/* *after moves on; *more tells whether to call again. */
static bool
erase_some(Eraser *eraser, AgedKind kind, int64_t days, int64_t *after,
	   bool *more, GError **error)
{
	g_autoptr(GArray) seqs = archive_list_aged(eraser->archive, kind,
						   before(eraser->now, days),
						   *after, AT_ONCE, error);

	if (seqs == NULL)
		return false;
	*more = seqs->len == AT_ONCE;
	if (seqs->len == 0)
		return true;
	*after = g_array_index(seqs, int64_t, seqs->len - 1);
	return erase_list(eraser, seqs, error);
}

static bool
erase_documents(Eraser *eraser, int64_t days, GError **error)
{
	int64_t *counts = eraser->out->certificate.counts;

	return days == 0 ||
	       archive_drop_old_documents(eraser->archive,
					  before(eraser->now, days),
					  &counts[CERTIFIED_DOCUMENTS], error);
}

static int64_t
total(const Eraser *eraser)
{
	const int64_t *counts = eraser->out->certificate.counts;

	return counts[CERTIFIED_STATEMENTS] + counts[CERTIFIED_DOCUMENTS];
}

/* One transaction of the real run; a part that erased nothing needs no word. */
typedef struct {
	const EraseRequest *request;
	const EraseAges *ages;
	AgedKind kind;
	int64_t days, after;
} Part;

static bool
do_part(Eraser *eraser, Part *part, bool *more, GError **error)
{
	int64_t had = total(eraser);

	*more = false;
	g_hash_table_remove_all(eraser->held);
	if (!eraser_read_holds(eraser, error) ||
	    !(part->days == 0 || erase_some(eraser, part->kind, part->days,
					    &part->after, more, error)))
		return false;
	if (part->kind == AGED_OF_TOOLS && !*more &&
	    !erase_documents(eraser, part->ages->documents_days, error))
		return false;
	return total(eraser) == had || part->request->confirm == NULL ||
	       eraser_certify(eraser, part->request, error);
}

static bool
commit_part(Eraser *eraser, Part *part, bool *more, GError **error)
{
	bool ok;

	if (!archive_begin(eraser->archive, error))
		return false;
	ok = do_part(eraser, part, more, error);
	return archive_end(eraser->archive, ok, error);
}

typedef bool (*PartFunc)(Eraser *eraser, Part *part, bool *more,
			 GError **error);

static bool
do_all(Eraser *eraser, const EraseRequest *request, const EraseAges *ages,
       PartFunc func, GError **error)
{
	const int64_t days[] = {
		[AGED_CONFIRMED] = ages->confirmed_days,
		[AGED_RETURNED] = ages->returned_days,
		[AGED_UNDECIDED] = ages->undecided_days,
		[AGED_OF_TOOLS] = ages->statements_days,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		Part part = { request, ages, (AgedKind)i, days[i], 0 };
		bool more = true;

		while (more)
			if (!func(eraser, &part, &more, error))
				return false;
	}
	return true;
}

/* To look, all of it is done at once and undone. */
static bool
look(Eraser *eraser, const EraseRequest *request, const EraseAges *ages,
     GError **error)
{
	bool ok;

	if (!archive_begin(eraser->archive, error))
		return false;
	ok = do_all(eraser, request, ages, do_part, error) &&
	     archive_flush(eraser->archive, error);
	if (!ok)
		return archive_end(eraser->archive, false, error);
	(void)!archive_end(eraser->archive, false, NULL);
	return true;
}

bool
erase_old(Archive *archive, const EraseRequest *request, const EraseAges *ages,
	  EraseResult *out, GError **error)
{
	g_auto(Eraser) eraser = { 0 };

	if (!eraser_begin(&eraser, archive, request, ERASE_RETENTION, out,
			  error) ||
	    !eraser_scan(&eraser, error))
		return false;
	return request->confirm == NULL
		       ? look(&eraser, request, ages, error)
		       : do_all(&eraser, request, ages, commit_part, error);
}
