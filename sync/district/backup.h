/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/base/settings.h"
#include "sync/district/archive-transfer.h"
#include "sync/district/check.h"

/*
 * A district's folder in one file, and back.  The server may run and write:
 * what is kept is one instant of the archive, whichever database it is in,
 * with the media that it names, the key, the settings and the certificates of
 * what was erased.  Not kept: what the
 * settings name elsewhere, as a certificate.
 */
typedef struct {
	bool (*progress)(void *data, const char *what, int64_t done,
			 int64_t of); /* false: stop */
	void (*found)(void *data, const CheckFinding *finding);
	void *data;
	bool even_damaged; /* a record that is not whole is kept as it is */
} BackupHow;

/*
 * Writes FILE.part, restores that into FILE.parts, checks the record there,
 * and only then gives it its name.  FAULT_REFUSED if there is a FILE;
 * FAULT_DAMAGED if the record is not whole (how->found has told).
 */
bool backup_make(const char *folder, const char *file, const BackupHow *how,
		 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is to be known of a folder that was restored. */
typedef struct {
	char *was;    /* owned: the archive's address; "": district.db */
	bool is_bare; /* a backup of before it had sums and certificates */
} BackupRestored;

void backup_restored_clear(BackupRestored *restored);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BackupRestored, backup_restored_clear)

/*
 * Makes the folder, which must not be there or be empty, from a backup; its
 * sums and the record are checked before the folder has its name.  The archive
 * is then in SQLite.
 */
bool
backup_restore(const char *file, const char *folder, const BackupHow *how,
	       BackupRestored *out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
