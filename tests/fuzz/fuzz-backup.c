/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sync/district/backup-file.h"

/* Law: what is taken for a backup has only entries that a backup has, each
 * where it belongs, and ends; nothing of it names a place outside. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
judge(const char *name, int64_t size)
{
	static const char *const known[] = { BACKUP_ABOUT, BACKUP_CONF,
					     BACKUP_KEY,   BACKUP_DB,
					     BACKUP_SUMS,  BACKUP_END,
					     NULL };

	g_assert_true(backup_is_medium(name) || backup_is_certificate(name) ||
		      g_strv_contains(known, name));
	g_assert_null(strstr(name, ".."));
	g_assert_cmpint(size, >=, 0);
}

/* What it says of its entries may be anything. */
static void
check_sums(BackupReader *reader, const char *text, size_t n)
{
	g_autofree char *sums = g_strndup(text, n);
	g_autoptr(GError) error = NULL;

	g_assert_true(backup_check_sums(reader, sums, &error) ==
		      (error == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(BackupReader) reader =
		backup_reader_of_bytes(data, size, NULL);
	char chunk[512], last[128] = "";
	const char *name;
	int64_t entry;
	size_t n = 0;

	while (reader != NULL && backup_next(reader, &name, &entry, NULL)) {
		if (name == NULL) {
			g_assert_cmpstr(last, ==, BACKUP_END);
			break;
		}
		judge(name, entry);
		g_strlcpy(last, name, sizeof(last));
		while (backup_read(reader, chunk, sizeof(chunk), &n, NULL)) {
			if (n == 0)
				break;
			if (g_str_equal(name, BACKUP_SUMS))
				check_sums(reader, chunk, n);
		}
	}
	return 0;
}
