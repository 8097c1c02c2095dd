/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

#include "app/capture/drawing.h"

/* Paper, eight pens, undo, clear, done. */
typedef struct {
	const char *language;
	Drawing *drawing;            /* borrowed: what is drawn goes in here */
	void (*changed)(void *data); /* after each stroke */
	void (*keep)(void *data);
	void *data;
} DrawingSpec;

GtkWidget *drawing_screen_new(const DrawingSpec *spec);
