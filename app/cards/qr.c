/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/qr.h"

#include <qrencode.h>
#include <string.h>

#include "app/base/fault.h"

#define DARK 1 /* libqrencode: the lowest bit of a module */

struct Qr {
	cairo_surface_t *mask; /* owned: one bit a module, no quiet zone */
};

static void
set_pixel(unsigned char *row, int x)
{
	/* cairo's A1 keeps the first pixel of a word in its lowest bit on
	 * little-endian machines and in its highest on others. */
	int bit = G_BYTE_ORDER == G_LITTLE_ENDIAN ? x % 8 : 7 - x % 8;

	row[x / 8] |= (unsigned char)(1u << bit);
}

static cairo_surface_t *
new_mask(const QRcode *code)
{
	cairo_surface_t *mask =
		cairo_image_surface_create(CAIRO_FORMAT_A1, code->width,
					   code->width);
	unsigned char *pixels = cairo_image_surface_get_data(mask);
	int stride = cairo_image_surface_get_stride(mask);

	cairo_surface_flush(mask);
	for (int i = 0; i < code->width * code->width; i++)
		if (code->data[i] & DARK)
			set_pixel(pixels + i / code->width * stride,
				  i % code->width);
	cairo_surface_mark_dirty(mask);
	return mask;
}

Qr *
qr_new(const char *text, GError **error)
{
	QRcode *code;
	Qr *qr;

	/* Case-insensitive input would fold a lower-case letter; ours are
	 * digits or upper-case, so libqrencode picks the densest mode. */
	code = QRcode_encodeString(text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
	if (code == NULL) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "a text of %zu bytes fits no QR code",
			    strlen(text));
		return NULL;
	}
	qr = g_new0(Qr, 1);
	qr->mask = new_mask(code);
	QRcode_free(code);
	return qr;
}

int
qr_modules(const Qr *qr)
{
	return cairo_image_surface_get_width(qr->mask) + 2 * QR_QUIET_MODULES;
}

void
qr_paint(const Qr *qr, cairo_t *cr, double x, double y, double size)
{
	cairo_pattern_t *mask = cairo_pattern_create_for_surface(qr->mask);

	/* No smoothing: a module's edge is an edge at every resolution.  A
	 * mask is a sixth of the time and a quarter of the bytes that a PDF
	 * of as many rectangles takes. */
	cairo_pattern_set_filter(mask, CAIRO_FILTER_NEAREST);
	cairo_save(cr);
	cairo_rectangle(cr, x, y, size, size);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_fill(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, size / qr_modules(qr), size / qr_modules(qr));
	cairo_translate(cr, QR_QUIET_MODULES, QR_QUIET_MODULES);
	cairo_set_source_rgb(cr, 0, 0, 0);
	cairo_mask(cr, mask);
	cairo_restore(cr);
	cairo_pattern_destroy(mask);
}

void
qr_free(Qr *qr)
{
	if (qr == NULL)
		return;
	cairo_surface_destroy(qr->mask);
	g_free(qr);
}
