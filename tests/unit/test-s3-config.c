/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "sync/district/district.h"
#include "sync/district/s3-config.h"

static char *
write_key(void)
{
	g_autofree char *folder = g_dir_make_tmp("key-XXXXXX", NULL);
	char *path = g_build_filename(folder, "s3.key", NULL);
	bool ok = g_file_set_contents(path, "name\nsecret\n", -1, NULL) &&
		  chmod(path, 0600) == 0;

	g_assert_true(ok);
	return path;
}

static bool
try_config(const char *place, const char *endpoint, const char *more,
	   S3Config *out, GError **error)
{
	g_autofree char *key = write_key();
	g_autofree char *text =
		g_strdup_printf("[media]\nendpoint=%s\ncredentials=%s\n%s",
				endpoint, key, more);
	g_autoptr(Settings) settings =
		settings_parse(text, strlen(text), district_settings, error);

	g_assert_nonnull(settings);
	return s3_config_read(place, settings, out, error);
}

/* --- what is made of it --- */

static void
test_places(void)
{
	static const struct {
		const char *place, *endpoint, *more;
		const char *base, *root, *host, *prefix;
	} rows[] = {
		{ "s3://stones", "https://s3.example.org", "",
		  "https://s3.example.org", "/stones/", "s3.example.org", "" },
		{ "s3://stones/", "https://s3.example.org:443", "",
		  "https://s3.example.org", "/stones/", "s3.example.org", "" },
		{ "s3://stones/a/b", "https://s3.example.org:9000/", "",
		  "https://s3.example.org:9000", "/stones/",
		  "s3.example.org:9000", "a/b/" },
		{ "s3://stones/a_B-1.x", "https://s3.example.org",
		  "path_style=false\n", "https://stones.s3.example.org", "/",
		  "stones.s3.example.org", "a_B-1.x/" },
		{ "s3://s.t-0", "http://127.0.0.1:8080", "",
		  "http://127.0.0.1:8080", "/s.t-0/", "127.0.0.1:8080", "" },
		{ "s3://stones", "http://[::1]:80", "", "http://[::1]",
		  "/stones/", "[::1]", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(S3Config) config = { 0 };
		g_autoptr(GError) error = NULL;
		bool ok = try_config(rows[i].place, rows[i].endpoint,
				     rows[i].more, &config, &error);

		g_assert_no_error(error);
		g_assert_true(ok);
		g_assert_cmpstr(config.base, ==, rows[i].base);
		g_assert_cmpstr(config.root, ==, rows[i].root);
		g_assert_cmpstr(config.host, ==, rows[i].host);
		g_assert_cmpstr(config.prefix, ==, rows[i].prefix);
		g_assert_cmpstr(config.key.access, ==, "name");
	}
}

/* --- what is refused, by the setting's name --- */

static void
test_refusals(void)
{
	static const struct {
		const char *place, *endpoint, *says;
	} rows[] = {
		{ "s3://", "https://s3.example.org", "place" },
		{ "s3://ab", "https://s3.example.org", "place" },
		{ "s3://Stones", "https://s3.example.org", "place" },
		{ "s3://stones/a//b", "https://s3.example.org", "prefix" },
		{ "s3://stones/../b", "https://s3.example.org", "prefix" },
		{ "s3://stones/a b", "https://s3.example.org", "prefix" },
		{ "s3://stones/a%2f", "https://s3.example.org", "prefix" },
		{ "https://stones", "https://s3.example.org", "place" },
		{ "s3://stones", "", "endpoint" },
		{ "s3://stones", "s3.example.org", "endpoint" },
		{ "s3://stones", "http://s3.example.org", "in the clear" },
		{ "s3://stones", "ftp://127.0.0.1", "endpoint" },
		{ "s3://stones", "https://me:secret@s3.example.org",
		  "endpoint" },
		{ "s3://stones", "https://s3.example.org/stones", "endpoint" },
		{ "s3://stones", "https://s3.example.org/?x", "endpoint" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		S3Config config;
		g_autoptr(GError) error = NULL;

		g_test_message("%s at %s", rows[i].place, rows[i].endpoint);
		g_assert_false(try_config(rows[i].place, rows[i].endpoint, "",
					  &config, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, rows[i].says));
	}
}

static void
test_credentials(void)
{
	static const char text[] = "[media]\nendpoint=https://s3.example.org\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(Settings) settings =
		settings_parse(text, strlen(text), district_settings, &error);
	S3Config config;

	g_assert_no_error(error);
	g_assert_false(
		s3_config_read("s3://stones", settings, &config, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, "credentials"));
}

/* --- the place as a whole --- */

static void
test_media(void)
{
	static const char larger[] = "[media]\nplace=s3://stones\n"
				     "[limits]\nmedium_bytes=6000000000\n";
	static const char other[] = "[media]\nplace=ftp://stones\n";
	static const char *const texts[] = { larger, other };
	static const char *const says[] = { "medium_bytes", "place" };
	g_autofree char *folder = g_dir_make_tmp("media-XXXXXX", NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(Settings) settings =
			settings_parse(texts[i], strlen(texts[i]),
				       district_settings, &error);

		g_assert_no_error(error);
		g_assert_null(district_open_media(folder, settings, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_assert_nonnull(strstr(error->message, says[i]));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/s3-config/a-place-and-an-endpoint", test_places);
	g_test_add_func("/s3-config/what-is-wrong-is-named", test_refusals);
	g_test_add_func("/s3-config/credentials-are-asked-for",
			test_credentials);
	g_test_add_func("/s3-config/a-place-is-one-that-we-know", test_media);
	return g_test_run();
}
