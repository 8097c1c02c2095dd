/* SPDX-License-Identifier: Apache-2.0 */
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/capture/drawing.h"

#define RED   0xd00000
#define BLUE  0x0000d0
#define WHITE 0xffffff
#define WIDE  20

/* A red line above, and below it a blue one. */
static Drawing *
two_lines(void)
{
	Drawing *drawing = drawing_new();

	g_assert_true(drawing_begin(drawing, 100, 100, RED, WIDE));
	g_assert_true(drawing_move(drawing, 500, 100));
	g_assert_true(drawing_move(drawing, 900, 100));
	g_assert_true(drawing_begin(drawing, 100, 400, BLUE, WIDE));
	g_assert_true(drawing_move(drawing, 900, 400));
	return drawing;
}

static GdkPixbuf *
look_at(const Drawing *drawing)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) png = drawing_encode(drawing, &error);
	g_autoptr(GInputStream) in = NULL;
	GdkPixbuf *sheet;

	g_assert_no_error(error);
	in = g_memory_input_stream_new_from_bytes(png);
	sheet = gdk_pixbuf_new_from_stream(in, NULL, &error);
	g_assert_no_error(error);
	return sheet;
}

static guint32
colour_at(const GdkPixbuf *sheet, int x, int y)
{
	const guint8 *at = gdk_pixbuf_read_pixels(sheet) +
			   (gsize)y * (gsize)gdk_pixbuf_get_rowstride(sheet) +
			   (gsize)x * (gsize)gdk_pixbuf_get_n_channels(sheet);

	return (guint32)at[0] << 16 | (guint32)at[1] << 8 | at[2];
}

static void
a_drawing_is_a_png_of_its_strokes(void)
{
	g_autoptr(Drawing) drawing = two_lines();
	g_autoptr(GdkPixbuf) sheet = look_at(drawing);

	g_assert_cmpint(gdk_pixbuf_get_width(sheet), ==, DRAWING_WIDTH);
	g_assert_cmpint(gdk_pixbuf_get_height(sheet), ==, DRAWING_HEIGHT);
	g_assert_false(gdk_pixbuf_get_has_alpha(sheet));
	g_assert_cmphex(colour_at(sheet, 500, 100), ==, RED);
	g_assert_cmphex(colour_at(sheet, 500, 100 + WIDE / 2 - 2), ==, RED);
	g_assert_cmphex(colour_at(sheet, 500, 100 + WIDE / 2 + 2), ==, WHITE);
	g_assert_cmphex(colour_at(sheet, 500, 400), ==, BLUE);
	g_assert_cmphex(colour_at(sheet, 5, 5), ==, WHITE);
}

static void
a_touch_is_a_dot(void)
{
	g_autoptr(Drawing) drawing = drawing_new();
	g_autoptr(GdkPixbuf) sheet = NULL;

	g_assert_true(drawing_begin(drawing, 300, 300, BLUE, WIDE));
	sheet = look_at(drawing);
	g_assert_cmphex(colour_at(sheet, 300, 300), ==, BLUE);
	g_assert_cmphex(colour_at(sheet, 300 + WIDE, 300), ==, WHITE);
}

static void
the_newest_stroke_is_taken_back(void)
{
	g_autoptr(Drawing) drawing = two_lines();
	g_autoptr(GdkPixbuf) sheet = NULL;

	drawing_undo(drawing);
	sheet = look_at(drawing);
	g_assert_cmphex(colour_at(sheet, 500, 400), ==, WHITE);
	g_assert_cmphex(colour_at(sheet, 500, 100), ==, RED);
	drawing_undo(drawing);
	g_assert_true(drawing_is_empty(drawing));
	drawing_undo(drawing); /* nothing is left, and no harm done */
	g_assert_true(drawing_is_empty(drawing));
	g_assert_false(drawing_move(drawing, 1, 1)); /* no pen is down */
}

static void
a_cleared_sheet_is_as_new(void)
{
	g_autoptr(Drawing) drawing = two_lines();
	g_autofree char *text = NULL;

	drawing_clear(drawing);
	g_assert_true(drawing_is_empty(drawing));
	text = drawing_save(drawing);
	g_assert_cmpstr(text, ==, "");
	g_assert_true(drawing_begin(drawing, 1, 1, RED, WIDE));
}

