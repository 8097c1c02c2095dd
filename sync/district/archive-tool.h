/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/archive.h"
#include "sync/district/secret.h"

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

#define TOOL_ID_MAX 64

typedef struct {
	int64_t key;
	char id[TOOL_ID_MAX + 1]; /* the user of Basic */
	char name[ROSTER_NAME_MAX + 1];
	char secret_hash[SECRET_HASH_MAX + 1]; /* see secret.h */
	char old_hash[SECRET_HASH_MAX + 1];    /* of the one before; "" */
	WallTime old_until;                    /* it is good until then */
	ToolScopes scopes;
	WallTime made, used, revoked; /* 0: never */
} ArchiveTool;

/* "statements/write state": names as xAPI has them, with blanks or commas
 * between; FAULT_INVALID. */
bool tool_scopes_parse(const char *text, ToolScopes *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Their names, blanks between; the caller's. */
char *tool_scopes_print(ToolScopes scopes);
/* Whether they grant what needs any of these. */
bool tool_scopes_allow(ToolScopes scopes, ToolScopes any);

/* FAULT_NOT_FOUND. */
bool archive_find_tool(Archive *archive, const char *id, ArchiveTool *out,
		       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* tool->key does not count; FAULT_REFUSED if the id is taken. */
bool archive_add_tool(Archive *archive, const ArchiveTool *tool, WallTime now,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Secrets, their end, and whether it is revoked. */
bool archive_renew_tool(Archive *archive, const ArchiveTool *tool,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool archive_use_tool(Archive *archive, int64_t key, WallTime now,
		      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of ArchiveTool, by age. */
GArray *
archive_list_tools(Archive *archive, GError **error) G_GNUC_WARN_UNUSED_RESULT;
