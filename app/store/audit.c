/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-audit.h"

#include "app/base/fault.h"
#include "app/store/store-private.h"

bool
store_audit_line(Store *store, int64_t number, StoreLine *out, GError **error)
{
	static const char sql[] =
		"SELECT number, id, hash, state, reason, body IS NOT NULL"
		" FROM record JOIN outbox USING (number) WHERE number >= ?1"
		" ORDER BY number LIMIT 1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	if (!sql_step(stmt, &row, "auditing", error))
		return false;
	if (!row) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "no record %" G_GINT64_FORMAT " or beyond",
			    (gint64)number);
		return false;
	}
	*out = (StoreLine){ .number = sql_int(stmt, 0),
			    .state = (OutboxState)sql_int(stmt, 3),
			    .remembered = sql_int(stmt, 5) != 0 };
	if (id_is_uuid(sql_text(stmt, 1)))
		g_strlcpy(out->id, sql_text(stmt, 1), sizeof(out->id));
	g_strlcpy(out->hash, sql_text(stmt, 2), sizeof(out->hash));
	g_strlcpy(out->reason, sql_text(stmt, 4), sizeof(out->reason));
	return true;
}
