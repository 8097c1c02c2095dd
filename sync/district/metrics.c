/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/metrics.h"

#include <string.h>

#include "sync/district/histogram.h"

typedef struct {
	const char *method, *path; /* static */
	GHashTable *statuses;      /* owned: status → guint64 */
	Histogram seconds;
} RouteFigures;

struct Metrics {
	GMutex lock;        /* guards what follows */
	GHashTable *routes; /* owned: "method path" → RouteFigures */
	gint64 received, sent, statements;
};

static void
free_route(void *data)
{
	RouteFigures *route = data;

	g_hash_table_unref(route->statuses);
	g_free(route);
}

Metrics *
metrics_new(void)
{
	Metrics *metrics = g_new0(Metrics, 1);

	g_mutex_init(&metrics->lock);
	metrics->routes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
						free_route);
	return metrics;
}

void
metrics_free(Metrics *metrics)
{
	if (metrics == NULL)
		return;

	g_hash_table_unref(metrics->routes);
	g_mutex_clear(&metrics->lock);
	g_free(metrics);
}

static RouteFigures *
find_route(Metrics *metrics, const char *method, const char *path)
{
	g_autofree char *key = g_strconcat(method, " ", path, NULL);
	RouteFigures *route = g_hash_table_lookup(metrics->routes, key);

	if (route != NULL)
		return route;
	route = g_new0(RouteFigures, 1);
	route->method = method;
	route->path = path;
	route->seconds.bounds = histogram_seconds;
	route->statuses = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	g_hash_table_insert(metrics->routes, g_steal_pointer(&key), route);
	return route;
}

void
metrics_add(Metrics *metrics, const MetricsRequest *request)
{
	void *status = GINT_TO_POINTER(request->status);
	RouteFigures *route;
	guint64 *count;

	g_mutex_lock(&metrics->lock);
	route = find_route(metrics, request->method, request->path);
	count = g_hash_table_lookup(route->statuses, status);
	if (count == NULL) {
		count = g_new0(guint64, 1);
		g_hash_table_insert(route->statuses, status, count);
	}
	(*count)++;
	histogram_add(&route->seconds,
		      (double)request->taken_us / G_USEC_PER_SEC);
	metrics->received += request->received;
	metrics->sent += request->sent;
	metrics->statements += request->statements;
	g_mutex_unlock(&metrics->lock);
}

/* --- lines --- */

void
metrics_about(GString *out, const char *name, const char *type,
	      const char *about)
{
	g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, about,
			       name, type);
}

void
metrics_value(GString *out, const char *name, double value)
{
	char number[G_ASCII_DTOSTR_BUF_SIZE];

	g_ascii_formatd(number, sizeof(number), "%.15g", value);
	g_string_append_printf(out, "%s %s\n", name, number);
}

void
metrics_gauge(GString *out, const char *name, const char *about, double value)
{
	metrics_about(out, name, "gauge", about);
	metrics_value(out, name, value);
}

static void
print_count(GString *out, const char *name, const char *about, gint64 value)
{
	metrics_about(out, name, "counter", about);
	metrics_value(out, name, (double)value);
}

static void
print_statuses(const RouteFigures *route, GString *out)
{
	GHashTableIter at;
	gpointer status, count;

	g_hash_table_iter_init(&at, route->statuses);
	while (g_hash_table_iter_next(&at, &status, &count))
		g_string_append_printf(
			out,
			"cairn_http_requests_total{method=\"%s\",route=\"%s\","
			"status=\"%d\"} %" G_GUINT64_FORMAT "\n",
			route->method, route->path, GPOINTER_TO_INT(status),
			*(guint64 *)count);
}

static void
print_routes(Metrics *metrics, GString *out)
{
	static const char seconds[] = "cairn_http_request_duration_seconds";
	GHashTableIter at;
	gpointer value;

	metrics_about(out, "cairn_http_requests_total", "counter",
		      "Requests answered.");
	g_hash_table_iter_init(&at, metrics->routes);
	while (g_hash_table_iter_next(&at, NULL, &value))
		print_statuses(value, out);
	metrics_about(out, seconds, "histogram",
		      "From a request's headers to its answer.");
	g_hash_table_iter_init(&at, metrics->routes);
	while (g_hash_table_iter_next(&at, NULL, &value)) {
		const RouteFigures *route = value;
		g_autofree char *labels =
			g_strdup_printf("method=\"%s\",route=\"%s\",",
					route->method, route->path);

		histogram_print(&route->seconds, seconds, labels, out);
	}
}

void
metrics_print(Metrics *metrics, GString *out)
{
	g_mutex_lock(&metrics->lock);
	print_routes(metrics, out);
	print_count(out, "cairn_http_received_bytes_total",
		    "Bytes of requests' bodies.", metrics->received);
	print_count(out, "cairn_http_sent_bytes_total",
		    "Bytes of answers' bodies.", metrics->sent);
	print_count(out, "cairn_statements_total",
		    "Statements acknowledged, also when sent again.",
		    metrics->statements);
	g_mutex_unlock(&metrics->lock);
}
