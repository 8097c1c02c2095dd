/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/clock.h"
#include "sync/district/media.h"

/*
 * What is known of the place where media live, and how it has gone: numbers
 * and kinds, and nothing of what was asked for.
 */
typedef enum {
	MEDIA_WELL,
	MEDIA_UNREACHABLE, /* nobody answers */
	MEDIA_CERTIFICATE, /* somebody does, whom nobody vouches for */
	MEDIA_REFUSED,     /* only IT can mend it: the key, the bucket */
	MEDIA_BUSY,        /* it may pass */
	MEDIA_FULL,
	MEDIA_DAMAGED, /* a medium is not what it must be; the place is well */
	MEDIA_TROUBLES
} MediaTrouble;

/* "ok", "unreachable" … */
const char *media_trouble_name(MediaTrouble trouble);

typedef struct {
	bool is_known;       /* somebody was answered, or was not, once */
	MediaTrouble now;    /* as of the last answer */
	int64_t answered_us; /* that, since boot */
	/* Since the start, of a store elsewhere; each try counts. */
	guint64 requests, retries;
	guint64 failures[MEDIA_TROUBLES];
	WallTime failed[MEDIA_TROUBLES]; /* the last time; 0: never */
} MediaState;

/* Asks nobody. */
void media_get_state(Media *media, MediaState *out);
/* Sends one small question to a store that has answered nothing for [media]
 * probe_s, and waits for no answer.  One thread, often. */
void media_probe(Media *media);
