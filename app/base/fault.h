/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/*
 * The one error domain.  A code says what the caller can do about it, not
 * which library complained; the message says what was wrong, where, and what
 * to do, for the log: lower case, no full stop, nobody's name.
 */
#define FAULT (fault_quark())

typedef enum {
	FAULT_SYSTEM,    /* the machine failed us; see the message */
	FAULT_BUSY,      /* try the same call again shortly */
	FAULT_OFFLINE,   /* nobody answered; keep the data and try later */
	FAULT_FULL,      /* no room left; stop taking in and tell an adult */
	FAULT_DAMAGED,   /* stored bytes have changed; set them aside */
	FAULT_INVALID,   /* what came from outside is malformed */
	FAULT_NOT_FOUND, /* a fair question with no answer */
	FAULT_REFUSED,   /* understood and declined; do not try again */
	FAULT_TOO_NEW,   /* written by a later version of this software */
} Fault;

GQuark fault_quark(void);

/* A stable word for logs and wire, "busy"; never NULL. */
const char *fault_name(Fault fault);
