/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>
#include <jansson.h>

#include "app/evidence/evidence.h"

/*
 * Learners and classes, as a kiosk or the district knows them: the fewest
 * facts that the work needs.  Plain arrays, owned.
 */
#define ROSTER_NAME_MAX      120 /* bytes of a shown name */
#define ROSTER_CLASSES_MAX   500
#define ROSTER_LEARNERS_MAX  20000
#define ROSTER_BADGES_MAX    4 /* at once, of one learner */
#define ROSTER_SOURCE_ID_MAX 255

typedef struct {
	char id[EVIDENCE_ID_MAX + 1];
	char title[ROSTER_NAME_MAX + 1];
	char grade[8]; /* lowest CEDS code, "KG" */
} RosterClass;

typedef struct {
	char id[EVIDENCE_ID_MAX + 1];   /* opaque */
	char name[ROSTER_NAME_MAX + 1]; /* shown: "Maya R." beside "Maya T." */
	char class_id[EVIDENCE_ID_MAX + 1]; /* homeroom */
	char grade[8];                      /* CEDS, "KG", "03"; "" unknown */
	char picture[EVIDENCE_ID_MAX + 1];  /* "fox": icons/pictures/fox.svg in
					      the pack; unique in a class */
	char badges[ROSTER_BADGES_MAX][EVIDENCE_ID_MAX + 1]; /* "" at the end */
	/* only where read from OneRoster, never sent: */
	char source_id[ROSTER_SOURCE_ID_MAX + 1];
} RosterLearner;

/* Read from OneRoster for the district; never sent to a kiosk. */
typedef struct {
	char source_id[ROSTER_SOURCE_ID_MAX + 1];
	char name[ROSTER_NAME_MAX + 1]; /* "Ngozi Okafor" */
	char **class_ids;               /* owned; NULL-terminated */
} RosterTeacher;

typedef struct {
	RosterClass *classes;
	size_t n_classes;
	RosterLearner *learners;
	size_t n_learners;
	RosterTeacher *teachers;
	size_t n_teachers;
	char **skipped; /* what was passed over, by file and line, never by
			   name; NULL-terminated; NULL if not read */
} Roster;

/*
 * Reads a OneRoster 1.1 or 1.2 bulk CSV folder (manifest.csv, classes.csv,
 * enrollments.csv, users.csv …): columns by name, nothing read that is not
 * needed.  id is empty (the district gives one), source_id is
 * users.sourcedId.  Names of two alike in a class are told apart by the
 * shortest beginning of the family name that does it.  A row that cannot be
 * used is passed over and reported in skipped; a folder that cannot, or a
 * delta, is FAULT_INVALID with file, line and rule.
 */
Roster *roster_read_oneroster(const char *folder, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * Gives each learner without one a picture of the names, distinct within a
 * class as long as they last; those that have one keep it.
 */
void
roster_assign_pictures(Roster *roster, const char *const *pictures, size_t n);

/*
 * The bundle's {"classes":[…],"learners":[…]} ⇄ a Roster.  source_id never
 * leaves the district.
 */
json_t *roster_to_json(const Roster *roster);
Roster *
roster_from_json(const json_t *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void roster_free(Roster *roster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Roster, roster_free)
