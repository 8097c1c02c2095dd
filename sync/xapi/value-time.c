/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include <string.h>

#include "sync/xapi/value.h"

#define SECONDS_A_DAY 86400

typedef struct {
	int year, month, day, hour, minute, second;
	int offset_minutes; /* east of UTC */
	bool has_seconds, has_zone, is_basic, is_plain_zone;
	const char *fraction; /* digits, or NULL */
	size_t fraction_size;
} Moment;

typedef struct {
	const char *at, *end;
} Reader;

static bool
take(Reader *reader, char c)
{
	if (reader->at == reader->end || *reader->at != c)
		return false;
	reader->at++;
	return true;
}

static bool
take_digits(Reader *reader, int n, int *out)
{
	int value = 0;

	if (reader->end - reader->at < n)
		return false;
	for (int i = 0; i < n; i++, reader->at++) {
		if (!g_ascii_isdigit(*reader->at))
			return false;
		value = value * 10 + (*reader->at - '0');
	}
	*out = value;
	return true;
}

static bool
take_date(Reader *reader, Moment *out)
{
	if (!take_digits(reader, 4, &out->year))
		return false;
	out->is_basic = !take(reader, '-');
	return take_digits(reader, 2, &out->month) &&
	       (out->is_basic || take(reader, '-')) &&
	       take_digits(reader, 2, &out->day);
}

static bool
take_fraction(Reader *reader, Moment *out)
{
	if (!take(reader, '.') && !take(reader, ','))
		return true;
	out->fraction = reader->at;
	while (reader->at < reader->end && g_ascii_isdigit(*reader->at))
		reader->at++;
	out->fraction_size = (size_t)(reader->at - out->fraction);
	return out->fraction_size > 0;
}

static bool
is_digit_next(const Reader *reader)
{
	return reader->at < reader->end && g_ascii_isdigit(*reader->at);
}

static bool
take_time(Reader *reader, Moment *out)
{
	if (!take_digits(reader, 2, &out->hour) ||
	    !(out->is_basic || take(reader, ':')) ||
	    !take_digits(reader, 2, &out->minute))
		return false;
	out->has_seconds =
		out->is_basic ? is_digit_next(reader) : take(reader, ':');
	if (!out->has_seconds)
		return true;
	return take_digits(reader, 2, &out->second) &&
	       take_fraction(reader, out);
}

/* Nothing, Z, or an offset, of which -00 is none. */
static bool
take_zone(Reader *reader, Moment *out)
{
	int hours, minutes = 0;
	bool is_west = false;

	if (reader->at == reader->end)
		return true;
	out->has_zone = true;
	out->is_plain_zone = true;
	if (take(reader, 'Z') || take(reader, 'z'))
		return true;
	if (!take(reader, '+')) {
		is_west = take(reader, '-');
		if (!is_west)
			return false;
	}
	if (!take_digits(reader, 2, &hours))
		return false;
	out->is_plain_zone = take(reader, ':');
	if (reader->at < reader->end || out->is_plain_zone)
		if (!take_digits(reader, 2, &minutes))
			return false;
	out->offset_minutes = (hours * 60 + minutes) * (is_west ? -1 : 1);
	return hours < 24 && minutes < 60 &&
	       !(is_west && out->offset_minutes == 0);
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool
is_possible(const Moment *moment)
{
	return moment->month >= 1 && moment->month <= 12 && moment->day >= 1 &&
	       moment->day <= days_of_month(moment->year, moment->month) &&
	       moment->hour < 24 && moment->minute < 60 && moment->second <= 60;
}

/* RFC 3339, section 5.6. */
static bool
is_rfc3339(const Moment *moment)
{
	return !moment->is_basic && moment->has_seconds && moment->has_zone &&
	       moment->is_plain_zone;
}

static bool
parse_moment(const char *text, size_t size, Moment *out)
{
	Reader reader = { text, text + size };

	*out = (Moment){ 0 };
	return take_date(&reader, out) &&
	       (take(&reader, 'T') || take(&reader, 't') ||
		take(&reader, ' ')) &&
	       take_time(&reader, out) && take_zone(&reader, out) &&
	       reader.at == reader.end && is_possible(out);
}

/* Since 1970-01-01 of the Gregorian calendar, carried back to the year 0. */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int64_t y = year - (month <= 2 ? 1 : 0);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	       year_of_era / 100 + day_of_year - 719468;
}

