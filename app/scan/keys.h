/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/*
 * A hand scanner's key presses (linux/input-event-codes.h) → the text that
 * it typed, by the US layout.  Enter or Tab ends a code.  Pure.
 */
#define KEYS_TEXT_MAX 256
/* A longer pause means that what came before was no whole code. */
#define KEYS_PAUSE_US 500000

typedef struct {
	char text[KEYS_TEXT_MAX + 1];
	size_t n;
	bool shift, too_long;
	int64_t last_us;
} Keys;

/* value: 1 pressed, 0 released, 2 repeated (passed over).  True when a code
 * has ended: it is in keys->text until the next call. */
bool keys_press(Keys *keys, uint16_t code, int32_t value, int64_t at_us);
