/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define BOOT_ID_FILE     "/proc/sys/kernel/random/boot_id"
#define CLOCK_FILE       "CAIRN_CLOCK_FILE"
#define CLOCK_FILE_LOOKS 1000

/* One boot, one id: read once, whatever thread asks first. */
static gpointer
read_boot_id(gpointer unused)
{
	char *id = g_malloc0(CLOCK_BOOT_ID + 1);
	g_autofree char *text = NULL;
	size_t n = 0;

	if (g_file_get_contents(BOOT_ID_FILE, &text, NULL, NULL))
		for (const char *at = text; *at != '\0' && n < CLOCK_BOOT_ID;
		     at++)
			if (g_ascii_isxdigit(*at))
				id[n++] = g_ascii_tolower(*at);
	memset(id + n, '0', CLOCK_BOOT_ID - n);
	return id;
}

static const char *
get_boot_id(void)
{
	static GOnce once = G_ONCE_INIT;

	return g_once(&once, read_boot_id, NULL);
}

static int64_t
read_us(clockid_t which)
{
	struct timespec now = { 0 };

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Whether something (NTP) keeps the kernel's clock; -1 is a refusal. */
static bool
is_synchronised(void)
{
	struct timex kernel = { 0 };
	int state = adjtimex(&kernel);

	return state >= 0 && state != TIME_ERROR;
}

static ClockReading
system_read(void *self)
{
	ClockReading reading = {
		.since_boot_us = read_us(CLOCK_BOOTTIME),
		.wall.us = read_us(CLOCK_REALTIME),
		.trusted = is_synchronised(),
	};

	g_strlcpy(reading.boot, get_boot_id(), sizeof(reading.boot));
	return reading;
}

/* --- a clock that a test holds: see clock_system() --- */

static bool
parse_clock_line(const char *text, ClockReading *out)
{
	char boot[CLOCK_BOOT_ID + 1] = "";
	gint64 since, wall;
	int trusted;

	if (sscanf(text, "%32s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d",
		   boot, &since, &wall, &trusted) != 4)
		return false;
	*out = (ClockReading){ .since_boot_us = since,
			       .wall.us = wall,
			       .trusted = trusted != 0 };
	memcpy(out->boot, boot, sizeof(boot));
	return true;
}

/* Whoever holds the clock may be half way through writing it: look again. */
static ClockReading
file_read_clock(void *self)
{
	ClockReading reading = { 0 };

	for (int look = 0; look < CLOCK_FILE_LOOKS; look++) {
		g_autofree char *text = NULL;

		if (g_file_get_contents(g_getenv(CLOCK_FILE), &text, NULL,
					NULL) &&
		    parse_clock_line(text, &reading))
			return reading;
		g_usleep(1000);
	}
	g_error("%s: no line \"BOOT SINCE_BOOT_US WALL_US 0|1\"",
		g_getenv(CLOCK_FILE));
}

const Clock *
clock_system(void)
{
	static const Clock machine = { .read = system_read };
	static const Clock from_file = { .read = file_read_clock };

	return g_getenv(CLOCK_FILE) != NULL ? &from_file : &machine;
}

ClockReading
clock_read(const Clock *clock)
{
	return clock->read(clock->self);
}

int64_t
clock_measure(void)
{
	return read_us(CLOCK_MONOTONIC);
}

void
clock_format(WallTime wall, char out[static CLOCK_TIMESTAMP_SIZE])
{
	g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(
		wall.us / G_USEC_PER_SEC -
		(wall.us % G_USEC_PER_SEC < 0 ? 1 : 0));
	int64_t rest = wall.us % G_USEC_PER_SEC;
	g_autofree char *text = NULL;

	if (rest < 0)
		rest += G_USEC_PER_SEC;
	/* %Y has no noughts before a year of three digits. */
	text = utc != NULL ? g_date_time_format(utc, "-%m-%dT%H:%M:%S")
			   : g_strdup("-01-01T00:00:00");
	g_snprintf(out, CLOCK_TIMESTAMP_SIZE, "%04d%s.%03dZ",
		   utc != NULL ? g_date_time_get_year(utc) : 1970, text,
		   (int)(rest / 1000));
}

/* The date's shape: GLib would take ISO 8601's other ones, too. */
static bool
looks_like_rfc3339(const char *text)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";

	for (size_t i = 0; shape[i] != '\0'; i++) {
		bool fits = shape[i] == 'd' ? g_ascii_isdigit(text[i])
					    : text[i] == shape[i];

		if (!fits)
			return false;
	}
	return strchr(text, ',') == NULL;
}

bool
clock_parse(const char *text, WallTime *out)
{
	g_autoptr(GDateTime) time = NULL;

	if (!looks_like_rfc3339(text))
		return false;
	time = g_date_time_new_from_iso8601(text, NULL);
	if (time == NULL)
		return false;
	out->us = g_date_time_to_unix(time) * G_USEC_PER_SEC +
		  g_date_time_get_microsecond(time);
	return true;
}
