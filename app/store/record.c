/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/store/kept.h"
#include "app/store/log.h"

/* Laying a stone, and reading it again. */

/* Numbers are given from what the database itself says: if it has the next
 * one already, it contradicts itself. */
static bool
add(SqlStatement *stmt, const char *doing, GError **error)
{
	g_autoptr(GError) cause = NULL;

	if (sql_done(stmt, doing, &cause))
		return true;
	if ((sqlite3_errcode(sqlite3_db_handle(stmt)) & 0xff) ==
	    SQLITE_CONSTRAINT)
		cause->code = FAULT_DAMAGED;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
insert_row(Store *store, const Evidence *e, GBytes *body, const char *hash,
	   GError **error)
{
	static const char sql[] =
		"INSERT INTO record (number, id, hash, body, learner, badge,"
		" prompt, boot, since_boot_us, wall_us, trusted)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	g_autoptr(KeptStatement) stmt = kept_prepare(store, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, e->number);
	sql_bind_text(stmt, 2, e->id);
	sql_bind_text(stmt, 3, hash);
	if (body != NULL)
		sql_bind_bytes(stmt, 4, body);
	sql_bind_text(stmt, 5, e->learner);
	sql_bind_text(stmt, 6, e->badge);
	sql_bind_text(stmt, 7, e->prompt);
	sql_bind_text(stmt, 8, e->at.boot);
	sql_bind_int(stmt, 9, e->at.since_boot_us);
	sql_bind_int(stmt, 10, e->at.wall.us);
	sql_bind_int(stmt, 11, e->at.trusted);
	return add(stmt, "adding a record", error);
}

static bool
insert_medium(Store *store, int64_t number, const Piece *piece, GError **error)
{
	static const char sql[] =
		"INSERT INTO medium (number, sha256, size) VALUES (?1, ?2, ?3)"
		" ON CONFLICT DO NOTHING";
	g_autoptr(KeptStatement) stmt = NULL;

	if (!piece_is_media(piece))
		return true;
	stmt = kept_prepare(store, sql, error);
	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	sql_bind_text(stmt, 2, piece->sha256);
	sql_bind_int(stmt, 3, piece->size);
	return add(stmt, "adding a medium", error);
}

static bool
queue(Store *store, int64_t number, OutboxState state, const char *reason,
      GError **error)
{
	static const char sql[] = "INSERT INTO outbox (number, state, reason)"
				  " VALUES (?1, ?2, ?3)";
	g_autoptr(KeptStatement) stmt = kept_prepare(store, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	sql_bind_int(stmt, 2, state);
	sql_bind_text(stmt, 3, reason);
	return add(stmt, "queueing a record", error);
}

bool
store_insert_record(Store *store, const Evidence *evidence, GBytes *body,
		    const char *hash, GError **error)
{
	OutboxState state = body != NULL ? OUTBOX_WAITING : OUTBOX_RECEIPTED;
	const char *who = evidence->learner[0] != '\0' ? evidence->learner
						       : evidence->badge;

	if (!insert_row(store, evidence, body, hash, error))
		return false;
	for (size_t i = 0; i < evidence->n_pieces; i++)
		if (!insert_medium(store, evidence->number,
				   &evidence->pieces[i], error))
			return false;
	return queue(store, evidence->number, state, NULL, error) &&
	       store_drop_draft(store, who, error);
}

bool
store_insert_lost(Store *store, int64_t number, const char *hash,
		  GError **error)
{
	g_autofree Evidence *lost = g_new0(Evidence, 1);

	lost->number = number;
	g_snprintf(lost->id, sizeof(lost->id),
		   STORE_LOST_ID "%" G_GINT64_FORMAT, (gint64)number);
	return insert_row(store, lost, NULL, hash, error) &&
	       queue(store, number, OUTBOX_ASIDE,
		     "lost: the kiosk's disk was damaged", error);
}

static bool
check_media(Store *store, const Evidence *evidence, GError **error)
{
	for (size_t i = 0; i < evidence->n_pieces; i++) {
		const Piece *piece = &evidence->pieces[i];
		g_autofree char *path = NULL;
		struct stat about;

		if (!piece_is_media(piece))
			continue;
		path = store_media_path(store, piece->sha256);
		if (stat(path, &about) == 0 && about.st_size == piece->size)
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "piece %zu is not in the vault", i + 1);
		return false;
	}
	return true;
}

/* Within the transaction: the next place in the chain. */
static bool
give_place(Store *store, const Clock *clock, Evidence *evidence, GError **error)
{
	StoreIdentity at;

	if (!store_agree_with_log(store, &at, error))
		return false;
	id_new_uuid(evidence->id);
	g_strlcpy(evidence->kiosk, at.kiosk, sizeof(evidence->kiosk));
	g_strlcpy(evidence->previous, at.last_hash, sizeof(evidence->previous));
	evidence->number = at.last_number + 1;
	evidence->at = clock_read(clock);
	return evidence_check(evidence, error) &&
	       check_media(store, evidence, error);
}

static bool
place(Store *store, const Clock *clock, Evidence *evidence, GBytes **body,
      GError **error)
{
	char hash[ID_SHA256 + 1];
	int64_t before;
	bool ok;

	if (!give_place(store, clock, evidence, error))
		return false;
	*body = evidence_format(evidence);
	id_sha256_bytes(*body, hash);
	if (!store_write_log(store, *body, &before, error))
		return false;
	ok = store_insert_record(store, evidence, *body, hash, error);
	return store_sync_log(store, *body, before, ok, error);
}

/* The log is synced first, then the database commits; if it does not, the
 * line is taken back, so that "not saved" is true as well. */
static bool
lay(Store *store, const Clock *clock, Evidence *evidence, GError **error)
{
	g_autoptr(GBytes) body = NULL;
	bool ok;

	if (!store_begin(store, "laying a stone", error))
		return false;
	ok = place(store, clock, evidence, &body, error);
	if (store_end(store, ok, "laying a stone", error)) {
		store_note_agreed(store, evidence->number);
		return true;
	}
	if (ok)
		store_undo_log(store, body);
	return false;
}

bool
store_lay(Store *store, const Clock *clock, Evidence *evidence, GError **error)
{
	g_autofree Evidence *laid = NULL;
	g_autoptr(GError) cause = NULL;

	g_return_val_if_fail(store != NULL && evidence != NULL, false);
	if (!store_check_room(store, STORE_LAST_BYTES, error))
		return false;
	laid = g_memdup2(evidence, sizeof(*evidence));
	if (!lay(store, clock, laid, &cause)) {
		if (!g_error_matches(cause, FAULT, FAULT_DAMAGED)) {
			g_propagate_error(error, g_steal_pointer(&cause));
			return false;
		}
		/* The child need not know that the disk has gone bad. */
		if (!store_heal(store, error) ||
		    !lay(store, clock, laid, error))
			return false;
	}
	*evidence = *laid;
	return true;
}

/* --- reading --- */

static bool
put_body(Store *store, const LogLine *line, GError **error)
{
	static const char sql[] =
		"UPDATE record SET body = ?2, hash = ?3 WHERE number = ?1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, line->number);
	sql_bind_bytes(stmt, 2, line->body);
	sql_bind_text(stmt, 3, line->hash);
	return sql_done(stmt, "repairing a record", error);
}

static bool
get_hash(Store *store, int64_t number, char out[static ID_SHA256 + 1],
	 GError **error)
{
	static const char sql[] = "SELECT hash FROM record WHERE number = ?1";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	if (!sql_step(stmt, &row, "reading a record", error))
		return false;
	g_strlcpy(out, sql_text(stmt, 0), ID_SHA256 + 1);
	return true;
}

bool
store_repair_record(Store *store, int64_t number, GError **error)
{
	g_autoptr(LogIndex) log = log_index_read(store, error);
	const LogLine *line;
	char hash[ID_SHA256 + 1];
	bool is_it;

	if (log == NULL || !get_hash(store, number, hash, error))
		return false;
	line = log_pick(log_index_find(log, number), NULL,
			log_index_find(log, number + 1));
	is_it = line != NULL && line->body != NULL &&
		(g_str_equal(line->hash, hash) || number < log->last);
	if (is_it) {
		g_message("record %" G_GINT64_FORMAT
			  " is repaired from " STORE_LOG,
			  (gint64)number);
		return put_body(store, line, error);
	}
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "record %" G_GINT64_FORMAT ": its bytes have changed",
		    (gint64)number);
	return false;
}

