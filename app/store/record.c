/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include <sys/stat.h>

#include "app/base/fault.h"
#include "app/store/store-outbox.h"
#include "app/store/store-private.h"

/* Laying a stone, and reading it again. */

static bool
insert_row(Store *store, const Evidence *e, GBytes *body, GError **error)
{
	static const char sql[] =
		"INSERT INTO record (number, id, hash, body, learner, badge,"
		" prompt, boot, since_boot_us, wall_us, trusted)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	char hash[ID_SHA256 + 1];

	if (stmt == NULL)
		return false;
	id_sha256_bytes(body, hash);
	sql_bind_int(stmt, 1, e->number);
	sql_bind_text(stmt, 2, e->id);
	sql_bind_text(stmt, 3, hash);
	sql_bind_bytes(stmt, 4, body);
	sql_bind_text(stmt, 5, e->learner);
	sql_bind_text(stmt, 6, e->badge);
	sql_bind_text(stmt, 7, e->prompt);
	sql_bind_text(stmt, 8, e->at.boot);
	sql_bind_int(stmt, 9, e->at.since_boot_us);
	sql_bind_int(stmt, 10, e->at.wall.us);
	sql_bind_int(stmt, 11, e->at.trusted);
	return sql_done(stmt, "adding a record", error);
}

static bool
insert_medium(Store *store, int64_t number, const Piece *piece, GError **error)
{
	static const char sql[] =
		"INSERT INTO medium (number, sha256, size) VALUES (?1, ?2, ?3)"
		" ON CONFLICT DO NOTHING";
	g_autoptr(SqlStatement) stmt = NULL;

	if (!piece_is_media(piece))
		return true;
	stmt = sql_prepare(store->db, sql, error);
	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	sql_bind_text(stmt, 2, piece->sha256);
	sql_bind_int(stmt, 3, piece->size);
	return sql_done(stmt, "adding a medium", error);
}

static bool
queue(Store *store, int64_t number, GError **error)
{
	static const char sql[] =
		"INSERT INTO outbox (number, state) VALUES (?1, ?2)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	sql_bind_int(stmt, 2, OUTBOX_WAITING);
	return sql_done(stmt, "queueing a record", error);
}

bool
store_insert_record(Store *store, const Evidence *evidence, GBytes *body,
		    GError **error)
{
	const char *who = evidence->learner[0] != '\0' ? evidence->learner
						       : evidence->badge;

	if (!insert_row(store, evidence, body, error))
		return false;
	for (size_t i = 0; i < evidence->n_pieces; i++)
		if (!insert_medium(store, evidence->number,
				   &evidence->pieces[i], error))
			return false;
	return queue(store, evidence->number, error) &&
	       store_drop_draft(store, who, error);
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
	StoreIdentity identity;

	if (!store_get_identity(store, &identity, error))
		return false;
	id_new_uuid(evidence->id);
	g_strlcpy(evidence->kiosk, identity.kiosk, sizeof(evidence->kiosk));
	g_strlcpy(evidence->previous, identity.last_hash,
		  sizeof(evidence->previous));
	evidence->number = identity.last_number + 1;
	evidence->at = clock_read(clock);
	return evidence_check(evidence, error) &&
	       check_media(store, evidence, error);
}

/* The log is synced first, then the database commits; if it does not, the
 * line is taken back, so that "not saved" is true as well. */
static bool
lay(Store *store, const Clock *clock, Evidence *evidence, GError **error)
{
	g_autoptr(GBytes) body = NULL;
	int64_t undo_size = -1;
	bool ok;

	if (!sql_begin(store->db, "laying a stone", error))
		return false;
	ok = give_place(store, clock, evidence, error);
	if (ok) {
		body = evidence_format(evidence);
		ok = store_insert_record(store, evidence, body, error) &&
		     store_append_log(store, body, &undo_size, error);
	}
	if (sql_end(store->db, ok, "laying a stone", error))
		return true;
	if (ok)
		store_undo_log(store, undo_size);
	return false;
}

bool
store_lay(Store *store, const Clock *clock, Evidence *evidence, GError **error)
{
	g_autofree Evidence *laid = NULL;

	g_return_val_if_fail(store != NULL && evidence != NULL, false);
	if (!store_check_room(store, STORE_LAST_BYTES, error))
		return false;
	laid = g_memdup2(evidence, sizeof(*evidence));
	if (!lay(store, clock, laid, error))
		return false;
	*evidence = *laid;
	return true;
}

bool
store_get_evidence(Store *store, int64_t number, Evidence *out, GError **error)
{
	static const char sql[] = "SELECT body FROM record WHERE number = ?1"
				  " AND body IS NOT NULL";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(GBytes) body = NULL;
	bool row;

	if (stmt == NULL)
		return false;
	sql_bind_int(stmt, 1, number);
	if (!sql_step(stmt, &row, "reading a record", error))
		return false;
	if (!row) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "there is no record %" G_GINT64_FORMAT,
			    (gint64)number);
		return false;
	}
	body = sql_bytes(stmt, 0);
	return evidence_parse(g_bytes_get_data(body, NULL),
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
