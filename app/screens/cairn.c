/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/cairn.h"

#include <math.h>

#include "app/screens/ui.h"

#define FALL_US      900000  /* microseconds */
#define CELEBRATE_US 2000000 /* for everybody the same */
#define RAYS         12
#define TURN         0.8 /* of a ray, while it is celebrated */
#define LEAST        3   /* so many stones' room, though there be fewer */

typedef struct {
	int stones, confirmed;
	bool celebrated; /* the newest, as it comes */
	double fallen;   /* 0 … 1 */
	double turned;   /* 0 … 1: the light behind it */
	gint64 started_us;
} Cairn;

typedef struct {
	double x, y, rx, ry;
} Place;

static const double colours[][3] = {
	{ 0.56, 0.67, 0.80 }, { 0.88, 0.68, 0.45 }, { 0.56, 0.77, 0.60 },
	{ 0.93, 0.76, 0.62 }, { 0.69, 0.66, 0.86 }, { 0.90, 0.61, 0.55 },
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

/* The newest smiles, and laughs when it comes. */
static void
face(cairo_t *cr, const Place *at, bool laughs)
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
	if (laughs) {
		cairo_close_path(cr);
		cairo_fill_preserve(cr);
	}
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

/* Light behind the newest, as long as it is being celebrated; it reaches the
 * edges above and beside it, and is gone there. */
static void
light(cairo_t *cr, const Place *at, double radius, double turn)
{
	cairo_pattern_t *glow =
		cairo_pattern_create_radial(0, 0, at->rx * 0.6, 0, 0, radius);

	cairo_pattern_add_color_stop_rgba(glow, 0, 1, 0.80, 0.25, 0.9);
	cairo_pattern_add_color_stop_rgba(glow, 1, 1, 0.88, 0.45, 0);
	cairo_save(cr);
	cairo_translate(cr, at->x, at->y);
	cairo_scale(cr, 1, at->y / radius);
	for (int i = 0; i < RAYS; i++) {
		double from = 2 * G_PI * (i + turn) / RAYS;

		cairo_move_to(cr, 0, 0);
		cairo_arc(cr, 0, 0, radius, from, from + G_PI / RAYS);
		cairo_close_path(cr);
	}
	cairo_set_source(cr, glow);
	cairo_fill(cr);
	cairo_restore(cr);
	cairo_pattern_destroy(glow);
}

static Place
place_of(const Cairn *cairn, int i, int width, int height)
{
	int n = MIN(cairn->stones, CAIRN_SHOWN_MAX), room = MAX(n, LEAST);
	double each = height / (room + 0.9);
	double widest = MIN(width * 0.38, each * 1.3);
	Place at = { width / 2.0 + (i % 2 ? 1 : -1) * each * 0.1,
		     height - each * (i + 0.8), widest * (1 - 0.55 * i / room),
		     each * 0.58 };

	if (i == n - 1)
		at.y -= (1 - cairn->fallen) * height * 0.6;
	return at;
}

static void
stones(cairo_t *cr, const Cairn *cairn, int width, int height)
{
	int n = MIN(cairn->stones, CAIRN_SHOWN_MAX);
	int hidden = cairn->stones - n;
	double each = height / (MAX(n, LEAST) + 0.9);
	const Place ground = { width / 2.0, height - each * 0.25,
			       MIN(width * 0.38, each * 1.3) * 1.15,
			       each * 0.25 };

	ellipse(cr, &ground);
	cairo_set_source_rgb(cr, 0.73, 0.83, 0.60);
	cairo_fill(cr);
	for (int i = 0; i < n; i++) {
		const Place at = place_of(cairn, i, width, height);

		stone(cr, &at, i + hidden);
		if (i == n - 1)
			face(cr, &at, cairn->celebrated);
		if (i + hidden < cairn->confirmed)
			tick(cr, at.x + at.rx * 0.9, at.y, each * 0.3);
	}
}

static void
draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *data)
{
	const Cairn *cairn = data;
	int n = MIN(cairn->stones, CAIRN_SHOWN_MAX);
	Place newest = place_of(cairn, n - 1, width, height);

	if (cairn->celebrated && newest.y > 0)
		light(cr, &newest, width * 0.5, cairn->turned * TURN);
	stones(cr, cairn, width, height);
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
	cairn->turned =
		MIN((now - cairn->started_us) / (double)CELEBRATE_US, 1);
	gtk_widget_queue_draw(widget);
	return cairn->turned < 1 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

GtkWidget *
cairn_new(int stones, int confirmed, bool falling, const char *name)
{
	GtkWidget *area = g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role",
				       GTK_ACCESSIBLE_ROLE_IMG, NULL);
	Cairn *cairn = g_new0(Cairn, 1);
	cairn->stones = stones;
	cairn->confirmed = confirmed;
	cairn->celebrated = falling;
	cairn->fallen = falling && ui_may_move() ? 0 : 1;
	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, cairn,
				       g_free);
	if (falling && ui_may_move())
		gtk_widget_add_tick_callback(area, on_tick, cairn, NULL);
	ui_set_name(area, name);
	return area;
}
