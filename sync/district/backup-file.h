/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

/*
 * A backup is one file, a tar that any tar can list, in this order:
 *
 *   cairn-backup.json    {"format":2,"made":"2026-11-27T…Z"}
 *   district.conf        if there is one
 *   keys/district.key    signs receipts and bundles: kiosks know it
 *   district.db          the archive, as SQLite
 *   certificates/<id>    each erasure's, as it was signed
 *   media/ab/<sha256>    each medium that it names
 *   cairn-backup.sums    SHA-256 of all but media, as sha256sum -c takes it
 *   cairn-backup.end     nothing is cut off
 *
 * Entries are plain files, each once.  It is read and written in pieces.
 * Format 1 had neither certificates nor sums, and is read, too.
 */
#define BACKUP_ABOUT    "cairn-backup.json"
#define BACKUP_CONF     "district.conf"
#define BACKUP_KEY      "keys/district.key"
#define BACKUP_DB       "district.db"
#define BACKUP_SUMS     "cairn-backup.sums"
#define BACKUP_END      "cairn-backup.end"
#define BACKUP_SMALL    (64 * 1024) /* bytes of all but the archive and media */
#define BACKUP_SUMS_MAX (16 * 1024 * 1024)
#define BACKUP_FORMAT   2

/* media/ab/<sha256>, and nothing else. */
bool backup_is_medium(const char *name);
/* certificates/<UUID>, and nothing else. */
bool backup_is_certificate(const char *name);

typedef struct BackupWriter BackupWriter;

/* Makes the file, 0600. */
BackupWriter *
backup_writer_new(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool backup_add_bytes(BackupWriter *writer, const char *name, const char *bytes,
		      size_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* All that can be read from the descriptor: size bytes, or FAULT_BUSY. */
bool backup_add_file(BackupWriter *writer, const char *name, int file,
		     int64_t size, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same piece by piece. */
bool backup_begin_entry(BackupWriter *writer, const char *name, int64_t size,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool backup_put(BackupWriter *writer, const char *bytes, size_t size,
		GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* With the sums and an end; the file is whole, and durable but for its name. */
bool backup_writer_end(BackupWriter *writer, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void backup_writer_free(BackupWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BackupWriter, backup_writer_free)

typedef struct BackupReader BackupReader;

BackupReader *
backup_reader_new(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
BackupReader *backup_reader_of_bytes(const void *bytes, size_t size,
				     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The next entry; *name is NULL behind the end.  FAULT_INVALID for what is no
 * backup: another name, another kind of entry, one out of order or cut off. */
bool backup_next(BackupReader *reader, const char **name, int64_t *size,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of the entry; *n is 0 at its end. */
bool backup_read(BackupReader *reader, void *bytes, size_t size, size_t *n,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The sums that the backup has, of what was read until then.  FAULT_DAMAGED
 * names the entry that is another. */
bool backup_check_sums(BackupReader *reader, const char *sums, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void backup_reader_free(BackupReader *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BackupReader, backup_reader_free)
