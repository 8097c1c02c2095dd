/* SPDX-License-Identifier: Apache-2.0 */
#include "app/capture/photo.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#include "app/base/fault.h"

#define QUALITY_FIRST 85
#define QUALITY_STEP  15
#define QUALITY_LAST  40

/* gdk-pixbuf writes JPEG without an alpha channel and without metadata. */
static GdkPixbuf *
make_opaque(GBytes *rgba, int width, int height)
{
	g_autoptr(GdkPixbuf) source =
		gdk_pixbuf_new_from_bytes(rgba, GDK_COLORSPACE_RGB, TRUE, 8,
					  width, height, width * 4);
	GdkPixbuf *opaque =
		gdk_pixbuf_new(GDK_COLORSPACE_RGB, FALSE, 8, width, height);

	gdk_pixbuf_fill(opaque, 0);
	gdk_pixbuf_composite(source, opaque, 0, 0, width, height, 0, 0, 1, 1,
			     GDK_INTERP_NEAREST, 255);
	return opaque;
}

static GdkPixbuf *
fit(GdkPixbuf *photo)
{
	int width = gdk_pixbuf_get_width(photo);
	int height = gdk_pixbuf_get_height(photo);
	int edge = MAX(width, height);

	if (edge <= PHOTO_EDGE_MAX)
		return g_object_ref(photo);
	return gdk_pixbuf_scale_simple(photo,
				       MAX(width * PHOTO_EDGE_MAX / edge, 1),
				       MAX(height * PHOTO_EDGE_MAX / edge, 1),
				       GDK_INTERP_BILINEAR);
}

static GBytes *
encode(GdkPixbuf *photo, int quality, GError **error)
{
	g_autofree char *text = g_strdup_printf("%d", quality);
	g_autoptr(GError) cause = NULL;
	gchar *bytes;
	gsize size;

	if (gdk_pixbuf_save_to_buffer(photo, &bytes, &size, "jpeg", &cause,
				      "quality", text, NULL))
		return g_bytes_new_take(bytes, size);
	g_set_error(error, FAULT, FAULT_SYSTEM, "writing a JPEG: %s",
		    cause->message);
	return NULL;
}

GBytes *
photo_encode(GBytes *rgba, int width, int height, GError **error)
{
	g_autoptr(GdkPixbuf) opaque = NULL;
	g_autoptr(GdkPixbuf) photo = NULL;

	g_return_val_if_fail(width > 0 && height > 0, NULL);
	g_return_val_if_fail(g_bytes_get_size(rgba) ==
				     (gsize)width * (gsize)height * 4,
			     NULL);
	opaque = make_opaque(rgba, width, height);
	photo = fit(opaque);
	for (int quality = QUALITY_FIRST; quality >= QUALITY_LAST;
	     quality -= QUALITY_STEP) {
		g_autoptr(GBytes) jpeg = encode(photo, quality, error);

		if (jpeg == NULL)
			return NULL;
		if (g_bytes_get_size(jpeg) <= PHOTO_BYTES_MAX)
			return g_steal_pointer(&jpeg);
	}
	g_set_error(error, FAULT, FAULT_INVALID,
		    "the photo stays larger than %d bytes", PHOTO_BYTES_MAX);
	return NULL;
}
