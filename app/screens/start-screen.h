/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* Where everybody starts: show your badge, or tap your class. */
typedef struct {
	const char *language;
	void (*no_badge)(void *data);
	void *data;
} StartSpec;

GtkWidget *start_screen_new(const StartSpec *spec);

/* What the camera sees; NULL: it sees nothing, a drawing is shown. */
void start_screen_look(GtkWidget *screen, GdkPaintable *seen);
