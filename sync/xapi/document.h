/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "sync/xapi/tape.h"

/* What an LRS makes of JSON that it holds and JSON that comes. */

/*
 * Appends a document with the members of the one that is posted in the place
 * of its own, values byte for byte (Communication 2.2.s7; 2.0 4.1.6.2).
 * FAULT_INVALID, and nothing appended, if either is no JSON object.
 */
bool xapi_document_merge(GString *out, const char *held, size_t held_size,
			 const char *posted, size_t posted_size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/*
 * Appends an activity's definition with what a newer one says: language maps
 * language by language, other members whole (Data 2.4.4.1.s4, 3.2.s4.b3).
 * Both must be valid definitions.
 */
void xapi_definition_merge(GString *out, const Tape *held, const Tape *newer);

/* Appends the Person object of one valid agent: each of its properties as a
 * list of it (Communication 2.4.s4; 2.0 4.1.6.3). */
void xapi_person(GString *out, const Tape *agent);
