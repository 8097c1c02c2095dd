/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/evidence/evidence.h"
#include "app/evidence/shown-time.h"

/*
 * An evidence ⇄ an xAPI statement (1.0.3; also valid in 2.0 / IEEE
 * 9274.1.1).  Every raw field of the record is in context.extensions, so
 * record → statement → record is the identity; verbs and types are those of
 * published profiles.  The field by field table is in sync/wire/README.md.
 */
#define STATEMENT_BYTES_MAX (128 * 1024)

/* base: the district's IRI base, "https://cairn.example", no slash at the
 * end.  The bytes are the same every time for the same arguments. */
GBytes *statement_format(const Evidence *evidence, const ShownTime *shown,
			 const char *base);

/* FAULT_INVALID names the JSON path and the rule. */
bool
statement_parse(const void *bytes, size_t size, Evidence *out, ShownTime *shown,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;
