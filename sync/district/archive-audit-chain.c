/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-audit-chain.h"

#include <string.h>

#include "sync/district/archive-private.h"
#include "sync/district/db-schema.h"

/* --- one event's hash --- */

static void
add_text(GString *out, const char *text)
{
	g_string_append_printf(out, "%zu:%s,", strlen(text), text);
}

static void
add_number(GString *out, int64_t number)
{
	char text[24];

	g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, (gint64)number);
	add_text(out, text);
}

void
audit_hash(const char *before, const AuditEvent *event,
	   char out[static ID_SHA256 + 1])
{
	g_autoptr(GString) text = g_string_new(NULL);

	add_text(text, before);
	add_number(text, event->seq);
	add_number(text, event->at.us);
	add_text(text, audit_who_name(event->kind));
	add_text(text, event->who);
	add_text(text, event->address);
	add_text(text, event->action);
	add_text(text, event->object);
	add_text(text, event->about);
	add_number(text, event->n);
	add_number(text, event->status);
	id_sha256(text->str, text->len, out);
}

/* --- the end --- */

bool
archive_get_audit_end(Archive *archive, AuditEnd *out, GError **error)
{
	static const char sql[] =
		"SELECT seq, hash, chain_from, chain_before FROM audit_end";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL || !archive_find_row(query, "audit log", error))
		return false;
	out->seq = db_int(query, 0);
	archive_copy(query, 1, out->hash, sizeof(out->hash));
	out->from = db_int(query, 2);
	archive_copy(query, 3, out->before, sizeof(out->before));
	return true;
}

/* Transactions come one after the other, whoever writes: nobody else moves
 * the end meanwhile. */
bool
archive_chain_event(Archive *archive, AuditEvent *event, GError **error)
{
	ArchiveAuditEnd *end = &archive->audit;

	if (!end->is_known) {
		AuditEnd found;

		if (!archive_get_audit_end(archive, &found, error))
			return false;
		end->is_known = true;
		end->seq = found.seq;
		memcpy(end->hash, found.hash, sizeof(end->hash));
	}
	event->seq = end->seq + 1;
	event->n = MAX(event->n, 1);
	audit_hash(end->hash, event, event->hash);
	end->seq = event->seq;
	end->has_moved = true;
	memcpy(end->hash, event->hash, sizeof(end->hash));
	return true;
}

bool
archive_write_audit_end(Archive *archive, GError **error)
{
	static const char sql[] = "UPDATE audit_end SET seq = ?1, hash = ?2";
	g_autoptr(ArchiveQuery) query = NULL;

	if (!archive->audit.has_moved)
		return true;
	query = archive_query(archive, sql, error);
	if (query == NULL)
		return false;
	db_bind_int(query, 1, archive->audit.seq);
	db_bind_text(query, 2, archive->audit.hash);
	return db_done(query, "ending the audit log", error);
}

/* What is of before the chain leaves it where it begins. */
bool
archive_move_audit_begin(Archive *archive, const AuditEvent *last,
			 GError **error)
{
	static const char sql[] =
		"UPDATE audit_end SET chain_from = ?1 + 1, chain_before = ?2"
		" WHERE chain_from <= ?1";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	db_bind_int(query, 1, last->seq);
	db_bind_text(query, 2, last->hash);
	return db_done(query, "dropping what is too old", error);
}

/* --- all of it --- */

bool
archive_stream_audit(Archive *archive, AuditFunc func, void *data,
		     GError **error)
{
	static const char sql[] = AUDIT_COLUMNS " FROM audit ORDER BY seq";
	g_autoptr(DbOwnQuery) rows = db_stream_new(archive->db, sql, error);
	g_autofree AuditEvent *event = g_new0(AuditEvent, 1);
	bool row;

	while (rows != NULL && db_step(rows, &row, "reading events", error)) {
		if (!row)
			return true;
		archive_read_event(rows, event);
		if (!func(event, data, error))
			return false;
	}
	return false;
}
