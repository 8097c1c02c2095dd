/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/disk.h"

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

#define SECTOR      512
#define HANDLES_MAX 1024
#define FOLDER      (-1) /* instead of a file's number */

typedef enum {
	CALL_WRITE,
	CALL_TRUNCATE,
	CALL_SYNC,
	CALL_NAME,   /* path is file from now on */
	CALL_UNNAME, /* path is nothing any more */
	CALL_RENAME,
	CALL_SYNC_FOLDER,
} CallKind;

typedef struct {
	CallKind kind;
	int file;
	off_t at; /* of a write; the size of a truncation */
	GBytes *bytes;
	char *path, *to; /* within the folder */
} Call;

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

/* --- the calls --- */

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

int
mkdir(const char *path, mode_t mode)
{
	const char *inside = within(path);
	int rc;

	if (inside != NULL && fails())
		return -1;
	rc = REAL("mkdir", int (*)(const char *, mode_t))(path, mode);
	if (rc == 0 && inside != NULL) {
		name_file(inside, FOLDER);
		note((Call){ .kind = CALL_NAME,
			     .file = FOLDER,
			     .path = g_strdup(inside) });
	}
	return rc;
}

/* --- what a power cut leaves --- */

typedef struct {
	GByteArray *now, *synced;
	GPtrArray *since; /* Call: not synced */
} File;

typedef struct {
	GPtrArray *files;         /* File */
	GHashTable *now, *synced; /* path → file + 2 */
	GHashTable *since;        /* folder → GPtrArray of Call */
	GRand *chance;
} Replay;

static void
free_file(void *data)
{
	File *file = data;

	g_byte_array_unref(file->now);
	g_byte_array_unref(file->synced);
	g_ptr_array_unref(file->since);
	g_free(file);
}

static File *
get_file(Replay *r, int number)
{
	while (r->files->len <= (guint)number) {
		File *file = g_new0(File, 1);

		file->now = g_byte_array_new();
		file->synced = g_byte_array_new();
		file->since = g_ptr_array_new();
		g_ptr_array_add(r->files, file);
	}
	return g_ptr_array_index(r->files, number);
}

static void
set_size(GByteArray *bytes, size_t size)
{
	size_t before = bytes->len;

	g_byte_array_set_size(bytes, (guint)size);
	if (size > before)
		memset(bytes->data + before, 0, size - before);
}

static void
put(GByteArray *bytes, size_t at, const void *data, size_t size)
{
	if (bytes->len < at + size)
		set_size(bytes, at + size);
	memcpy(bytes->data + at, data, size);
}

static void
apply_to_file(GByteArray *bytes, const Call *call)
{
	size_t size;
	const void *data;

	if (call->kind == CALL_TRUNCATE) {
		set_size(bytes, (size_t)call->at);
		return;
	}
	data = g_bytes_get_data(call->bytes, &size);
	put(bytes, (size_t)call->at, data, size);
}

/* By chance, sector by sector. */
static void
apply_partly(Replay *r, GByteArray *bytes, const Call *call)
{
	size_t size, done = 0;
	const char *data;

	if (call->kind == CALL_TRUNCATE) {
		if (g_rand_boolean(r->chance))
			set_size(bytes, (size_t)call->at);
		return;
	}
	data = g_bytes_get_data(call->bytes, &size);
	while (done < size) {
		size_t at = (size_t)call->at + done;
		size_t n = MIN(size - done, SECTOR - at % SECTOR);

		if (g_rand_boolean(r->chance))
			put(bytes, at, data + done, n);
		done += n;
	}
}

static void
apply_name(GHashTable *names, const Call *call)
{
	int file = call->file;

	if (call->kind == CALL_UNNAME || call->kind == CALL_RENAME)
		g_hash_table_remove(names, call->path);
	if (call->kind != CALL_UNNAME)
		g_hash_table_replace(names,
				     g_strdup(call->kind == CALL_RENAME
						      ? call->to
						      : call->path),
				     GINT_TO_POINTER(file + 2));
}

static GPtrArray *
names_since(Replay *r, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	GPtrArray *since = g_hash_table_lookup(r->since, folder);

	if (since == NULL) {
		since = g_ptr_array_new();
		g_hash_table_insert(r->since, g_steal_pointer(&folder), since);
	}
	return since;
}

