/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* A picture, a few calm words, and at most one button. */
typedef struct {
	const char *icon; /* of the kiosk's own; NULL with stones */
	int stones;       /* a cairn with the newest falling; 0: none */
	const char *stones_name;
	const char *words;
	const char *button; /* label; NULL: none */
	void (*pressed)(void *data);
	void *data;
} NoticeSpec;

GtkWidget *notice_screen_new(const NoticeSpec *spec);
