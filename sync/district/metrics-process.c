/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sync/district/metrics.h"

/* This process, as proc(5) shows it. */

#define AFTER_NAME_RSS   21 /* fields of /proc/self/stat behind the name */
#define AFTER_NAME_SIZE  20
#define AFTER_NAME_UTIME 11
#define FIELDS_MAX       64

static void
print_stat(GString *out)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) fields = NULL;
	double ticks = (double)sysconf(_SC_CLK_TCK);
	const char *after;

	if (!g_file_get_contents("/proc/self/stat", &text, NULL, NULL))
		return;
	after = strrchr(text, ')');
	fields = g_strsplit(after != NULL ? after + 2 : "", " ", FIELDS_MAX);
	if (g_strv_length(fields) <= AFTER_NAME_RSS)
		return;
	metrics_about(out, "process_cpu_seconds_total", "counter",
		      "Time on a processor.");
	metrics_value(out, "process_cpu_seconds_total",
		      (g_ascii_strtod(fields[AFTER_NAME_UTIME], NULL) +
		       g_ascii_strtod(fields[AFTER_NAME_UTIME + 1], NULL)) /
			      ticks);
	metrics_gauge(out, "process_virtual_memory_bytes", "Address space.",
		      g_ascii_strtod(fields[AFTER_NAME_SIZE], NULL));
	metrics_gauge(out, "process_resident_memory_bytes", "Memory in use.",
		      g_ascii_strtod(fields[AFTER_NAME_RSS], NULL) *
			      (double)sysconf(_SC_PAGESIZE));
}

static void
print_descriptors(GString *out)
{
	g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
	struct rlimit limit;
	int n = 0;

	while (dir != NULL && g_dir_read_name(dir) != NULL)
		n++;
	metrics_gauge(out, "process_open_fds", "File descriptors in use.", n);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		metrics_gauge(out, "process_max_fds",
			      "File descriptors there may be.",
			      (double)limit.rlim_cur);
}

void
metrics_print_process(GString *out)
{
	print_stat(out);
	print_descriptors(out);
}
