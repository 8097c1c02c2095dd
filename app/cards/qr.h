/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <cairo.h>
#include <glib.h>

/* A QR code (ISO/IEC 18004), error correction Q, painted with cairo. */
#define QR_QUIET_MODULES 4 /* white on each side */

typedef struct Qr Qr;

/* FAULT_INVALID if the text does not fit into a code. */
Qr *qr_new(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
int qr_modules(const Qr *qr); /* of a side, with the quiet zone */
/* Fills the square at x, y with sides of size, the quiet zone included. */
void qr_paint(const Qr *qr, cairo_t *cr, double x, double y, double size);
void qr_free(Qr *qr);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Qr, qr_free)
