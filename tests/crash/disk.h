/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A disk that a test holds.  Linked into a test program, it stands between
 * the program (SQLite and GLib too) and the C library's calls that change
 * files, for one folder at a time: every call is carried out and noted down,
 * so that afterwards the folder can be built as a power cut at any of those
 * moments would have left it; or it is made to fail.  One thread.
 */

/* What of the unsynced there may be after a power cut. */
typedef enum {
	DISK_SYNCED,  /* nothing: only what fsync had promised */
	DISK_WRITTEN, /* all: as after SIGKILL */
	DISK_MIXED,   /* some, torn at 512 bytes, by chance (seed) */
} DiskImage;

/* Begins; folder is there and empty.  Only one folder at a time. */
void disk_watch(const char *folder);
/* Ends and forgets. */
void disk_leave(void);

/* How many calls have changed something so far: the moments. */
size_t disk_moment(void);

/* Builds in target, which is empty, what a power cut at moment leaves. */
void
disk_build(size_t moment, DiskImage image, uint32_t seed, const char *target);

/* From so many further changing calls on, every one fails with this errno;
 * a write that fails first writes half, as a disk that fills up does. */
void disk_fail_after(size_t calls, int error);
/* And works again. */
void disk_mend(void);
