/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/backup-file.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/id.h"
#include "sync/district/backup-sums.h"

#define CHUNK_BYTES  (256 * 1024)
#define CERTIFICATES "certificates/"

bool
backup_is_medium(const char *name)
{
	return strlen(name) == strlen("media/ab/") + ID_SHA256 &&
	       g_str_has_prefix(name, "media/") && name[8] == '/' &&
	       id_is_sha256(name + 9) && strncmp(name + 6, name + 9, 2) == 0;
}

bool
backup_is_certificate(const char *name)
{
	return g_str_has_prefix(name, CERTIFICATES) &&
	       id_is_uuid(name + strlen(CERTIFICATES));
}

/* Entries in their order: one of a name, or as many as are of a kind. */
static const struct {
	const char *name;
	bool (*is)(const char *name);
	bool must;
} order[] = {
	{ BACKUP_ABOUT, NULL, true },
	{ BACKUP_CONF, NULL, false },
	{ BACKUP_KEY, NULL, true },
	{ BACKUP_DB, NULL, true },
	{ NULL, backup_is_certificate, false },
	{ NULL, backup_is_medium, false },
	{ BACKUP_SUMS, NULL, false }, /* not of format 1 */
	{ BACKUP_END, NULL, true },
};

/* The place of an entry in the file; -1: no backup has it. */
static int
place_of(const char *name)
{
	for (int i = 0; i < (int)G_N_ELEMENTS(order); i++)
		if (order[i].is != NULL ? order[i].is(name)
					: g_str_equal(order[i].name, name))
			return i;
	return -1;
}

/* Media are named by theirs. */
static bool
has_sum(const char *name)
{
	return !backup_is_medium(name) && !g_str_equal(name, BACKUP_SUMS) &&
	       !g_str_equal(name, BACKUP_END);
}

/* --- writing --- */

struct BackupWriter {
	struct archive *tar; /* owned */
	int file;
	char *chunk;      /* owned */
	BackupSums *sums; /* owned */
	bool is_summed;   /* the entry at hand */
};

static bool
fail_tar(struct archive *tar, const char *doing, GError **error)
{
	int saved = archive_errno(tar);
	const char *why = archive_error_string(tar);

	g_set_error(error, FAULT, file_fault(saved), "%s: %s", doing,
		    why != NULL ? why : "for no reason given");
	return false;
}

BackupWriter *
backup_writer_new(const char *path, GError **error)
{
	g_autoptr(BackupWriter) writer = g_new0(BackupWriter, 1);

	writer->chunk = g_malloc(CHUNK_BYTES);
	writer->sums = backup_sums_new();
	writer->file =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (writer->file < 0 || fchmod(writer->file, 0600) != 0) {
		g_set_error(error, FAULT, file_fault(errno), "%s: %s", path,
			    g_strerror(errno));
		return NULL;
	}
	writer->tar = archive_write_new();
	if (archive_write_set_format_pax_restricted(writer->tar) !=
		    ARCHIVE_OK ||
	    archive_write_open_fd(writer->tar, writer->file) != ARCHIVE_OK) {
		fail_tar(writer->tar, "writing the backup", error);
		return NULL;
	}
	return g_steal_pointer(&writer);
}

bool
backup_begin_entry(BackupWriter *writer, const char *name, int64_t size,
		   GError **error)
{
	struct archive_entry *entry = archive_entry_new();
	int rc;

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_size(entry, size);
	rc = archive_write_header(writer->tar, entry);
	archive_entry_free(entry);
	writer->is_summed = has_sum(name);
	if (writer->is_summed)
		backup_sums_begin(writer->sums, name);
	return rc == ARCHIVE_OK ||
	       fail_tar(writer->tar, "writing the backup", error);
}

bool
backup_put(BackupWriter *writer, const char *bytes, size_t size, GError **error)
{
	if (writer->is_summed)
		backup_sums_add(writer->sums, bytes, size);
	return archive_write_data(writer->tar, bytes, size) ==
		       (la_ssize_t)size ||
	       fail_tar(writer->tar, "writing the backup", error);
}

bool
backup_add_bytes(BackupWriter *writer, const char *name, const char *bytes,
		 size_t size, GError **error)
{
	return backup_begin_entry(writer, name, (int64_t)size, error) &&
	       backup_put(writer, bytes, size, error);
}

static bool
read_chunk(BackupWriter *writer, const char *name, int file, size_t *n,
	   GError **error)
{
	ssize_t got;

	do
		got = read(file, writer->chunk, CHUNK_BYTES);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		g_set_error(error, FAULT, file_fault(errno), "reading %s: %s",
			    name, g_strerror(errno));
	*n = got > 0 ? (size_t)got : 0;
	return got >= 0;
}

bool
backup_add_file(BackupWriter *writer, const char *name, int file, int64_t size,
		GError **error)
{
	int64_t left = size;
	size_t n;

	if (!backup_begin_entry(writer, name, size, error))
		return false;
	do {
		if (!read_chunk(writer, name, file, &n, error))
			return false;
		left -= (int64_t)n;
		if (left >= 0 && n > 0 &&
		    !backup_put(writer, writer->chunk, n, error))
			return false;
	} while (n > 0 && left >= 0);
	if (left != 0)
		g_set_error(error, FAULT, FAULT_BUSY,
			    "%s changed while it was read: try again", name);
	return left == 0;
}

