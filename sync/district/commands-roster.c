/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>

#include "app/base/file.h"
#include "app/roster/classes.h"
#include "sync/district/archive-roster.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"

/* roster: who is in which class and grade, by ids, for whoever must choose by
 * that (cairn-forward). */

#define ROSTER_MODE 0640

typedef struct {
	char *data, *output; /* owned */
} RosterCommand;

static void
roster_command_clear(RosterCommand *command)
{
	g_free(command->data);
	g_free(command->output);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RosterCommand, roster_command_clear)

/* Whole, or the file before: it may be read at any moment. */
static bool
put_out(const RosterCommand *command, const GString *text, GError **error)
{
	if (command->output != NULL)
		return file_write_durably(command->output, text->str, text->len,
					  ROSTER_MODE, error);
	fwrite(text->str, 1, text->len, stdout);
	return true;
}

bool
command_roster(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(RosterCommand) roster_command = { 0 };
	g_autoptr(Archive) archive = NULL;
	g_autoptr(Roster) roster = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &roster_command.data,
		  "the district's folder", "FOLDER" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME,
		  &roster_command.output, "into this file, whole or not at all",
		  "FILE" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	archive = district_open_archive(roster_command.data, error);
	if (archive == NULL)
		return false;
	roster = archive_read_roster(archive, error);
	if (roster == NULL)
		return false;
	classes_print_roster(roster, text);
	return put_out(&roster_command, text, error);
}
