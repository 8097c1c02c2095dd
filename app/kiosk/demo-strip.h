/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/kiosk/kiosk.h"

/* The demo's cards beside the screen: one that is tapped is held up. */

#define DEMO_STRIP_PX 132

GtkWidget *demo_strip_new(Kiosk *kiosk);
/* A new roster or pack: other cards. */
void demo_strip_fill(Kiosk *kiosk);
/* Holds up something to photograph, where a photo is to be taken. */
void demo_strip_follow_step(Kiosk *kiosk);
