/* SPDX-License-Identifier: Apache-2.0 */
#include "app/store/kept.h"

static void
finalize(gpointer stmt)
{
	sqlite3_finalize(stmt);
}

GPtrArray *
kept_new(void)
{
	return g_ptr_array_new_with_free_func(finalize);
}

KeptStatement *
kept_prepare(Store *store, const char *sql, GError **error)
{
	KeptStatement *stmt;

	for (guint i = 0; i < store->kept->len; i++) {
		stmt = g_ptr_array_index(store->kept, i);
		if (g_str_equal(sqlite3_sql(stmt), sql))
			return stmt;
	}
	stmt = sql_prepare(store->db, sql, error);
	if (stmt != NULL)
		g_ptr_array_add(store->kept, stmt);
	return stmt;
}

void
kept_give_back(KeptStatement *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}
