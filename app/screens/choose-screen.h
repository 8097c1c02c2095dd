/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* A grid of pictures to choose one from, in pages with big arrows. */
typedef struct {
	char *label;           /* owned */
	GdkPaintable *picture; /* borrowed; NULL: label only */
	char *colour; /* owned: "#rrggbb" of a band below; NULL: none */
} ChooseItem;

typedef struct {
	const char *language;
	GArray *items; /* ChooseItem; taken over */
	void (*chosen)(guint index, void *data);
	void *data;
} ChooseSpec;

/* A new array whose items free themselves. */
GArray *choose_items_new(void);
void choose_items_add(GArray *items, const char *label, GdkPaintable *picture,
		      const char *colour);

GtkWidget *choose_screen_new(const ChooseSpec *spec);

#define CHOOSE_BAND_MM 2.0 /* the colour takes that from the picture */

/* The picture size that suits n items, so that callers draw it sharp. */
double choose_picture_mm(guint n);
