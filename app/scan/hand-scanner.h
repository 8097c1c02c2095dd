/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/scan/scan.h"

/*
 * A hand scanner: "evdev:/dev/input/…" (a USB keyboard, grabbed so that its
 * keys never reach the screen; US layout) or "serial:/dev/ttyACM0".
 * FAULT_NOT_FOUND if it is not plugged in; failed is called when it is
 * pulled out.
 */
typedef struct HandScanner HandScanner;

HandScanner *
hand_scanner_open(const char *source, ScanFound found,
		  void (*failed)(const GError *error, void *data), void *data,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hand_scanner_close(HandScanner *scanner);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HandScanner, hand_scanner_close)