static void
a_pen_beyond_the_sheet_stays_at_its_edge(void)
{
	g_autoptr(Drawing) drawing = drawing_new();
	g_autofree char *text = NULL;

	g_assert_true(drawing_begin(drawing, -50, 1e9, 0xff123456, 1e9));
	g_assert_true(drawing_move(drawing, 10.4, 10.6));
	text = drawing_save(drawing);
	g_assert_cmpstr(text, ==, "123456 64 0,640 10,11\n");
}

static void
at_its_limits_the_pen_stops(void)
{
	g_autoptr(Drawing) strokes = drawing_new();
	g_autoptr(Drawing) points = drawing_new();
	g_autofree char *text = NULL;
	g_autoptr(Drawing) again = NULL;

	for (int i = 0; i < DRAWING_STROKES_MAX; i++)
		g_assert_true(drawing_begin(strokes, i, i, RED, WIDE));
	g_assert_false(drawing_begin(strokes, 1, 1, RED, WIDE));
	g_assert_true(drawing_move(strokes, 1, 1));

	g_assert_true(drawing_begin(points, 0, 0, RED, WIDE));
	for (int i = 1; i < DRAWING_POINTS_MAX; i++)
		g_assert_true(drawing_move(points, i % DRAWING_WIDTH, 7));
	g_assert_false(drawing_move(points, 1, 1));
	g_assert_false(drawing_begin(points, 1, 1, RED, WIDE));
	text = drawing_save(points); /* and what is full can be kept */
	again = drawing_load(text, NULL);
	g_assert_nonnull(again);
	drawing_undo(points);
	g_assert_true(drawing_begin(points, 1, 1, RED, WIDE));
}

static void
a_draft_of_it_comes_back_the_same(void)
{
	g_autoptr(Drawing) drawing = two_lines();
	g_autoptr(GError) error = NULL;
	g_autofree char *text = drawing_save(drawing);
	g_autoptr(Drawing) back = drawing_load(text, &error);
	g_autofree char *again = NULL;

	g_assert_no_error(error);
	again = drawing_save(back);
	g_assert_cmpstr(again, ==, text);
	g_assert_cmpstr(text, ==,
			"d00000 20 100,100 500,100 900,100\n"
			"0000d0 20 100,400 900,400\n");
}

static void
a_malformed_draft_is_refused(void)
{
	static const char *const texts[] = {
		"d00000 20 1,1",          /* no end of line */
		"\n",                     /* no stroke */
		"d00000 20\n",            /* no point */
		"D00000 20 1,1\n",        /* capitals */
		"d0000 20 1,1\n",         /* no colour */
		"d00000 0 1,1\n",         /* no width */
		"d00000 65 1,1\n",        /* too wide */
		"d00000 020 1,1\n",       /* another spelling */
		"d00000 20 1,1,1\n",      /* no point */
		"d00000 20 1025,1\n",     /* beyond the sheet */
		"d00000 20 1,641\n",      /* beyond the sheet */
		"d00000 20 -1,1\n",       /* before it */
		"d00000 20 1,1 \n",       /* a space too many */
		"d00000 20 1,1\n\nnew\n", /* an empty line */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(drawing_load(texts[i], &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/drawing/png-of-its-strokes",
			a_drawing_is_a_png_of_its_strokes);
	g_test_add_func("/drawing/a-touch-is-a-dot", a_touch_is_a_dot);
	g_test_add_func("/drawing/newest-stroke-is-taken-back",
			the_newest_stroke_is_taken_back);
	g_test_add_func("/drawing/cleared-is-as-new",
			a_cleared_sheet_is_as_new);
	g_test_add_func("/drawing/beyond-the-sheet-stays-at-its-edge",
			a_pen_beyond_the_sheet_stays_at_its_edge);
	g_test_add_func("/drawing/at-its-limits-the-pen-stops",
			at_its_limits_the_pen_stops);
	g_test_add_func("/drawing/draft-comes-back-the-same",
			a_draft_of_it_comes_back_the_same);
	g_test_add_func("/drawing/malformed-draft-is-refused",
			a_malformed_draft_is_refused);
	return g_test_run();
}