bool
backup_writer_end(BackupWriter *writer, GError **error)
{
	g_autofree char *sums = backup_sums_print(writer->sums);

	if (!backup_add_bytes(writer, BACKUP_SUMS, sums, strlen(sums), error) ||
	    !backup_add_bytes(writer, BACKUP_END, "", 0, error))
		return false;
	if (archive_write_close(writer->tar) != ARCHIVE_OK)
		return fail_tar(writer->tar, "writing the backup", error);
	if (fsync(writer->file) == 0)
		return true;
	g_set_error(error, FAULT, file_fault(errno), "writing the backup: %s",
		    g_strerror(errno));
	return false;
}

void
backup_writer_free(BackupWriter *writer)
{
	if (writer == NULL)
		return;

	if (writer->tar != NULL)
		archive_write_free(writer->tar);
	if (writer->file >= 0)
		close(writer->file);
	g_free(writer->chunk);
	backup_sums_free(writer->sums);
	g_free(writer);
}

/* --- reading --- */

struct BackupReader {
	struct archive *tar; /* owned */
	int place;           /* of the entry before; -1: none */
	BackupSums *sums;    /* owned */
	bool is_summed;      /* the entry at hand */
	char name[sizeof("media/ab/") + ID_SHA256];
};

static BackupReader *
new_reader(void)
{
	BackupReader *reader = g_new0(BackupReader, 1);

	reader->place = -1;
	reader->sums = backup_sums_new();
	reader->tar = archive_read_new();
	archive_read_support_format_tar(reader->tar);
	return reader;
}

static bool
invalid(GError **error, const char *why)
{
	g_set_error(error, FAULT, FAULT_INVALID,
		    "this is no backup of a district, or not all of it: %s",
		    why);
	return false;
}

static BackupReader *
opened(BackupReader *reader, int rc, GError **error)
{
	if (rc == ARCHIVE_OK)
		return reader;
	if (archive_errno(reader->tar) == ENOENT)
		g_set_error(error, FAULT, FAULT_NOT_FOUND, "%s",
			    archive_error_string(reader->tar));
	else
		invalid(error, archive_error_string(reader->tar));
	backup_reader_free(reader);
	return NULL;
}

BackupReader *
backup_reader_new(const char *path, GError **error)
{
	BackupReader *reader = new_reader();
	int rc = archive_read_open_filename(reader->tar, path, CHUNK_BYTES);

	return opened(reader, rc, error);
}

BackupReader *
backup_reader_of_bytes(const void *bytes, size_t size, GError **error)
{
	BackupReader *reader = new_reader();
	int rc = archive_read_open_memory(reader->tar, bytes, size);

	return opened(reader, rc, error);
}

/* Behind all that must be before it, and once unless it is one of a kind. */
static bool
is_in_order(const BackupReader *reader, const char *name)
{
	int place = place_of(name);

	if (place == reader->place)
		return order[place].is != NULL;
	for (int i = reader->place + 1; i < place; i++)
		if (order[i].must)
			return false;
	return place > reader->place;
}

static int64_t
size_max(const char *name)
{
	if (backup_is_medium(name) || g_str_equal(name, BACKUP_DB))
		return INT64_MAX;
	return g_str_equal(name, BACKUP_SUMS) ? BACKUP_SUMS_MAX : BACKUP_SMALL;
}

static bool
take_entry(BackupReader *reader, struct archive_entry *entry, int64_t *size,
	   GError **error)
{
	const char *name = archive_entry_pathname(entry);

	if (name == NULL || archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) != NULL || place_of(name) < 0)
		return invalid(error, "it has an entry that none has");
	if (!is_in_order(reader, name))
		return invalid(error, "its entries are out of order");
	*size = archive_entry_size(entry);
	if (*size < 0 || *size > size_max(name))
		return invalid(error, "an entry has another size than it may");
	reader->place = place_of(name);
	g_strlcpy(reader->name, name, sizeof(reader->name));
	reader->is_summed = has_sum(name);
	if (reader->is_summed)
		backup_sums_begin(reader->sums, name);
	return true;
}

bool
backup_next(BackupReader *reader, const char **name, int64_t *size,
	    GError **error)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(reader->tar, &entry);

	*name = NULL;
	if (rc == ARCHIVE_EOF)
		return reader->place == place_of(BACKUP_END) ||
		       invalid(error, "its end is missing");
	if (rc != ARCHIVE_OK)
		return invalid(error, archive_error_string(reader->tar));
	if (!take_entry(reader, entry, size, error))
		return false;
	*name = reader->name;
	return true;
}

bool
backup_read(BackupReader *reader, void *bytes, size_t size, size_t *n,
	    GError **error)
{
	la_ssize_t got = archive_read_data(reader->tar, bytes, size);

	if (got < 0)
		return invalid(error, archive_error_string(reader->tar));
	*n = (size_t)got;
	if (reader->is_summed)
		backup_sums_add(reader->sums, bytes, *n);
	return true;
}

bool
backup_check_sums(BackupReader *reader, const char *sums, GError **error)
{
	return backup_sums_check(reader->sums, sums, error);
}

void
backup_reader_free(BackupReader *reader)
{
	if (reader == NULL)
		return;

	archive_read_free(reader->tar);
	backup_sums_free(reader->sums);
	g_free(reader);
}
