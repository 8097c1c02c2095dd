/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/number.h"

#include <string.h>

#define EXPONENT_MAX INT64_C(1000000000000000) /* beyond it all are alike */

/* The digits behind an e, held within bounds. */
static int64_t
read_exponent(const char *at, const char *end)
{
	bool is_negative = at < end && *at == '-';
	int64_t value = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	for (; at < end && value < EXPONENT_MAX; at++)
		value = value * 10 + (*at - '0');
	return is_negative ? -value : value;
}

XapiNumber
xapi_number(const char *text, size_t size)
{
	XapiNumber number = { .is_negative = size > 0 && text[0] == '-' };
	const char *end = text + size;
	const char *at = text + (number.is_negative ? 1 : 0);
	const char *e = at;
	int64_t place = -1; /* of the digit before the point */

	while (e < end && *e != 'e' && *e != 'E')
		e++;
	for (const char *c = at; c < e && *c != '.'; c++)
		place++;
	for (; at < e; at++) {
		if (*at == '.')
			continue;
		if (*at != '0') {
			if (number.first == NULL) {
				number.first = at;
				number.magnitude = place;
			}
			number.last = at;
			number.n = (size_t)(number.magnitude - place) + 1;
		}
		place--;
	}
	if (number.first == NULL)
		number.is_negative = false;
	else if (e < end)
		number.magnitude += read_exponent(e + 1, end);
	return number;
}

static const char *
next_digit(const char *at)
{
	return at[1] == '.' ? at + 2 : at + 1;
}

static int
compare_digits(const XapiNumber *a, const XapiNumber *b)
{
	const char *p = a->first, *q = b->first;

	for (size_t i = 0; i < MIN(a->n, b->n); i++) {
		if (*p != *q)
			return *p - *q;
		if (i + 1 < a->n)
			p = next_digit(p);
		if (i + 1 < b->n)
			q = next_digit(q);
	}
	return a->n == b->n ? 0 : (a->n < b->n ? -1 : 1);
}

static int
compare_sizes(const XapiNumber *a, const XapiNumber *b)
{
	if (a->first == NULL || b->first == NULL)
		return (a->first != NULL) - (b->first != NULL);
	if (a->magnitude != b->magnitude)
		return a->magnitude < b->magnitude ? -1 : 1;
	return compare_digits(a, b);
}

int
xapi_number_compare(const XapiNumber *a, const XapiNumber *b)
{
	if (a->is_negative != b->is_negative)
		return a->is_negative ? -1 : 1;
	return a->is_negative ? compare_sizes(b, a) : compare_sizes(a, b);
}

bool
xapi_number_is_count(const XapiNumber *number, int64_t *out)
{
	const char *at = number->first;
	int64_t value = 0;

	if (number->is_negative ||
	    (number->first != NULL &&
	     (number->magnitude > 18 ||
	      (int64_t)number->n > number->magnitude + 1)))
		return false;
	for (int64_t i = 0; at != NULL && i <= number->magnitude; i++) {
		int digit = i < (int64_t)number->n ? *at - '0' : 0;

		if (value > (INT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
		if (i + 1 < (int64_t)number->n)
			at = next_digit(at);
	}
	*out = value;
	return true;
}

void
xapi_number_fold(GString *out, const XapiNumber *number)
{
	if (number->is_negative)
		g_string_append_c(out, '-');
	if (number->first == NULL) {
		g_string_append_c(out, '0');
		return;
	}
	for (const char *at = number->first; at <= number->last; at++)
		if (*at != '.')
			g_string_append_c(out, *at);
	if (number->magnitude != 0)
		g_string_append_printf(out, "e%" G_GINT64_FORMAT,
				       (gint64)number->magnitude);
}