static void
sync_names(Replay *r, const char *folder)
{
	g_autofree char *inside =
		g_build_filename(folder[0] != '\0' ? folder : ".", "x", NULL);
	GPtrArray *since = names_since(r, folder[0] != '\0' ? inside : "x");

	for (guint i = 0; i < since->len; i++)
		apply_name(r->synced, g_ptr_array_index(since, i));
	g_ptr_array_set_size(since, 0);
}

static void
replay_call(Replay *r, Call *call)
{
	File *file;

	switch (call->kind) {
	case CALL_WRITE:
	case CALL_TRUNCATE:
		file = get_file(r, call->file);
		apply_to_file(file->now, call);
		g_ptr_array_add(file->since, call);
		return;
	case CALL_SYNC:
		file = get_file(r, call->file);
		for (guint i = 0; i < file->since->len; i++)
			apply_to_file(file->synced,
				      g_ptr_array_index(file->since, i));
		g_ptr_array_set_size(file->since, 0);
		return;
	case CALL_NAME:
	case CALL_UNNAME:
	case CALL_RENAME:
		apply_name(r->now, call);
		g_ptr_array_add(names_since(r, call->path), call);
		return;
	case CALL_SYNC_FOLDER:
		sync_names(r, call->path);
		return;
	}
}

/* Names come to the disk in order, folder by folder, up to some point. */
static void
mix(Replay *r)
{
	GHashTableIter at;
	gpointer since;

	for (guint i = 0; i < r->files->len; i++) {
		File *file = g_ptr_array_index(r->files, i);

		for (guint k = 0; k < file->since->len; k++)
			apply_partly(r, file->synced,
				     g_ptr_array_index(file->since, k));
	}
	g_hash_table_iter_init(&at, r->since);
	while (g_hash_table_iter_next(&at, NULL, &since)) {
		GPtrArray *calls = since;
		guint upto = (guint)g_rand_int_range(r->chance, 0,
						     (gint32)calls->len + 1);

		for (guint i = 0; i < upto; i++)
			apply_name(r->synced, g_ptr_array_index(calls, i));
	}
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders sort before what is in them. */
static void
write_out(Replay *r, GHashTable *names, bool synced, const char *target)
{
	guint n;
	g_autofree char **paths =
		(char **)g_hash_table_get_keys_as_array(names, &n);

	qsort(paths, n, sizeof(char *), compare_paths);
	for (guint i = 0; i < n; i++) {
		int number =
			GPOINTER_TO_INT(g_hash_table_lookup(names, paths[i])) -
			2;
		g_autofree char *to = g_build_filename(target, paths[i], NULL);
		g_autofree char *above = g_path_get_dirname(to);
		const File *file;
		const GByteArray *bytes;

		if (!g_file_test(above, G_FILE_TEST_IS_DIR))
			continue; /* its folder never came to the disk */
		if (number == FOLDER) {
			g_mkdir(to, 0700);
			continue;
		}
		file = get_file(r, number);
		bytes = synced ? file->synced : file->now;
		g_assert_true(
			g_file_set_contents_full(to, (const char *)bytes->data,
						 (gssize)bytes->len,
						 G_FILE_SET_CONTENTS_NONE, 0600,
						 NULL));
	}
}

void
disk_build(size_t moment, DiskImage image, uint32_t seed, const char *target)
{
	Replay r = {
		.files = g_ptr_array_new_with_free_func(free_file),
		.now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     NULL),
		.synced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
						NULL),
		.since = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)
						       g_ptr_array_unref),
		.chance = g_rand_new_with_seed(seed),
	};

	g_assert_cmpuint(moment, <=, disk.calls->len);
	for (size_t i = 0; i < moment; i++)
		replay_call(&r, g_ptr_array_index(disk.calls, i));
	if (image == DISK_MIXED)
		mix(&r);
	write_out(&r, image == DISK_WRITTEN ? r.now : r.synced,
		  image != DISK_WRITTEN, target);
	g_ptr_array_unref(r.files);
	g_hash_table_unref(r.now);
	g_hash_table_unref(r.synced);
	g_hash_table_unref(r.since);
	g_rand_free(r.chance);
}

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
