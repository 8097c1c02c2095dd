/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive.h"

/* Kiosks: who may send, and how far each chain is held. */

#define ARCHIVE_CODE_DAYS 7 /* an enrolment code is good for */

typedef struct {
	int64_t key; /* the archive's own; the id is the kiosk's */
	char id[ID_UUID + 1];
	char name[ROSTER_NAME_MAX + 1];
	char public_key[SIGN_KEY_TEXT + 1];
	char secret_hash[ID_SHA256 + 1];
	WallTime enrolled, seen; /* seen 0: never */
	WallTime secret_until;   /* its secret is good; 0: for good */
	WallTime revoked;        /* 0: it is not */
	int64_t forked_from;     /* key; 0: no copy */
	int64_t forked_after;
	int64_t held; /* 1 … held are durable or set aside */
	char held_hash[ID_SHA256 + 1];
} ArchiveKiosk;

/* FAULT_NOT_FOUND. */
bool archive_find_kiosk(Archive *archive, const char *id, ArchiveKiosk *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_get_kiosk(Archive *archive, int64_t key, ArchiveKiosk *out,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of ArchiveKiosk, by name then age. */
GArray *
archive_list_kiosks(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- enrolment --- */

typedef struct {
	char hash[ID_SHA256 + 1]; /* of the digits, which are not kept */
	char name[ROSTER_NAME_MAX + 1];
	WallTime made;
	int64_t renews; /* the only kiosk that it is for; 0: any new one */
} ArchiveCode;

bool archive_add_code(Archive *archive, const char *code, const char *name,
		      WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_add_renewal(Archive *archive, const char *code,
			 const ArchiveKiosk *kiosk, WallTime now,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of ArchiveCode: those that nobody has used and that are still good. */
GArray *archive_list_codes(Archive *archive, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool archive_drop_code(Archive *archive, const char *hash, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* secret_until and revoked; the codes that could let it in are dropped. */
bool archive_end_secret(Archive *archive, const ArchiveKiosk *kiosk,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * Uses the code up.  FAULT_REFUSED: no such code, too old, used by or meant
 * for another kiosk, the kiosk's id is known with another key, or it was
 * revoked and the code does not renew it (as for all refusals, nothing is
 * written).
 */
bool archive_enrol(Archive *archive, const EnrolRequest *request,
		   const char *secret_hash, WallTime now, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * A new identity for a copy of parent that left the chain after a record;
 * the same for the same key again, with a new secret.
 */
bool
archive_fork(Archive *archive, const ArchiveKiosk *parent,
	     const ForkRequest *request, const char *secret_hash, WallTime now,
	     ArchiveKiosk *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool archive_see_kiosk(Archive *archive, int64_t key, WallTime now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The chain is held up to and including number. */
bool archive_hold(Archive *archive, int64_t key, int64_t number,
		  const char *hash, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A copy left its parent's chain only after this record. */
bool archive_move_fork(Archive *archive, int64_t key, int64_t after,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool archive_add_aside(Archive *archive, int64_t key, const AsideNotice *notice,
		       WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
int64_t archive_count_aside(Archive *archive, int64_t key, GError **error);