static int64_t
seconds_since_epoch(const Moment *moment)
{
	return days_since_epoch(moment->year, moment->month, moment->day) *
		       SECONDS_A_DAY +
	       moment->hour * 3600 + moment->minute * 60 + moment->second -
	       moment->offset_minutes * 60;
}

static int64_t
microseconds(const Moment *moment)
{
	int64_t us = 0;

	for (size_t i = 0; i < 6; i++)
		us = us * 10 + (i < moment->fraction_size
					? moment->fraction[i] - '0'
					: 0);
	return us;
}

bool
xapi_timestamp_parse(const char *text, size_t size, XapiVersion version,
		     WallTime *out)
{
	Moment moment;

	if (!parse_moment(text, size, &moment) ||
	    (version == XAPI_2_0 && !is_rfc3339(&moment)))
		return false;
	out->us = seconds_since_epoch(&moment) * G_USEC_PER_SEC +
		  microseconds(&moment);
	return true;
}

char *
xapi_timestamp_to_utc(const char *text, size_t size)
{
	Moment moment;
	g_autoptr(GDateTime) utc = NULL;
	g_autofree char *whole = NULL;

	if (!parse_moment(text, size, &moment) || !moment.has_zone ||
	    moment.second == 60)
		return NULL;
	if (is_rfc3339(&moment) && text[size - 1] == 'Z' && text[10] == 'T' &&
	    memchr(text, ',', size) == NULL)
		return NULL;
	utc = g_date_time_new_from_unix_utc(seconds_since_epoch(&moment));
	if (utc == NULL)
		return NULL;
	whole = g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S");
	if (whole == NULL || strlen(whole) != strlen("YYYY-MM-DDThh:mm:ss"))
		return NULL;
	return g_strdup_printf("%s%s%.*sZ", whole,
			       moment.fraction_size > 0 ? "." : "",
			       (int)moment.fraction_size,
			       moment.fraction_size > 0 ? moment.fraction : "");
}

/* --- durations --- */

/* A number before its letter; only the last may have a fraction. */
static bool
take_part(Reader *reader, bool *has_fraction)
{
	const char *begin = reader->at;

	while (is_digit_next(reader))
		reader->at++;
	if (reader->at == begin || *has_fraction)
		return false;
	if (take(reader, '.') || take(reader, ',')) {
		*has_fraction = true;
		if (!is_digit_next(reader))
			return false;
		while (is_digit_next(reader))
			reader->at++;
	}
	return reader->at < reader->end;
}

/* Parts in the order of letters, each at most once. */
static bool
take_parts(Reader *reader, const char *letters, int *n, bool *has_fraction)
{
	while (is_digit_next(reader)) {
		const char *found;

		if (!take_part(reader, has_fraction))
			return false;
		found = *letters != '\0' ? strchr(letters, *reader->at) : NULL;
		if (found == NULL || *reader->at == '\0')
			return false;
		reader->at++;
		letters = found + 1;
		(*n)++;
	}
	return true;
}

bool
xapi_is_duration(const char *text, size_t size, XapiVersion version)
{
	Reader reader = { text, text + size };
	bool has_fraction = false;
	int days = 0, times = 0;

	if (!take(&reader, 'P') || reader.at == reader.end)
		return false;
	/* Weeks stand alone; and the specification's slip in Data 4.6.s2. */
	if (text[size - 1] == 'W' ||
	    (version == XAPI_1_0 && text[size - 1] == 'S' &&
	     memchr(text, 'T', size) == NULL))
		return take_part(&reader, &has_fraction) &&
		       reader.at + 1 == reader.end;
	if (!take_parts(&reader, "YMD", &days, &has_fraction))
		return false;
	if (take(&reader, 'T') &&
	    (!take_parts(&reader, "HMS", &times, &has_fraction) || times == 0))
		return false;
	return reader.at == reader.end && days + times > 0;
}

void
xapi_duration_fold(GString *out, const char *text, size_t size)
{
	size_t end = size > 0 ? size - 1 : 0;
	size_t point = end;

	while (point > 0 && g_ascii_isdigit(text[point - 1]))
		point--;
	if (size == 0 || text[end] != 'S' || point == 0 ||
	    (text[point - 1] != '.' && text[point - 1] != ',')) {
		g_string_append_len(out, text, (gssize)size);
		return;
	}
	end = MIN(end, point + 2);
	while (end > point && text[end - 1] == '0')
		end--;
	g_string_append_len(out, text, (gssize)point - 1);
	if (end > point) {
		g_string_append_c(out, '.');
		g_string_append_len(out, text + point, (gssize)(end - point));
	}
	g_string_append_c(out, 'S');
}
