/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/db-schema.h"

/* What archive-transfer.c leaves to archive-transfer-target.c, which knows
 * how kinds of databases differ. */

typedef DbQuery ArchiveBound; /* reset at its scope's end */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveBound, db_query_reset)

/* The path of an SQLite address; NULL for another kind. */
const char *transfer_file(const char *address);

/* Tells one archive from another. */
char *transfer_source(Db *from, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Of a copy that was begun and has not ended; *source NULL: none was. */
bool transfer_get_mark(Db *to, char **source, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* From now on no server opens it, and rows may come in any order. */
bool transfer_mark(Db *to, const char *source, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* For each connection that copies. */
bool transfer_prepare(Db *to, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Foreign keys hold (if to be checked), sequences go on, and the mark is
 * gone. */
bool
transfer_finish(Db *to, bool check, GError **error) G_GNUC_WARN_UNUSED_RESULT;
