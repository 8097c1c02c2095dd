/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "sync/xapi/shape.h"

/*
 * Whether JSON is what a version of xAPI says it must be.  A refusal is
 * FAULT_INVALID, and its message names the JSON path, the rule, and where the
 * rule stands:
 *
 *     $.actor.mbox: must be a mailto: IRI (xAPI 1.0.3 Data 2.4.2.3)
 *
 * It quotes names of properties, and never a value.
 */
#define XAPI_VERB_VOIDED "http://adlnet.gov/expapi/verbs/voided"
#define XAPI_SIGNATURE   "http://adlnet.gov/expapi/attachments/signature"

/* A statement, whole.  path is where it stands, "$" or "$[3]". */
bool xapi_check_statement(const TapeValue *statement, XapiVersion version,
			  const char *path, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* An agent or an identified group alone, as a request's parameter has it
 * (Communication 2.1.3); an anonymous group is refused, and with agent_only
 * any group. */
bool
xapi_check_actor(const TapeValue *actor, XapiVersion version, bool agent_only,
		 const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
