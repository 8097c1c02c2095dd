/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/s3-config.h"

#include <curl/curl.h>
#include <string.h>

#include "app/base/fault.h"

#define GROUP      "media"
#define BUCKET_MIN 3
#define BUCKET_MAX 63
#define PREFIX_MAX 256

G_DEFINE_AUTOPTR_CLEANUP_FUNC(CURLU, curl_url_cleanup)

static bool
invalid(const char *key, const char *value, const char *rule, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "[" GROUP "] %s \"%s\" %s",
		    key, value, rule);
	return false;
}

/* --- the place --- */

static bool
is_bucket(const char *text)
{
	size_t n = strlen(text);

	return n >= BUCKET_MIN && n <= BUCKET_MAX &&
	       text[strspn(text, G_CSET_a_2_z G_CSET_DIGITS "-.")] == '\0' &&
	       g_ascii_isalnum(text[0]) && g_ascii_isalnum(text[n - 1]);
}

/* Names that need no escaping anywhere, and no dots that climb. */
static bool
is_prefix(const char *text)
{
	g_auto(GStrv) names = g_strsplit(text, "/", -1);

	for (char **name = names; *name != NULL; name++)
		if ((*name)[0] == '\0' || (*name)[0] == '.' ||
		    (*name)[strspn(*name, G_CSET_A_2_Z G_CSET_a_2_z
						  G_CSET_DIGITS "-_.")] != '\0')
			return false;
	return strlen(text) <= PREFIX_MAX;
}

static bool
read_place(const char *place, char **bucket, char **prefix, GError **error)
{
	g_auto(GStrv) parts = NULL;

	if (!g_str_has_prefix(place, S3_PLACE))
		return invalid("place", place, "must be s3://bucket/prefix",
			       error);
	parts = g_strsplit(place + strlen(S3_PLACE), "/", 2);
	if (parts[0] == NULL || !is_bucket(parts[0]))
		return invalid("place", place,
			       "must name a bucket: 3 to 63 small letters, "
			       "digits, - and .",
			       error);
	if (parts[1] != NULL && parts[1][0] != '\0' && !is_prefix(parts[1]))
		return invalid("place", place,
			       "must have a prefix of letters, digits, - _ . "
			       "and single slashes between",
			       error);
	*bucket = g_strdup(parts[0]);
	*prefix = parts[1] == NULL || parts[1][0] == '\0'
			  ? g_strdup("")
			  : g_strconcat(parts[1], "/", NULL);
	return true;
}

/* --- the endpoint --- */

static char *
get_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	char *copy;

	if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
		return g_strdup("");
	copy = g_strdup(text);
	curl_free(text);
	return copy;
}

static bool
is_loopback(const char *host)
{
	return g_ascii_strcasecmp(host, "localhost") == 0 ||
	       g_str_equal(host, "127.0.0.1") || g_str_equal(host, "[::1]");
}

static bool
check_endpoint(const char *endpoint, const char *scheme, const char *host,
	       CURLU *url, GError **error)
{
	g_autofree char *user = get_part(url, CURLUPART_USER);
	g_autofree char *path = get_part(url, CURLUPART_PATH);
	g_autofree char *query = get_part(url, CURLUPART_QUERY);

	if (host[0] == '\0' || user[0] != '\0' || query[0] != '\0' ||
	    !g_str_equal(path, "/"))
		return invalid("endpoint", endpoint,
			       "must be https://host or https://host:port",
			       error);
	if (!g_str_equal(scheme, "https") &&
	    !(g_str_equal(scheme, "http") && is_loopback(host)))
		return invalid("endpoint", endpoint,
			       "must be https: children's work does not travel "
			       "in the clear",
			       error);
	return true;
}

static bool
read_endpoint(const Settings *settings, const char *bucket, S3Config *out,
	      GError **error)
{
	const char *endpoint = settings_text(settings, GROUP, "endpoint");
	bool path_style = settings_flag(settings, GROUP, "path_style");
	g_autoptr(CURLU) url = curl_url();
	g_autofree char *scheme = NULL, *host = NULL, *port = NULL;

	if (curl_url_set(url, CURLUPART_URL, endpoint, 0) != CURLUE_OK)
		return invalid("endpoint", endpoint,
			       "must be https://host or https://host:port",
			       error);
	scheme = get_part(url, CURLUPART_SCHEME);
	host = get_part(url, CURLUPART_HOST);
	port = get_part(url, CURLUPART_PORT);
	if (!check_endpoint(endpoint, scheme, host, url, error))
		return false;
	out->is_tls = g_str_equal(scheme, "https");
	if (g_str_equal(port, out->is_tls ? "443" : "80"))
		port[0] = '\0'; /* as clients leave it out */
	out->host = g_strconcat(path_style ? "" : bucket, path_style ? "" : ".",
				host, port[0] != '\0' ? ":" : "", port, NULL);
	out->base = g_strconcat(scheme, "://", out->host, NULL);
	out->root = path_style ? g_strconcat("/", bucket, "/", NULL)
			       : g_strdup("/");
	return true;
}

/* --- the rest --- */

static void
read_numbers(const Settings *settings, S3Config *out)
{
	out->connect_s = settings_number(settings, GROUP, "connect_s");
	out->stall_s = settings_number(settings, GROUP, "stall_s");
	out->patience_s = settings_number(settings, GROUP, "patience_s");
	out->probe_s = settings_number(settings, GROUP, "probe_s");
	out->retries = settings_number(settings, GROUP, "retries");
	out->retry_ms = settings_number(settings, GROUP, "retry_ms");
	out->connections = settings_number(settings, GROUP, "connections");
	out->keep_at_once = settings_number(settings, GROUP, "keep_at_once");
	out->buffer_bytes = settings_number(settings, GROUP, "buffer_bytes");
}

static bool
read_key(const Settings *settings, S3Config *out, GError **error)
{
	const char *path = settings_text(settings, GROUP, "credentials");

	if (path[0] == '\0')
		return invalid("credentials", path,
			       "must name the file of the access key", error);
	if (s3_key_read(path, &out->key, error))
		return true;
	g_prefix_error(error, "[" GROUP "] credentials: ");
	return false;
}

bool
s3_config_read(const char *place, const Settings *settings, S3Config *out,
	       GError **error)
{
	g_auto(S3Config) config = { 0 };
	g_autofree char *bucket = NULL;

	config.region = g_strdup(settings_text(settings, GROUP, "region"));
	config.ca_file = g_strdup(settings_text(settings, GROUP, "ca_file"));
	config.proxy = g_strdup(settings_text(settings, GROUP, "proxy"));
	read_numbers(settings, &config);
	if (!read_place(place, &bucket, &config.prefix, error) ||
	    !read_endpoint(settings, bucket, &config, error) ||
	    !read_key(settings, &config, error))
		return false;
	*out = config;
	config = (S3Config){ 0 };
	return true;
}

void
s3_config_clear(S3Config *config)
{
	s3_key_clear(&config->key);
	g_free(config->base);
	g_free(config->root);
	g_free(config->host);
	g_free(config->prefix);
	g_free(config->region);
	g_free(config->ca_file);
	g_free(config->proxy);
	*config = (S3Config){ 0 };
}
