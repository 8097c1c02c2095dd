/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-outbox.h"

#include "app/base/fault.h"
#include "app/store/store-erase.h"
#include "app/store/store-private.h"

#define OUTBOX_BATCH_MAX 1000 /* entries that one reading may return */

/* No record can be older than this software: 2026-01-01. */
#define EARLIEST_US (INT64_C(1767225600) * G_USEC_PER_SEC)

void
outbox_batch_free(OutboxBatch *batch)
{
	if (batch == NULL)
		return;
	g_free(batch->entries);
	g_free(batch);
}

/* --- times: fixed at the first reading --- */

/* A run of records and what is known of their times. */
typedef struct {
	GArray *readings; /* ClockReading */
	GArray *numbers;  /* int64_t */
	GArray *anchors;  /* ClockAnchor */
} Times;

static void
times_clear(Times *times)
{
	g_clear_pointer(&times->readings, g_array_unref);
	g_clear_pointer(&times->numbers, g_array_unref);
	g_clear_pointer(&times->anchors, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Times, times_clear)

static bool
read_anchors(Store *store, GArray *out, GError **error)
{
	static const char sql[] = "SELECT boot, booted_us FROM anchor";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "reading anchors", error)) {
		ClockAnchor anchor = { 0 };

		if (!row)
			return true;
		g_strlcpy(anchor.boot, sql_text(stmt, 0), sizeof(anchor.boot));
		anchor.booted.us = sql_int(stmt, 1);
		g_array_append_val(out, anchor);
	}
	return false;
}

/* All records without a time, and the one before them for its bound. */
static bool
read_untimed(Store *store, Times *times, GError **error)
{
	static const char sql[] =
		"SELECT number, boot, since_boot_us, wall_us, trusted"
		" FROM record WHERE number >= (SELECT min(number) - 1"
		" FROM outbox WHERE shown_us IS NULL) ORDER BY number";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "reading times", error)) {
		ClockReading reading = { 0 };
		int64_t number;

		if (!row)
			return true;
		number = sql_int(stmt, 0);
		g_strlcpy(reading.boot, sql_text(stmt, 1),
			  sizeof(reading.boot));
		reading.since_boot_us = sql_int(stmt, 2);
		reading.wall.us = sql_int(stmt, 3);
		reading.trusted = sql_int(stmt, 4) != 0;
		g_array_append_val(times->readings, reading);
		g_array_append_val(times->numbers, number);
	}
	return false;
}

static bool
write_times(Store *store, const Times *times, const ShownTime *shown,
	    GError **error)
{
	static const char sql[] =
		"UPDATE outbox SET shown_us = ?2, about_us = ?3"
		" WHERE number = ?1 AND shown_us IS NULL";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	for (guint i = 0; i < times->numbers->len; i++) {
		sql_bind_int(stmt, 1,
			     g_array_index(times->numbers, int64_t, i));
		sql_bind_int(stmt, 2, shown[i].wall.us);
		sql_bind_int(stmt, 3, shown[i].about_us);
		if (!sql_done(stmt, "fixing a time", error))
			return false;
		sqlite3_reset(stmt);
	}
	return true;
}

/* The newest time fixed so far bounds what comes after it. */
static bool
read_latest_time(Store *store, WallTime *out, GError **error)
{
	static const char sql[] =
		"SELECT coalesce(max(shown_us), ?1) FROM outbox"
		" WHERE shown_us IS NOT NULL AND about_us = 0";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, EARLIEST_US);
	if (!sql_step(stmt, &row, "reading times", error))
		return false;
	out->us = sql_int(stmt, 0);
	return true;
}

/* Now, as far as this boot's anchor or a trusted clock tells. */
static bool
find_now(const ClockReading *now, const GArray *anchors, WallTime *out,
	 GError **error)
{
	*out = now->wall;
	if (now->trusted)
		return true;
	for (guint i = 0; i < anchors->len; i++) {
		const ClockAnchor *at = &g_array_index(anchors, ClockAnchor, i);

		if (!g_str_equal(at->boot, now->boot))
			continue;
		out->us = at->booted.us + now->since_boot_us;
		return true;
	}
	g_set_error(error, FAULT, FAULT_BUSY,
		    "the time is not known yet in this boot");
	return false;
}

static bool
fix_times(Store *store, const Clock *clock, GError **error)
{
	g_auto(Times) times = {
		g_array_new(FALSE, TRUE, sizeof(ClockReading)),
		g_array_new(FALSE, TRUE, sizeof(int64_t)),
		g_array_new(FALSE, TRUE, sizeof(ClockAnchor)),
	};
	ClockReading now = clock_read(clock);
	g_autofree ShownTime *shown = NULL;
	WallTime after, before;

	if (!read_anchors(store, times.anchors, error) ||
	    !read_untimed(store, &times, error) ||
	    !read_latest_time(store, &after, error) ||
	    !find_now(&now, times.anchors, &before, error))
		return false;

	shown = g_new0(ShownTime, times.readings->len);
	shown_time_derive((const ClockReading *)(void *)times.readings->data,
			  times.readings->len,
			  (const ClockAnchor *)(void *)times.anchors->data,
			  times.anchors->len, after, before, shown);
	return write_times(store, &times, shown, error);
}

