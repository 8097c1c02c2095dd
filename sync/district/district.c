/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/district.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/db.h"
#include "sync/district/media-s3.h"

#define SETTINGS_FILE "district.conf"

const Setting district_settings[] = {
	{ "server", "archive", SETTING_TEXT, "", 0, 0,
	  "sqlite:FILE or postgresql://…, without a password; empty: "
	  "district.db in the folder" },
	{ "server", "threads", SETTING_NUMBER, "2", 1, 64,
	  "threads that talk to clients" },
	{ "server", "connections", SETTING_NUMBER, "6000", 10, 100000,
	  "connections at once; more wait until one ends" },
	{ "server", "connections_per_address", SETTING_NUMBER, "0", 0, 100000,
	  "of those, from one address; 0: no such limit (schools share one)" },
	{ "server", "idle_s", SETTING_NUMBER, "30", 1, 3600,
	  "seconds of silence, or for a request's headers, before a connection "
	  "is closed" },
	{ "server", "slow_bytes_per_s", SETTING_NUMBER, "500", 0, 1000000000,
	  "a body comes and goes at least so fast, or the connection is "
	  "closed; 0: as it likes" },
	{ "server", "header_bytes", SETTING_NUMBER, "16384", 4096, 1048576,
	  "bytes of a request's headers; what an idle connection costs" },
	{ "server", "stop_s", SETTING_NUMBER, "20", 1, 3600,
	  "seconds that requests at hand get when the server stops" },
	{ "server", "queue", SETTING_NUMBER, "2000", 1, 100000,
	  "writes that may wait; beyond, clients are told to come back" },
	{ "server", "tls_certificate", SETTING_TEXT, "", 0, 0,
	  "PEM file of the certificate and its chain; empty: plain HTTP" },
	{ "server", "tls_key", SETTING_TEXT, "", 0, 0,
	  "PEM file of its key, which only the server's user may read" },
	{ "proxy", "trusted", SETTING_TEXT, "", 0, 0,
	  "addresses and networks of proxies to believe, with commas" },
	{ "proxy", "header", SETTING_TEXT, "X-Forwarded-For", 0, 0,
	  "where they name the client: X-Forwarded-For (with "
	  "X-Forwarded-Proto) or Forwarded" },
	{ "proxy", "speaks_tls", SETTING_FLAG, "false", 0, 0,
	  "everybody comes through a proxy that does TLS: plain HTTP may be "
	  "listened for at any address" },
	{ "limits", "statements_bytes", SETTING_NUMBER, "16777216", 1024,
	  INT64_C(1) << 30, "bytes of the statements of one batch" },
	{ "limits", "batch_bytes", SETTING_NUMBER, "134217728", 1024,
	  INT64_C(1) << 40, "bytes of one batch with its media" },
	{ "limits", "medium_bytes", SETTING_NUMBER, "67108864", 1024,
	  INT64_C(1) << 40, "bytes of one picture or sound" },
	{ "limits", "batch_media", SETTING_NUMBER, "1000", 1, 100000,
	  "media of one batch" },
	{ "limits", "incoming_bytes", SETTING_NUMBER, "4294967296", 1024,
	  INT64_C(1) << 50,
	  "bytes of media that may be on their way in at once; beyond, clients "
	  "are told to come back" },
	{ "limits", "batch_records", SETTING_NUMBER, "1000", 1, 100000,
	  "records of one batch" },
	{ "limits", "document_bytes", SETTING_NUMBER, "16777216", 1024,
	  INT64_C(1) << 26, "bytes of one document of a tool" },
	{ "media", "place", SETTING_TEXT, "", 0, 0,
	  "where photos and sounds live: s3://bucket/prefix, or a folder; "
	  "empty: media in the folder" },
	{ "media", "endpoint", SETTING_TEXT, "", 0, 0,
	  "of S3: https://host or https://host:port" },
	{ "media", "region", SETTING_TEXT, "us-east-1", 0, 0,
	  "of S3: what requests are signed for" },
	{ "media", "credentials", SETTING_TEXT, "", 0, 0,
	  "of S3: file with the access key's name, its secret and perhaps a "
	  "session's token, a line each; only the server's user may read it" },
	{ "media", "path_style", SETTING_FLAG, "true", 0, 0,
	  "of S3: https://host/bucket, not https://bucket.host" },
	{ "media", "ca_file", SETTING_TEXT, "", 0, 0,
	  "of S3: PEM file of who vouches for its certificate; empty: the "
	  "system's" },
	{ "media", "proxy", SETTING_TEXT, "", 0, 0,
	  "of S3: http://host:port to go through; empty: none" },
	{ "media", "connect_s", SETTING_NUMBER, "10", 1, 600,
	  "of S3: seconds that connecting may take" },
	{ "media", "stall_s", SETTING_NUMBER, "20", 1, 600,
	  "of S3: seconds without a byte after which a request has failed" },
	{ "media", "retries", SETTING_NUMBER, "4", 0, 20,
	  "of S3: how often what failed is tried again" },
	{ "media", "retry_ms", SETTING_NUMBER, "200", 1, 60000,
	  "of S3: milliseconds until the first time; twice as long each time" },
	{ "media", "patience_s", SETTING_NUMBER, "30", 1, 3600,
	  "of S3: seconds after which nothing is tried again" },
	{ "media", "probe_s", SETTING_NUMBER, "30", 1, 3600,
	  "of S3: seconds without an answer of it after which /healthz has it "
	  "asked whether it is there" },
	{ "media", "connections", SETTING_NUMBER, "64", 1, 10000,
	  "of S3: connections at once; more requests wait" },
	{ "media", "keep_at_once", SETTING_NUMBER, "8", 1, 256,
	  "of S3: media of one batch that are sent to it side by side" },
	{ "media", "threads", SETTING_NUMBER, "8", 1, 256,
	  "of S3: requests of clients that wait for it at once" },
	{ "media", "buffer_bytes", SETTING_NUMBER, "262144", 16384, 67108864,
	  "of S3: bytes of each medium on its way out that are in memory" },
	{ "postgresql", "connect_s", SETTING_NUMBER, "10", 2, 600,
	  "seconds that connecting may take" },
	{ "postgresql", "statement_s", SETTING_NUMBER, "30", 1, 3600,
	  "seconds that one statement may take" },
	{ "postgresql", "lock_s", SETTING_NUMBER, "10", 1, 3600,
	  "seconds that one may wait for another's commit" },
	{ "postgresql", "idle_s", SETTING_NUMBER, "60", 1, 3600,
	  "seconds after which the server ends a transaction that is silent" },
	{ "xapi", "version", SETTING_TEXT, "2.0.0", 0, 0,
	  "1.0.3 or 2.0.0: what requests that name neither are answered in" },
	{ "xapi", "version_required", SETTING_FLAG, "true", 0, 0,
	  "requests that name no version are refused" },
	{ "xapi", "origins", SETTING_TEXT, "", 0, 0,
	  "web origins whose pages may send requests, blanks between; *: any" },
	{ "xapi", "results", SETTING_NUMBER, "100", 1, 5000,
	  "statements in one answer; more are asked for with what it says" },
	{ "limits", "disk_reserve_bytes", SETTING_NUMBER, "268435456", 0,
	  INT64_C(1) << 50,
	  "with less room on the disk the server is not ready" },
	{ "log", "format", SETTING_TEXT, "auto", 0, 0,
	  "auto (the journal under systemd, else text), text, or json, a line "
	  "each on stderr" },
	{ "log", "requests", SETTING_TEXT, "failed", 0, 0,
	  "which are logged, by their route: none, failed (5xx) or all" },
	{ "metrics", "key_file", SETTING_TEXT, "", 0, 0,
	  "file with the key that readers of /metrics send as Bearer; empty: "
	  "only this machine reads them" },
	{ "retention", "confirmed_days", SETTING_NUMBER, "0", 0, 36500,
	  "days after which confirmed evidence is erased; 0: never" },
	{ "retention", "returned_days", SETTING_NUMBER, "0", 0, 36500,
	  "the same of what was returned; both count from the decision" },
	{ "retention", "undecided_days", SETTING_NUMBER, "0", 0, 36500,
	  "the same of what nobody decided on; counts from when it came" },
	{ "retention", "statements_days", SETTING_NUMBER, "0", 0, 36500,
	  "the same of statements that tools sent" },
	{ "retention", "documents_days", SETTING_NUMBER, "0", 0, 36500,
	  "the same of states and profiles of agents, since they were last "
	  "written" },
	{ "retention", "nightly", SETTING_FLAG, "false", 0, 0,
	  "the server erases what is old enough by itself, once a day" },
	{ "retention", "hour", SETTING_NUMBER, "2", 0, 23,
	  "from this hour on, UTC" },
	{ "retention", "rewrite_nightly", SETTING_FLAG, "false", 0, 0,
	  "after an erasure the database's file is rewritten in the four hours "
	  "from then on alone, since who writes waits meanwhile; else at "
	  "once" },
	{ "audit", "days", SETTING_NUMBER, "1095", 0, 36500,
	  "the audit log keeps who read or changed what for so long; 0: for "
	  "ever" },
	{ "sessions", "idle_minutes", SETTING_NUMBER, "120", 1, 10080,
	  "a teacher who does nothing for so long is signed out" },
	{ "sessions", "hours", SETTING_NUMBER, "12", 1, 720,
	  "a teacher signs in again after so long" },
	{ NULL, NULL, SETTING_TEXT, NULL, 0, 0, NULL },
};

