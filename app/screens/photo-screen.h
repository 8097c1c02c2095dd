/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* Look, take, look at it, keep it or take it again. */
typedef struct {
	const char *language;
	void (*take)(void *data);
	void (*keep)(void *data);
	void *data;
} PhotoSpec;

GtkWidget *photo_screen_new(const PhotoSpec *spec);

/* What the camera sees: shown until a photo is taken; NULL: nothing. */
void photo_screen_look(GtkWidget *screen, GdkPaintable *seen);
/* The photo that was taken; NULL: back to looking. */
void photo_screen_set_taken(GtkWidget *screen, GdkPaintable *taken);
