/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/backup-sums.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/id.h"

#define BETWEEN "  " /* read as bytes */

struct BackupSums {
	GString *text;   /* owned: of entries that are over */
	char *name;      /* owned: of the one at hand; NULL: none */
	GChecksum *hash; /* owned: of it */
};

BackupSums *
backup_sums_new(void)
{
	BackupSums *sums = g_new0(BackupSums, 1);

	sums->text = g_string_new(NULL);
	sums->hash = g_checksum_new(G_CHECKSUM_SHA256);
	return sums;
}

void
backup_sums_free(BackupSums *sums)
{
	if (sums == NULL)
		return;

	g_string_free(sums->text, TRUE);
	g_checksum_free(sums->hash);
	g_free(sums->name);
	g_free(sums);
}

static void
end_entry(BackupSums *sums)
{
	if (sums->name == NULL)
		return;
	g_string_append_printf(sums->text, "%s" BETWEEN "%s\n",
			       g_checksum_get_string(sums->hash), sums->name);
	g_checksum_reset(sums->hash);
	g_clear_pointer(&sums->name, g_free);
}

void
backup_sums_begin(BackupSums *sums, const char *name)
{
	end_entry(sums);
	sums->name = g_strdup(name);
}

void
backup_sums_add(BackupSums *sums, const void *bytes, size_t size)
{
	g_checksum_update(sums->hash, bytes, (gssize)size);
}

char *
backup_sums_print(BackupSums *sums)
{
	end_entry(sums);
	return g_strdup(sums->text->str);
}

/* The first line that differs, by its entry's name. */
static const char *
find_other(char **ours, char **theirs)
{
	const size_t name_at = ID_SHA256 + strlen(BETWEEN);
	size_t i = 0;

	while (ours[i] != NULL && theirs[i] != NULL &&
	       g_str_equal(ours[i], theirs[i]))
		i++;
	return ours[i] != NULL && strlen(ours[i]) > name_at ? ours[i] + name_at
							    : "the end";
}

bool
backup_sums_check(BackupSums *sums, const char *text, GError **error)
{
	g_autofree char *own = backup_sums_print(sums);
	g_auto(GStrv) ours = NULL;
	g_auto(GStrv) theirs = NULL;

	if (g_str_equal(own, text))
		return true;
	ours = g_strsplit(own, "\n", -1);
	theirs = g_strsplit(text, "\n", -1);
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the backup is damaged: %s is not what was written",
		    find_other(ours, theirs));
	return false;
}
