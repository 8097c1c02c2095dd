/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/id.h"
#include "sync/district/db.h"

/*
 * Moves a whole archive from one database to another, of whatever kind: every
 * table that the schema has, row by row, in the order of its key.
 *
 * What is read is one instant of `from`, which a server may go on writing to.
 * Killed at any moment and called again, it goes on; until it has ended no
 * server opens `to`, and a file of SQLite has no name but FILE.part.  In the
 * end each table is read again on both sides and compared, by number of rows
 * and by hash; foreign keys are checked, and sequences go on behind the last
 * row.  Memory: a row, however many there are.
 */
typedef struct {
	const char *name; /* interned */
	int64_t rows;
	char sha256[ID_SHA256 + 1]; /* of all rows, in order */
} ArchiveSum;

typedef struct {
	/* After every commit; false: stop here (FAULT_BUSY).  Or NULL. */
	bool (*progress)(void *data, const char *table, int64_t rows,
			 int64_t of);
	void *data;
	/* For a copy that is thrown away: nothing is compared in the end. */
	bool unchecked;
} ArchiveTransfer;

/*
 * Addresses as for db_open().  *sums: of ArchiveSum, the caller's; may be
 * NULL.  If `to` holds the very same already, that is no error.
 * FAULT_REFUSED: it holds something else.  FAULT_NOT_FOUND: no `from`.
 */
bool
archive_transfer(const char *from, const char *to, const ArchiveTransfer *how,
		 GPtrArray **sums, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* False with FAULT_REFUSED while a copy into this archive has not ended. */
bool archive_is_whole(Db *db, GError **error) G_GNUC_WARN_UNUSED_RESULT;
