/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * The statements of a request's first part, one after another: a JSON array
 * of objects, or one object (xAPI allows both).  Only finds where each
 * begins and ends, so that its bytes can be kept as they came; whether those
 * bytes are a statement is for statement_parse() to say.
 */
typedef struct {
	/* private */
	const char *bytes; /* borrowed */
	size_t size, at;
	bool in_array, done;
	size_t n;
} StatementList;

void statement_list_init(StatementList *list, const void *bytes, size_t size);

/* The next one's bytes (borrowed), or *out NULL behind the last;
 * FAULT_INVALID if this is no such list. */
bool
statement_list_next(StatementList *list, const char **out, size_t *out_size,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where the object or array that begins at bytes ends: just behind it; 0 if
 * it does not end.  Brackets are counted, not paired. */
size_t json_span(const char *bytes, size_t size);
