/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive.h"

/* The accounts of people, teachers and administrators, and their sessions. */

#define STAFF_LOGIN_MAX    64
#define STAFF_PASSWORD_MAX 128 /* of argon2id's text */

/* On the disk by number. */
typedef enum {
	STAFF_TEACHER = 1,
	STAFF_ADMINISTRATOR = 2, /* what IT needs; of children only what the
				  * classes given to it show */
} StaffRole;

typedef struct {
	int64_t key;
	StaffRole role;
	char login[STAFF_LOGIN_MAX + 1];
	char name[ROSTER_NAME_MAX + 1];
	char password[STAFF_PASSWORD_MAX + 1];
	bool must_change;
	WallTime password_at;
	bool all_classes;
	WallTime made, used, revoked; /* 0: never */
} ArchiveStaff;

/* Also one that is revoked.  FAULT_NOT_FOUND. */
bool archive_find_staff(Archive *archive, const char *login, ArchiveStaff *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives staff->key; FAULT_REFUSED if the login is taken. */
bool archive_add_staff(Archive *archive, ArchiveStaff *staff, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Of ArchiveStaff, by login. */
GArray *
archive_list_staff(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_use_staff(Archive *archive, int64_t staff, WallTime now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The account ends, and its sessions; at 0 it is in force again. */
bool archive_revoke_staff(Archive *archive, int64_t staff, WallTime at,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_give_class(Archive *archive, int64_t staff, const char *class_id,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends all sessions but the one with this hash (NULL: all). */
bool archive_set_password(Archive *archive, int64_t staff, const char *password,
			  bool must_change, WallTime now, const char *session,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The classes of the roster that a teacher may see, in roster order; all if
 * the account has all. */
GPtrArray *
archive_list_staff_classes(Archive *archive, const ArchiveStaff *staff,
			   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- sessions; hash: SHA-256 of the cookie --- */

typedef struct {
	WallTime made, used;
	ArchiveStaff staff;
} ArchiveSession;

/* Ends those of all teachers that are older than either time. */
bool
archive_add_session(Archive *archive, const char *hash, int64_t staff,
		    WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_drop_old_sessions(Archive *archive, WallTime made, WallTime used,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FAULT_NOT_FOUND, also for an account that is revoked. */
bool
archive_find_session(Archive *archive, const char *hash, ArchiveSession *out,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_use_session(Archive *archive, const char *hash, WallTime now,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_end_session(Archive *archive, const char *hash, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
