/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/*
 * What stands around every screen: back, say it again, the title, whose
 * turn it is, the light that says whether all stones have arrived, and the
 * language.  A screen draws a step and reports what was done; it decides
 * nothing.
 */
typedef struct {
	void (*back)(void *data); /* NULL: no way back here */
	void (*again)(void *data);
	void (*language)(void *data); /* NULL: not here */
	/* The light was held for FRAME_HOLD_MS, by a finger that lay still: no
	 * child does that.  NULL: nothing comes of it. */
	void (*held)(void *data);
	void *data;
} FrameEvents;

typedef struct {
	const char *language;
	const char *title;
	GdkPaintable *who; /* the child's picture; NULL: nobody */
	const char *who_name;
	bool safe; /* all stones have arrived */
} FrameWords;

#define FRAME_BAR_MM    22.0
#define FRAME_TITLE_MM  15.0 /* below the bar where that is narrow */
#define FRAME_BOTTOM_MM 5.0  /* wrists rest there: nothing to touch */
#define FRAME_GAP_MM    2.0
#define FRAME_HOLD_MS   3000

/* content is placed into the frame. */
GtkWidget *frame_new(const FrameWords *words, const FrameEvents *events,
		     GtkWidget *content);

/* The room that a screen's content has. */
double frame_width_mm(void);
double frame_height_mm(void);
