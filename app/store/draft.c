/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/base/fault.h"
#include "app/store/kept.h"

bool
store_save_draft(Store *store, const char *who, GBytes *draft, GError **error)
{
	static const char sql[] =
		"INSERT INTO draft (who, body) VALUES (?1, ?2)"
		" ON CONFLICT (who) DO UPDATE SET body = excluded.body";
	g_autoptr(SqlStatement) stmt = NULL;

	if (g_bytes_get_size(draft) > STORE_DRAFT_MAX) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "a draft may have %d bytes", STORE_DRAFT_MAX);
		return false;
	}
	if (!store_follow(store, error))
		return false;
	store->untidy = true; /* the one before may have named a medium */
	stmt = sql_prepare(store->db, sql, error);
	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, who);
	sql_bind_bytes(stmt, 2, draft);
	return sql_done(stmt, "keeping a draft", error);
}

GBytes *
store_load_draft(Store *store, const char *who, GError **error)
{
	static const char sql[] = "SELECT body FROM draft WHERE who = ?1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return NULL;
	sql_bind_text(stmt, 1, who);
	if (!sql_step(stmt, &row, "reading a draft", error) || !row)
		return NULL;
	return sql_bytes(stmt, 0);
}

bool
store_drop_draft(Store *store, const char *who, GError **error)
{
	static const char sql[] = "DELETE FROM draft WHERE who = ?1";
	g_autoptr(KeptStatement) stmt = kept_prepare(store, sql, error);

	if (stmt == NULL)
		return false;
	store->untidy = true;
	sql_bind_text(stmt, 1, who);
	return sql_done(stmt, "dropping a draft", error);
}
