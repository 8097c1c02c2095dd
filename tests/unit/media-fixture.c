/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/media-fixture.h"

#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "app/base/file.h"
#include "sync/district/district.h"

#define PREFIX "some/where"

static Settings *
make_settings(const MediaFixture *f, const char *more)
{
	g_autofree char *key = g_build_filename(f->root, "s3.key", NULL);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	Settings *settings;
	bool ok =
		g_file_set_contents(key, TOY_S3_ACCESS "\n" TOY_S3_SECRET "\n",
				    -1, NULL) &&
		chmod(key, 0600) == 0;

	g_assert_true(ok);
	g_string_append_printf(text,
			       "[limits]\nincoming_bytes=%d\n[media]\n"
			       "retry_ms=1\n",
			       INCOMING_MAX);
	if (f->toy != NULL)
		g_string_append_printf(text,
				       "place=s3://" TOY_S3_BUCKET "/" PREFIX
				       "\nendpoint=%s\ncredentials=%s\n%s",
				       toy_s3_get_url(f->toy), key, more);
	settings =
		settings_parse(text->str, text->len, district_settings, &error);
	g_assert_no_error(error);
	return settings;
}

Media *
open_media(const MediaFixture *f, const char *settings)
{
	g_autoptr(Settings) all =
		make_settings(f,
			      settings == NULL || g_str_has_prefix(settings,
								   MEDIA_PLAIN)
				      ? ""
				      : settings);
	g_autoptr(GError) error = NULL;
	Media *media = district_open_media(f->root, all, &error);

	g_assert_no_error(error);
	return media;
}

void
setup_media(MediaFixture *f, const void *settings)
{
	g_autoptr(GError) error = NULL;
	bool ok;

	f->root = g_dir_make_tmp("media-XXXXXX", &error);
	g_assert_no_error(error);
	ok = district_prepare(f->root, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	if (settings != NULL)
		f->toy = toy_s3_new(!g_str_has_prefix(settings, MEDIA_PLAIN));
	f->media = open_media(f, settings);
}

void
teardown_media(MediaFixture *f, const void *settings)
{
	media_free(f->media);
	if (f->toy != NULL)
		toy_s3_free(f->toy);
	g_free(f->root);
}

MediaFile *
receive_medium(Media *media, const char *text)
{
	g_autoptr(GError) error = NULL;
	MediaFile *file = media_begin(media, MEDIUM_MAX, &error);
	bool ok;

	g_assert_no_error(error);
	ok = media_write(file, text, strlen(text), &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	return file;
}

void
keep_medium(const MediaFixture *f, const char *text,
	    char sha256[static ID_SHA256 + 1])
{
	g_autoptr(MediaFile) file = receive_medium(f->media, text);
	g_autoptr(GError) error = NULL;
	char hash[ID_SHA256 + 1];
	int64_t size;

	media_end(file, sha256, &size);
	id_sha256(text, strlen(text), hash);
	g_assert_cmpstr(sha256, ==, hash);
	g_assert_cmpint(size, ==, (int64_t)strlen(text));
	for (int i = 0; i < 2; i++) {
		bool ok = media_keep(file, &error);

		g_assert_no_error(error);
		g_assert_true(ok);
	}
}

bool
remove_medium(const MediaFixture *f, const char *sha256, GError **error)
{
	g_autoptr(MediaGuard) guard = media_guard(f->media, error);

	return guard != NULL && media_remove(guard, sha256, error);
}

char *
read_range(const MediaFixture *f, const MediaRange *range, GError **error)
{
	g_autoptr(MediaStream) stream = media_stream_new(f->media, range);
	GString *text = g_string_new(NULL);
	char block[3];
	ssize_t n;

	while ((n = media_stream_read(stream, block, sizeof(block), error)) > 0)
		g_string_append_len(text, block, n);
	return g_string_free(text, n < 0);
}

void
spoil_medium(const MediaFixture *f, const char *sha256, const char *with)
{
	g_autofree char *name = g_strdup_printf("%.2s/%s", sha256, sha256);
	g_autofree char *path = g_build_filename(f->root, "media", name, NULL);
	g_autofree char *key = g_strconcat(PREFIX "/", name, NULL);
	g_autoptr(GBytes) bytes =
		with != NULL ? g_bytes_new(with, strlen(with)) : NULL;
	bool ok = true;

	if (f->toy != NULL)
		toy_s3_set(f->toy, key, bytes);
	else if (with == NULL)
		ok = g_unlink(path) == 0;
	else
		ok = g_file_set_contents(path, with, -1, NULL);
	g_assert_true(ok);
}

guint
count_incoming(const MediaFixture *f)
{
	g_autofree char *folder =
		g_build_filename(f->root, "media", "incoming", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	guint n = 0;

	while (g_dir_read_name(dir) != NULL)
		n++;
	return n;
}
