/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/disk-notes.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define HANDLES_MAX 1024

static struct {
	char *folder;
	GPtrArray *calls;         /* Call */
	GHashTable *names;        /* path → file + 2 */
	int handles[HANDLES_MAX]; /* file + 2, by descriptor; 0: not ours */
	int files;
	bool failing;
	size_t fail_at;
	int error;
} disk;

/* --- the C library's own --- */

#define REAL(name, type) ((type)(uintptr_t)find_real(name))

static void *
find_real(const char *name)
{
	void *real = dlsym(RTLD_NEXT, name);

	g_assert(real != NULL);
	return real;
}

/* --- noting down --- */

static void
free_call(void *data)
{
	Call *call = data;

	g_clear_pointer(&call->bytes, g_bytes_unref);
	g_free(call->path);
	g_free(call->to);
	g_free(call);
}

static void
note(Call call)
{
	g_ptr_array_add(disk.calls, g_memdup2(&call, sizeof(call)));
}

/* The path within the folder ("" for itself), or NULL. */
static const char *
within(const char *path)
{
	size_t n = disk.folder != NULL ? strlen(disk.folder) : 0;

	if (n == 0 || path == NULL || strncmp(path, disk.folder, n) != 0 ||
	    (path[n] != '/' && path[n] != '\0'))
		return NULL;
	return path[n] == '/' ? path + n + 1 : path + n;
}

/* The shared memory of a database is no file's content. */
static bool
is_memory(const char *path)
{
	return g_str_has_suffix(path, "-shm");
}

static int
file_of(int handle)
{
	return handle >= 0 && handle < HANDLES_MAX ? disk.handles[handle] - 2
						   : -2;
}

static int
file_named(const char *inside)
{
	return GPOINTER_TO_INT(g_hash_table_lookup(disk.names, inside)) - 2;
}

static void
name_file(const char *inside, int file)
{
	g_hash_table_replace(disk.names, g_strdup(inside),
			     GINT_TO_POINTER(file + 2));
}

static bool
fails(void)
{
	if (!disk.failing || disk.calls->len < disk.fail_at)
		return false;
	errno = disk.error;
	return true;
}

/* Everything behind path follows when a folder is renamed: not needed. */
static void
note_rename(const char *from, const char *to)
{
	int file = file_named(from);

	g_assert(file >= 0);
	note((Call){ .kind = CALL_RENAME,
		     .file = file,
		     .path = g_strdup(from),
		     .to = g_strdup(to) });
	g_hash_table_remove(disk.names, from);
	name_file(to, file);
}

static void
note_unname(const char *inside)
{
	note((Call){ .kind = CALL_UNNAME, .path = g_strdup(inside) });
	g_hash_table_remove(disk.names, inside);
}

/* --- the calls; the C library names their parameters otherwise --- */
/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

typedef int (*OpenCall)(const char *, int, ...);

