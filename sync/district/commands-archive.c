/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/commands.h"

#include <stdio.h>

#include "app/base/fault.h"
#include "sync/district/archive-transfer.h"
#include "sync/district/district.h"
#include "sync/district/progress.h"

/* archive copy: from one database to another. */

static bool
tell(void *data, const char *table, int64_t rows, int64_t of)
{
	return progress_tell(data, table, rows, of);
}

/* A district's folder stands for its archive. */
static char *
find_address(const char *text, GError **error)
{
	g_autoptr(Settings) settings = NULL;

	if (!g_file_test(text, G_FILE_TEST_IS_DIR))
		return g_strdup(text);
	settings = district_read_settings(text, NULL, error);
	return settings != NULL ? district_archive_address(text, settings)
				: NULL;
}

static bool
copy(const char *from_text, const char *to_text, GError **error)
{
	Progress progress = { 0 };
	const ArchiveTransfer how = { .progress = tell, .data = &progress };
	g_autofree char *from = find_address(from_text, error);
	g_autofree char *to =
		from != NULL ? find_address(to_text, error) : NULL;
	g_autoptr(GPtrArray) sums = NULL;
	bool ok = to != NULL && archive_transfer(from, to, &how, &sums, error);

	progress_end(&progress);
	for (guint i = 0; ok && i < sums->len; i++) {
		const ArchiveSum *sum = sums->pdata[i];

		printf("%-20s %12" G_GINT64_FORMAT "  %s\n", sum->name,
		       (gint64)sum->rows, sum->sha256);
	}
	return ok;
}

bool
command_archive(const Command *command, int argc, char **argv, GError **error)
{
	const GOptionEntry none[] = { { NULL, 0, 0, G_OPTION_ARG_NONE, NULL,
					NULL, NULL } };
	g_autoptr(GOptionContext) context =
		g_option_context_new("copy FROM TO — moves the archive");

	g_set_prgname("cairn-district archive");
	g_option_context_set_summary(
		context,
		"FROM and TO are sqlite:FILE, postgresql://… without a "
		"password, or a\ndistrict's folder.  A server may go on "
		"writing to FROM: what is moved is\none instant of it.  Killed "
		"and repeated, it goes on.  In the end each table\nis "
		"compared; its rows and their hash are printed.");
	g_option_context_add_main_entries(context, none, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return false;
	if (argc == 4 && g_str_equal(argv[1], "copy"))
		return copy(argv[2], argv[3], error);
	g_set_error(error, FAULT, FAULT_INVALID, "say: archive copy FROM TO");
	return false;
}
