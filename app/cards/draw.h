/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <cairo.h>
#include <glib.h>
#include <pango/pango.h>

/*
 * What cards are drawn with: boxes, lines of words that fit, pictures.  One
 * unit is whatever the context is scaled to (a millimetre on paper, a pixel
 * on a picture).
 */
typedef struct {
	double x, y, width, height;
} Box;

typedef struct {
	double largest, smallest; /* height of a line's letters */
	bool bold;
	PangoAlignment align;
	double red, green, blue;
} Words;

#define WORDS_BLACK .red = 0.10, .green = 0.10, .blue = 0.13
#define WORDS_GREY  .red = 0.33, .green = 0.33, .blue = 0.38

/*
 * Writes text in the middle of the box's height, as large as fits and no
 * larger than words->largest, broken between words; at the smallest size,
 * what still does not fit ends in "…".
 */
void
draw_words(cairo_t *cr, const Box *box, const Words *words, const char *text);

/* Fits an SVG into the box; false and FAULT_INVALID if it is none. */
bool draw_picture(cairo_t *cr, const Box *box, GBytes *svg, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* A path with round corners. */
void draw_round_box(cairo_t *cr, const Box *box, double radius);

/* colour is "#1b6ca8". */
void draw_set_colour(cairo_t *cr, const char *colour);
/* Whether white letters are easier to read on it than black ones. */
bool draw_is_dark(const char *colour);
