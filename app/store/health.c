/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-health.h"

#include <sys/statvfs.h>

#include "app/base/fault.h"
#include "app/store/damaged.h"

/* Its time as it is shown, or else as its clock was, if that was trusted. */
static bool
read_waiting_since(Store *store, WallTime *out, GError **error)
{
	static const char sql[] =
		"SELECT coalesce(shown_us, CASE trusted WHEN 1 THEN wall_us"
		" ELSE 0 END) FROM outbox JOIN record USING (number)"
		" WHERE state = 1 ORDER BY number LIMIT 1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "reading what waits", error))
		return false;
	out->us = row ? sql_int(stmt, 0) : 0;
	return true;
}

static bool
read_bundle(Store *store, StoreHealth *out, GError **error)
{
	g_autoptr(GError) cause = NULL;
	StoreBundle bundle;

	out->has_bundle = store_get_bundle(store, &bundle, &cause);
	if (out->has_bundle) {
		g_strlcpy(out->bundle, bundle.etag, sizeof(out->bundle));
		g_strlcpy(out->district, bundle.district,
			  sizeof(out->district));
		out->bundle_at = bundle.at;
		return true;
	}
	if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return true;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
read_knows_time(Store *store, const Clock *clock, bool *out, GError **error)
{
	static const char sql[] = "SELECT EXISTS (SELECT 1 FROM anchor"
				  " WHERE boot = ?1)";
	const ClockReading now = clock_read(clock);
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, now.boot);
	if (!sql_step(stmt, &row, "reading anchors", error))
		return false;
	*out = now.trusted || sql_int(stmt, 0) != 0;
	return true;
}

static bool
read_schema(Store *store, int *out, GError **error)
{
	static const char sql[] = "PRAGMA user_version";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "reading the version", error))
		return false;
	*out = (int)sql_int(stmt, 0);
	return true;
}

static int64_t
count_free_bytes(const Store *store)
{
	struct statvfs disk;

	if (statvfs(store->folder, &disk) != 0)
		return -1;
	return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

bool
store_read_health(Store *store, const Clock *clock, StoreHealth *out,
		  GError **error)
{
	*out = (StoreHealth){ .notice = store_get_notice(store) };
	if (!store_follow(store, error))
		return false;
	out->has_room = store_has_room(store);
	out->damaged = store_count_damaged(store);
	out->free_bytes = count_free_bytes(store);
	return store_get_identity(store, &out->identity, error) &&
	       store_count_outbox(store, &out->counts, error) &&
	       store_get_link(store, &out->link, error) &&
	       read_waiting_since(store, &out->waiting_since, error) &&
	       read_bundle(store, out, error) &&
	       read_knows_time(store, clock, &out->knows_time, error) &&
	       read_schema(store, &out->schema, error);
}

bool
store_is_safe(const OutboxCounts *counts, const StoreLink *link, bool has_lrs)
{
	return !has_lrs && link->state == LINK_ONLINE && counts->waiting == 0 &&
	       counts->sent == 0;
}
