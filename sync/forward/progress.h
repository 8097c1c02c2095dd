/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"

/*
 * How far a forwarder has come: state.json in its folder, written whole and
 * durably.  Everything of the source that is stored at or before `since` has
 * been sent, kept back by a rule, or set aside.
 */
#define PROGRESS_TIME_MAX    63
#define PROGRESS_MESSAGE_MAX 299
#define PROGRESS_URL_MAX     255

typedef struct {
	char source[PROGRESS_URL_MAX + 1], target[PROGRESS_URL_MAX + 1];
	char since[PROGRESS_TIME_MAX + 1];   /* as the source says it; "" */
	char through[PROGRESS_TIME_MAX + 1]; /* the source's newest promise */
	char version[PROGRESS_TIME_MAX + 1]; /* of xAPI, as agreed; "" */
	int64_t sent, kept;                  /* statements */
	WallTime last_try, last_good;        /* rounds; 0: none yet */
	char message[PROGRESS_MESSAGE_MAX + 1]; /* of the last round; "" well */
} Progress;

/* All zeros if there is none yet; FAULT_DAMAGED if it is none. */
bool progress_read(const char *folder, Progress *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool progress_write(const char *folder, const Progress *progress,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;