/* Among those that are read next: a month's outbox is long. */
static bool
has_untimed(Store *store, size_t max_count, bool *out, GError **error)
{
	static const char sql[] =
		"SELECT EXISTS (SELECT 1 FROM (SELECT shown_us FROM outbox"
		" WHERE state = 1 ORDER BY number LIMIT ?1)"
		" WHERE shown_us IS NULL)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, (int64_t)max_count);
	if (!sql_step(stmt, &row, "reading times", error))
		return false;
	*out = sql_int(stmt, 0) != 0;
	return true;
}

static bool
fix_times_once(Store *store, const Clock *clock, size_t max_count,
	       GError **error)
{
	bool untimed, ok;

	if (!has_untimed(store, max_count, &untimed, error))
		return false;
	if (!untimed)
		return true;
	if (!store_begin(store, "fixing times", error))
		return false;
	ok = fix_times(store, clock, error);
	return store_end(store, ok, "fixing times", error);
}

/* --- reading --- */

static int64_t
entry_bytes(const Evidence *evidence, size_t body)
{
	int64_t bytes = (int64_t)body;

	for (size_t i = 0; i < evidence->n_pieces; i++)
		bytes += evidence->pieces[i].size;
	return bytes;
}

/* *whole is false if the bytes are not those that were laid. */
static bool
read_entry(SqlStatement *stmt, OutboxEntry *out, int64_t *bytes, bool *whole,
	   GError **error)
{
	g_autoptr(GBytes) body = sql_bytes(stmt, 0);
	char hash[ID_SHA256 + 1];

	id_sha256_bytes(body, hash);
	*whole = g_str_equal(hash, sql_text(stmt, 4));
	if (!*whole)
		return true;
	if (!evidence_parse(g_bytes_get_data(body, NULL),
			    g_bytes_get_size(body), &out->evidence, error))
		return false;
	out->shown.wall.us = sql_int(stmt, 1);
	out->shown.about_us = sql_int(stmt, 2);
	*bytes = entry_bytes(&out->evidence, g_bytes_get_size(body));
	return true;
}

/* A batch is all or nothing at the district, so it ends where a record is
 * lacking: the district must hear of that one in between. */
static bool
follows_last(const OutboxBatch *batch)
{
	const OutboxEntry *next = &batch->entries[batch->n];

	return next->evidence.number == next[-1].evidence.number + 1;
}

/* Ends early, with its number, at a record whose bytes have changed. */
static bool
fill_batch(SqlStatement *stmt, OutboxBatch *batch, size_t max_count,
	   int64_t max_bytes, int64_t *rotten, GError **error)
{
	int64_t total = 0;
	bool row = true, whole;

	while (batch->n < max_count) {
		int64_t bytes = 0;

		if (!sql_step(stmt, &row, "reading the outbox", error))
			return false;
		if (!row)
			return true;
		if (!read_entry(stmt, &batch->entries[batch->n], &bytes, &whole,
				error))
			return false;
		if (!whole) {
			*rotten = sql_int(stmt, 3);
			return true;
		}
		total += bytes;
		if (batch->n > 0 && (total > max_bytes || !follows_last(batch)))
			return true;
		batch->n++;
	}
	return true;
}

static OutboxBatch *
read_batch(Store *store, size_t max_count, int64_t max_bytes, int64_t *rotten,
	   GError **error)
{
	static const char sql[] =
		"SELECT body, shown_us, about_us, number, hash FROM outbox"
		" JOIN record USING (number) WHERE state = 1"
		" ORDER BY number LIMIT ?1";
	g_autoptr(OutboxBatch) batch = g_new0(OutboxBatch, 1);
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return NULL;
	sql_bind_int(stmt, 1, (int64_t)max_count);
	batch->entries = g_new0(OutboxEntry, max_count);
	if (!fill_batch(stmt, batch, max_count, max_bytes, rotten, error))
		return NULL;
	return g_steal_pointer(&batch);
}

/* One rotten record must not block the others: the log has it, or it is set
 * aside. */
static bool
repair_or_set_aside(Store *store, int64_t number, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (store_repair_record(store, number, &cause))
		return true;
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED))
		return store_set_aside(store, number, cause->message, error);
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

