/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"

/*
 * Who keeps us waiting too long.  libmicrohttpd closes a silent connection;
 * one that says a byte each ten seconds, or takes one, is for this: each
 * connection has a time by which it must have got on.
 */
typedef struct Watch Watch;
typedef struct Link Link; /* one connection */

typedef struct {
	int64_t idle_us;     /* for a request's headers; and beyond its size */
	int64_t bytes_per_s; /* a body comes and goes at least so fast; 0: as it
			      * likes */
} WatchLimits;

Watch *watch_new(const WatchLimits *limits, const Clock *clock);

/* A connection that has said nothing yet.  The descriptor must stay open
 * until watch_remove(). */
Link *watch_add(Watch *watch, int descriptor);
void watch_remove(Watch *watch, Link *link);
guint watch_count(Watch *watch);

/* --- one thread at a time has a link --- */

void link_wait(Link *link);    /* for the next request */
void link_receive(Link *link); /* its headers are here, its body is not */
void link_received(Link *link, size_t size); /* so much of it, so far */
void link_rest(Link *link); /* we are at work: it may take what it takes */
void link_send(Link *link, int64_t size);

/* Cuts those whose time has come (all: everybody); how many.  Any thread. */
guint watch_cut(Watch *watch, gboolean all);

/* When no connection is left. */
void watch_free(Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)
