/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* A frame → a JPEG within limits: no metadata, longest edge at most
 * PHOTO_EDGE_MAX pixels, at most PHOTO_BYTES_MAX. */
#define PHOTO_EDGE_MAX  1600
#define PHOTO_BYTES_MAX (1024 * 1024)

/* rgba has width * height * 4 bytes. */
GBytes *photo_encode(GBytes *rgba, int width, int height, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
