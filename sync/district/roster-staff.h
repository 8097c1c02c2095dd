/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-staff.h"

/*
 * Teachers as a OneRoster folder names them (app/roster reads students
 * only): whose classes an account is given when it is made.
 */
typedef struct {
	char source_id[256];
	char login[STAFF_LOGIN_MAX + 1]; /* username; may be "" */
	char name[ROSTER_NAME_MAX + 1];
	GPtrArray *classes; /* owned: of char * */
} RosterStaff;

/* Of RosterStaff; FAULT_INVALID. */
GPtrArray *
roster_staff_read(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* archive-roster-staff.c: replaces those that are there. */
bool archive_put_roster_staff(Archive *archive, const GPtrArray *staff,
			      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* By source id or login. */
bool
archive_find_roster_staff(Archive *archive, const char *login,
			  char name[static ROSTER_NAME_MAX + 1], bool *found,
			  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Gives an account the classes of that teacher. */
bool
archive_give_roster_classes(Archive *archive, int64_t staff, const char *login,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
