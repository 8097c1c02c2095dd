/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/district.h"

#include <string.h>

#include "app/base/file.h"
#include "sync/district/db.h"

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
	{ "limits", "batch_records", SETTING_NUMBER, "1000", 1, 100000,
	  "records of one batch" },
	{ "limits", "document_bytes", SETTING_NUMBER, "16777216", 1024,
	  INT64_C(1) << 26, "bytes of one document of a tool" },
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

char *
district_media_path(const char *folder)
{
	return g_build_filename(folder, "media", NULL);
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
