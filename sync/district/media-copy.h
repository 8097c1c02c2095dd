/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/media.h"

/* From one place to another; what is there already is left, so that a copy
 * which was stopped goes on. */
typedef struct {
	int64_t copied, bytes, there;
	int64_t damaged; /* their bytes are not what their name says */
} MediaCopied;

/* Hears of each that is damaged. */
typedef void (*MediaDamaged)(const char *sha256, const GError *why);

/*
 * Every medium that from has is at to, durable, when this returns true, but
 * the damaged ones.  verify: what was there already is read, too; what is
 * damaged there is copied anew.
 */
bool media_copy(Media *from, Media *to, bool verify, MediaDamaged damaged,
		MediaCopied *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
