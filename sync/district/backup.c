/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/clock.h"
#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/archive-attempt.h"
#include "sync/district/archive-check.h"
#include "sync/district/backup-file.h"
#include "sync/district/backup-private.h"
#include "sync/district/district.h"
#include "sync/district/erase.h"
#include "sync/district/media-stream.h"

#define CHUNK_BYTES (256 * 1024)
#define PARTS       FILE_UNFINISHED "s" /* the folder beside what is unfinished */

typedef struct {
	const BackupHow *how; /* borrowed */
	const char *folder;   /* borrowed */
	char *part, *parts;   /* owned */
	char *db;             /* owned */
	Media *media;         /* owned */
	BackupWriter *writer; /* owned */
	int64_t done;
} Backup;

static void
backup_clear(Backup *backup)
{
	g_clear_pointer(&backup->writer, backup_writer_free);
	g_free(backup->part);
	g_free(backup->parts);
	g_free(backup->db);
	media_free(backup->media);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Backup, backup_clear)

static bool
tell(const Backup *backup, const char *what, int64_t done, int64_t of,
     GError **error)
{
	const BackupHow *how = backup->how;

	if (how->progress == NULL || how->progress(how->data, what, done, of))
		return true;
	g_set_error(error, FAULT, FAULT_BUSY, "stopped");
	return false;
}

/* --- what goes into the file --- */

static bool
add_about(Backup *backup, GError **error)
{
	char made[CLOCK_TIMESTAMP_SIZE];
	g_autofree char *text = NULL;

	clock_format(clock_read(clock_system()).wall, made);
	text = g_strdup_printf("{\"format\":%d,\"made\":\"%s\"}\n",
			       BACKUP_FORMAT, made);
	return backup_add_bytes(backup->writer, BACKUP_ABOUT, text,
				strlen(text), error);
}

static bool
add_path(Backup *backup, const char *name, const char *path, GError **error)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	struct stat about;
	bool ok = file >= 0 && fstat(file, &about) == 0;

	if (!ok)
		g_set_error(error, FAULT, file_fault(errno), "%s: %s", path,
			    g_strerror(errno));
	ok = ok &&
	     backup_add_file(backup->writer, name, file, about.st_size, error);
	if (file >= 0)
		close(file);
	return ok;
}

/* One of the folder's own; optional: it may not be there. */
static bool
add_own(Backup *backup, const char *name, bool optional, GError **error)
{
	g_autofree char *path = g_build_filename(backup->folder, name, NULL);

	if (optional && !g_file_test(path, G_FILE_TEST_EXISTS))
		return true;
	return add_path(backup, name, path, error);
}

static bool
add_stream(Backup *backup, MediaStream *stream, int64_t size, GError **error)
{
	g_autofree char *chunk = g_malloc(CHUNK_BYTES);
	ssize_t n;

	while ((n = media_stream_read(stream, chunk, CHUNK_BYTES, error)) > 0) {
		size -= n;
		if (size < 0 ||
		    !backup_put(backup->writer, chunk, (size_t)n, error))
			break;
	}
	if (n == 0 && size == 0)
		return true;
	if (*error == NULL)
		g_set_error(error, FAULT, FAULT_BUSY,
			    "a medium changed while it was read: try again");
	return false;
}

/* A medium that is gone, the check of what was restored tells. */
static bool
add_medium(void *data, const char *sha256, int64_t wanted, GError **error)
{
	Backup *backup = data;
	g_autofree char *name =
		g_strdup_printf("media/%.2s/%s", sha256, sha256);
	g_autoptr(MediaStream) stream = NULL;
	MediaRange range;
	int64_t size;

	if (!media_find(backup->media, sha256, &size, error))
		return false;
	if (size < 0)
		return true;
	range = media_whole(sha256, size);
	stream = media_stream_new(backup->media, &range);
	return media_stream_wait(stream, error) &&
	       backup_begin_entry(backup->writer, name, size, error) &&
	       add_stream(backup, stream, size, error) &&
	       tell(backup, "media", ++backup->done, 0, error);
}

