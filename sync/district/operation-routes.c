/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <sqlite3.h>
#include <string.h>

#include "app/base/file.h"
#include "sync/district/handlers.h"
#include "sync/district/histogram.h"
#include "sync/district/media-state.h"
#include "sync/district/server-private.h"

/* What watches the server asks. */

#define TEXT_FORMAT "text/plain; version=0.0.4; charset=utf-8"
#define KEY_MAX     1024
#define KEY_MIN     16
#define HOUR_US     (INT64_C(3600) * G_USEC_PER_SEC)

void
handle_health(Exchange *exchange, Archive *archive)
{
	HealthState state = health_get(exchange->service->health);

	if (!state.ready)
		reply_header(exchange, "Retry-After", "5");
	reply_json(exchange, state.ready ? 200 : 503,
		   json_pack("{s:s,s:s,s:s,s:s}", "status",
			     state.ready ? "ready" : "not-ready", "archive",
			     state.archive, "disk", state.disk, "media",
			     state.media));
}

/* --- who may read the figures --- */

static bool
has_key(const Exchange *exchange, const char *path)
{
	const char *sent = exchange_header(exchange, "Authorization");
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = file_read_secret(path, KEY_MAX, &error);
	g_autofree char *key = NULL, *wanted = NULL;
	char ours[ID_SHA256 + 1], theirs[ID_SHA256 + 1];

	if (bytes == NULL) {
		g_warning("the key of the metrics: %s", error->message);
		return false;
	}
	key = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_strstrip(key);
	if (strlen(key) < KEY_MIN) {
		g_warning("%s: a key has at least %d letters", path, KEY_MIN);
		return false;
	}
	wanted = g_strconcat("Bearer ", key, NULL);
	id_sha256(wanted, strlen(wanted), ours);
	id_sha256(sent != NULL ? sent : "", sent != NULL ? strlen(sent) : 0,
		  theirs);
	return sodium_memcmp(ours, theirs, ID_SHA256) == 0;
}

/* A proxy that was not named makes the whole world look like this machine:
 * where one speaks, it is not. */
static bool
is_from_here(Exchange *exchange)
{
	static const char *const marks[] = { "X-Forwarded-For", "Forwarded",
					     "Via", "X-Real-IP" };
	const char *address = exchange_client(exchange)->address;

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (exchange_header(exchange, marks[i]) != NULL)
			return false;
	return g_str_has_prefix(address, "127.") || g_str_equal(address, "::1");
}

static bool
may_read(Exchange *exchange, Archive *archive)
{
	const char *path = settings_text(exchange->service->settings, "metrics",
					 "key_file");
	char address[PROXIES_ADDRESS_MAX + 1];
	Attempts *attempts = exchange->service->attempts;
	Attempt attempt = { ATTEMPT_METRICS, .address = address };
	int64_t wait;

	if (path[0] == '\0')
		return is_from_here(exchange);
	exchange_address(exchange, address, sizeof(address));
	wait = attempts_wait(attempts, archive, &attempt);
	if (wait > 0) {
		reply_retry(exchange, 429, "too-often", wait,
			    "too many wrong keys: wait");
		return false;
	}
	if (has_key(exchange, path))
		return true;
	attempts_fail(attempts, &attempt);
	return false;
}

/* --- the figures --- */

static void
print_writer(const Service *service, GString *out)
{
	WriterStats stats;

	writer_get_stats(service->writer, &stats);
	metrics_gauge(out, "cairn_writer_queue_length",
		      "Writes that wait for their group.",
		      (double)stats.waiting);
	metrics_about(out, "cairn_writer_failed_groups_total", "counter",
		      "Groups that could not be committed.");
	metrics_value(out, "cairn_writer_failed_groups_total",
		      (double)stats.failed);
	metrics_about(out, "cairn_writer_full_total", "counter",
		      "Writes that found no room, the server's own tries too.");
	metrics_value(out, "cairn_writer_full_total", (double)stats.full);
	metrics_about(out, "cairn_writer_draws_total", "counter",
		      "Commits of what statements are found by.");
	metrics_value(out, "cairn_writer_draws_total", (double)stats.draws);
	metrics_about(out, "cairn_writer_commit_duration_seconds", "histogram",
		      "From a group's begin to its commit.");
	histogram_print(&stats.seconds, "cairn_writer_commit_duration_seconds",
			"", out);
	metrics_about(out, "cairn_writer_group_size", "histogram",
		      "Writes in one commit.");
	histogram_print(&stats.sizes, "cairn_writer_group_size", "", out);
}

static int64_t
size_of(const char *path, const char *suffix)
{
	g_autofree char *full = g_strconcat(path, suffix, NULL);
	GStatBuf about;

	return g_stat(full, &about) == 0 ? about.st_size : -1;
}

