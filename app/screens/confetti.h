/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/*
 * Paper that rains once over whatever it lies upon, for two seconds, the same
 * for everybody, and is gone at the lower edge; touches go through it.  NULL where the desktop asks for no
 * animation.
 */
GtkWidget *confetti_new(void);
