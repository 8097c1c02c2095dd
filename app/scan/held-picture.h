/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Pictures held before a lens that is not there: PNG or JPEG → a frame. */
#define HELD_PICTURE_MAX (8 * 1024 * 1024) /* bytes of a file */

/* Fitted into width × height, on grey; RGBA. */
GBytes *held_picture_decode(GBytes *picture, int width, int height,
			    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What a lens sees that nothing is held before. */
GBytes *held_picture_nothing(int width, int height);

/* The newest .png or .jpg of a folder; NULL if there is none. */
char *held_picture_newest(const char *folder);
GBytes *
held_picture_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
