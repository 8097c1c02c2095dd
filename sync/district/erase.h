/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/settings.h"
#include "sync/district/archive-erased.h"
#include "sync/district/erase-names.h"
#include "sync/district/media.h"
#include "sync/wire/certificate.h"

/*
 * Erasing for good: a learner's whole record, or what is old enough.
 *
 *     look     everything is done in a transaction that is rolled back, so
 *              its counts are those of the real run; it gives a token
 *     do it    the same again; only if the token is still the same it is
 *              committed, with a certificate and a list of files to remove
 *     finish   files go, the database is rewritten, the certificate gets its
 *              file: whatever interrupts it, erase_finish() goes on with it
 *
 * A statement that was erased keeps its row, with an opaque id, number and
 * hash: a chain stays whole, and what is sent again is known and not kept.
 */

#define ERASE_TOKEN  12             /* hex digits */
#define ERASE_FOLDER "certificates" /* in the district's, 0700 */

typedef struct {
	const char *learner;     /* "": what is old enough */
	const EraseNames *names; /* borrowed: of the learner; NULL: none */
	WallTime now;
	const char *confirm; /* the token; NULL: only look */
	const SignKey *key;  /* borrowed */
	bool by_itself;      /* the server; else a command: for the audit log */
} EraseRequest;

typedef struct {
	Certificate certificate;
	char token[ERASE_TOKEN + 1];
	char *line; /* owned: the certificate, signed; NULL: only looked */
	GPtrArray
		*names; /* owned: ids of statements that stay without a name */
} EraseResult;

void erase_result_clear(EraseResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EraseResult, erase_result_clear)

/*
 * Draws the index to its end first.  FAULT_NOT_FOUND: no such learner;
 * FAULT_REFUSED: on hold, or what is held is no longer what the token was
 * given for.
 */
bool erase_learner(Archive *archive, const EraseRequest *request,
		   EraseResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* 0: kept for ever. */
typedef struct {
	int64_t confirmed_days, returned_days; /* since the decision */
	int64_t undecided_days;                /* since it came */
	int64_t statements_days;               /* of tools, since they came */
	int64_t documents_days; /* since they were last written */
} EraseAges;

void erase_read_ages(const Settings *settings, EraseAges *out);

/* No token is asked for: the settings are the district's word; confirm not
 * NULL does it.  Large, it is several transactions, and one certificate. */
bool
erase_old(Archive *archive, const EraseRequest *request, const EraseAges *ages,
	  EraseResult *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Carries through what is not done yet.  remains (may be NULL): lines for IT
 * of what the database keeps still.  FAULT_BUSY: others were in the way; what
 * is left to do is done the next time.
 */
bool erase_finish(Archive *archive, const char *folder, Media *media,
		  GPtrArray *remains, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the database may be rewritten at this time of the day, or that is to
 * wait for the night ([retention] rewrite_nightly). */
bool erase_may_rewrite(const Settings *settings, WallTime now);
/* Of that, only the files that nothing names any more. */
bool erase_remove_files(Archive *archive, Media *media, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
