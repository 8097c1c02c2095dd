/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/kiosk/kiosk.h"

/*
 * The adults' screen: how this kiosk is doing.  It is opened between
 * children, by holding the light or with Ctrl+H, and closes by Back, Escape,
 * a badge, or by itself after [kiosk] health_seconds without a touch.
 */

/* Whether no child is at work. */
bool health_may_open(const Kiosk *kiosk);
void health_open(Kiosk *kiosk);
/* It is open, and somebody is there. */
void health_touched(Kiosk *kiosk);
/* It is open: shows anew what has changed. */
void health_refresh(Kiosk *kiosk);
/* Another screen is shown. */
void health_closed(Kiosk *kiosk);
/* The keys that open and close it. */
void health_listen(Kiosk *kiosk);
