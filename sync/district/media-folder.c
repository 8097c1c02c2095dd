/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <gio/gio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/media-private.h"

/* Media as files: ab/<hash> for a hash that begins with ab. */

#define FOLDER_NAME 2 /* letters of a hash */

static char *
folder_of(const char *root, const char *sha256)
{
	g_autofree char *two = g_strndup(sha256, FOLDER_NAME);

	return g_build_filename(root, two, NULL);
}

static char *
path_of(const char *root, const char *sha256)
{
	g_autofree char *folder = folder_of(root, sha256);

	return g_build_filename(folder, sha256, NULL);
}

/* --- keeping --- */

/* The new folder's own name must be durable, too. */
static bool
make_folder(const char *root, const char *folder, GError **error)
{
	if (g_file_test(folder, G_FILE_TEST_IS_DIR))
		return true;
	return file_make_folder(folder, 0700, error) &&
	       file_sync_folder(root, error);
}

static bool
sync_file(const char *path, GError **error)
{
	int handle = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = handle >= 0 && fsync(handle) == 0;

	if (!ok)
		media_fail("syncing", error);
	if (handle >= 0)
		close(handle);
	return ok;
}

static bool
keep(void *root, MediaFile *file, GError **error)
{
	g_autofree char *folder = folder_of(root, file->sha256);
	g_autofree char *path = path_of(root, file->sha256);

	if (!sync_file(file->path != NULL ? file->path : path, error) ||
	    !make_folder(root, folder, error))
		return false;
	if (file->path != NULL && rename(file->path, path) != 0)
		return media_fail("keeping", error);
	g_clear_pointer(&file->path, g_free);
	return file_sync_folder(folder, error);
}

static bool
find(void *root, const char *sha256, int64_t *size, GError **error)
{
	g_autofree char *path = path_of(root, sha256);
	struct stat about;

	*size = -1;
	if (stat(path, &about) == 0)
		*size = about.st_size;
	return *size >= 0 || errno == ENOENT || media_fail("finding", error);
}

static bool
remove_one(void *root, const char *sha256, GError **error)
{
	g_autofree char *folder = folder_of(root, sha256);
	g_autofree char *path = path_of(root, sha256);

	if (unlink(path) != 0)
		return errno == ENOENT || media_fail("removing", error);
	return file_sync_folder(folder, error);
}

/* --- all of them --- */

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorted; a folder that is gone is empty. */
static GPtrArray *
list_names(const char *path, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GDir) dir = g_dir_open(path, 0, &cause);
	const char *name;

	if (dir == NULL &&
	    !g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		g_set_error(error, FAULT, FAULT_SYSTEM, "%s", cause->message);
		return NULL;
	}
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	return g_steal_pointer(&names);
}

static bool
each_in(const char *root, const char *folder, MediaFunc each, void *data,
	GError **error)
{
	g_autofree char *path = g_build_filename(root, folder, NULL);
	g_autoptr(GPtrArray) names = list_names(path, error);

	if (names == NULL)
		return false;
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		g_autofree char *file = g_build_filename(path, name, NULL);
		struct stat about;

		if (!id_is_sha256(name) || !g_str_has_prefix(name, folder) ||
		    stat(file, &about) != 0)
			continue;
		if (!each(name, about.st_size, data, error))
			return false;
	}
	return true;
}

static bool
each_one(void *root, MediaFunc each, void *data, GError **error)
{
	g_autoptr(GPtrArray) folders = list_names(root, error);

	if (folders == NULL)
		return false;
	for (guint i = 0; i < folders->len; i++)
		if (strlen(folders->pdata[i]) == FOLDER_NAME &&
		    !each_in(root, folders->pdata[i], each, data, error))
			return false;
	return true;
}

/* --- streams --- */

typedef struct {
	char *path; /* owned */
	MediaRange range;
	int64_t at;
	int handle; /* owned; -1: not open yet */
} Reading;

static void *
open_reading(void *root, const MediaRange *range)
{
	Reading *reading = g_new0(Reading, 1);

	reading->path = path_of(root, range->sha256);
	reading->range = *range;
	reading->at = range->from;
	reading->handle = -1;
	return reading;
}

static bool
wait_reading(void *state, GError **error)
{
	Reading *reading = state;
	struct stat about;

	if (reading->handle >= 0)
		return true;
	reading->handle = open(reading->path, O_RDONLY | O_CLOEXEC);
	if (reading->handle < 0 || fstat(reading->handle, &about) != 0)
		return media_fail("opening", error);
	if (about.st_size == reading->range.whole)
		return true;
	close(reading->handle);
	reading->handle = -1; /* no better the next time */
	return media_fail_size(reading->range.sha256, about.st_size,
			       reading->range.whole, error);
}

static ssize_t
take_reading(void *state, void *out, size_t max, GError **error)
{
	Reading *reading = state;
	ssize_t n;

	if (!wait_reading(reading, error))
		return -1;
	do
		n = pread(reading->handle, out, max, reading->at);
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		reading->at += n;
		return n;
	}
	if (n < 0)
		media_fail("reading", error);
	else
		media_fail_size(reading->range.sha256, reading->at,
				reading->range.whole, error);
	return -1;
}

/* There is always something to take. */
static void
arm_reading(void *state, void (*wake)(void *data), void *data)
{
	wake(data);
}

static int
steal_reading(void *state)
{
	Reading *reading = state;
	int handle = reading->handle;

	reading->handle = -1;
	return handle;
}

static void
close_reading(void *state)
{
	Reading *reading = state;

	if (reading->handle >= 0)
		close(reading->handle);
	g_free(reading->path);
	g_free(reading);
}

/* --- the place --- */

/* A disk that is gone, or belongs to somebody else now. */
static void
get_state(void *root, MediaState *out)
{
	bool ok = access(root, R_OK | W_OK | X_OK) == 0;

	out->is_known = true;
	out->now = ok ? MEDIA_WELL : MEDIA_UNREACHABLE;
}

static void
probe(void *root)
{
}

/* A disk answers soon. */
static void
abandon(void *root)
{
}

Media *
media_new_folder(const char *root, int64_t incoming_max)
{
	static const MediaPlace place = {
		.here = true,
		.keep = keep,
		.find = find,
		.remove = remove_one,
		.each = each_one,
		.get_state = get_state,
		.probe = probe,
		.abandon = abandon,
		.free = g_free,
		.open = open_reading,
		.wait = wait_reading,
		.take = take_reading,
		.arm = arm_reading,
		.steal = steal_reading,
		.close = close_reading,
	};
	g_autofree char *incoming = g_build_filename(root, "incoming", NULL);

	return media_new(&place, g_strdup(root), incoming, incoming_max);
}
