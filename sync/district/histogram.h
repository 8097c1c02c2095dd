/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* How values are spread, as Prometheus keeps it.  The caller has the lock. */
#define HISTOGRAM_BOUNDS_MAX 14

typedef struct {
	const double *bounds; /* static, rising; ends with 0 */
	guint64 counts[HISTOGRAM_BOUNDS_MAX + 1]; /* the last: above all */
	double sum;
} Histogram;

extern const double histogram_seconds[]; /* of requests and commits */
extern const double histogram_sizes[];   /* of groups */

void histogram_add(Histogram *histogram, double value);
/* Its lines; labels is "" or `route="/",`. */
void histogram_print(const Histogram *histogram, const char *name,
		     const char *labels, GString *out);