static bool
make(const char *folder, const char *name, int mode, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	return file_make_folder(path, mode, error);
}

bool
district_prepare(const char *folder, GError **error)
{
	return file_make_folder(folder, 0700, error) &&
	       make(folder, "keys", 0700, error) &&
	       make(folder, "media", 0700, error) &&
	       make(folder, "media/incoming", 0700, error) &&
	       file_sync_folder(folder, error);
}

Settings *
district_read_settings(const char *folder, const char *file, GError **error)
{
	g_autofree char *own = g_build_filename(folder, SETTINGS_FILE, NULL);

	if (file == NULL && !g_file_test(own, G_FILE_TEST_EXISTS))
		return settings_parse("", 0, district_settings, error);
	return settings_read(file != NULL ? file : own, district_settings,
			     error);
}

static long
seconds(const Settings *settings, const char *key)
{
	return (long)settings_number(settings, "postgresql", key);
}

/* The limits go with the address, in its own grammar. */
static char *
add_limits(const char *address, const Settings *settings)
{
	return g_strdup_printf(
		"%s%cconnect_timeout=%ld&options=-c%%20statement_timeout%%3D"
		"%lds%%20-c%%20lock_timeout%%3D%lds%%20-c%%20idle_in_"
		"transaction_session_timeout%%3D%lds",
		address, strchr(address, '?') == NULL ? '?' : '&',
		seconds(settings, "connect_s"),
		seconds(settings, "statement_s"), seconds(settings, "lock_s"),
		seconds(settings, "idle_s"));
}

