/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* Hello, is that you? */
typedef struct {
	const char *language;
	GdkPaintable *picture; /* the child's; NULL: an unknown badge */
	const char *note;      /* what a teacher asked; NULL: nothing */
	int stones, confirmed;
	bool has_draft;
	void (*go_on)(void *data);
	void (*start_new)(void *data); /* with a draft: leave it be */
	void (*not_me)(void *data);
	void *data;
} HelloSpec;

/* The size that the child's picture is shown in. */
double hello_picture_mm(bool has_note);

GtkWidget *hello_screen_new(const HelloSpec *spec);
