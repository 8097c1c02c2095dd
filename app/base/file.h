/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * Files that survive a power cut.  When a call that writes returns true, the
 * bytes and the name are on the disk (write, fsync, rename, fsync the
 * folder); when it returns false, the old file, if any, is still whole.
 * Faults: FAULT_FULL for no room or a read-only disk, FAULT_NOT_FOUND,
 * FAULT_INVALID for a file past its limit, else FAULT_SYSTEM.
 */

/* What a power cut leaves of an unfinished write is named so; nobody reads
 * it, and it may be removed. */
#define FILE_UNFINISHED ".part"

bool file_write_durably(const char *path, const void *bytes, size_t size,
			int mode, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole file, but never more than limit bytes. */
GBytes *file_read(const char *path, size_t limit, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Like file_read(), and FAULT_REFUSED if anyone but the owner may read it. */
GBytes *file_read_secret(const char *path, size_t limit, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Makes the folder and those above it, durably; no error if it is there. */
bool file_make_folder(const char *path, int mode, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* After this the folder's names are on the disk. */
bool
file_sync_folder(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One program at a time: makes the file if need be, and waits for it.  Ends
 * with the program; -1 on error. */
typedef int FileLock;
FileLock file_lock(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void file_unlock(FileLock *lock);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileLock, file_unlock)

/* The fault that errno stands for. */
int file_fault(int saved_errno);
