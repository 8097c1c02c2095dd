/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/*
 * What systemd wants to hear of a service of Type=notify; nothing is said
 * where nobody listens.  See sd_notify(3).
 */
void notify_ready(const char *status);
void notify_stopping(void);
void notify_alive(void);

/* How often notify_alive() is wanted; 0: it is not. */
int64_t notify_alive_every_us(void);
