/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/base/id.h"

/*
 * Statements that could not be sent: a file each in the folder aside/, named
 * by the statement's id, with why and when.  The statement itself stays where
 * it is, at the source: what is erased there is then nowhere.
 */
#define ASIDE_REASON_MAX 299

typedef struct {
	char id[ID_UUID + 1];
	char reason[ASIDE_REASON_MAX + 1];
	WallTime at;
} Aside;

/* Durably; a newer reason takes the older one's place. */
bool aside_add(const char *folder, const Aside *aside, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* No error if it is not there. */
bool aside_remove(const char *folder, const char *id, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Of Aside, by id; a file that is none is passed over. */
GArray *
aside_list(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
