/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/land.h"

#include <math.h>

#include "app/screens/ui.h"

#define STEPS 48

/* Pale: white tiles and dark words must stand out before them. */
static const struct {
	double red, green, blue;
	double top_mm, swing_mm, waves, shift;
} hills[] = {
	{ 0.92, 0.94, 0.84, 17, 4.5, 1.1, 0.3 },
	{ 0.86, 0.92, 0.77, 10, 3.0, 1.7, 2.1 },
};

static void
draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *data)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hills); i++) {
		cairo_move_to(cr, 0, height);
		for (int step = 0; step <= STEPS; step++) {
			double x = step / (double)STEPS;
			double up_mm =
				hills[i].top_mm +
				hills[i].swing_mm *
					sin(x * hills[i].waves * 2 * G_PI +
					    hills[i].shift);

			cairo_line_to(cr, x * width, height - ui_mm(up_mm));
		}
		cairo_line_to(cr, width, height);
		cairo_close_path(cr);
		cairo_set_source_rgb(cr, hills[i].red, hills[i].green,
				     hills[i].blue);
		cairo_fill(cr);
	}
}

GtkWidget *
land_new(void)
{
	GtkWidget *land = g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role",
				       GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(land), draw, NULL,
				       NULL);
	return land;
}
