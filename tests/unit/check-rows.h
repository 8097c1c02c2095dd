/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/unit/xapi-fixture.h"

/*
 * What a statement may be: a row is one claim of the specification.  Its
 * section is 1.0.3's; 2.0's, where it differs, stands behind "also".  A row
 * without a path is accepted; a row with one is refused there.
 */
#define CHECK_BOTH 3
#define CHECK_V1   1
#define CHECK_V2   2

typedef struct {
	const char *claim;
	int versions;     /* that it is about; the other does the opposite */
	const char *path; /* NULL: accepted */
	const char *text;
} CheckRow;

/* Each is a test, "/xapi/check/TABLE/data-CLAIM". */
void add_check_rows(const char *table, const CheckRow *rows, size_t n);
#define ADD_CHECK_ROWS(table) add_check_rows(#table, table, G_N_ELEMENTS(table))
