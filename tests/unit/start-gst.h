/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* GStreamer for a test, without what it makes of GLib looking like a leak. */
void start_gst(void);
