/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "sync/district/media.h"
#include "sync/district/writer.h"

/*
 * Can we keep what is sent?  Each few seconds something is committed to see
 * it; who asks gets what was seen last, so asking costs nothing.  A small
 * write may find room where the next large one does not: once any found none,
 * a megabyte is asked for until there is room for that.
 */
typedef struct Health Health;

typedef struct {
	bool ready;
	const char *archive; /* "ok", "full", "starting", "failing", "stuck" */
	const char *disk;    /* "ok", "full" */
	const char *media;   /* media-state.h; "starting"; does not count: every
			      * server has the same store, and to take all of
			      * them away would help nobody */
	int64_t free_bytes;  /* where the media are */
} HealthState;

/* All borrowed.  reserve: bytes below which the disk counts as full. */
Health *
health_new(Writer *writer, Media *media, int64_t reserve, const Clock *clock);
/* Looks, if it is time to.  One thread, often. */
void health_tick(Health *health);
HealthState health_get(Health *health);
/* After the writer's end. */
void health_free(Health *health);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Health, health_free)
