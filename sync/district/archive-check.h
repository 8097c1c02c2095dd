/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-kiosk.h"

/*
 * Reading all of an archive, to see whether it is whole.  Rows come one at a
 * time: while a function of theirs runs, the handle is for nothing else.
 */

/* From now on all that is read is of one instant, until archive_end(). */
bool archive_begin_snapshot(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* What a chain has under a number. */
typedef struct {
	int64_t number;
	const char *hash;
	const char *id;   /* of the statement; "": it was set aside */
	const void *body; /* borrowed */
	size_t size;      /* 0: there is no body to look at */
	int64_t erased;   /* EraseReason; 0: it was not */
} ArchiveLink;

typedef bool (*ArchiveLinkFunc)(void *data, const ArchiveLink *link,
				GError **error);
/* A kiosk's chain, in order. */
bool archive_each_link(Archive *archive, int64_t kiosk, ArchiveLinkFunc func,
		       void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What tools sent; number is its place in the log. */
bool archive_each_sent(Archive *archive, ArchiveLinkFunc func, void *data,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef bool (*ArchiveFileFunc)(void *data, const char *sha256, int64_t size,
				GError **error);
bool archive_each_medium(Archive *archive, ArchiveFileFunc func, void *data,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A row names this file, or it is one that is to be removed. */
bool archive_knows_file(Archive *archive, const char *sha256, bool *knows,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A pack's file whose bytes are not what its row says. */
typedef void (*ArchiveTellFunc)(void *data, const char *where);
bool archive_check_pack(Archive *archive, ArchiveTellFunc func, void *data,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What the database itself finds broken in its file, and rows that name a
 * row that is not there; of PostgreSQL the latter. */
bool
archive_check_database(Archive *archive, bool quick, ArchiveTellFunc func,
		       void *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
