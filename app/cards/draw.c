/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/draw.h"

#include <math.h>
#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>

#include "app/base/fault.h"

/*
 * Andika was drawn for beginning readers (a and g as children write them);
 * Pango finds another font for each script that it lacks.
 */
#define FONTS "Andika, Noto Sans, DejaVu Sans, Sans"
#define STEP  0.94 /* how fast words shrink until they fit */

static PangoLayout *
new_layout(cairo_t *cr, const Box *box, const Words *words, const char *text)
{
	PangoLayout *layout = pango_cairo_create_layout(cr);
	PangoContext *context = pango_layout_get_context(layout);
	cairo_font_options_t *options = cairo_font_options_create();

	/* Units are coarse (millimetres): nothing may be rounded to them. */
	cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
	cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
	pango_cairo_context_set_font_options(context, options);
	cairo_font_options_destroy(options);
	pango_context_set_round_glyph_positions(context, FALSE);
	pango_layout_context_changed(layout);

	pango_layout_set_text(layout, text, -1);
	pango_layout_set_width(layout, (int)(box->width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
	pango_layout_set_alignment(layout, words->align);
	return layout;
}

static void
set_size(PangoLayout *layout, const Words *words, double size)
{
	PangoFontDescription *font = pango_font_description_from_string(FONTS);

	pango_font_description_set_weight(font, words->bold
							? PANGO_WEIGHT_BOLD
							: PANGO_WEIGHT_NORMAL);
	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
}

static double
measure(PangoLayout *layout, double *width)
{
	PangoRectangle size;

	pango_layout_get_extents(layout, NULL, &size);
	*width = (double)size.width / PANGO_SCALE;
	return (double)size.height / PANGO_SCALE;
}

/* The height that the words take. */
static double
shrink_to_fit(PangoLayout *layout, const Box *box, const Words *words)
{
	double size = words->largest, width, height;

	for (;; size = MAX(size * STEP, words->smallest)) {
		set_size(layout, words, size);
		height = measure(layout, &width);
		if (width <= box->width && height <= box->height)
			return height;
		if (size <= words->smallest)
			break;
	}
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_height(layout, (int)(box->height * PANGO_SCALE));
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	return measure(layout, &width);
}

void
draw_words(cairo_t *cr, const Box *box, const Words *words, const char *text)
{
	PangoLayout *layout = new_layout(cr, box, words, text);
	double height = shrink_to_fit(layout, box, words);

	cairo_set_source_rgb(cr, words->red, words->green, words->blue);
	cairo_move_to(cr, box->x, box->y + MAX(box->height - height, 0) / 2);
	pango_cairo_show_layout(cr, layout);
	g_object_unref(layout);
}

bool
draw_picture(cairo_t *cr, const Box *box, GBytes *svg, GError **error)
{
	RsvgRectangle place = { box->x, box->y, box->width, box->height };
	g_autoptr(GError) cause = NULL;
	RsvgHandle *handle =
		rsvg_handle_new_from_data(g_bytes_get_data(svg, NULL),
					  g_bytes_get_size(svg), &cause);

	if (handle != NULL)
		rsvg_handle_render_document(handle, cr, &place, &cause);
	g_clear_object(&handle);
	if (cause == NULL)
		return true;
	g_set_error(error, FAULT, FAULT_INVALID, "a picture: %s",
		    cause->message);
	return false;
}

void
draw_round_box(cairo_t *cr, const Box *box, double radius)
{
	double left = box->x + radius, right = box->x + box->width - radius;
	double top = box->y + radius, bottom = box->y + box->height - radius;

	cairo_new_sub_path(cr);
	cairo_arc(cr, right, top, radius, -G_PI_2, 0);
	cairo_arc(cr, right, bottom, radius, 0, G_PI_2);
	cairo_arc(cr, left, bottom, radius, G_PI_2, G_PI);
	cairo_arc(cr, left, top, radius, G_PI, 3 * G_PI_2);
	cairo_close_path(cr);
}

static void
read_colour(const char *colour, double out[static 3])
{
	for (int i = 0; i < 3; i++)
		out[i] = (g_ascii_xdigit_value(colour[1 + 2 * i]) * 16 +
			  g_ascii_xdigit_value(colour[2 + 2 * i])) /
			 255.0;
}

void
draw_set_colour(cairo_t *cr, const char *colour)
{
	double c[3];

	read_colour(colour, c);
	cairo_set_source_rgb(cr, c[0], c[1], c[2]);
}

/* WCAG 2.1's relative luminance; the bound is where the contrasts of white
 * and of black are the same. */
bool
draw_is_dark(const char *colour)
{
	static const double share[] = { 0.2126, 0.7152, 0.0722 };
	double c[3], luminance = 0;

	read_colour(colour, c);
	for (int i = 0; i < 3; i++)
		luminance +=
			share[i] * (c[i] <= 0.04045
					    ? c[i] / 12.92
					    : pow((c[i] + 0.055) / 1.055, 2.4));
	return luminance < 0.179;
}
