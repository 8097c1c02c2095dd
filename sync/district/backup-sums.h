/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * The SHA-256 of a backup's entries, in their order, as sha256sum(1) has
 * them: who writes prints them, who reads reckons them again.
 */
typedef struct BackupSums BackupSums;

BackupSums *backup_sums_new(void);
void backup_sums_free(BackupSums *sums);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BackupSums, backup_sums_free)

/* The next entry, and pieces of it. */
void backup_sums_begin(BackupSums *sums, const char *name);
void backup_sums_add(BackupSums *sums, const void *bytes, size_t size);

/* Of all so far: the caller's. */
char *backup_sums_print(BackupSums *sums);
/* FAULT_DAMAGED names the entry that is another than text says. */
bool backup_sums_check(BackupSums *sums, const char *text, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
