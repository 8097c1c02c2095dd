/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/xapi/check.h"

/* check.c checks each property by itself; check-rules.c what properties say
 * about each other. */
typedef struct Place Place;

struct Place {
	const Place *within;   /* NULL: at the root */
	const char *root;      /* the path of the root */
	const TapeValue *name; /* of a member; NULL: of an element */
	uint32_t index;
};

typedef struct {
	XapiVersion version;
	GError **error;
	bool in_authority; /* the actor being checked is one */
} Check;

/* Sets the fault; false.  name is a member of the place, or NULL. */
bool check_fail(const Check *check, const Place *place, const char *name,
		const char *rule, const char *section);

/* found: the object's members, as the shape lists them. */
bool check_rules(const Check *check, const Place *place, const XapiShape *shape,
		 const TapeValue *const *found) G_GNUC_WARN_UNUSED_RESULT;
