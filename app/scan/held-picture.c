/* SPDX-License-Identifier: Apache-2.0 */
#include "app/scan/held-picture.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/base/file.h"

#define NOTHING_RGBA 0xb8c0c8ff

static GdkPixbuf *
load(GBytes *picture, GError **error)
{
	g_autoptr(GdkPixbufLoader) loader = gdk_pixbuf_loader_new();
	g_autoptr(GError) cause = NULL;
	GdkPixbuf *pixbuf = NULL;

	if (gdk_pixbuf_loader_write_bytes(loader, picture, &cause) &&
	    gdk_pixbuf_loader_close(loader, &cause))
		pixbuf = gdk_pixbuf_loader_get_pixbuf(loader);
	else
		gdk_pixbuf_loader_close(loader, NULL);
	if (pixbuf != NULL)
		return g_object_ref(pixbuf);
	g_set_error(error, FAULT, FAULT_INVALID, "no picture: %s",
		    cause != NULL ? cause->message : "empty");
	return NULL;
}

static GdkPixbuf *
new_frame(int width, int height)
{
	GdkPixbuf *frame =
		gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, width, height);

	gdk_pixbuf_fill(frame, NOTHING_RGBA);
	return frame;
}

static GBytes *
frame_bytes(GdkPixbuf *frame)
{
	int width = gdk_pixbuf_get_width(frame);
	int height = gdk_pixbuf_get_height(frame);
	int stride = gdk_pixbuf_get_rowstride(frame);
	const guchar *pixels = gdk_pixbuf_read_pixels(frame);
	guchar *rgba = g_malloc((gsize)width * (gsize)height * 4);

	for (int y = 0; y < height; y++)
		memcpy(rgba + (gsize)y * (gsize)width * 4,
		       pixels + (gsize)y * (gsize)stride, (gsize)width * 4);
	return g_bytes_new_take(rgba, (gsize)width * (gsize)height * 4);
}

GBytes *
held_picture_nothing(int width, int height)
{
	g_autoptr(GdkPixbuf) frame = new_frame(width, height);

	return frame_bytes(frame);
}

GBytes *
held_picture_decode(GBytes *picture, int width, int height, GError **error)
{
	g_autoptr(GdkPixbuf) pixbuf = load(picture, error);
	g_autoptr(GdkPixbuf) frame = NULL;
	double scale;
	int w, h;

	if (pixbuf == NULL)
		return NULL;
	scale = MIN((double)width / gdk_pixbuf_get_width(pixbuf),
		    (double)height / gdk_pixbuf_get_height(pixbuf));
	w = MAX((int)(gdk_pixbuf_get_width(pixbuf) * scale), 1);
	h = MAX((int)(gdk_pixbuf_get_height(pixbuf) * scale), 1);
	frame = new_frame(width, height);
	gdk_pixbuf_composite(pixbuf, frame, (width - w) / 2, (height - h) / 2,
			     w, h, (width - w) / 2.0, (height - h) / 2.0, scale,
			     scale, GDK_INTERP_BILINEAR, 255);
	return frame_bytes(frame);
}

char *
held_picture_newest(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	struct timespec newest = { 0 };
	char *found = NULL;
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		struct stat about;
		bool later;

		if ((!g_str_has_suffix(name, ".png") &&
		     !g_str_has_suffix(name, ".jpg")) ||
		    stat(path, &about) != 0)
			continue;
		later = about.st_mtim.tv_sec > newest.tv_sec ||
			(about.st_mtim.tv_sec == newest.tv_sec &&
			 about.st_mtim.tv_nsec > newest.tv_nsec);
		if (found != NULL && !later)
			continue;
		newest = about.st_mtim;
		g_free(found);
		found = g_steal_pointer(&path);
	}
	return found;
}

GBytes *
held_picture_read(const char *path, GError **error)
{
	return file_read(path, HELD_PICTURE_MAX, error);
}
