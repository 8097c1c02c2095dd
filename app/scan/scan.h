/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * Where codes come from: a camera (GStreamer), a USB hand scanner that types
 * (evdev, grabbed), or a serial one.  All report the text of a code on the
 * main loop of the thread that opened them; what it means is app/cards'
 * matter.  The same code held still is reported once, and again only after
 * it was out of sight for SCAN_REPEAT_MS.
 */
#define SCAN_REPEAT_MS 1500

typedef void (*ScanFound)(const char *text, size_t size, void *data);
