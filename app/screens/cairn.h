/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/*
 * A child's cairn: one stone for each thing laid, the newest on top and
 * smiling whatever it was, a tick
 * on those that a teacher has looked at.  It tells how many, never how well.
 */
#define CAIRN_SHOWN_MAX 9 /* more stones are drawn as a broad base */

/* falling: the newest comes down, once, laughing and with light behind it,
 * within two seconds (it is there at once where nothing may move). */
GtkWidget *cairn_new(int stones, int confirmed, bool falling, const char *name);
