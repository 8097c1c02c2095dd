/* SPDX-License-Identifier: Apache-2.0 */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

#include "app/capture/photo.h"

/* A frame of a camera becomes a photo that tells nothing but what is seen. */

typedef struct {
	int width, height;
} Size;

/* Colours that run into each other, as in most of what a lens sees. */
static GBytes *
soft_frame(Size size)
{
	guint8 *rgba = g_malloc((gsize)size.width * (gsize)size.height * 4);
	guint8 *at = rgba;

	for (int y = 0; y < size.height; y++)
		for (int x = 0; x < size.width; x++, at += 4) {
			at[0] = (guint8)(x * 255 / size.width);
			at[1] = (guint8)(y * 255 / size.height);
			at[2] = 128;
			at[3] = 255;
		}
	return g_bytes_new_take(rgba,
				(gsize)size.width * (gsize)size.height * 4);
}

/* The worst that JPEG can be given; the same each time. */
static GBytes *
noisy_frame(Size size)
{
	g_autoptr(GRand) dice = g_rand_new_with_seed(7);
	gsize n = (gsize)size.width * (gsize)size.height;
	guint32 *rgba = g_new(guint32, n);

	for (gsize i = 0; i < n; i++)
		rgba[i] = GUINT32_TO_LE(g_rand_int(dice) | 0xff000000);
	return g_bytes_new_take(rgba, n * sizeof(*rgba));
}

static GBytes *
take(GBytes *rgba, Size size)
{
	g_autoptr(GError) error = NULL;
	GBytes *jpeg = photo_encode(rgba, size.width, size.height, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(g_bytes_get_size(jpeg), <=, PHOTO_BYTES_MAX);
	return jpeg;
}

static GdkPixbuf *
develop(GBytes *jpeg)
{
	g_autoptr(GInputStream) in = g_memory_input_stream_new_from_bytes(jpeg);
	g_autoptr(GError) error = NULL;
	GdkPixbuf *photo = gdk_pixbuf_new_from_stream(in, NULL, &error);

	g_assert_no_error(error);
	return photo;
}

static void
a_photo_fits_and_keeps_its_shape(void)
{
	static const struct {
		Size frame, photo;
	} cases[] = {
		{ { 640, 480 }, { 640, 480 } },
		{ { 1600, 1200 }, { 1600, 1200 } },
		{ { 3280, 2464 }, { 1600, 1201 } },
		{ { 480, 3200 }, { 240, 1600 } },
		{ { 1, 1 }, { 1, 1 } },
		{ { 4000, 1 }, { 1600, 1 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GBytes) frame = soft_frame(cases[i].frame);
		g_autoptr(GBytes) jpeg = take(frame, cases[i].frame);
		g_autoptr(GdkPixbuf) photo = develop(jpeg);

		g_assert_cmpint(gdk_pixbuf_get_width(photo), ==,
				cases[i].photo.width);
		g_assert_cmpint(gdk_pixbuf_get_height(photo), ==,
				cases[i].photo.height);
	}
}

/* The segments of a JPEG file up to its pixels: where a place, a time, a
 * camera's number or a thumbnail would be written. */
static void
a_photo_holds_no_word_but_pixels(void)
{
	static const guint8 allowed[] = { 0xe0, 0xdb, 0xc0, 0xc4, 0xda };
	static const Size size = { 320, 240 };
	g_autoptr(GBytes) frame = soft_frame(size);
	g_autoptr(GBytes) jpeg = take(frame, size);
	gsize n, at = 2;
	const guint8 *bytes = g_bytes_get_data(jpeg, &n);

	g_assert_cmpmem(bytes, 2, "\xff\xd8", 2);
	while (bytes[at + 1] != 0xda) {
		g_assert_cmpuint(bytes[at], ==, 0xff);
		g_assert_nonnull(
			memchr(allowed, bytes[at + 1], sizeof(allowed)));
		at += 2 + (gsize)(bytes[at + 2] << 8 | bytes[at + 3]);
		g_assert_cmpuint(at + 4, <, n);
	}
	/* JFIF without a thumbnail: nothing behind its sixteen bytes */
	g_assert_cmpmem(bytes + 2, 4, "\xff\xe0\x00\x10", 4);
}

/* Signal to noise, in decibels, over red, green and blue. */
static double
likeness(GBytes *rgba, const GdkPixbuf *photo)
{
	const guint8 *was = g_bytes_get_data(rgba, NULL);
	int width = gdk_pixbuf_get_width(photo);
	int height = gdk_pixbuf_get_height(photo);
	double sum = 0;

	for (int y = 0; y < height; y++) {
		const guint8 *row =
			gdk_pixbuf_read_pixels(photo) +
			(gsize)y * (gsize)gdk_pixbuf_get_rowstride(photo);

		for (int x = 0; x < width; x++, was += 4)
			for (int c = 0; c < 3; c++)
				sum += pow(was[c] - row[x * 3 + c], 2);
	}
	return 10 * log10(255.0 * 255.0 * width * height * 3 / sum);
}

static void
a_photo_looks_like_what_was_seen(void)
{
	static const Size size = { 640, 480 };
	g_autoptr(GBytes) frame = soft_frame(size);
	g_autoptr(GBytes) jpeg = take(frame, size);
	g_autoptr(GdkPixbuf) photo = develop(jpeg);

	g_assert_cmpfloat(likeness(frame, photo), >, 38);
}

static void
even_noise_is_taken(void)
{
	static const Size sizes[] = { { 640, 480 }, { 1600, 1600 } };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		g_autoptr(GBytes) frame = noisy_frame(sizes[i]);
		g_autoptr(GBytes) jpeg = take(frame, sizes[i]);
		g_autoptr(GdkPixbuf) photo = develop(jpeg);

		g_assert_cmpint(gdk_pixbuf_get_width(photo), >=, 640);
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/photo/fits-and-keeps-its-shape",
			a_photo_fits_and_keeps_its_shape);
	g_test_add_func("/photo/holds-no-word-but-pixels",
			a_photo_holds_no_word_but_pixels);
	g_test_add_func("/photo/looks-like-what-was-seen",
			a_photo_looks_like_what_was_seen);
	g_test_add_func("/photo/even-noise-is-taken", even_noise_is_taken);
	return g_test_run();
}
