/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/clock.h"

#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define BOOT_ID_FILE "/proc/sys/kernel/random/boot_id"
#define CLOCK_FILE   "CAIRN_CLOCK_FILE"

static void
read_boot_id(char out[static CLOCK_BOOT_ID + 1])
{
	static char known[CLOCK_BOOT_ID + 1]; /* one boot, one id */
	char text[64] = "";
	size_t n = 0;

	if (known[0] == '\0') {
		FILE *file = fopen(BOOT_ID_FILE, "re");

		if (file != NULL) {
			if (fgets(text, sizeof(text), file) == NULL)
				text[0] = '\0';
			fclose(file);
		}
		for (const char *at = text; *at != '\0' && n < CLOCK_BOOT_ID;
		     at++)
			if (g_ascii_isxdigit(*at))
				known[n++] = g_ascii_tolower(*at);
		while (n < CLOCK_BOOT_ID)
			known[n++] = '0';
		known[n] = '\0';
	}
	memcpy(out, known, sizeof(known));
}

static int64_t
read_us(clockid_t which)
{
	struct timespec now = { 0 };

	clock_gettime(which, &now);
	return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static ClockReading
system_read(void *self)
{
	struct timex kernel = { 0 };
	ClockReading reading = {
		.since_boot_us = read_us(CLOCK_BOOTTIME),
		.wall.us = read_us(CLOCK_REALTIME),
		.trusted = adjtimex(&kernel) != TIME_ERROR,
	};

	read_boot_id(reading.boot);
	return reading;
}

/* A clock that a test holds: see clock_system(). */
static ClockReading
file_read_clock(void *self)
{
	ClockReading reading = { 0 };
	char boot[CLOCK_BOOT_ID + 1] = "";
	gint64 since, wall;
	int trusted;
	g_autofree char *text = NULL;

	if (!g_file_get_contents(g_getenv(CLOCK_FILE), &text, NULL, NULL) ||
	    sscanf(text, "%32s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %d",
		   boot, &since, &wall, &trusted) != 4)
		g_error("%s: no line \"BOOT SINCE_BOOT_US WALL_US 0|1\"",
			g_getenv(CLOCK_FILE));
	memcpy(reading.boot, boot, sizeof(boot));
	reading.since_boot_us = since;
	reading.wall.us = wall;
	reading.trusted = trusted != 0;
	return reading;
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
	text = utc != NULL ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%S")
			   : g_strdup("1970-01-01T00:00:00");
	g_snprintf(out, CLOCK_TIMESTAMP_SIZE, "%s.%03dZ", text,
		   (int)(rest / 1000));
}

bool
clock_parse(const char *text, WallTime *out)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	if (time == NULL)
		return false;
	out->us = g_date_time_to_unix(time) * G_USEC_PER_SEC +
		  g_date_time_get_microsecond(time);
	return true;
}
