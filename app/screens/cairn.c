/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/cairn.h"

#include <math.h>

#include "app/screens/ui.h"

#define FALL_US      900000  /* microseconds */
#define CELEBRATE_US 2000000 /* for everybody the same */
#define CONFETTI     36
#define LEAST        3 /* so many stones' room, though there be fewer */

typedef struct {
	int stones, confirmed;
	double fallen;   /* 0 … 1 */
	double confetti; /* 0 … 1: how far down; 1: all gone */
	gint64 started_us;
} Cairn;

typedef struct {
	double x, y, rx, ry;
} Place;

static const double colours[][3] = {
	{ 0.62, 0.67, 0.72 }, { 0.82, 0.66, 0.49 }, { 0.62, 0.75, 0.63 },
	{ 0.85, 0.74, 0.66 }, { 0.68, 0.69, 0.81 }, { 0.84, 0.64, 0.59 },
};
static const double papers[][3] = {
	{ 0.85, 0.20, 0.17 }, { 0.95, 0.77, 0.18 }, { 0.24, 0.50, 0.72 },
	{ 0.35, 0.66, 0.27 }, { 0.54, 0.31, 0.71 },
};

static void
ellipse(cairo_t *cr, const Place *at)
{
	cairo_save(cr);
	cairo_translate(cr, at->x, at->y);
	cairo_scale(cr, at->rx, at->ry);
	cairo_new_sub_path(cr);
	cairo_arc(cr, 0, 0, 1, 0, 2 * G_PI);
	cairo_restore(cr);
}

static void
stone(cairo_t *cr, const Place *at, int i)
{
	const double *c = colours[i % (int)G_N_ELEMENTS(colours)];

	ellipse(cr, at);
	cairo_set_source_rgb(cr, c[0], c[1], c[2]);
	cairo_fill_preserve(cr);
	cairo_set_source_rgb(cr, 0.17, 0.17, 0.2);
	cairo_set_line_width(cr, at->ry * 0.16);
	cairo_stroke(cr);
}

/* The newest smiles. */
static void
face(cairo_t *cr, const Place *at)
{
	double size = MIN(at->ry, at->rx * 0.6);

	cairo_set_source_rgb(cr, 0.17, 0.17, 0.2);
	for (int side = -1; side <= 1; side += 2) {
		const Place eye = { at->x + side * size * 0.45,
				    at->y - size * 0.15, size * 0.12,
				    size * 0.14 };

		ellipse(cr, &eye);
		cairo_fill(cr);
	}
	cairo_set_line_width(cr, size * 0.13);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_arc(cr, at->x, at->y + size * 0.08, size * 0.32, G_PI * 0.12,
		  G_PI * 0.88);
	cairo_stroke(cr);
	cairo_set_source_rgb(cr, 0.85, 0.44, 0.31);
	for (int side = -1; side <= 1; side += 2) {
		const Place cheek = { at->x + side * size * 0.75,
				      at->y + size * 0.2, size * 0.12,
				      size * 0.12 };

		ellipse(cr, &cheek);
		cairo_fill(cr);
	}
}

/* A teacher has looked at it. */
static void
tick(cairo_t *cr, double x, double y, double size)
{
	const Place disc = { x, y, size, size };

	ellipse(cr, &disc);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_fill(cr);
	cairo_set_source_rgb(cr, 0.09, 0.4, 0.2);
	cairo_set_line_width(cr, size * 0.35);
	cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
	cairo_move_to(cr, x - size * 0.5, y);
	cairo_line_to(cr, x - size * 0.12, y + size * 0.38);
	cairo_line_to(cr, x + size * 0.52, y - size * 0.42);
	cairo_stroke(cr);
}

static void
confetti(cairo_t *cr, int width, int height, double t)
{
	double size = MIN(width, height) * 0.028;

	for (int i = 0; i < CONFETTI; i++) {
		const double *c = papers[i % (int)G_N_ELEMENTS(papers)];
		double x = fmod(i * 0.618034, 1) * width;
		double late = fmod(i * 0.754878, 1) * 0.7;
		double y = (t * 1.8 - late) * height;

		cairo_save(cr);
		cairo_translate(cr, x + sin(t * 9 + i) * size, y);
		cairo_rotate(cr, t * 7 + i);
		cairo_rectangle(cr, -size, -size * 0.6, size * 2, size * 1.2);
		cairo_restore(cr);
		cairo_set_source_rgb(cr, c[0], c[1], c[2]);
		cairo_fill(cr);
	}
}

static void
stones(cairo_t *cr, const Cairn *cairn, int width, int height)
{
	int n = MIN(cairn->stones, CAIRN_SHOWN_MAX);
	int hidden = cairn->stones - n, room = MAX(n, LEAST);
	double each = height / (room + 0.9);
	double widest = MIN(width * 0.38, each * 1.3);
	const Place ground = { width / 2.0, height - each * 0.25, widest * 1.15,
			       each * 0.25 };

	ellipse(cr, &ground);
	cairo_set_source_rgb(cr, 0.73, 0.83, 0.60);
	cairo_fill(cr);
	for (int i = 0; i < n; i++) {
		Place at = { width / 2.0 + (i % 2 ? 1 : -1) * each * 0.1,
			     height - each * (i + 0.8),
			     widest * (1 - 0.55 * i / room), each * 0.58 };

		if (i == n - 1)
			at.y -= (1 - cairn->fallen) * height * 0.6;
		stone(cr, &at, i + hidden);
		if (i == n - 1)
			face(cr, &at);
		if (i + hidden < cairn->confirmed)
			tick(cr, at.x + at.rx * 0.9, at.y, each * 0.3);
	}
}

static void
draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *data)
{
	const Cairn *cairn = data;

	stones(cr, cairn, width, height);
	if (cairn->confetti < 1)
		confetti(cr, width, height, cairn->confetti);
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
	cairn->confetti =
		MIN((now - cairn->started_us) / (double)CELEBRATE_US, 1);
	gtk_widget_queue_draw(widget);
	return cairn->confetti < 1 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

GtkWidget *
cairn_new(int stones, int confirmed, bool falling, const char *name)
{
	GtkWidget *area = g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role",
				       GTK_ACCESSIBLE_ROLE_IMG, NULL);
	Cairn *cairn = g_new0(Cairn, 1);
	gboolean animate = TRUE;

	g_object_get(gtk_settings_get_default(), "gtk-enable-animations",
		     &animate, NULL);
	cairn->stones = stones;
	cairn->confirmed = confirmed;
	cairn->fallen = cairn->confetti = falling && animate ? 0 : 1;
	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, cairn,
				       g_free);
	if (falling && animate)
		gtk_widget_add_tick_callback(area, on_tick, cairn, NULL);
	ui_set_name(area, name);
	return area;
}
