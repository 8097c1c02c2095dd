/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>
#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/archive-tool.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"

/* cairn-district key: the keys of tools that speak xAPI. */

/* The secret is told once and kept nowhere. */
static bool
add(Archive *archive, const char *name, ToolScopes scopes, GError **error)
{
	WallTime now = clock_read(clock_system()).wall;
	ArchiveTool tool = { .scopes = scopes };
	char secret[ID_TOKEN + 1];
	bool ok;

	id_new_uuid(tool.id);
	id_new_token(secret);
	id_sha256(secret, strlen(secret), tool.secret_hash);
	g_utf8_strncpy(tool.name, name, ROSTER_NAME_MAX / 4);
	ok = archive_add_tool(archive, &tool, now, error);
	if (ok)
		printf("%s:%s\n", tool.id, secret);
	sodium_memzero(secret, sizeof(secret));
	return ok;
}

bool
command_key(const Command *command, int argc, char **argv, GError **error)
{
	g_autofree char *data = NULL, *name = NULL, *scopes_text = NULL;
	g_autofree char *action = NULL;
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &data,
		  "the district's folder", "FOLDER" },
		{ "name", 'n', 0, G_OPTION_ARG_STRING, &name,
		  "what to call the tool", "NAME" },
		{ "scopes", 0, 0, G_OPTION_ARG_STRING, &scopes_text,
		  "what it may do, as xAPI names it: all, all/read, "
		  "statements/write, statements/read, statements/read/mine, "
		  "state, profile, define; default: statements/write "
		  "statements/read/mine",
		  "SCOPES" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(Archive) archive = NULL;
	ToolScopes scopes = TOOL_STATEMENTS_WRITE | TOOL_STATEMENTS_READ_MINE;

	if (!command_read(command, options, argc, argv, &action, error))
		return false;
	if (g_strcmp0(action, "add") != 0) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "say what to do: key add");
		return false;
	}
	if (scopes_text != NULL &&
	    !tool_scopes_parse(scopes_text, &scopes, error))
		return false;
	archive = district_open_archive(data, error);
	return archive != NULL &&
	       add(archive, name != NULL ? name : "tool", scopes, error);
}
