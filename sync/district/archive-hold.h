/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/evidence/evidence.h"
#include "sync/district/archive.h"

/* Legal holds: learners whose record must stay, whoever asks for less. */

#define HOLD_WHY_MAX 300

typedef struct {
	char learner[EVIDENCE_ID_MAX + 1];
	char why[HOLD_WHY_MAX + 1];
	WallTime since, lifted; /* lifted 0: in force */
} ArchiveHold;

/* Within a transaction.  FAULT_NOT_FOUND if neither the roster nor the record knows the learner,
 * FAULT_REFUSED if a hold is in force already. */
bool archive_add_hold(Archive *archive, const char *learner, const char *why,
		      WallTime now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Within a transaction.  FAULT_NOT_FOUND if none is in force. */
bool archive_lift_hold(Archive *archive, const char *learner, WallTime now,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of ArchiveHold, oldest first; also those that were lifted, if all. */
GArray *archive_list_holds(Archive *archive, bool all, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* FAULT_REFUSED, with since when and why, if the learner is on hold. */
bool archive_check_hold(Archive *archive, const char *learner, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
