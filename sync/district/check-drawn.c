/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <unistd.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "sync/district/archive-draw.h"
#include "sync/district/archive-review.h"
#include "sync/district/archive-transfer.h"
#include "sync/district/check-private.h"
#include "sync/district/ingest.h"
#include "sync/district/lrs-index.h"
#include "sync/wire/statement.h"

/*
 * Entries, postings and the rest are drawn from the log again, in a copy of
 * the archive that takes as much room as the archive: in $TMPDIR, else in
 * /var/tmp, for nobody else to read, and gone in the end.
 */

#define TO_DO "cairn-district check --redraw draws it again from the log"

typedef struct {
	char *folder, *path; /* owned */
	Archive *archive;    /* owned */
	Evidence *evidence;  /* owned: room for one */
} Copy;

static void
copy_clear(Copy *copy)
{
	static const char *const ends[] = { "",      "-wal",      "-shm",
					    ".part", ".part-wal", ".part-shm" };

	g_clear_pointer(&copy->archive, archive_close);
	for (size_t i = 0; copy->path != NULL && i < G_N_ELEMENTS(ends); i++) {
		g_autofree char *path = g_strconcat(copy->path, ends[i], NULL);

		unlink(path);
	}
	if (copy->folder != NULL)
		g_rmdir(copy->folder);
	g_free(copy->folder);
	g_free(copy->path);
	g_free(copy->evidence);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Copy, copy_clear)

static bool
make_copy(const Check *check, Copy *copy, GError **error)
{
	const char *above = g_getenv("TMPDIR");
	const ArchiveTransfer how = { .unchecked = true };
	char *folder = g_build_filename(above != NULL ? above : "/var/tmp",
					"cairn-check-XXXXXX", NULL);

	if (g_mkdtemp(folder) == NULL) {
		g_set_error(error, FAULT, FAULT_SYSTEM,
			    "%s: no folder can be made there: name another by "
			    "TMPDIR",
			    folder);
		g_free(folder);
		return false;
	}
	copy->folder = folder;
	copy->path = g_build_filename(folder, "log.db", NULL);
	copy->evidence = g_new0(Evidence, 1);
	if (!archive_transfer(check->archive, copy->path, &how, NULL, error))
		return false;
	copy->archive = archive_open(copy->path, error);
	return copy->archive != NULL;
}

/* --- drawing --- */

/* What cannot be read, check-chain.c tells. */
static bool
draw_record(void *data, int64_t seq, int64_t kiosk, const void *body,
	    size_t size, GError **error)
{
	Copy *copy = data;
	ArchiveRecord record = { 0 };
	ShownTime shown;

	if (size == 0 ||
	    !statement_parse(body, size, copy->evidence, &shown, NULL))
		return true;
	ingest_note_record(copy->evidence, &shown, &record);
	return archive_draw_record(copy->archive, seq, kiosk, &record, error);
}

static bool
draw_entries(Copy *copy, GError **error)
{
	bool ok;

	if (!archive_begin(copy->archive, error))
		return false;
	ok = archive_each_body(copy->archive, draw_record, copy, error) &&
	     archive_settle_entries(copy->archive, error);
	return archive_end(copy->archive, ok, error);
}

static bool
draw_index(Copy *copy, GError **error)
{
	g_autoptr(LrsIndex) index = lrs_index_new();
	bool more = true;

	if (!archive_cut_log(copy->archive, error))
		return false;
	while (more)
		if (!lrs_index_some(index, copy->archive, &more, error))
			return false;
	return true;
}

static bool
draw_again(const Check *check, Copy *copy, GError **error)
{
	return make_copy(check, copy, error) &&
	       archive_forget_drawn(copy->archive, error) &&
	       draw_entries(copy, error) && draw_index(copy, error);
}

/* --- comparing --- */

static void
judge_table(void *data, const ArchiveDrawnDiff *diff)
{
	Check *check = data;

	check->drawn_rows += diff->rows;
	if (diff->missing + diff->other + diff->extra == 0)
		return;
	check_found(check, "what is drawn from the log is not what it says",
		    TO_DO,
		    "table %s: %" G_GINT64_FORMAT
		    " rows missing, %" G_GINT64_FORMAT
		    " other, %" G_GINT64_FORMAT " too many; one is %s",
		    diff->table, (gint64)diff->missing, (gint64)diff->other,
		    (gint64)diff->extra, diff->first);
}

bool
check_drawn(Check *check, GError **error)
{
	g_auto(Copy) copy = { 0 };

	return draw_again(check, &copy, error) &&
	       archive_compare_drawn(copy.archive, NULL, judge_table, check,
				     error);
}

static void
count_changes(void *data, const ArchiveDrawnDiff *diff)
{
	int64_t *changed = data;

	*changed += diff->missing + diff->other + diff->extra;
}

/* A teacher may have decided since the copy was made. */
static bool
settle(Archive *live, GError **error)
{
	bool ok;

	if (!archive_begin(live, error))
		return false;
	ok = archive_settle_entries(live, error);
	return archive_end(live, ok, error);
}

bool
check_redraw(Check *check, int64_t *changed, GError **error)
{
	g_auto(Copy) copy = { 0 };
	g_autoptr(Archive) live = NULL;

	*changed = 0;
	if (!draw_again(check, &copy, error))
		return false;
	live = archive_open(check->archive, error);
	return live != NULL &&
	       archive_compare_drawn(copy.archive, live, count_changes, changed,
				     error) &&
	       (*changed == 0 || settle(live, error));
}
