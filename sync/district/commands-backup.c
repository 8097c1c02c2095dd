/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/commands.h"

#include <stdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/backup.h"
#include "sync/district/progress.h"

/* backup and restore. */

typedef struct {
	char *data, *file; /* owned */
	gboolean even_damaged;
	Progress progress;
} BackupCommand;

static void
backup_command_clear(BackupCommand *command)
{
	g_free(command->data);
	g_free(command->file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BackupCommand, backup_command_clear)

static void
tell(void *data, const CheckFinding *finding)
{
	fprintf(stderr, "%s: %s: %s\n", finding->where, finding->what,
		finding->to_do);
}

static bool
read_command(const Command *command, int argc, char **argv, BackupCommand *out,
	     GError **error)
{
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &out->data,
		  "the district's folder", "FOLDER" },
		{ "even-damaged", 0, 0, G_OPTION_ARG_NONE, &out->even_damaged,
		  "take a record that is not whole, as it is", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};

	if (!command_read(command, options, argc, argv, &out->file, error))
		return false;
	if (out->file == NULL)
		g_set_error(error, FAULT, FAULT_INVALID, "give the FILE");
	return out->file != NULL;
}

static bool
progress(void *data, const char *what, int64_t done, int64_t of)
{
	return progress_tell(&((BackupCommand *)data)->progress, what, done,
			     of);
}

static BackupHow
how_of(BackupCommand *command)
{
	return (BackupHow){ .progress = progress,
			    .found = tell,
			    .data = command,
			    .even_damaged = command->even_damaged };
}

bool
command_backup(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(BackupCommand) backup = { 0 };
	BackupHow how;
	bool ok;

	if (!read_command(command, argc, argv, &backup, error))
		return false;
	if (!g_file_test(backup.data, G_FILE_TEST_IS_DIR)) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "%s: there is no such folder", backup.data);
		return false;
	}
	how = how_of(&backup);
	ok = backup_make(backup.data, backup.file, &how, error);
	progress_end(&backup.progress);
	if (ok)
		printf("%s: written, restored and checked.  It holds the "
		       "district's key and children's records: keep it as "
		       "safe as the district.\n",
		       backup.file);
	return ok;
}

bool
command_restore(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(BackupCommand) backup = { 0 };
	g_auto(BackupRestored) restored = { 0 };
	BackupHow how;
	bool ok;

	if (!read_command(command, argc, argv, &backup, error))
		return false;
	how = how_of(&backup);
	ok = backup_restore(backup.file, backup.data, &how, &restored, error);
	progress_end(&backup.progress);
	if (!ok)
		return false;
	printf("%s: restored and checked\n", backup.data);
	if (restored.is_bare)
		printf("it is a backup of before there were sums and "
		       "certificates in it: the record was checked, but not "
		       "the file's own bytes, and certificates/ is not there; "
		       "each certificate stands in the archive\n");
	if (restored.was[0] != '\0')
		printf("the archive was %s and is now district.db in the "
		       "folder: cairn-district archive copy moves it back\n",
		       restored.was);
	return true;
}
