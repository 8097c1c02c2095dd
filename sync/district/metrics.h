/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <glib.h>

/*
 * What is counted of requests, and how all figures are written down:
 * Prometheus' text format 0.0.4.  No figure names a learner, a teacher or an
 * address.  Any thread.
 */
typedef struct Metrics Metrics;

Metrics *metrics_new(void);

typedef struct {
	const char *method,
		*path; /* static: the route's, "" if there is none */
	int status;
	int64_t taken_us;
	int64_t received, sent; /* bytes of the bodies */
	int64_t statements;     /* stored by it */
} MetricsRequest;

void metrics_add(Metrics *metrics, const MetricsRequest *request);
/* The lines of all requests so far. */
void metrics_print(Metrics *metrics, GString *out);

void metrics_free(Metrics *metrics);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Metrics, metrics_free)

/* --- lines --- */

/* type: counter, gauge or histogram. */
void metrics_about(GString *out, const char *name, const char *type,
		   const char *about);
void metrics_value(GString *out, const char *name, double value);
/* What there is one of: both in one. */
void
metrics_gauge(GString *out, const char *name, const char *about, double value);
/* CPU, memory, descriptors and start of this process, by their usual names. */
void metrics_print_process(GString *out);
