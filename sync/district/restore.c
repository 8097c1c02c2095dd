/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/id.h"
#include "sync/district/backup-file.h"
#include "sync/district/backup-private.h"
#include "sync/district/backup.h"
#include "sync/district/district.h"

/* A folder out of a backup: built beside its place, checked, and then named. */

#define CHUNK_BYTES (256 * 1024)

typedef struct {
	const char *folder;   /* borrowed: being built */
	BackupReader *reader; /* owned */
	guchar *chunk;        /* owned */
	char *was;            /* owned: the archive's address */
	int format;
	bool is_summed; /* its sums were right */
} Restore;

static void
restore_clear(Restore *restore)
{
	g_clear_pointer(&restore->reader, backup_reader_free);
	g_free(restore->chunk);
	g_free(restore->was);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Restore, restore_clear)

void
backup_restored_clear(BackupRestored *restored)
{
	g_clear_pointer(&restored->was, g_free);
}

void
backup_remove_tree(const char *path)
{
	g_autoptr(GDir) dir = NULL;
	const char *name;

	if (!g_file_test(path, G_FILE_TEST_IS_SYMLINK))
		dir = g_dir_open(path, 0, NULL);
	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *child = g_build_filename(path, name, NULL);

		backup_remove_tree(child);
	}
	g_remove(path);
}

static bool
fail(const char *name, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "restoring %s: %s", name,
		    g_strerror(saved));
	return false;
}

/* --- files --- */

static bool
write_all(int file, const guchar *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(file, bytes, size);

		if (n < 0 && errno != EINTR)
			return false;
		bytes += MAX(n, 0);
		size -= (size_t)MAX(n, 0);
	}
	return true;
}

static bool
copy_bytes(Restore *restore, const char *name, int file, GError **error)
{
	size_t n;

	for (;;) {
		if (!backup_read(restore->reader, restore->chunk, CHUNK_BYTES,
				 &n, error))
			return false;
		if (n == 0)
			return true;
		if (!write_all(file, restore->chunk, n))
			return fail(name, error);
	}
}

static bool
make_above(const char *path, GError **error)
{
	g_autofree char *above = g_path_get_dirname(path);

	return g_mkdir_with_parents(above, 0700) == 0 || fail(above, error);
}

/* What a medium's bytes are, its name says: the check of the whole tells if
 * they are others. */
static bool
restore_file(Restore *restore, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(restore->folder, name, NULL);
	int file;
	bool ok;

	if (!make_above(path, error))
		return false;
	file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0)
		return fail(name, error);
	ok = copy_bytes(restore, name, file, error);
	if (close(file) != 0 && ok)
		ok = fail(name, error);
	return ok;
}

static char *
read_small(Restore *restore, int64_t size, GError **error)
{
	g_autofree char *text = g_malloc0((size_t)size + 1);
	size_t at = 0, n = 1;

	while (n > 0 && at < (size_t)size) {
		if (!backup_read(restore->reader, text + at, (size_t)size - at,
				 &n, error))
			return NULL;
		at += n;
	}
	return g_steal_pointer(&text);
}

/* Archive and media are elsewhere than they were: the settings must not name
 * those places, which may be in use. */
static bool
restore_settings(Restore *restore, int64_t size, GError **error)
{
	g_autofree char *text = read_small(restore, size, error);
	g_autofree char *path =
		g_build_filename(restore->folder, BACKUP_CONF, NULL);
	g_autofree char *changed = NULL;
	g_autoptr(GKeyFile) file = g_key_file_new();
	size_t length;

	if (text == NULL)
		return false;
	if (!g_key_file_load_from_data(file, text, strlen(text),
				       G_KEY_FILE_KEEP_COMMENTS, NULL)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    BACKUP_CONF " cannot be read");
		return false;
	}
	g_free(restore->was);
	restore->was = g_key_file_get_value(file, "server", "archive", NULL);
	g_key_file_remove_key(file, "server", "archive", NULL);
	g_key_file_remove_key(file, "media", "place", NULL);
	changed = g_key_file_to_data(file, &length, NULL);
	return file_write_durably(path, changed, length, 0600, error);
}

