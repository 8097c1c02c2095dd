/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/qr.h"

#include <qrencode.h>
#include <string.h>

#include "app/base/fault.h"

struct Qr {
	QRcode *code; /* owned */
};

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
	qr->code = code;
	return qr;
}

int
qr_modules(const Qr *qr)
{
	return qr->code->width + 2 * QR_QUIET_MODULES;
}

void
qr_paint(const Qr *qr, cairo_t *cr, double x, double y, double size)
{
	const QRcode *code = qr->code;

	cairo_save(cr);
	cairo_rectangle(cr, x, y, size, size);
	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_fill(cr);
	cairo_translate(cr, x, y);
	cairo_scale(cr, size / qr_modules(qr), size / qr_modules(qr));
	cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
	cairo_set_source_rgb(cr, 0, 0, 0);
	for (int row = 0; row < code->width; row++)
		for (int column = 0; column < code->width; column++)
			if (code->data[row * code->width + column] & 1)
				cairo_rectangle(cr, column + QR_QUIET_MODULES,
						row + QR_QUIET_MODULES, 1, 1);
	cairo_fill(cr);
	cairo_restore(cr);
}

void
qr_free(Qr *qr)
{
	if (qr == NULL)
		return;
	QRcode_free(qr->code);
	g_free(qr);
}
