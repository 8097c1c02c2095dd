/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/id.h"

/*
 * Where media live, named by their SHA-256: a folder of this machine, or a
 * store that speaks S3.  For any thread; but for media_begin(), media_write()
 * and media_end(), calls may wait for a disk or a network.
 *
 * Faults: NOT_FOUND: it is not there; DAMAGED: it is not what its name says;
 * BUSY, OFFLINE: try later; FULL: there is no room.
 */
typedef struct Media Media;

/* root: the folder "media", which is there.  incoming_max: bytes that may be
 * on their way in at once. */
Media *media_new_folder(const char *root, int64_t incoming_max);
void media_free(Media *media);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Media, media_free)

/* Is reading as quick as a file is? */
bool media_is_here(const Media *media);
/* The local disk that they, or those on their way in, need. */
const char *media_get_disk(const Media *media);
/* What a power cut left half received; what others receive just now stays. */
bool
media_clear_incoming(Media *media, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What waits for a network fails from now on: the server stops. */
void media_abandon(Media *media);
/* Of all that this process has kept. */
int64_t media_kept_bytes(void);

/* --- in: to a file of its own while it is hashed, so that a film costs no
 * more memory than a word --- */

typedef struct MediaFile MediaFile;

/* More than max bytes are FAULT_REFUSED. */
MediaFile *media_begin(Media *media, int64_t max, GError **error)
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
/* The same of many; a store elsewhere takes [media] keep_at_once of them side
 * by side.  False: some may be kept. */
bool media_keep_all(MediaFile *const *files, size_t n, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* What was not kept is gone. */
void media_file_free(MediaFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaFile, media_file_free)

/* --- out: media-stream.h reads them --- */

/* size -1: it is not there. */
bool media_find(Media *media, const char *sha256, int64_t *size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Are they the bytes of that name, so many?  FAULT_DAMAGED if not. */
bool media_verify(Media *media, const char *sha256, int64_t size,
		  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/*
 * Nobody keeps a medium while this is held, in whatever process of this folder,
 * nor is one kept whose row is still to be written: so what nothing names is
 * nobody's.
 */
typedef struct MediaGuard MediaGuard;
MediaGuard *media_guard(Media *media, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Durably gone when this returns true; it may have been so already. */
bool media_remove(const MediaGuard *guard, const char *sha256, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void media_guard_free(MediaGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MediaGuard, media_guard_free)

typedef bool (*MediaFunc)(const char *sha256, int64_t size, void *data,
			  GError **error);
/* Every one there is, in the order of their names; until one is false. */
bool media_each(Media *media, MediaFunc each, void *data, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
