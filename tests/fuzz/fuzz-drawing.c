/* SPDX-License-Identifier: Apache-2.0 */
/* The law: the strokes of a draft that are read print back the same, can be
 * painted, and can be taken back one by one until none is left. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/capture/drawing.h"

#define SMALL 64 /* the painted sheet is so many pixels wide */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
paint(const Drawing *drawing)
{
	cairo_surface_t *sheet =
		cairo_image_surface_create(CAIRO_FORMAT_RGB24, SMALL, SMALL);
	cairo_t *cr = cairo_create(sheet);

	cairo_scale(cr, (double)SMALL / DRAWING_WIDTH,
		    (double)SMALL / DRAWING_HEIGHT);
	drawing_paint(drawing, cr);
	g_assert_cmpint(cairo_status(cr), ==, CAIRO_STATUS_SUCCESS);
	cairo_destroy(cr);
	cairo_surface_destroy(sheet);
}

static void
take_back(Drawing *drawing)
{
	for (int i = 0; i < DRAWING_STROKES_MAX; i++)
		drawing_undo(drawing);
	g_assert_true(drawing_is_empty(drawing));
	for (int i = 0; i < DRAWING_STROKES_MAX; i++)
		g_assert_true(drawing_begin(drawing, i, i, 0, 1));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree char *text = g_strndup((const char *)bytes, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(Drawing) drawing = drawing_load(text, &error);
	g_autofree char *again = NULL;

	if (drawing == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	again = drawing_save(drawing);
	g_assert_cmpstr(again, ==, text);
	paint(drawing);
	take_back(drawing);
	return 0;
}
