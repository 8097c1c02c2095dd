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

char *
tool_scopes_print(ToolScopes scopes)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (size_t i = 0; i < G_N_ELEMENTS(scope_names); i++)
		if ((scopes & scope_names[i].scope) != 0)
			g_ptr_array_add(names,
					(char *)(uintptr_t)scope_names[i].name);
	g_ptr_array_add(names, NULL);
	return g_strjoinv(" ", (char **)names->pdata);
}

/* Who may read all may read, and who may read may read what is theirs. */
bool
tool_scopes_allow(ToolScopes scopes, ToolScopes any)
{
	return (scopes & (any | TOOL_ALL)) != 0;
}

/* --- keys --- */

#define TOOL_COLUMNS \
	"key, id, name, secret_hash, old_hash, old_until_us, scopes," \
	" made_us, used_us, revoked_us"

static void
read_tool(ArchiveQuery *query, ArchiveTool *out)
{
	*out = (ArchiveTool){ .key = db_int(query, 0),
			      .old_until = { db_int(query, 5) },
			      .scopes = (ToolScopes)db_int(query, 6),
			      .made = { db_int(query, 7) },
			      .used = { db_int(query, 8) },
			      .revoked = { db_int(query, 9) } };
	archive_copy(query, 1, out->id, sizeof(out->id));
	archive_copy(query, 2, out->name, sizeof(out->name));
	archive_copy(query, 3, out->secret_hash, sizeof(out->secret_hash));
	archive_copy(query, 4, out->old_hash, sizeof(out->old_hash));
}

bool
archive_find_tool(Archive *archive, const char *id, ArchiveTool *out,
		  GError **error)
{
	static const char sql[] =
		"SELECT " TOOL_COLUMNS " FROM tool WHERE id = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_text(query, 1, id);
	if (!archive_find_row(query, "key", error))
		return false;
	read_tool(query, out);
	return true;
}

GArray *
archive_list_tools(Archive *archive, GError **error)
{
	static const char sql[] =
		"SELECT " TOOL_COLUMNS " FROM tool ORDER BY made_us, key";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(ArchiveTool));
	bool row;

	if (query == NULL)
		return NULL;
	while (db_step(query, &row, "listing keys", error)) {
		ArchiveTool tool;

		if (!row)
			return g_steal_pointer(&all);
		read_tool(query, &tool);
		g_array_append_val(all, tool);
	}
	return NULL;
}

bool
archive_add_tool(Archive *archive, const ArchiveTool *tool, WallTime now,
		 GError **error)
{
	static const char sql[] =
		"INSERT INTO tool (id, name, secret_hash, scopes, made_us)"
		" VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING"
		" RETURNING key";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	int64_t key = 0;

	if (query == NULL)
		return false;
	db_bind_text(query, 1, tool->id);
	db_bind_text(query, 2, tool->name);
	db_bind_text(query, 3, tool->secret_hash);
	db_bind_int(query, 4, (int64_t)tool->scopes);
	db_bind_int(query, 5, now.us);
	if (!db_insert(query, &key, "adding a key", error))
		return false;
	if (key == 0)
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "there is a tool of that user name already");
	return key != 0;
}

bool
archive_renew_tool(Archive *archive, const ArchiveTool *tool, GError **error)
{
	static const char sql[] =
		"UPDATE tool SET secret_hash = ?2, old_hash = ?3,"
		" old_until_us = ?4, revoked_us = ?5 WHERE key = ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, tool->key);
	db_bind_text(query, 2, tool->secret_hash);
	db_bind_text(query, 3, tool->old_hash);
	db_bind_int(query, 4, tool->old_until.us);
	db_bind_int(query, 5, tool->revoked.us);
	return db_done(query, "renewing a key", error);
}

bool
archive_use_tool(Archive *archive, int64_t key, WallTime now, GError **error)
{
	static const char sql[] =
		"UPDATE tool SET used_us = ?2 WHERE key = ?1 AND used_us < ?2";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, key);
	db_bind_int(query, 2, now.us);
	return db_done(query, "noting a key's use", error);
}
