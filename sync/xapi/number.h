/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/*
 * A JSON number by its value, exactly: 1, 1.0 and 10e-1 are one number, and
 * 1.00000000000000000001 is more than 1.  Borrows its digits from the text.
 */
typedef struct {
	bool is_negative;
	const char *first, *last; /* significant digits, perhaps with a point
				   * among them; NULL: zero */
	size_t n;                 /* how many */
	int64_t magnitude;        /* the first one counts 10^magnitude */
} XapiNumber;

/* text must be a number as JSON writes it. */
XapiNumber xapi_number(const char *text, size_t size);

/* Less than, equal to, or greater than 0, as for strcmp(). */
int xapi_number_compare(const XapiNumber *a, const XapiNumber *b);

/* Whether it is 0, 1, 2 … up to 2^63 - 1. */
bool xapi_number_is_count(const XapiNumber *number, int64_t *out);

/* Appends the one spelling of this value. */
void xapi_number_fold(GString *out, const XapiNumber *number);