static int
do_open(OpenCall real, const char *path, int flags, mode_t mode)
{
	const char *inside = within(path);
	bool writes = (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0;
	int handle, file;

	if (inside == NULL || is_memory(inside))
		return real(path, flags, mode);
	/* A read-only disk lets nobody in to write. */
	if (writes && disk.error == EROFS && fails())
		return -1;
	file = file_named(inside);
	if (file == -2 && (flags & O_CREAT) != 0 && fails())
		return -1;
	handle = real(path, flags, mode);
	if (handle < 0 || handle >= HANDLES_MAX)
		return handle;
	if (file == -2 && (flags & O_CREAT) != 0) {
		file = disk.files++;
		name_file(inside, file);
		note((Call){ .kind = CALL_NAME,
			     .file = file,
			     .path = g_strdup(inside) });
	}
	if ((flags & O_TRUNC) != 0)
		note((Call){ .kind = CALL_TRUNCATE, .file = file });
	disk.handles[handle] = file + 2;
	return handle;
}

int
open(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = va_arg(rest, mode_t);
	va_end(rest);
	return do_open(REAL("open", OpenCall), path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	va_list rest;
	mode_t mode;

	va_start(rest, flags);
	mode = va_arg(rest, mode_t);
	va_end(rest);
	return do_open(REAL("open64", OpenCall), path, flags, mode);
}

int
close(int handle)
{
	if (handle >= 0 && handle < HANDLES_MAX)
		disk.handles[handle] = 0;
	return REAL("close", int (*)(int))(handle);
}

typedef ssize_t (*PwriteCall)(int, const void *, size_t, off_t);

static ssize_t
do_write(int handle, const void *bytes, size_t size, off_t at, bool move)
{
	PwriteCall real = REAL("pwrite", PwriteCall);
	int file = file_of(handle);
	ssize_t n = (ssize_t)size;

	if (file >= 0 && fails()) {
		n = (ssize_t)size / 2;
		if (disk.error != ENOSPC || n == 0)
			return -1;
	}
	n = real(handle, bytes, (size_t)n, at);
	if (file >= 0 && n > 0)
		note((Call){ .kind = CALL_WRITE,
			     .file = file,
			     .at = at,
			     .bytes = g_bytes_new(bytes, (size_t)n) });
	if (move && n > 0)
		lseek(handle, at + n, SEEK_SET);
	return n;
}

ssize_t
pwrite(int handle, const void *bytes, size_t size, off_t at)
{
	return do_write(handle, bytes, size, at, false);
}

ssize_t
pwrite64(int handle, const void *bytes, size_t size, off64_t at)
{
	return do_write(handle, bytes, size, at, false);
}

ssize_t
write(int handle, const void *bytes, size_t size)
{
	ssize_t (*real)(int, const void *, size_t) =
		REAL("write", ssize_t(*)(int, const void *, size_t));
	off_t at;

	if (file_of(handle) < 0)
		return real(handle, bytes, size);
	at = (fcntl(handle, F_GETFL) & O_APPEND) != 0
		     ? lseek(handle, 0, SEEK_END)
		     : lseek(handle, 0, SEEK_CUR);
	return do_write(handle, bytes, size, at, true);
}

static int
do_truncate(int handle, off_t size)
{
	int file = file_of(handle);

	if (file >= 0 && disk.error != ENOSPC && fails())
		return -1;
	if (file >= 0)
		note((Call){ .kind = CALL_TRUNCATE, .file = file, .at = size });
	return REAL("ftruncate", int (*)(int, off_t))(handle, size);
}

int
ftruncate(int handle, off_t size)
{
	return do_truncate(handle, size);
}

int
ftruncate64(int handle, off64_t size)
{
	return do_truncate(handle, size);
}

/* Carried out in the notes alone: the real disk of a test may forget. */
static int
do_sync(int handle)
{
	int file = file_of(handle);
	g_autofree char *link = NULL;
	char path[4096];
	ssize_t n;

	if (file >= 0) {
		if (disk.error != ENOSPC && fails())
			return -1;
		note((Call){ .kind = CALL_SYNC, .file = file });
		return 0;
	}
	link = g_strdup_printf("/proc/self/fd/%d", handle);
	n = readlink(link, path, sizeof(path) - 1);
	path[MAX(n, 0)] = '\0';
	if (n > 0 && within(path) != NULL)
		note((Call){ .kind = CALL_SYNC_FOLDER,
			     .path = g_strdup(within(path)) });
	return 0;
}

int
fsync(int handle)
{
	return do_sync(handle);
}

int
fdatasync(int handle)
{
	return do_sync(handle);
}

int
rename(const char *from, const char *to)
{
	bool ours = within(from) != NULL;
	int rc;

	if (ours && fails())
		return -1;
	rc = REAL("rename", int (*)(const char *, const char *))(from, to);
	if (ours && rc == 0 && !is_memory(from))
		note_rename(within(from), within(to));
	return rc;
}

static int
do_unlink(const char *path)
{
	const char *inside = within(path);
	int rc;

	if (inside != NULL && disk.error == EROFS && fails())
		return -1;
	rc = REAL("unlink", int (*)(const char *))(path);
	if (rc == 0 && inside != NULL && !is_memory(inside))
		note_unname(inside);
	return rc;
}

int
unlink(const char *path)
{
	return do_unlink(path);
}

int
remove(const char *path)
{
	return do_unlink(path); /* the store removes no folders */
}

static int
do_mkdir(const char *path, mode_t mode)
{
	const char *inside = within(path);
	int rc;

	if (inside != NULL && fails())
		return -1;
	rc = mkdirat(AT_FDCWD, path, mode);
	if (rc == 0 && inside != NULL) {
		name_file(inside, DISK_FOLDER);
		note((Call){ .kind = CALL_NAME,
			     .file = DISK_FOLDER,
			     .path = g_strdup(inside) });
	}
	return rc;
}

/* A sanitizer calls this before anything can be looked at by it: clang's
 * makes the folder of its report first. */
__attribute__((no_sanitize_address)) int
mkdir(const char *path, mode_t mode)
{
	if (disk.folder == NULL)
		return mkdirat(AT_FDCWD, path, mode);
	return do_mkdir(path, mode);
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
/* --- the test's side --- */

void
disk_watch(const char *folder)
{
	g_assert(disk.folder == NULL);
	disk.calls = g_ptr_array_new_with_free_func(free_call);
	disk.names =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	disk.files = 0;
	memset(disk.handles, 0, sizeof(disk.handles));
	disk.folder = g_strdup(folder);
}

void
disk_leave(void)
{
	disk_mend();
	g_clear_pointer(&disk.folder, g_free);
	g_clear_pointer(&disk.calls, g_ptr_array_unref);
	g_clear_pointer(&disk.names, g_hash_table_unref);
}

const GPtrArray *
disk_get_notes(void)
{
	return disk.calls;
}

size_t
disk_moment(void)
{
	return disk.calls->len;
}

void
disk_fail_after(size_t calls, int error)
{
	disk.failing = true;
	disk.fail_at = disk.calls->len + calls;
	disk.error = error;
}

void
disk_mend(void)
{
	disk.failing = false;
	disk.error = 0;
}
