/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/district/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib.h>

#include "app/base/clock.h"

#define TELL_EVERY_US 1000000

static void
print(const char *what, int64_t done, int64_t of)
{
	bool terminal = isatty(STDERR_FILENO) != 0;

	fprintf(stderr, "%s%s: %" G_GINT64_FORMAT, terminal ? "\r" : "", what,
		(gint64)done);
	if (of > 0)
		fprintf(stderr, " of %" G_GINT64_FORMAT, (gint64)of);
	fputs(terminal ? "\033[K" : "\n", stderr);
}

bool
progress_tell(Progress *progress, const char *what, int64_t done, int64_t of)
{
	int64_t now_us = clock_read(clock_system()).since_boot_us;
	bool other = strcmp(progress->what, what) != 0;

	if (!other && (done < of || of == 0) &&
	    now_us - progress->told_us < TELL_EVERY_US)
		return true;
	if (other)
		progress_end(progress);
	print(what, done, of);
	progress->told_us = now_us;
	g_strlcpy(progress->what, what, sizeof(progress->what));
	return true;
}

void
progress_end(Progress *progress)
{
	if (progress->what[0] != '\0' && isatty(STDERR_FILENO) != 0)
		fputc('\n', stderr);
	progress->what[0] = '\0';
}
