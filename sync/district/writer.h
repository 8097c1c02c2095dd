/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "sync/district/archive.h"
#include "sync/district/histogram.h"

/*
 * The one thread that writes to the archive.  What waits when it is free is
 * committed as one group: a disk that takes 5 ms to sync then holds hundreds
 * of requests a second times the size of a group, not two hundred.  Another
 * thread moves what is durable out of the write-ahead log.
 *
 * Any thread may call; callbacks run on the writer's thread.
 */
typedef struct Writer Writer;

/* Writes; false (with or without an error) undoes what it wrote alone. */
typedef bool (*WriteFunc)(Archive *archive, void *data, GError **error);
/* After the group's commit.  committed: it is durable; else the error, which
 * is NULL if the write gave none. */
typedef void (*WrittenFunc)(void *data, bool committed, const GError *error);

Writer *writer_new(const char *path, size_t queue_max, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * What is drawn from the writes, in transactions of its own: a second behind
 * them, when much waits to be drawn, or when a query waits for it.  *more:
 * call again.  Before the first write; the index is the caller's.
 */
typedef bool (*IndexFunc)(void *index, Archive *archive, bool *more,
			  GError **error);
void writer_set_index(Writer *writer, IndexFunc draw, void *index);
/* Waits until all that was committed before this call is drawn.  FAULT_BUSY
 * if that takes too long; else what kept it from being drawn, FAULT_FULL say:
 * what the index lacks must not be missing from an answer. */
bool writer_catch_up(Writer *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * A promise that nothing will be stored at or before an instant: now, if no
 * group is being written; else the last one promised.  Where other servers
 * write, too, it is what was heard of: theirs may be under way.  writer_stamp() gives
 * what is written from then on a later one.
 */
WallTime writer_promise(Writer *writer, WallTime now);
/* So much is committed: no less is promised from now on. */
void writer_heard(Writer *writer, WallTime stored);
WallTime writer_stamp(Writer *writer, WallTime now);

/* False if queue_max wait already: nothing will be called. */
bool writer_add(Writer *writer, WriteFunc write, WrittenFunc written,
		void *data) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	guint64 groups, writes; /* taken so far */
	guint64 failed;         /* groups that are not durable */
	guint64 full;           /* writes that found no room */
	guint64 draws;          /* of the index */
	guint waiting;
	Histogram seconds, sizes; /* of groups */
} WriterStats;

void writer_get_stats(Writer *writer, WriterStats *out);

/* Finishes what waits. */
void writer_free(Writer *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Writer, writer_free)
