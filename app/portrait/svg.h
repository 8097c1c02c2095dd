/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/*
 * Whether an SVG is a drawing and nothing else.  Pictures come from outside
 * and are drawn at the kiosk, in browsers and on paper, so only shapes,
 * groups and gradients pass: no script, no text, no other file, no entity,
 * no event, no <use> that could grow without end.
 */
#define SVG_DEPTH        32
#define SVG_ELEMENTS_MAX 5000

/* FAULT_INVALID says the line and what to leave out. */
bool svg_check(const char *text, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
