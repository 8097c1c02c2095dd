/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/roster/roster.h"
#include "sync/wire/messages.h"

/*
 * The district's record: an append-only log of statements, what is drawn
 * from it (entries, usage), and the people, kiosks and pack around it.  The
 * calls of archive-*.h are the whole interface: nothing above them knows a
 * table or what kind of database this is.
 *
 * One handle serves one thread at a time; many handles may be open on the
 * same archive, in several processes.  What is written between
 * archive_begin() and archive_end() is durable when archive_end() returns
 * true, and never happened when it returns false.  A call that writes
 * outside of the two is a transaction of its own.
 */
typedef struct Archive Archive;

/* Makes the archive if there is none.  FAULT_TOO_NEW, FAULT_DAMAGED. */
Archive *
archive_open(const char *address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void archive_close(Archive *archive);
/* Whether other servers may append to it, too. */
bool archive_is_shared(const Archive *archive);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_close)

bool archive_begin(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Commits if ok, else rolls back and keeps the error that is set. */
bool archive_end(Archive *archive, bool ok, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Within a transaction, what was written may be only on its way: all of it
 * is done when this returns true. */
bool archive_flush(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Within a transaction: archive_settle() with ok false undoes what was
 * written since archive_mark(), and only that. */
bool archive_mark(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_settle(Archive *archive, bool ok, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Moves what is durable in the write-ahead log to its place; blocks a writer
 * only once the log has grown long. */
bool
archive_checkpoint(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* From now on this handle's commits leave that to archive_checkpoint(). */
bool archive_leave_checkpoints(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Whether the database's disk has room for a megabyte more: FAULT_FULL.
 * Within a transaction, which is to be undone. */
bool
archive_try_room(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- what the district says of itself --- */

typedef struct {
	char name[ROSTER_NAME_MAX + 1];
	char base[MESSAGE_BASE_MAX + 1]; /* IRI base */
	int64_t retention_days;
	int64_t roster_version, pack_version; /* grow with every import */
} ArchiveDistrict;

bool archive_get_district(Archive *archive, ArchiveDistrict *out,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* name, base and retention. */
bool archive_set_district(Archive *archive, const ArchiveDistrict *district,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
