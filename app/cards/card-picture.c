/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/fault.h"
#include "app/cards/draw.h"
#include "app/cards/qr.h"
#include "app/cards/sheet.h"

/* One card as a camera would see it: sheet_picture(). */
#define PICTURE_WIDTH  640
#define PICTURE_HEIGHT 480
#define CODE_SIZE      392 /* pixels at most, quiet zone included */
#define MARGIN         8

static bool
draw_card(cairo_t *cr, const Qr *qr, GBytes *icon, const char *caption,
	  GError **error)
{
	static const Words words = { .largest = 36,
				     .smallest = 14,
				     .bold = true,
				     .align = PANGO_ALIGN_CENTER,
				     WORDS_BLACK };
	const Box below = { 2 * MARGIN, CODE_SIZE + MARGIN,
			    PICTURE_WIDTH - 4 * MARGIN,
			    PICTURE_HEIGHT - CODE_SIZE - 2 * MARGIN };
	const Box beside = { CODE_SIZE + MARGIN, 90, 224, 224 };
	/* Whole pixels to a module. */
	const int size = CODE_SIZE / qr_modules(qr) * qr_modules(qr);

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	qr_paint(qr, cr, MARGIN, MARGIN, size);
	if (caption != NULL)
		draw_words(cr, &below, &words, caption);
	return icon == NULL || draw_picture(cr, &beside, icon, error);
}

static cairo_status_t
append_bytes(void *closure, const unsigned char *bytes, unsigned int size)
{
	g_byte_array_append(closure, bytes, size);
	return CAIRO_STATUS_SUCCESS;
}

GBytes *
sheet_picture(const char *code_text, GBytes *icon_svg, const char *caption,
	      GError **error)
{
	g_autoptr(Qr) qr = NULL;
	g_autoptr(GByteArray) png = g_byte_array_new();
	cairo_surface_t *card;
	cairo_t *cr;
	bool drawn;

	g_return_val_if_fail(code_text != NULL, NULL);
	qr = qr_new(code_text, error);
	if (qr == NULL)
		return NULL;
	card = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PICTURE_WIDTH,
					  PICTURE_HEIGHT);
	cr = cairo_create(card);
	drawn = draw_card(cr, qr, icon_svg, caption, error);
	cairo_destroy(cr);
	if (drawn)
		cairo_surface_write_to_png_stream(card, append_bytes, png);
	cairo_surface_destroy(card);
	return drawn ? g_byte_array_free_to_bytes(g_steal_pointer(&png)) : NULL;
}