char *
district_archive_address(const char *folder, const Settings *settings)
{
	const char *address = settings_text(settings, "server", "archive");

	if (address[0] == '\0')
		return g_build_filename(folder, "district.db", NULL);
	return db_is_postgres(address) ? add_limits(address, settings)
				       : g_strdup(address);
}

/* One request keeps a medium; S3 takes no more in one. */
#define S3_MEDIUM_MAX (INT64_C(5) << 30)

static Media *
open_s3(const char *place, const char *root, const Settings *settings,
	GError **error)
{
	g_autofree char *incoming = g_build_filename(root, "incoming", NULL);
	g_auto(S3Config) config = { 0 };

	if (settings_number(settings, "limits", "medium_bytes") >
	    S3_MEDIUM_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "[limits] medium_bytes: S3 takes no more than "
			    "%" G_GINT64_FORMAT " bytes at once",
			    (gint64)S3_MEDIUM_MAX);
		return NULL;
	}
	if (!s3_config_read(place, settings, &config, error))
		return NULL;
	return media_new_s3(&config, incoming,
			    settings_number(settings, "limits",
					    "incoming_bytes"),
			    error);
}

Media *
district_open_media_at(const char *place, const char *folder,
		       const Settings *settings, GError **error)
{
	g_autofree char *root = g_build_filename(folder, "media", NULL);
	int64_t incoming =
		settings_number(settings, "limits", "incoming_bytes");

	if (g_str_has_prefix(place, S3_PLACE))
		return open_s3(place, root, settings, error);
	if (place[0] == '\0')
		return media_new_folder(root, incoming);
	if (strstr(place, "://") == NULL &&
	    g_file_test(place, G_FILE_TEST_IS_DIR))
		return make(place, "incoming", 0700, error)
			       ? media_new_folder(place, incoming)
			       : NULL;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[media] place \"%s\" is neither s3://bucket/prefix nor a "
		    "folder that is there",
		    place);
	return NULL;
}

Media *
district_open_media(const char *folder, const Settings *settings,
		    GError **error)
{
	return district_open_media_at(settings_text(settings, "media", "place"),
				      folder, settings, error);
}

Archive *
district_open_archive(const char *folder, GError **error)
{
	g_autoptr(Settings) settings =
		district_read_settings(folder, NULL, error);
	g_autofree char *address = NULL;

	if (settings == NULL || !district_prepare(folder, error))
		return NULL;
	address = district_archive_address(folder, settings);
	return archive_open(address, error);
}

bool
district_open_key(const char *folder, SignKey *out, GError **error)
{
	g_autofree char *path =
		g_build_filename(folder, "keys", "district.key", NULL);

	return sign_key_open(path, out, error);
}
