/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/confetti.h"

#include <math.h>

#include "app/screens/ui.h"

#define RAIN_US 2000000
#define PIECES  80
#define SIZE_MM 1.5 /* half of a piece's longer side */
#define GONE_MM 8.0 /* above the lower edge a piece begins to fade */

/* Multiples of these are spread evenly, and look like chance. */
#define ACROSS 0.618034
#define LATE   0.754878

typedef struct {
	double fallen; /* 0 … 1: all gone */
	gint64 started_us;
} Confetti;

static const double papers[][3] = {
	{ 0.85, 0.20, 0.17 }, { 0.95, 0.77, 0.18 }, { 0.24, 0.50, 0.72 },
	{ 0.35, 0.66, 0.27 }, { 0.54, 0.31, 0.71 }, { 0.94, 0.54, 0.12 },
};

/* Every third one is round. */
static void
piece(cairo_t *cr, int i, double size)
{
	if (i % 3 == 0)
		cairo_arc(cr, 0, 0, size * 0.8, 0, 2 * G_PI);
	else
		cairo_rectangle(cr, -size, -size * 0.6, size * 2, size * 1.2);
}

static void
draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *data)
{
	const Confetti *confetti = data;
	double t = confetti->fallen, size = ui_mm(SIZE_MM);

	for (int i = 0; t < 1 && i < PIECES; i++) {
		const double *c = papers[i % (int)G_N_ELEMENTS(papers)];
		double x = fmod(i * ACROSS, 1) * width;
		double late = fmod(i * LATE, 1) * 0.7;
		double y = (t * 1.8 - late) * (height + 2 * size) - size;
		double left = CLAMP((height - y) / ui_mm(GONE_MM), 0, 1);

		cairo_save(cr);
		cairo_translate(cr, x + sin(t * 9 + i) * size * 2, y);
		cairo_rotate(cr, t * 7 + i);
		piece(cr, i, size);
		cairo_restore(cr);
		cairo_set_source_rgba(cr, c[0], c[1], c[2], left);
		cairo_fill(cr);
	}
}

static gboolean
on_tick(GtkWidget *widget, GdkFrameClock *frames, void *data)
{
	Confetti *confetti = data;
	gint64 now = gdk_frame_clock_get_frame_time(frames);

	if (confetti->started_us == 0)
		confetti->started_us = now;
	confetti->fallen =
		MIN((now - confetti->started_us) / (double)RAIN_US, 1);
	gtk_widget_queue_draw(widget);
	return confetti->fallen < 1 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

GtkWidget *
confetti_new(void)
{
	GtkWidget *area;
	Confetti *confetti;

	if (!ui_may_move())
		return NULL;
	area = g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role",
			    GTK_ACCESSIBLE_ROLE_PRESENTATION, "can-target",
			    FALSE, NULL);
	confetti = g_new0(Confetti, 1);
	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), draw, confetti,
				       g_free);
	gtk_widget_add_tick_callback(area, on_tick, confetti, NULL);
	return area;
}
