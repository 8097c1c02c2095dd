/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/media.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"

struct MediaFile {
	char *root; /* owned */
	char *path; /* owned: in incoming/; NULL once kept */
	int handle;
	int lock;            /* shared, from when it is kept; -1: not yet */
	GChecksum *checksum; /* owned */
	char sha256[ID_SHA256 + 1];
	int64_t size, max;
};

static _Atomic int64_t kept_bytes;

int64_t
media_kept_bytes(void)
{
	return kept_bytes;
}

static bool
fail(const char *doing, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "%s a medium: %s", doing,
		    g_strerror(saved));
	return false;
}

MediaFile *
media_begin(const char *root, int64_t max, GError **error)
{
	g_autoptr(MediaFile) file = g_new0(MediaFile, 1);
	char name[ID_UUID + 1];

	id_new_uuid(name);
	file->handle = -1;
	file->lock = -1;
	file->max = max;
	file->root = g_strdup(root);
	file->checksum = g_checksum_new(G_CHECKSUM_SHA256);
	file->path = g_build_filename(root, "incoming", name, NULL);
	file->handle =
		open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file->handle < 0) {
		fail("receiving", error);
		g_clear_pointer(&file->path, g_free);
		return NULL;
	}
	return g_steal_pointer(&file);
}

bool
media_write(MediaFile *file, const void *bytes, size_t size, GError **error)
{
	const char *at = bytes;

	if ((int64_t)size > file->max - file->size) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "a medium is larger than %" G_GINT64_FORMAT
			    " bytes",
			    (gint64)file->max);
		return false;
	}
	g_checksum_update(file->checksum, bytes, (gssize)size);
	file->size += (int64_t)size;
	while (size > 0) {
		ssize_t n = write(file->handle, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail("receiving", error);
		at += n;
		size -= (size_t)n;
	}
	return true;
}

void
media_end(MediaFile *file, char sha256[static ID_SHA256 + 1], int64_t *size)
{
	g_strlcpy(file->sha256, g_checksum_get_string(file->checksum),
		  sizeof(file->sha256));
	g_strlcpy(sha256, file->sha256, ID_SHA256 + 1);
	*size = file->size;
}

GBytes *
media_read(MediaFile *file, GError **error)
{
	g_autofree char *bytes = g_malloc((size_t)file->size + 1);
	int64_t at = 0;

	while (at < file->size) {
		ssize_t n = pread(file->handle, bytes + at,
				  (size_t)(file->size - at), at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail("reading", error);
			return NULL;
		}
		at += n;
	}
	return g_bytes_new_take(g_steal_pointer(&bytes), (gsize)at);
}

static char *
folder_of(const char *root, const char *sha256)
{
	g_autofree char *two = g_strndup(sha256, 2);

	return g_build_filename(root, two, NULL);
}

/* The new folder's own name must be durable, too. */
static bool
make_folder(const char *root, const char *folder, GError **error)
{
	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return true;
	return file_make_folder(folder, 0700, error) &&
	       file_sync_folder(root, error);
}

/* -1 with an error.  Waits. */
static int
lock(const char *root, int how, GError **error)
{
	g_autofree char *path = g_build_filename(root, "lock", NULL);
	int handle = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int rc;

	if (handle < 0) {
		fail("guarding", error);
		return -1;
	}
	do
		rc = flock(handle, how);
	while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return handle;
	fail("guarding", error);
	close(handle);
	return -1;
}

bool
media_keep(MediaFile *file, GError **error)
{
	g_autofree char *folder = folder_of(file->root, file->sha256);
	g_autofree char *path = g_build_filename(folder, file->sha256, NULL);

	if (file->path == NULL)
		return true;
	if (fsync(file->handle) != 0)
		return fail("syncing", error);
	file->lock = lock(file->root, LOCK_SH, error);
	if (file->lock < 0 || !make_folder(file->root, folder, error))
		return false;
	if (rename(file->path, path) != 0)
		return fail("keeping", error);
	g_clear_pointer(&file->path, g_free);
	kept_bytes += file->size;
	return file_sync_folder(folder, error);
}

void
media_file_free(MediaFile *file)
{
	if (file == NULL)
		return;

	if (file->handle >= 0)
		close(file->handle);
	if (file->lock >= 0)
		close(file->lock);
	if (file->path != NULL)
		unlink(file->path);
	g_checksum_free(file->checksum);
	g_free(file->path);
	g_free(file->root);
	g_free(file);
}

int
media_open(const char *root, const char *sha256, int64_t *size, GError **error)
{
	g_autofree char *folder = folder_of(root, sha256);
	g_autofree char *path = g_build_filename(folder, sha256, NULL);
	int handle = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;

	if (handle >= 0 && fstat(handle, &about) == 0) {
		*size = about.st_size;
		return handle;
	}
	fail("opening", error);
	if (handle >= 0)
		close(handle);
	return -1;
}

/* --- removing --- */

struct MediaGuard {
	char *root; /* owned */
	int lock;
};

MediaGuard *
media_guard(const char *root, GError **error)
{
	int handle = lock(root, LOCK_EX, error);
	MediaGuard *guard;

	if (handle < 0)
		return NULL;
	guard = g_new0(MediaGuard, 1);
	guard->root = g_strdup(root);
	guard->lock = handle;
	return guard;
}

void
media_guard_free(MediaGuard *guard)
{
	if (guard == NULL)
		return;
	close(guard->lock);
	g_free(guard->root);
	g_free(guard);
}

bool
media_remove(const MediaGuard *guard, const char *sha256, GError **error)
{
	g_autofree char *folder = folder_of(guard->root, sha256);
	g_autofree char *path = g_build_filename(folder, sha256, NULL);

	if (unlink(path) == 0)
		return file_sync_folder(folder, error);
	return errno == ENOENT || fail("removing", error);
}

bool
media_clear_incoming(const char *root, GError **error)
{
	g_autofree char *folder = g_build_filename(root, "incoming", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, error);
	const char *name;

	if (dir == NULL)
		return false;
	while ((name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		unlink(path);
	}
	return true;
}
