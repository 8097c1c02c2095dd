/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <cairo.h>
#include <glib.h>

/*
 * A child's drawing: strokes on a white sheet of DRAWING_WIDTH by
 * DRAWING_HEIGHT points, kept as strokes so that the newest can be taken
 * back, painted with cairo.  No window here.
 */
#define DRAWING_WIDTH       1024
#define DRAWING_HEIGHT      640
#define DRAWING_POINTS_MAX  20000
#define DRAWING_STROKES_MAX 500

typedef struct Drawing Drawing;

Drawing *drawing_new(void);
/* Past the limits the pen stops drawing: false. */
bool
drawing_begin(Drawing *drawing, double x, double y, guint32 rgb, double width);
bool drawing_move(Drawing *drawing, double x, double y);
void drawing_undo(Drawing *drawing);
void drawing_clear(Drawing *drawing);
bool drawing_is_empty(const Drawing *drawing);
/* Paints the whole sheet; the caller has scaled cr. */
void drawing_paint(const Drawing *drawing, cairo_t *cr);
/* As PNG, RGB. */
GBytes *drawing_encode(const Drawing *drawing, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Strokes as text for the draft, and back; NULL if malformed. */
char *drawing_save(const Drawing *drawing);
Drawing *
drawing_load(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void drawing_free(Drawing *drawing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Drawing, drawing_free)
