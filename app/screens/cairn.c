/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/cairn.h"

#include <math.h>

#include "app/screens/ui.h"

#define FALL_US 900000 /* microseconds */

typedef struct {
	int stones, confirmed;
	double fallen; /* 0 … 1 */
	gint64 started_us;
} Cairn;

static const double colours[][3] = {
	{ 0.55, 0.60, 0.65 }, { 0.72, 0.63, 0.53 }, { 0.60, 0.69, 0.62 },
	{ 0.79, 0.71, 0.64 }, { 0.62, 0.63, 0.74 }, { 0.76, 0.60, 0.56 },
};

static void
stone(cairo_t *cr, double x, double y, double rx, double ry, int i)
{
	const double *c = colours[i % (int)G_N_ELEMENTS(colours)];

	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_rotate(cr, (i % 3 - 1) * 0.04);
	cairo_scale(cr, rx, ry);
	cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
	cairo_restore(cr);
	cairo_set_source_rgb(cr, c[0], c[1], c[2]);
	cairo_fill_preserve(cr);
	cairo_set_source_rgb(cr, 0.17, 0.17, 0.2);
	cairo_set_line_width(cr, ry * 0.14);
	cairo_stroke(cr);
}

static void
ground(cairo_t *cr, double x, double y, double rx, double ry)
{
	cairo_save(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, rx, ry);
	cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
	cairo_restore(cr);
	cairo_set_source_rgb(cr, 0.88, 0.84, 0.76);
	cairo_fill(cr);
}

static void
tick(cairo_t *cr, double x, double y, double size)
{
	cairo_set_source_rgb(cr, 0.09, 0.4, 0.2);
	cairo_set_line_width(cr, size * 0.35);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_move_to(cr, x - size * 0.7, y);
	cairo_line_to(cr, x - size * 0.15, y + size * 0.5);
	cairo_line_to(cr, x + size * 0.8, y - size * 0.6);
	cairo_stroke(cr);
}

static void
draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *data)
{
	const Cairn *cairn = data;
	int n = MIN(cairn->stones, CAIRN_SHOWN_MAX);
	int hidden = cairn->stones - n;
	double each = height / (double)(MAX(n, 4) + 1);
	double widest = MIN(width * 0.46, each * 1.8);

	ground(cr, width / 2.0, height - each * 0.3, widest * 1.2, each * 0.3);
	for (int i = 0; i < n; i++) {
		double y = height - each * (i + 0.9);
		double rx = widest * (1 - 0.62 * i / MAX(n, 4));

		if (i == n - 1)
			y -= (1 - cairn->fallen) * height * 0.6;
		stone(cr, width / 2.0 + (i % 2 ? 1 : -1) * each * 0.15, y, rx,
		      each * 0.6, i + hidden);
		if (i + hidden < cairn->confirmed)
			tick(cr, width / 2.0, y, each * 0.3);
	}
}

static gboolean
on_tick(GtkWidget *widget, GdkFrameClock *frames, void *data)
{
	Cairn *cairn = data;
	gint64 now = gdk_frame_clock_get_frame_time(frames);
	double t;

	if (cairn->started_us == 0)
		cairn->started_us = now;
	t = MIN((now - cairn->started_us) / (double)FALL_US, 1);
	/* Falls, and settles with one small bounce. */
	cairn->fallen =
		t < 0.7 ? t * t / 0.49 : 1 - 0.12 * sin((t - 0.7) / 0.3 * G_PI);
	gtk_widget_queue_draw(widget);
	return t < 1 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

GtkWidget *
cairn_new(int stones, int confirmed, bool falling, const char *name)
{
	GtkWidget *area = gtk_drawing_area_new();
	Cairn *cairn = g_new0(Cairn, 1);
	gboolean animate = TRUE;

	g_object_get(gtk_settings_get_default(), "gtk-enable-animations",
		     &animate, NULL);
	cairn->stones = stones;
	cairn->confirmed = confirmed;
	cairn->fallen = falling && animate ? 0 : 1;
	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, cairn,
				       g_free);
	if (falling && animate)
		gtk_widget_add_tick_callback(area, on_tick, cairn, NULL);
	ui_set_name(area, name);
	return area;
}