static bool
check_about(Restore *restore, int64_t size, GError **error)
{
	g_autofree char *text = read_small(restore, size, error);

	if (text == NULL)
		return false;
	if (sscanf(text, "{\"format\":%d,", &restore->format) == 1 &&
	    restore->format >= 1 && restore->format <= BACKUP_FORMAT)
		return true;
	g_set_error(error, FAULT, FAULT_TOO_NEW,
		    "the backup is of format %d, this program knows %d: "
		    "install a later program",
		    restore->format, BACKUP_FORMAT);
	return false;
}

static bool
check_sums(Restore *restore, int64_t size, GError **error)
{
	g_autofree char *text = read_small(restore, size, error);

	restore->is_summed =
		text != NULL && backup_check_sums(restore->reader, text, error);
	return restore->is_summed;
}

static bool
check_end(const Restore *restore, GError **error)
{
	if (restore->is_summed || restore->format == 1)
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the backup is damaged: its sums are missing");
	return false;
}

static bool
restore_entry(Restore *restore, const char *name, int64_t size, GError **error)
{
	if (g_str_equal(name, BACKUP_ABOUT))
		return check_about(restore, size, error);
	if (g_str_equal(name, BACKUP_CONF))
		return restore_settings(restore, size, error);
	if (g_str_equal(name, BACKUP_SUMS))
		return check_sums(restore, size, error);
	if (g_str_equal(name, BACKUP_END))
		return check_end(restore, error);
	return restore_file(restore, name, error);
}

static bool
restore_all(Restore *restore, GError **error)
{
	const char *name;
	int64_t size = 0;

	do {
		if (!backup_next(restore->reader, &name, &size, error) ||
		    (name != NULL &&
		     !restore_entry(restore, name, size, error)))
			return false;
	} while (name != NULL);
	return true;
}

/* --- the folder --- */

/* All that was written is on the disk. */
static bool
sync_all(const char *folder, GError **error)
{
	int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = file >= 0 && syncfs(file) == 0;

	if (!ok)
		fail(folder, error);
	if (file >= 0)
		close(file);
	return ok;
}

static bool
check_it(const char *folder, const BackupHow *how, GError **error)
{
	g_autofree char *archive = g_build_filename(folder, BACKUP_DB, NULL);
	g_autofree char *path = g_build_filename(folder, "media", NULL);
	g_autoptr(Media) media = media_new_folder(path, BACKUP_SMALL);
	Check check = { .archive = archive,
			.media = media,
			.found = how->found,
			.data = how->data };

	if (!check_district(&check, error))
		return false;
	if (check.findings == 0 || how->even_damaged)
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the record in the backup is not whole: see the findings; "
		    "--even-damaged takes it as it is");
	return false;
}

static bool
name_folder(const char *part, const char *folder, GError **error)
{
	g_autofree char *above = g_path_get_dirname(folder);

	/* An empty one gives way. */
	if (rename(part, folder) != 0)
		return fail(folder, error);
	return file_sync_folder(above, error);
}

static bool
is_free(const char *folder, GError **error)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

	if (dir == NULL ? !g_file_test(folder, G_FILE_TEST_EXISTS)
			: g_dir_read_name(dir) == NULL)
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s holds something: name a new folder", folder);
	return false;
}

static bool
build(Restore *restore, const BackupHow *how, GError **error)
{
	return district_prepare(restore->folder, error) &&
	       restore_all(restore, error) &&
	       sync_all(restore->folder, error) &&
	       check_it(restore->folder, how, error) &&
	       sync_all(restore->folder, error);
}

bool
backup_restore(const char *file, const char *folder, const BackupHow *how,
	       BackupRestored *out, GError **error)
{
	g_autofree char *part = g_strconcat(folder, FILE_UNFINISHED, NULL);
	g_auto(Restore) restore = { .folder = part,
				    .chunk = g_malloc(CHUNK_BYTES),
				    .was = g_strdup("") };

	if (!is_free(folder, error))
		return false;
	restore.reader = backup_reader_new(file, error);
	if (restore.reader == NULL)
		return false;
	backup_remove_tree(part); /* of one that was killed */
	if (!build(&restore, how, error) || !name_folder(part, folder, error)) {
		backup_remove_tree(part);
		return false;
	}
	out->was = restore.was != NULL ? g_steal_pointer(&restore.was)
				       : g_strdup("");
	out->is_bare = !restore.is_summed;
	return true;
}