static void
print_disk(const Service *service, GString *out)
{
	HealthState state = health_get(service->health);
	int64_t size = size_of(service->archive, "");

	metrics_gauge(out, "cairn_ready", "1 if /healthz says so.",
		      state.ready);
	metrics_gauge(out, "cairn_archive_ready",
		      "1 if the database takes what is written.",
		      g_str_equal(state.archive, "ok"));
	metrics_gauge(out, "cairn_disk_free_bytes", "Room where the media are.",
		      (double)state.free_bytes);
	metrics_about(out, "cairn_media_stored_bytes_total", "counter",
		      "Bytes of media that were kept.");
	metrics_value(out, "cairn_media_stored_bytes_total",
		      (double)media_kept_bytes());
	if (size < 0)
		return; /* the database is another program's */
	metrics_gauge(out, "cairn_database_size_bytes", "The database's file.",
		      (double)size);
	metrics_gauge(out, "cairn_database_log_size_bytes",
		      "Its write-ahead log.",
		      (double)MAX(size_of(service->archive, "-wal"), 0));
}

static void
print_failures(const MediaState *media, GString *out)
{
	metrics_about(out, "cairn_media_failures_total", "counter",
		      "Tries that failed, by kind.");
	for (MediaTrouble i = MEDIA_WELL + 1; i < MEDIA_TROUBLES; i++)
		g_string_append_printf(out,
				       "cairn_media_failures_total{kind=\"%s\"}"
				       " %" G_GUINT64_FORMAT "\n",
				       media_trouble_name(i),
				       media->failures[i]);
	metrics_about(out, "cairn_media_last_failure_timestamp_seconds",
		      "gauge", "The last time, by kind; 0: never.");
	for (MediaTrouble i = MEDIA_WELL + 1; i < MEDIA_TROUBLES; i++)
		g_string_append_printf(
			out,
			"cairn_media_last_failure_timestamp_seconds{kind=\"%s\"}"
			" %.3f\n",
			media_trouble_name(i),
			(double)media->failed[i].us / G_USEC_PER_SEC);
}

/* Of a folder there is only whether it can be read and written. */
static void
print_media(const Service *service, GString *out)
{
	MediaState media;

	media_get_state(service->media, &media);
	metrics_gauge(out, "cairn_media_ready",
		      "1 if the place of media answered well the last time.",
		      media.is_known && media.now == MEDIA_WELL);
	if (media_is_here(service->media))
		return;
	metrics_about(out, "cairn_media_requests_total", "counter",
		      "Requests to the media's store, tries again too.");
	metrics_value(out, "cairn_media_requests_total",
		      (double)media.requests);
	metrics_about(out, "cairn_media_retries_total", "counter",
		      "Those that were tries again.");
	metrics_value(out, "cairn_media_retries_total", (double)media.retries);
	print_failures(&media, out);
}

/* By age and not by name: a district has thousands. */
static bool
print_kiosks(const Exchange *exchange, Archive *archive, GString *out,
	     GError **error)
{
	static const struct {
		const char *name;
		int64_t within_us;
	} ages[] = { { "hour", HOUR_US },
		     { "day", 24 * HOUR_US },
		     { "week", 168 * HOUR_US },
		     { "longer", INT64_MAX } };
	g_autoptr(GArray) kiosks = archive_list_kiosks(archive, error);
	int64_t now = service_now(exchange->service).us;
	unsigned counts[G_N_ELEMENTS(ages)] = { 0 };

	if (kiosks == NULL)
		return false;
	for (guint i = 0; i < kiosks->len; i++) {
		int64_t age =
			now - g_array_index(kiosks, ArchiveKiosk, i).seen.us;
		size_t k = 0;

		while (age > ages[k].within_us)
			k++;
		counts[k]++;
	}
	metrics_about(out, "cairn_kiosks", "gauge",
		      "Kiosks by how long ago they were heard.");
	for (size_t k = 0; k < G_N_ELEMENTS(ages); k++)
		g_string_append_printf(out,
				       "cairn_kiosks{heard_within=\"%s\"} %u\n",
				       ages[k].name, counts[k]);
	return true;
}

static void
print_server(const Server *server, GString *out)
{
	metrics_gauge(out, "cairn_http_connections", "Connections open now.",
		      watch_count(server->watch));
	if (server->tls != NULL)
		metrics_gauge(out,
			      "cairn_tls_certificate_expiry_timestamp_seconds",
			      "When the certificate ends.",
			      (double)tls_get_end(server->tls).us /
				      G_USEC_PER_SEC);
	metrics_about(out, "cairn_build_info", "gauge",
		      "What it is made of; always 1.");
	g_string_append_printf(out,
			       "cairn_build_info{microhttpd=\"%s\","
			       "gnutls=\"%s\",sqlite=\"%s\"} 1\n",
			       MHD_get_version(), gnutls_check_version(NULL),
			       sqlite3_libversion());
}

void
handle_metrics(Exchange *exchange, Archive *archive)
{
	GString *out = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!may_read(exchange, archive)) {
		g_string_free(out, TRUE);
		reply_problem(exchange, 403, "refused", 0,
			      "from this machine, or with the key of "
			      "[metrics] key_file");
		return;
	}
	metrics_print(exchange->service->metrics, out);
	print_writer(exchange->service, out);
	print_disk(exchange->service, out);
	print_media(exchange->service, out);
	print_server(exchange->server, out);
	metrics_print_process(out);
	if (!print_kiosks(exchange, archive, out, &error))
		reply_error(exchange, error);
	bytes = g_string_free_to_bytes(out);
	reply_bytes(exchange, 200, TEXT_FORMAT, bytes);
}
