/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <cairo.h>

#include "app/cards/draw.h"
#include "app/portrait/portrait.h"
#include "app/roster/roster.h"

/* What the modules that draw sheets share; nobody else includes this. */
typedef struct {
	cairo_t *cr; /* scaled to millimetres */
	double width, height;
	const Roster *roster;     /* or NULL */
	const Portrait *portrait; /* or NULL */
	const char *host;
	size_t n_cards; /* drawn so far */
} Sheet;

/* Cards of one size side by side, in the middle of the paper. */
typedef struct {
	double width, height; /* of a card */
	int columns, rows;
} SheetGrid;

/* The place of a page's i-th card. */
Box sheet_place_card(const Sheet *sheet, const SheetGrid *grid, int i);
/* Dashed lines to cut along, and above them what the page holds. */
void sheet_begin_page(const Sheet *sheet, const SheetGrid *grid,
		      const char *title, size_t page, size_t n_pages);
void sheet_end_page(const Sheet *sheet);

/* badge-sheet.c, prompt-sheet.c */
bool sheet_draw_badges(Sheet *sheet, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool sheet_draw_prompts(Sheet *sheet, GError **error) G_GNUC_WARN_UNUSED_RESULT;
