/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "tests/unit/media-fixture.h"

/* --- what is kept --- */

static void
test_keep(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	g_autofree char *whole = NULL, *part = NULL;
	MediaRange range;
	int64_t size;
	bool ok;

	keep_medium(f, "a heap of stones", sha256);
	ok = media_find(f->media, sha256, &size, &error);
	g_assert_true(ok);
	g_assert_cmpint(size, ==, 16);
	range = media_whole(sha256, 16);
	whole = read_range(f, &range, &error);
	g_assert_cmpstr(whole, ==, "a heap of stones");
	range.from = 2;
	range.size = 4;
	part = read_range(f, &range, &error);
	g_assert_cmpstr(part, ==, "heap");
	ok = media_verify(f->media, sha256, 16, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
test_again(MediaFixture *f, const void *data)
{
	char first[ID_SHA256 + 1], second[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	bool ok;

	keep_medium(f, "the same", first);
	keep_medium(f, "the same", second);
	g_assert_cmpstr(first, ==, second);
	ok = media_verify(f->media, first, 8, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
test_empty(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	MediaRange range;
	g_autofree char *text = NULL;
	bool ok;

	keep_medium(f, "", sha256);
	range = media_whole(sha256, 0);
	text = read_range(f, &range, &error);
	g_assert_no_error(error);
	g_assert_cmpstr(text, ==, "");
	ok = remove_medium(f, sha256, &error);
	g_assert_true(ok);
	g_assert_null(read_range(f, &range, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
}

static void
test_remove(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	int64_t size = 0;
	bool ok;

	keep_medium(f, "not for long", sha256);
	for (int i = 0; i < 2; i++) {
		ok = remove_medium(f, sha256, &error);
		g_assert_no_error(error);
		g_assert_true(ok);
	}
	ok = media_find(f->media, sha256, &size, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(size, ==, -1);
	g_assert_false(media_verify(f->media, sha256, 12, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
}

/* --- all of them --- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool
note(const char *sha256, int64_t size, void *data, GError **error)
{
	g_string_append_printf(data, "%.8s %d\n", sha256, (int)size);
	return true;
}

static void
test_each(MediaFixture *f, const void *data)
{
	g_autoptr(GString) is = g_string_new(NULL);
	g_autoptr(GString) must = g_string_new(NULL);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *foreign =
		g_build_filename(f->root, "media", "notes", NULL);
	g_autoptr(GBytes) theirs = g_bytes_new_static("IT's", 4);
	g_autoptr(MediaFile) coming = receive_medium(f->media, "not kept yet");
	g_autoptr(GError) error = NULL;
	bool ok;

	for (int i = 0; i < 50; i++) {
		g_autofree char *text = g_strdup_printf("%d", 10 + i);
		char sha256[ID_SHA256 + 1];

		keep_medium(f, text, sha256);
		g_ptr_array_add(names, g_strdup(sha256));
	}
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++)
		note(names->pdata[i], 2, must, NULL);
	g_assert_nonnull(coming);
	if (f->toy != NULL)
		toy_s3_set(f->toy, "some/where/notes", theirs);
	ok = g_file_set_contents(foreign, "IT's", -1, NULL) &&
	     media_each(f->media, note, is, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpstr(is->str, ==, must->str);
	g_ptr_array_unref(names);
}

static bool
refuse(const char *sha256, int64_t size, void *data, GError **error)
{
	int *n = data;

	g_set_error(error, FAULT, FAULT_BUSY, "enough");
	return ++*n == 0;
}

static void
test_each_until(MediaFixture *f, const void *data)
{
	char one[ID_SHA256 + 1], two[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	int n = 0;

	keep_medium(f, "one", one);
	keep_medium(f, "two", two);
	g_assert_false(media_each(f->media, refuse, &n, &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	g_assert_cmpint(n, ==, 1);
}

/* --- damage --- */

static void
test_damage(MediaFixture *f, const void *data)
{
	char sha256[ID_SHA256 + 1];
	g_autoptr(GError) error = NULL;
	MediaRange range;

	keep_medium(f, "whole", sha256);
	spoil_medium(f, sha256, "WHOLE");
	g_assert_false(media_verify(f->media, sha256, 5, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
	g_clear_error(&error);

	spoil_medium(f, sha256, "who");
	range = media_whole(sha256, 5);
	g_assert_null(read_range(f, &range, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
}

/* --- what comes in --- */

static void
test_clear(MediaFixture *f, const void *data)
{
	g_autofree char *dead =
		g_build_filename(f->root, "media", "incoming", "dead", NULL);
	g_autofree char *half = g_build_filename(dead, "half", NULL);
	g_autofree char *old =
		g_build_filename(f->root, "media", "incoming", "old", NULL);
	Media *other = open_media(f, data);
	g_autoptr(MediaFile) coming = receive_medium(f->media, "coming");
	g_autoptr(GError) error = NULL;
	char sha256[ID_SHA256 + 1];
	int64_t size;
	bool ok = g_mkdir(dead, 0700) == 0 &&
		  g_file_set_contents(half, "half", -1, NULL) &&
		  g_file_set_contents(old, "an older version's", -1, NULL);

	g_assert_true(ok);
	g_assert_cmpint(count_incoming(f), ==, 3);
	ok = media_clear_incoming(other, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(count_incoming(f), ==, 1);
	media_free(other);

	media_end(coming, sha256, &size);
	ok = media_keep(coming, &error) &&
	     media_verify(f->media, sha256, size, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
}

static void
test_unkept(MediaFixture *f, const void *data)
{
	MediaFile *file = receive_medium(f->media, "nobody wants it");

	media_file_free(file);
	media_free(f->media);
	g_assert_cmpint(count_incoming(f), ==, 0);
	f->media = open_media(f, data);
}

static void
test_bounds(MediaFixture *f, const void *data)
{
	g_autofree char *block = g_malloc0(MEDIUM_MAX);
	MediaFile *files[3];
	g_autoptr(GError) error = NULL;
	bool ok;

	for (int i = 0; i < 3; i++) {
		files[i] = media_begin(f->media, MEDIUM_MAX, &error);
		g_assert_no_error(error);
	}
	ok = media_write(files[0], block, MEDIUM_MAX, &error);
	g_assert_true(ok);
	g_assert_false(media_write(files[0], "x", 1, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
	g_assert_nonnull(strstr(error->message, "medium_bytes"));
	g_clear_error(&error);

	ok = media_write(files[1], block, MEDIUM_MAX, &error);
	g_assert_true(ok);
	g_assert_false(media_write(files[2], "x", 1, &error));
	g_assert_error(error, FAULT, FAULT_BUSY);
	g_assert_nonnull(strstr(error->message, "incoming_bytes"));
	g_clear_error(&error);

	media_file_free(files[0]);
	ok = media_write(files[2], "x", 1, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	media_file_free(files[1]);
	media_file_free(files[2]);
}

static void
add(const char *name, void (*test)(MediaFixture *, const void *))
{
	static const struct {
		const char *name, *settings;
	} places[] = { { "folder", NULL },
		       { "s3", MEDIA_S3 },
		       { "s3-without-checksums", MEDIA_PLAIN } };

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autofree char *path =
			g_strdup_printf("/media/%s/%s", places[i].name, name);

		g_test_add(path, MediaFixture, places[i].settings, setup_media,
			   test, teardown_media);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add("kept-is-read-whole-and-in-part", test_keep);
	add("again-changes-nothing", test_again);
	add("an-empty-one-is-one", test_empty);
	add("removed-is-gone-and-again-is-no-error", test_remove);
	add("each-is-listed-in-order-and-nothing-else", test_each);
	add("listing-ends-when-told", test_each_until);
	add("damage-is-seen", test_damage);
	add("what-another-receives-stays", test_clear);
	add("what-is-not-kept-is-gone", test_unkept);
	add("what-comes-in-has-bounds", test_bounds);
	return g_test_run();
}
