/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"

typedef int FileHandle;
static void
close_handle(FileHandle *handle)
{
	if (*handle >= 0)
		close(*handle);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FileHandle, close_handle)

int
file_fault(int saved_errno)
{
	switch (saved_errno) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EFBIG:
		return FAULT_FULL;
	case ENOENT:
	case ENOTDIR:
		return FAULT_NOT_FOUND;
	case EIO:
		return FAULT_DAMAGED;
	default:
		return FAULT_SYSTEM;
	}
}

static bool
fail(const char *path, const char *doing, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "%s %s: %s", doing, path,
		    g_strerror(saved));
	return false;
}

static bool
write_all(int handle, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(handle, bytes, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		size -= (size_t)n;
	}
	return true;
}

/* Leaves a whole, synced file at path, or none. */
static bool
write_new(const char *path, const void *bytes, size_t size, int mode,
	  GError **error)
{
	g_auto(FileHandle) handle =
		open(path,
		     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		     mode);

	if (handle < 0)
		return fail(path, "creating", error);
	if (fchmod(handle, (mode_t)mode) == 0 &&
	    write_all(handle, bytes, size) && fsync(handle) == 0)
		return true;

	fail(path, "writing", error);
	unlink(path);
	return false;
}

bool
file_sync_folder(const char *path, GError **error)
{
	g_auto(FileHandle) handle =
		open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (handle < 0)
		return fail(path, "opening folder", error);
	if (fsync(handle) != 0)
		return fail(path, "syncing folder", error);
	return true;
}

/* Of this call alone: two threads may write the same file at once. */
static char *
unfinished_name(const char *path)
{
	static int calls;

	return g_strdup_printf("%s.%d-%d" FILE_UNFINISHED, path, (int)getpid(),
			       g_atomic_int_add(&calls, 1));
}

bool
file_write_durably(const char *path, const void *bytes, size_t size, int mode,
		   GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *unfinished = unfinished_name(path);

	if (!write_new(unfinished, bytes, size, mode, error))
		return false;
	if (rename(unfinished, path) != 0) {
		fail(path, "renaming to", error);
		unlink(unfinished);
		return false;
	}
	return file_sync_folder(folder, error);
}

static GBytes *
read_handle(int handle, const char *path, size_t limit, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	guint8 piece[16384];
	ssize_t n;

	while ((n = read(handle, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fail(path, "reading", error);
			return NULL;
		}
		if (bytes->len + (size_t)n > limit) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "%s is larger than %zu bytes", path, limit);
			return NULL;
		}
		g_byte_array_append(bytes, piece, (guint)n);
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

static GBytes *
read_file(const char *path, size_t limit, bool secret, GError **error)
{
	g_auto(FileHandle) handle = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;

	if (handle < 0 || fstat(handle, &about) != 0) {
		fail(path, "opening", error);
		return NULL;
	}
	if (secret && (about.st_mode & 077) != 0) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "%s can be read by others; run chmod 600 on it",
			    path);
		return NULL;
	}
	return read_handle(handle, path, limit, error);
}

GBytes *
file_read(const char *path, size_t limit, GError **error)
{
	return read_file(path, limit, false, error);
}

GBytes *
file_read_secret(const char *path, size_t limit, GError **error)
{
	return read_file(path, limit, true, error);
}

bool
file_make_folder(const char *path, int mode, GError **error)
{
	g_autofree char *above = g_path_get_dirname(path);

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return true;
	if (!g_str_equal(above, path) && !file_make_folder(above, mode, error))
		return false;
	if (mkdir(path, (mode_t)mode) == 0)
		return file_sync_folder(above, error);
	if (errno == EEXIST && g_file_test(path, G_FILE_TEST_IS_DIR))
		return true; /* somebody else was quicker */
	return fail(path, "making folder", error);
}

/* --- one at a time --- */

void
file_unlock(FileLock *lock)
{
	if (*lock >= 0)
		close(*lock);
	*lock = -1;
}

FileLock
file_lock(const char *path, GError **error)
{
	FileLock lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int got;

	do
		got = lock < 0 ? -1 : flock(lock, LOCK_EX);
	while (got != 0 && lock >= 0 && errno == EINTR);
	if (got == 0)
		return lock;
	g_set_error(error, FAULT, file_fault(errno), "locking %s: %s", path,
		    g_strerror(errno));
	file_unlock(&lock);
	return -1;
}
