/* SPDX-License-Identifier: Apache-2.0 */
#include "app/capture/drawing.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "app/base/fault.h"

#define RGB_MAX   0xffffff
#define WIDTH_MIN 1
#define WIDTH_MAX 64

typedef struct {
	int x, y;
} Point;

typedef struct {
	guint32 rgb;
	int width;
	GArray *points; /* owned: Point */
} Stroke;

struct Drawing {
	GArray *strokes; /* owned: Stroke */
	size_t n_points;
};

static void
clear_stroke(void *data)
{
	Stroke *stroke = data;

	g_array_unref(stroke->points);
}

Drawing *
drawing_new(void)
{
	Drawing *drawing = g_new0(Drawing, 1);

	drawing->strokes = g_array_new(FALSE, TRUE, sizeof(Stroke));
	g_array_set_clear_func(drawing->strokes, clear_stroke);
	return drawing;
}

void
drawing_free(Drawing *drawing)
{
	if (drawing == NULL)
		return;
	g_array_unref(drawing->strokes);
	g_free(drawing);
}

static Point
clamp_point(double x, double y)
{
	return (Point){ (int)lround(CLAMP(x, 0, DRAWING_WIDTH)),
			(int)lround(CLAMP(y, 0, DRAWING_HEIGHT)) };
}

static Stroke *
last_stroke(const Drawing *drawing)
{
	guint n = drawing->strokes->len;

	return n > 0 ? &g_array_index(drawing->strokes, Stroke, n - 1) : NULL;
}

bool
drawing_move(Drawing *drawing, double x, double y)
{
	Stroke *stroke = last_stroke(drawing);
	Point point = clamp_point(x, y);

	if (stroke == NULL || drawing->n_points >= DRAWING_POINTS_MAX)
		return false;
	g_array_append_val(stroke->points, point);
	drawing->n_points++;
	return true;
}

bool
drawing_begin(Drawing *drawing, double x, double y, guint32 rgb, double width)
{
	Stroke stroke = {
		.rgb = rgb & RGB_MAX,
		.width = (int)lround(CLAMP(width, WIDTH_MIN, WIDTH_MAX)),
	};

	if (drawing->strokes->len >= DRAWING_STROKES_MAX ||
	    drawing->n_points >= DRAWING_POINTS_MAX)
		return false;
	stroke.points = g_array_new(FALSE, FALSE, sizeof(Point));
	g_array_append_val(drawing->strokes, stroke);
	return drawing_move(drawing, x, y);
}

void
drawing_undo(Drawing *drawing)
{
	Stroke *stroke = last_stroke(drawing);

	if (stroke == NULL)
		return;
	drawing->n_points -= stroke->points->len;
	g_array_set_size(drawing->strokes, drawing->strokes->len - 1);
}

void
drawing_clear(Drawing *drawing)
{
	g_array_set_size(drawing->strokes, 0);
	drawing->n_points = 0;
}

bool
drawing_is_empty(const Drawing *drawing)
{
	return drawing->strokes->len == 0;
}

/* --- painting: a curve through the middles between points --- */

static void
paint_stroke(const Stroke *stroke, cairo_t *cr)
{
	const Point *p = (const Point *)(void *)stroke->points->data;
	guint n = stroke->points->len;

	cairo_set_source_rgb(cr, (stroke->rgb >> 16) / 255.0,
			     (stroke->rgb >> 8 & 0xff) / 255.0,
			     (stroke->rgb & 0xff) / 255.0);
	cairo_set_line_width(cr, stroke->width);
	cairo_move_to(cr, p[0].x, p[0].y);
	for (guint i = 1; i + 1 < n; i++) {
		double x = (p[i].x + p[i + 1].x) / 2.0;
		double y = (p[i].y + p[i + 1].y) / 2.0;

		cairo_curve_to(cr, (p[i - 1].x + 2.0 * p[i].x) / 3,
			       (p[i - 1].y + 2.0 * p[i].y) / 3,
			       (x + 2.0 * p[i].x) / 3, (y + 2.0 * p[i].y) / 3,
			       x, y);
	}
	cairo_line_to(cr, p[n - 1].x, p[n - 1].y);
	cairo_stroke(cr);
}

