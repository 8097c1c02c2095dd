/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/id.h"

/*
 * Media as files named by their SHA-256.  What arrives goes to a file of its
 * own while it is hashed, so that a film costs no more memory than a word;
 * only media_keep() makes it durable under its name.
 */
typedef struct MediaFile MediaFile;

/* root: the folder "media".  More than max bytes are FAULT_REFUSED. */
MediaFile *media_begin(const char *root, int64_t max, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
bool media_write(MediaFile *file, const void *bytes, size_t size,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* No more will come: its name and size. */
void
media_end(MediaFile *file, char sha256[static ID_SHA256 + 1], int64_t *size);
/* All of one that has ended and is not kept yet. */
GBytes *media_read(MediaFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Durable under its name when this returns true; it may be so already.  Free
 * the file only when what names it is written: see media_guard(). */
bool media_keep(MediaFile *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of all that this process has kept. */
int64_t media_kept_bytes(void);
/* What was not kept is gone. */
void media_file_free(MediaFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaFile, media_file_free)

/* A descriptor to read it, -1 with FAULT_NOT_FOUND. */
int
media_open(const char *root, const char *sha256, int64_t *size, GError **error);

/*
 * Nobody keeps a medium while this is held, in whatever process, nor is one
 * kept whose row is still to be written: so a file that nothing names is
 * nobody's.
 */
typedef struct MediaGuard MediaGuard;
MediaGuard *
media_guard(const char *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Durably; it may be gone already. */
bool media_remove(const MediaGuard *guard, const char *sha256, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void media_guard_free(MediaGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaGuard, media_guard_free)

/* What a power cut left half received. */
bool media_clear_incoming(const char *root, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
