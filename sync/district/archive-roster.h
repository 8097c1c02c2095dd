/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive.h"

/* Classes, learners and their badges; the portrait pack's files. */

/* What is in the roster now; a learner's newest badge first. */
Roster *
archive_read_roster(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Sets id, picture and badges of the learners whose source_id is known. */
bool archive_match_learners(Archive *archive, Roster *roster, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * The roster becomes this one: every learner has an id and a source_id.  Who
 * is not in it is gone from lists, never from the record.  Entries of badges
 * that are known now become their learners'.
 */
bool archive_put_roster(Archive *archive, const Roster *roster, WallTime now,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By id or by title; FAULT_NOT_FOUND, FAULT_REFUSED if two have the title. */
bool archive_find_class(Archive *archive, const char *text, RosterClass *out,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- pack: path → GBytes --- */

bool archive_put_pack(Archive *archive, GHashTable *files, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
GHashTable *
archive_read_pack(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* FAULT_NOT_FOUND. */
GBytes *archive_read_pack_file(Archive *archive, const char *sha256,
			       GError **error) G_GNUC_WARN_UNUSED_RESULT;
