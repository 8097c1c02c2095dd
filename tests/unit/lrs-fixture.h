/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive-tool.h"
#include "tests/unit/district-fixture.h"

/* A district as an LRS, and a tool that asks it. */

/* "id:secret" of a new key; a static text until the next call. */
const char *add_test_tool(const DistrictFixture *f, ToolScopes scopes);

/* One request and what its answer must be; a row of a table, which leaves out
 * what it does not need. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

typedef struct {
	const char *name; /* what it claims, with its section */
	const char *method, *path;
	const char *body;    /* NULL: none */
	long status;         /* 0: this row only prepares */
	const char *says;    /* in the answer's body; NULL: whatever */
	const char *type;    /* NULL: application/json */
	const char *header;  /* further lines */
	const char *version; /* NULL: in 1.0.3 and in 2.0.0 */
} LrsCase;

/* The rows in order, on one district, with a key that may do all; the whole
 * once for each version. */
typedef struct {
	const LrsCase *rows;
	size_t n;
	const char *version;
} LrsTable;

void add_lrs_table(const char *path, const LrsCase *rows, size_t n);
#define ADD_LRS_TABLE(path, rows) add_lrs_table(path, rows, G_N_ELEMENTS(rows))

/* One request with a key that may do all. */
Got *ask_lrs(const DistrictFixture *f, const char *user, const char *version,
	     const LrsCase *row);

/* What the statements of an answer are: their ids' last characters, "cab". */
char *found_ids(const Got *got);
