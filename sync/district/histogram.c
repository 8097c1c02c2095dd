/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/histogram.h"

#include <string.h>

const double histogram_seconds[] = { 0.001, 0.0025, 0.005, 0.01, 0.025,
				     0.05,  0.1,    0.25,  0.5,  1,
				     2.5,   5,      10,    0 };
const double histogram_sizes[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 0 };

void
histogram_add(Histogram *histogram, double value)
{
	size_t i = 0;

	while (histogram->bounds[i] > 0 && value > histogram->bounds[i])
		i++;
	histogram->counts[i]++;
	histogram->sum += value;
}

void
histogram_print(const Histogram *histogram, const char *name,
		const char *labels, GString *out)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];
	g_autofree char *alone =
		g_strndup(labels, strlen(labels) - (labels[0] != '\0' ? 1 : 0));
	guint64 n = 0;
	size_t i;

	for (i = 0; histogram->bounds[i] > 0; i++) {
		n += histogram->counts[i];
		g_ascii_formatd(number, sizeof(number), "%g",
				histogram->bounds[i]);
		g_string_append_printf(
			out, "%s_bucket{%sle=\"%s\"} %" G_GUINT64_FORMAT "\n",
			name, labels, number, n);
	}
	n += histogram->counts[i];
	g_string_append_printf(out,
			       "%s_bucket{%sle=\"+Inf\"} %" G_GUINT64_FORMAT
			       "\n",
			       name, labels, n);
	g_ascii_formatd(number, sizeof(number), "%.9g", histogram->sum);
	g_string_append_printf(out, "%s_sum{%s} %s\n", name, alone, number);
	g_string_append_printf(out, "%s_count{%s} %" G_GUINT64_FORMAT "\n",
			       name, alone, n);
}
