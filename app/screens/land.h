/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* The hills on which every screen stands, where nothing can be touched. */
GtkWidget *land_new(void);