void
drawing_paint(const Drawing *drawing, cairo_t *cr)
{
	cairo_save(cr);
	cairo_rectangle(cr, 0, 0, DRAWING_WIDTH, DRAWING_HEIGHT);
	cairo_clip(cr);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
	for (guint i = 0; i < drawing->strokes->len; i++)
		paint_stroke(&g_array_index(drawing->strokes, Stroke, i), cr);
	cairo_restore(cr);
}

static cairo_status_t
append_bytes(void *closure, const unsigned char *bytes, unsigned size)
{
	g_byte_array_append(closure, bytes, size);
	return CAIRO_STATUS_SUCCESS;
}

GBytes *
drawing_encode(const Drawing *drawing, GError **error)
{
	g_autoptr(GByteArray) png = g_byte_array_new();
	cairo_surface_t *sheet =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, DRAWING_WIDTH,
					   DRAWING_HEIGHT);
	cairo_t *cr = cairo_create(sheet);
	cairo_status_t status;

	drawing_paint(drawing, cr);
	cairo_destroy(cr);
	status = cairo_surface_write_to_png_stream(sheet, append_bytes, png);
	cairo_surface_destroy(sheet);
	if (status == CAIRO_STATUS_SUCCESS)
		return g_byte_array_free_to_bytes(g_steal_pointer(&png));
	g_set_error(error, FAULT, FAULT_SYSTEM, "writing a PNG: %s",
		    cairo_status_to_string(status));
	return NULL;
}

/* --- as text: a stroke a line, "RRGGBB WIDTH X,Y X,Y …" --- */

char *
drawing_save(const Drawing *drawing)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < drawing->strokes->len; i++) {
		const Stroke *stroke =
			&g_array_index(drawing->strokes, Stroke, i);

		g_string_append_printf(out, "%06x %d", stroke->rgb,
				       stroke->width);
		for (guint k = 0; k < stroke->points->len; k++) {
			const Point *p =
				&g_array_index(stroke->points, Point, k);

			g_string_append_printf(out, " %d,%d", p->x, p->y);
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

static bool
read_number(const char *text, gint64 max, int *out)
{
	gint64 value;

	if (!g_ascii_string_to_signed(text, 10, 0, max, &value, NULL) ||
	    (text[0] == '0' && text[1] != '\0') || !g_ascii_isdigit(text[0]))
		return false;
	*out = (int)value;
	return true;
}

static bool
load_point(Drawing *drawing, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", 3);
	int x, y;

	return g_strv_length(parts) == 2 &&
	       read_number(parts[0], DRAWING_WIDTH, &x) &&
	       read_number(parts[1], DRAWING_HEIGHT, &y) &&
	       drawing_move(drawing, x, y);
}

static bool
load_stroke(Drawing *drawing, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	guint n = g_strv_length(words);
	guint64 rgb;
	int width;

	if (n < 3 || strlen(words[0]) != 6 ||
	    strspn(words[0], "0123456789abcdef") != 6 ||
	    !g_ascii_string_to_unsigned(words[0], 16, 0, RGB_MAX, &rgb, NULL) ||
	    !read_number(words[1], WIDTH_MAX, &width) || width < WIDTH_MIN ||
	    !drawing_begin(drawing, 0, 0, (guint32)rgb, width))
		return false;
	g_array_set_size(last_stroke(drawing)->points, 0);
	drawing->n_points--;
	for (guint i = 2; i < n; i++)
		if (!load_point(drawing, words[i]))
			return false;
	return true;
}

Drawing *
drawing_load(const char *text, GError **error)
{
	g_autoptr(Drawing) drawing = drawing_new();
	g_auto(GStrv) lines = g_strsplit(text, "\n", DRAWING_STROKES_MAX + 2);
	guint n = g_strv_length(lines);

	/* Every line ends with a line end: the last part is empty. */
	bool ok = n == 0 || lines[n - 1][0] == '\0';

	for (guint i = 0; ok && i + 1 < n; i++)
		ok = load_stroke(drawing, lines[i]);
	if (ok)
		return g_steal_pointer(&drawing);
	g_set_error(error, FAULT, FAULT_INVALID,
		    "a drawing's strokes are malformed");
	return NULL;
}
