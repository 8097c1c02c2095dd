/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/*
 * How the kiosk is doing, for an adult: a list of what is known.  What matters
 * most is the frame's title.  No child's name stands here.
 */
typedef struct {
	const char *name; /* borrowed */
	char *text;       /* owned by whoever made the list */
	bool is_short;    /* two that follow may stand side by side */
	bool is_detail;   /* what a program said, which may be long */
} HealthLine;

GtkWidget *health_screen_new(const HealthLine *lines, size_t n);
