/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* Where everybody starts: show your badge, or tap your class. */
typedef struct {
	const char *language;
	bool blind; /* no camera, no scanner: a badge is of no use */
	void (*no_badge)(void *data);
	void *data;
} StartSpec;

GtkWidget *start_screen_new(const StartSpec *spec);

/* What the camera sees; NULL: nothing, a drawing shows what to do. */
void start_screen_look(GtkWidget *screen, GdkPaintable *seen);