static bool
add_media(Backup *backup, GError **error)
{
	g_autoptr(Archive) archive = archive_open(backup->db, error);

	return archive != NULL &&
	       archive_each_medium(archive, add_medium, backup, error);
}

/* Each is durable under its name and never changes. */
static bool
add_certificates(Backup *backup, GError **error)
{
	g_autofree char *path =
		g_build_filename(backup->folder, ERASE_FOLDER, NULL);
	g_autoptr(GDir) folder = g_dir_open(path, 0, NULL);
	const char *id;

	while (folder != NULL && (id = g_dir_read_name(folder)) != NULL) {
		g_autofree char *name = g_strconcat(ERASE_FOLDER "/", id, NULL);

		if (backup_is_certificate(name) &&
		    !add_own(backup, name, false, error))
			return false;
	}
	return true;
}

static bool
write_all(Backup *backup, GError **error)
{
	backup->writer = backup_writer_new(backup->part, error);
	return backup->writer != NULL && add_about(backup, error) &&
	       add_own(backup, BACKUP_CONF, true, error) &&
	       add_own(backup, BACKUP_KEY, false, error) &&
	       add_path(backup, BACKUP_DB, backup->db, error) &&
	       add_certificates(backup, error) && add_media(backup, error) &&
	       backup_writer_end(backup->writer, error);
}

/* --- one after the other --- */

/* A backup is kept for years; who mistyped what is not. */
static bool
forget_attempts(const Backup *backup, GError **error)
{
	g_autoptr(Archive) archive = archive_open(backup->db, error);

	return archive != NULL && archive_forget_attempts(archive, error);
}

static bool
copy_archive(Backup *backup, GError **error)
{
	g_autoptr(Settings) settings =
		district_read_settings(backup->folder, NULL, error);
	g_autofree char *address = NULL;
	const ArchiveTransfer how = { .progress = backup->how->progress,
				      .data = backup->how->data };

	if (settings == NULL)
		return false;
	backup->media = district_open_media(backup->folder, settings, error);
	if (backup->media == NULL)
		return false;
	address = district_archive_address(backup->folder, settings);
	return archive_transfer(address, backup->db, &how, NULL, error) &&
	       forget_attempts(backup, error);
}

/* What was written is what can be restored. */
static bool
try_it(Backup *backup, GError **error)
{
	g_autofree char *tried =
		g_build_filename(backup->parts, "restored", NULL);
	g_auto(BackupRestored) restored = { 0 };

	return tell(backup, "restoring to try it", 0, 0, error) &&
	       backup_restore(backup->part, tried, backup->how, &restored,
			      error);
}

static bool
name_it(const Backup *backup, const char *file, GError **error)
{
	g_autofree char *above = g_path_get_dirname(file);

	/* Not over what came meanwhile. */
	if (link(backup->part, file) != 0) {
		g_set_error(error, FAULT, file_fault(errno), "%s: %s", file,
			    g_strerror(errno));
		return false;
	}
	unlink(backup->part);
	return file_sync_folder(above, error);
}

static bool
make(Backup *backup, const char *file, GError **error)
{
	return file_make_folder(backup->parts, 0700, error) &&
	       copy_archive(backup, error) && write_all(backup, error) &&
	       try_it(backup, error) && name_it(backup, file, error);
}

bool
backup_make(const char *folder, const char *file, const BackupHow *how,
	    GError **error)
{
	g_auto(Backup) backup = {
		.how = how,
		.folder = folder,
		.part = g_strconcat(file, FILE_UNFINISHED, NULL),
		.parts = g_strconcat(file, PARTS, NULL),
	};
	bool ok;

	if (g_file_test(file, G_FILE_TEST_EXISTS)) {
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "%s is there already: name another file", file);
		return false;
	}
	backup.db = g_build_filename(backup.parts, BACKUP_DB, NULL);
	backup_remove_tree(backup.parts); /* of one that was killed */
	ok = make(&backup, file, error);
	backup_remove_tree(backup.parts);
	unlink(backup.part);
	return ok;
}
