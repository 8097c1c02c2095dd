/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

#include "app/base/settings.h"
#include "sync/district/archive.h"
#include "sync/district/media.h"

/*
 * What the server erases by itself, on a thread of its own: files that
 * nothing names any more, soon; what is old enough, once a day, if
 * [retention] nightly says so.  What it cannot do it tries again.
 */
typedef struct Keeper Keeper;

/* Of what it keeps order; all borrowed. */
typedef struct {
	const char *folder;
	const Settings *settings;
	Media *media;
} KeeperPlace;

Keeper *keeper_new(const KeeperPlace *place, const Clock *clock);
/* What it is doing it finishes. */
void keeper_free(Keeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keeper, keeper_free)

/* One look: what the thread does again and again.  *day is that of the last
 * nightly run. */
bool keeper_look(Archive *archive, const KeeperPlace *place, WallTime now,
		 int64_t *day, GError **error) G_GNUC_WARN_UNUSED_RESULT;
