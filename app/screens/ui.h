/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/*
 * What all screens are built from: sizes in millimetres, buttons that act on
 * press, and pictures from SVG.  Main thread only.
 */

/* How big a picture on a tile is; a target is never smaller than this. */
#define UI_TARGET_MM 20.0
#define UI_FONT_MM   4.0 /* 1em of kiosk.css */

/* As if the screen were 7 inches across, which is the smallest supported. */
double ui_guess_px_per_mm(int width, int height);
/* The room for screens, in pixels. */
void ui_set_size(int width, int height, double px_per_mm);
int ui_mm(double mm); /* pixels */
double ui_width_mm(void);
double ui_height_mm(void);
bool ui_is_upright(void); /* taller than wide */
/* Whether that many characters go into that room; em: see kiosk.css. */
bool
ui_has_room(const char *text, double em, double width_mm, double height_mm);
/* What the desktop asks for: some people cannot bear it. */
bool ui_may_move(void);

/*
 * A picture above a label; either may be NULL.  Acts on press ("clicked" is
 * emitted then, and by keyboard and assistive technology).  name is what it
 * is called aloud.  A press in the first moments of a new screen is passed
 * over: a child's second tap was meant for the one before.
 */
GtkWidget *ui_button_new(GdkPaintable *picture, double picture_mm,
			 const char *label, const char *name);
/* The same for a button that a .ui file has laid out. */
void ui_button_fill(GtkWidget *button, GdkPaintable *picture, double picture_mm,
		    const char *label, const char *name);
void ui_screen_shown(void);

GtkWidget *ui_picture_new(GdkPaintable *picture, double mm);
/* The same for a GtkImage that a .ui file has laid out. */
void ui_picture_fill(GtkWidget *image, GdkPaintable *picture, double mm,
		     const char *name);
GtkWidget *ui_label_new(const char *text, const char *css_class);
void ui_set_name(GtkWidget *widget, const char *name);

/* The square SVG, drawn for mm; kept, so that the same is drawn once. */
GdkPaintable *ui_svg(GBytes *svg, double mm);
/* One of the kiosk's own: "ear". */
GdkPaintable *ui_icon(const char *name, double mm);
/* PNG or JPEG; NULL if it is none. */
GdkPaintable *ui_image(GBytes *bytes);

GtkBuilder *ui_builder_new(const char *file);
GtkWidget *ui_part(GtkBuilder *builder, const char *id);
