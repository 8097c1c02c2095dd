/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive.h"

/* Tools that speak xAPI: their keys, and what each may do. */

/* Scopes of Communication 4.2; numbered as they are on the disk. */
typedef enum {
	TOOL_STATEMENTS_WRITE = 1 << 0,
	TOOL_STATEMENTS_READ_MINE = 1 << 1,
	TOOL_STATEMENTS_READ = 1 << 2,
	TOOL_STATE = 1 << 3,
	TOOL_DEFINE = 1 << 4,
	TOOL_PROFILE = 1 << 5,
	TOOL_ALL_READ = 1 << 6,
	TOOL_ALL = 1 << 7,
} ToolScopes;

typedef struct {
	int64_t key;
	char id[ID_UUID + 1];
	char name[ROSTER_NAME_MAX + 1];
	char secret_hash[ID_SHA256 + 1];
	ToolScopes scopes;
} ArchiveTool;

/* "statements/write state": names as xAPI has them, with blanks or commas
 * between; FAULT_INVALID. */
bool tool_scopes_parse(const char *text, ToolScopes *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Whether they grant what needs any of these. */
bool tool_scopes_allow(ToolScopes scopes, ToolScopes any);

/* FAULT_NOT_FOUND. */
bool archive_find_tool(Archive *archive, const char *id, ArchiveTool *out,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* tool->key does not count. */
bool archive_add_tool(Archive *archive, const ArchiveTool *tool, WallTime now,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
