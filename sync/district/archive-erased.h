/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-log.h"
#include "sync/wire/bundle.h"

/*
 * What is remembered of what was erased: opaque values only, so that a chain
 * stays whole, what is sent again is known, and nothing comes back.
 */

/* On the disk by number. */
typedef enum {
	ERASE_REQUESTED = 1, /* a learner's whole record */
	ERASE_RETENTION = 2, /* it was old enough */
	ERASE_LATE = 3,      /* it came when its learner was erased already */
	ERASE_NAME = 4,      /* one name was taken out, the rest stays */
} EraseReason;

/* The statement stays as a row with nothing in its body. */
bool
archive_note_erased(Archive *archive, int64_t seq, EraseReason reason,
		    WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a name was taken out of the statement of this id. */
bool archive_lost_name(Archive *archive, const char *id, bool *lost,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- nobody of whom nothing more is taken in --- */

/* who: a learner's id, or a badge's digits; only its hash is kept. */
bool archive_add_erased_who(Archive *archive, const char *who, WallTime now,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* agent: in its normal form, as other tools call them; kiosks are not told. */
bool archive_add_erased_agent(Archive *archive, const char *agent, WallTime now,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether anybody was erased at all: mostly nobody, then the rest need not be
 * asked. */
bool archive_has_erased_who(Archive *archive, bool *any, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_is_erased_who(Archive *archive, const char *who, bool *is,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* An agent or group in its normal form (sync/xapi/keys.h): of somebody who
 * was erased? */
bool archive_is_erased_agent(Archive *archive, const char *key, bool *is,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A kiosk's record that came too late: it has its place in the chain, and its
 * media are to go. */
bool
archive_add_late(Archive *archive, int64_t chain, const ArchiveRecord *record,
		 WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a tool's statement that was appended with an empty body. */
bool archive_note_late(Archive *archive, const char *id, WallTime now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- what a kiosk is told --- */

/* Of BundleErased, what was erased last first: of this chain, and of those
 * that it left. */
GArray *
archive_list_erased(Archive *archive, const ArchiveKiosk *kiosk, int64_t limit,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Hashes, the newest first. */
GPtrArray *archive_list_erased_who(Archive *archive, int64_t limit,
				   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Bundles and queues that were made before are no longer good. */
bool archive_renew_bundles(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- files that are to go --- */

bool archive_add_gone(Archive *archive, const char *sha256, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Of char *: SHA-256. */
GPtrArray *archive_list_gone(Archive *archive, int64_t limit, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_drop_gone(Archive *archive, const char *sha256, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* --- acts of erasing --- */

/* The same id again: its certificate is another now. */
bool
archive_put_erasure(Archive *archive, const char *id, const char *certificate,
		    WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Those that are not done: id and certificate, one behind the other. */
GPtrArray *archive_list_erasures(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_end_erasure(Archive *archive, const char *id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
