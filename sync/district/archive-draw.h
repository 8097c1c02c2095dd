/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-log.h"

/*
 * What is drawn from the log, drawn again and compared.  All of it happens in
 * a copy of the archive that is thrown away (SQLite, archive-transfer.h), but
 * for what is put right.
 */

/* What the copy has drawn is kept for comparing, and drawn no more.  From now
 * on the copy is for nothing else. */
bool
archive_forget_drawn(Archive *copy, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef bool (*ArchiveBodyFunc)(void *data, int64_t seq, int64_t kiosk,
				const void *body, size_t size, GError **error);
/* Each statement of a kiosk, in order; func may write to the copy. */
bool archive_each_body(Archive *copy, ArchiveBodyFunc func, void *data,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The log ends where the copy's postings did, and none is made yet. */
bool archive_cut_log(Archive *copy, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	const char *table;
	int64_t rows;                  /* that should be there */
	int64_t missing, other, extra; /* and are not, or differ; too many */
	char first[200];               /* the key of one of them */
} ArchiveDrawnDiff;

typedef void (*ArchiveDiffFunc)(void *data, const ArchiveDrawnDiff *diff);
/*
 * Compares each drawn table.  live, if not NULL, is put right: rows are
 * added and replaced, and those of the index that are too many removed; never
 * an entry, on which reviews rest.
 */
bool
archive_compare_drawn(Archive *copy, Archive *live, ArchiveDiffFunc func,
		      void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
