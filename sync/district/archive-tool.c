/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-tool.h"

#include "app/base/fault.h"
#include "sync/district/archive-private.h"

/* --- scopes --- */

static const struct {
	const char *name;
	ToolScopes scope;
} scope_names[] = {
	{ "statements/write", TOOL_STATEMENTS_WRITE },
	{ "statements/read/mine", TOOL_STATEMENTS_READ_MINE },
	{ "statements/read", TOOL_STATEMENTS_READ },
	{ "state", TOOL_STATE },
	{ "define", TOOL_DEFINE },
	{ "profile", TOOL_PROFILE },
	{ "all/read", TOOL_ALL_READ },
	{ "all", TOOL_ALL },
};

static ToolScopes
find_scope(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(scope_names); i++)
		if (g_str_equal(scope_names[i].name, name))
			return scope_names[i].scope;
	return 0;
}

bool
tool_scopes_parse(const char *text, ToolScopes *out, GError **error)
{
	g_auto(GStrv) names = g_strsplit_set(text, " ,", -1);
	ToolScopes scopes = 0;

	for (char **name = names; *name != NULL; name++) {
		ToolScopes scope = find_scope(*name);

		if ((*name)[0] != '\0' && scope == 0) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "there is no scope \"%s\"", *name);
			return false;
		}
		scopes |= scope;
	}
	if (scopes == 0)
		g_set_error(error, FAULT, FAULT_INVALID,
			    "give scopes, as in \"statements/write state\"");
	*out = scopes;
	return scopes != 0;
}

/* Who may read all may read, and who may read may read what is theirs. */
bool
tool_scopes_allow(ToolScopes scopes, ToolScopes any)
{
	return (scopes & (any | TOOL_ALL)) != 0;
}

/* --- keys --- */

bool
archive_find_tool(Archive *archive, const char *id, ArchiveTool *out,
		  GError **error)
{
	static const char sql[] = "SELECT key, id, name, secret_hash, scopes"
				  " FROM tool WHERE id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	if (!archive_find_row(query, "key", error))
		return false;
	out->key = db_int(query, 0);
	archive_copy(query, 1, out->id, sizeof(out->id));
	archive_copy(query, 2, out->name, sizeof(out->name));
	archive_copy(query, 3, out->secret_hash, sizeof(out->secret_hash));
	out->scopes = (ToolScopes)db_int(query, 4);
	return true;
}

bool
archive_add_tool(Archive *archive, const ArchiveTool *tool, WallTime now,
		 GError **error)
{
	static const char sql[] =
		"INSERT INTO tool (id, name, secret_hash, scopes, made_us)"
		" VALUES (?1, ?2, ?3, ?4, ?5)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, tool->id);
	db_bind_text(query, 2, tool->name);
	db_bind_text(query, 3, tool->secret_hash);
	db_bind_int(query, 4, (int64_t)tool->scopes);
	db_bind_int(query, 5, now.us);
	return db_done(query, "adding a key", error);
}
