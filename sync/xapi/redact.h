/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <glib.h>

#include "sync/xapi/mention.h"

/*
 * Taking one agent out of a statement that is not about that one alone.  A
 * statement is immutable (Data 2.3.1), but for the law.
 */
typedef enum {
	XAPI_REDACT_NOTHING, /* it does not name them */
	XAPI_REDACT_PART,    /* *out is the statement without them */
	XAPI_REDACT_WHOLE,   /* it is about them: no part of it can stay */
} XapiRedact;

/*
 * Of stored bytes.  Members leave a group that has others, or a name of its
 * own; with them go signatures, which hold the statement as it was.  A name
 * that stands anywhere else, an extension say, becomes noughts.  As actor,
 * object, instructor, team, authority or the only member they are what it is
 * about.  So is one that can't be read, if it has such a name.
 */
XapiRedact
xapi_redact(const char *bytes, size_t size, const XapiWho *who, GBytes **out);
