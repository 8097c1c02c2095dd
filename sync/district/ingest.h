/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-log.h"
#include "sync/district/receive.h"
#include "sync/wire/messages.h"

/*
 * A kiosk's batch on its way into the record: read, judged, appended.  All or
 * nothing; the refusal then says why, and which record was at fault.
 */
typedef struct Ingest Ingest;

/* received is borrowed, and has come whole. */
Ingest *ingest_new(const Received *received);

/* Every statement, of which there may be so many.  False with the refusal
 * set. */
bool ingest_read(Ingest *ingest, size_t records_max) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Judges against what is held, and appends.  On success kiosk's held number
 * and hash are the new ones.  False with the refusal or with an error set;
 * what it wrote must be undone then.
 */
bool ingest_write(Ingest *ingest, Archive *archive, ArchiveKiosk *kiosk,
		  WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tells the district of a record it refused, so that the chain goes on. */
bool ingest_set_aside(Archive *archive, ArchiveKiosk *kiosk,
		      const AsideNotice *notice, WallTime now, Problem *refusal,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Its status is 0 while nothing was refused. */
const Problem *ingest_get_refusal(const Ingest *ingest);
/* The records' ids, in order. */
size_t ingest_count(const Ingest *ingest);
const char *ingest_get_id(const Ingest *ingest, size_t i);

/* What the log must know of a record, but for its body; *out was {0}. */
void ingest_note_record(const Evidence *evidence, const ShownTime *shown,
			ArchiveRecord *out);

void ingest_free(Ingest *ingest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ingest, ingest_free)
