/* SPDX-License-Identifier: Apache-2.0 */
#include <librsvg/rsvg.h>
#include <pango/pangocairo.h>

#include "app/base/fault.h"
#include "app/cards/qr.h"
#include "app/cards/sheet.h"

/* One card as a camera would see it: sheet_picture(). */
#define PICTURE_WIDTH  640
#define PICTURE_HEIGHT 480
#define QR_SIZE        320.0
#define ICON_SIZE      220.0
#define MARGIN         24.0
#define CAPTION_PX     36
#define CAPTION_FONT   "Andika, Noto Sans, Noto Sans CJK SC, sans-serif"

static void
paint_icon(cairo_t *cr, GBytes *svg)
{
	const RsvgRectangle area = { PICTURE_WIDTH - MARGIN - ICON_SIZE,
				     MARGIN + 40, ICON_SIZE, ICON_SIZE };
	RsvgHandle *handle =
		svg != NULL
			? rsvg_handle_new_from_data(g_bytes_get_data(svg, NULL),
						    g_bytes_get_size(svg), NULL)
			: NULL;

	if (handle == NULL)
		return;
	rsvg_handle_render_document(handle, cr, &area, NULL);
	g_object_unref(handle);
}

static void
paint_caption(cairo_t *cr, const char *caption)
{
	PangoLayout *layout = pango_cairo_create_layout(cr);
	PangoFontDescription *font =
		pango_font_description_from_string(CAPTION_FONT);

	pango_font_description_set_absolute_size(font,
						 CAPTION_PX * PANGO_SCALE);
	pango_layout_set_font_description(layout, font);
	pango_layout_set_width(layout,
			       (int)(PICTURE_WIDTH - 2 * MARGIN) * PANGO_SCALE);
	pango_layout_set_height(layout, -2);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
	pango_layout_set_text(layout, caption, -1);
	cairo_set_source_rgb(cr, 0.1, 0.1, 0.12);
	cairo_move_to(cr, MARGIN, MARGIN + QR_SIZE + 12);
	pango_cairo_show_layout(cr, layout);
	pango_font_description_free(font);
	g_object_unref(layout);
}

static cairo_status_t
append(void *closure, const unsigned char *bytes, unsigned size)
{
	g_byte_array_append(closure, bytes, size);
	return CAIRO_STATUS_SUCCESS;
}

GBytes *
sheet_picture(const char *code_text, GBytes *icon_svg, const char *caption,
	      GError **error)
{
	g_autoptr(Qr) qr = qr_new(code_text, error);
	g_autoptr(GByteArray) png = g_byte_array_new();
	cairo_surface_t *sheet;
	cairo_t *cr;

	if (qr == NULL)
		return NULL;
	sheet = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PICTURE_WIDTH,
					   PICTURE_HEIGHT);
	cr = cairo_create(sheet);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	qr_paint(qr, cr, MARGIN, MARGIN, QR_SIZE);
	paint_icon(cr, icon_svg);
	paint_caption(cr, caption);
	cairo_destroy(cr);
	cairo_surface_write_to_png_stream(sheet, append, png);
	cairo_surface_destroy(sheet);
	return g_byte_array_free_to_bytes(g_steal_pointer(&png));
}
