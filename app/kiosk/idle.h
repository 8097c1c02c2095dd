/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/kiosk/kiosk.h"

/*
 * Whether somebody is there: a child who is silent is asked, and given time
 * to answer; what was begun is then kept, and the start comes back.
 */

/* From now on. */
void idle_restart(Kiosk *kiosk);
/* Every touch and key of the window says that somebody is there. */
void idle_listen(Kiosk *kiosk);
