/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "app/portrait/portrait.h"
#include "app/roster/roster.h"

/* What cards are printed on. */
typedef enum { SHEET_A4, SHEET_LETTER } SheetPaper;

/*
 * A PDF of the roster's badges (first badge of each learner: shown name
 * large, picture, QR; no number in clear) and of every prompt card (icon,
 * what it asks in each language, four-letter id, QR) of the portrait.
 * Either may be NULL.  Cut lines; sizes in README.
 */
GBytes *
sheet_print(const Roster *roster, const Portrait *portrait, const char *host,
	    SheetPaper paper, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/*
 * One card as a PNG, as a camera would see it held up: QR with its quiet
 * zone on white, the drawing beside it.  For the demo strip and for tests.
 */
GBytes *
sheet_picture(const char *code_text, GBytes *icon_svg, const char *caption,
	      GError **error) G_GNUC_WARN_UNUSED_RESULT;