/* NULL with an error; *whole is false if the bytes are not those laid. */
static GBytes *
get_body(Store *store, int64_t number, bool *whole, GError **error)
{
	static const char sql[] = "SELECT body, hash FROM record"
				  " WHERE number = ?1 AND body IS NOT NULL";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GBytes) body = NULL;
	char hash[ID_SHA256 + 1];
	bool row;

	if (stmt == NULL)
		return NULL;
	sql_bind_int(stmt, 1, number);
	if (!sql_step(stmt, &row, "reading a record", error))
		return NULL;
	if (!row) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "there is no record %" G_GINT64_FORMAT,
			    (gint64)number);
		return NULL;
	}
	body = sql_bytes(stmt, 0);
	id_sha256_bytes(body, hash);
	*whole = g_str_equal(hash, sql_text(stmt, 1));
	return g_steal_pointer(&body);
}

bool
store_get_evidence(Store *store, int64_t number, Evidence *out, GError **error)
{
	bool whole;
	g_autoptr(GBytes) body = get_body(store, number, &whole, error);

	if (body != NULL && !whole) {
		g_clear_pointer(&body, g_bytes_unref);
		if (store_repair_record(store, number, error))
			body = get_body(store, number, &whole, error);
	}
	return body != NULL &&
	       evidence_parse(g_bytes_get_data(body, NULL),
			      g_bytes_get_size(body), out, error);
}

int64_t
store_count_stones(Store *store, const char *learner, const char *badge,
		   GError **error)
{
	static const char sql[] = "SELECT count(*) FROM record"
				  " WHERE learner = ?1 AND badge = ?2";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, learner != NULL ? learner : "");
	sql_bind_text(stmt, 2, badge != NULL ? badge : "");
	if (!sql_step(stmt, &row, "counting stones", error))
		return -1;
	return sql_int(stmt, 0);
}