OutboxBatch *
store_read_outbox(Store *store, const Clock *clock, size_t max_count,
		  int64_t max_bytes, GError **error)
{
	max_count = CLAMP(max_count, 1, OUTBOX_BATCH_MAX);
	if (!store_follow(store, error) ||
	    !fix_times_once(store, clock, max_count, error))
		return NULL;
	for (;;) {
		int64_t rotten = 0;
		g_autoptr(OutboxBatch) batch =
			read_batch(store, max_count, max_bytes, &rotten, error);

		if (batch == NULL || rotten == 0)
			return g_steal_pointer(&batch);
		if (!repair_or_set_aside(store, rotten, error))
			return NULL;
	}
}

/* --- what became of them --- */

static bool
receipt_rows(Store *store, int64_t number, WallTime at, GError **error)
{
	static const char sql[] =
		"UPDATE outbox SET state = 2, receipted_us = ?2"
		" WHERE number <= ?1 AND (state IN (1, 4)"
		" OR (state = 3 AND reason = '" STORE_ERASED "'))";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	sql_bind_int(stmt, 2, at.us);
	return sql_done(stmt, "noting a receipt", error);
}

/* Not synced: a receipt that a power cut takes comes again, for the record is
 * then sent again; and what is forgotten for it is written behind it. */
static bool
receipt_unsynced(Store *store, int64_t number, WallTime at, GError **error)
{
	bool ok = sql_run(store->db, "PRAGMA synchronous = NORMAL",
			  "noting a receipt", error) &&
		  receipt_rows(store, number, at, error);

	return sql_run(store->db, "PRAGMA synchronous = FULL",
		       "noting a receipt", ok ? error : NULL) &&
	       ok;
}

bool
store_accept_receipt(Store *store, int64_t number, WallTime at, GError **error)
{
	StoreIdentity identity;

	if (!store_follow(store, error) ||
	    !store_get_identity(store, &identity, error))
		return false;
	if (number <= identity.last_number)
		return receipt_unsynced(store, number, at, error);
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "the district holds record %" G_GINT64_FORMAT
		    ", this store ends at %" G_GINT64_FORMAT
		    ": it is an older copy",
		    (gint64)number, (gint64)identity.last_number);
	return false;
}

bool
store_note_sent(Store *store, int64_t first, int64_t last, GError **error)
{
	static const char sql[] =
		"UPDATE outbox SET state = 4"
		" WHERE number BETWEEN ?1 AND ?2 AND state = 1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, first);
	sql_bind_int(stmt, 2, last);
	return sql_done(stmt, "noting what was sent", error);
}

bool
store_set_aside(Store *store, int64_t number, const char *reason,
		GError **error)
{
	static const char sql[] =
		"UPDATE outbox SET state = 3, reason = ?2 WHERE number = ?1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	sql_bind_text(stmt, 2, reason);
	return sql_done(stmt, "setting a record aside", error);
}

int64_t
store_send_again(Store *store, int64_t number, GError **error)
{
	static const char sql[] =
		"UPDATE outbox SET state = 1, receipted_us = NULL"
		" WHERE number >= ?1 AND state <> 1 AND number IN"
		" (SELECT number FROM record WHERE body IS NOT NULL)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return -1;
	sql_bind_int(stmt, 1, number);
	if (!sql_done(stmt, "sending again", error))
		return -1;
	return sqlite3_changes64(store->db);
}

bool
store_get_receipted(Store *store, int64_t *out, GError **error)
{
	static const char sql[] = "SELECT coalesce(max(number), 0)"
				  " FROM outbox WHERE state = 2";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "reading receipts", error))
		return false;
	*out = sql_int(stmt, 0);
	return true;
}

bool
store_count_outbox(Store *store, OutboxCounts *out, GError **error)
{
	static const char sql[] =
		"SELECT count(*) FILTER (WHERE state = 1),"
		" count(*) FILTER (WHERE state = 2),"
		" count(*) FILTER (WHERE state = 3),"
		" coalesce(max(number) FILTER (WHERE state = 2), 0),"
		" count(*) FILTER (WHERE state = 4)"
		" FROM outbox";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "counting the outbox", error))
		return false;
	*out = (OutboxCounts){ sql_int(stmt, 0), sql_int(stmt, 1),
			       sql_int(stmt, 2), sql_int(stmt, 3),
			       sql_int(stmt, 4) };
	return true;
}

/* --- anchors and the agent's word --- */

bool
store_add_anchor(Store *store, const ClockAnchor *anchor, GError **error)
{
	static const char sql[] =
		"INSERT INTO anchor (boot, booted_us) VALUES (?1, ?2)"
		" ON CONFLICT (boot) DO UPDATE SET"
		" booted_us = excluded.booted_us";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_text(stmt, 1, anchor->boot);
	sql_bind_int(stmt, 2, anchor->booted.us);
	return sql_done(stmt, "adding an anchor", error);
}
