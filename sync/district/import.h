/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/portrait/portrait.h"
#include "sync/district/archive-staff.h"

/* Bringing a pack, a roster and people in; each is one transaction, and
 * harmless when repeated. */

bool import_portrait(Archive *archive, const char *folder, Portrait **out,
		     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The pack that was imported; FAULT_NOT_FOUND if none. */
Portrait *import_read_portrait(Archive *archive, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	size_t classes, learners, added, teachers;
} ImportCounts;
bool import_roster(Archive *archive, const char *folder, WallTime now,
		   ImportCounts *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
	StaffRole role;
	const char *login;
	const char *name;       /* NULL: the roster's, or the login */
	const char *class_text; /* an id, a title, "all", or NULL for those
				 * that the roster gives a teacher of that
				 * login, and none to an administrator */
} ImportStaff;

/* hash: of a password that is to be changed at its first use.  Within the
 * caller's transaction. */
bool import_staff(Archive *archive, const ImportStaff *from, const char *hash,
		  WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A teacher, in one of its own. */
bool import_teacher(Archive *archive, const char *login, const char *name,
		    const char *class_text, const char *password, WallTime now,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
