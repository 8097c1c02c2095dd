/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-document.h"

#include "sync/district/archive-private.h"

void
archive_document_clear(ArchiveDocument *document)
{
	g_clear_pointer(&document->type, g_free);
	g_clear_pointer(&document->body, g_bytes_unref);
}

static void
bind_name(ArchiveQuery *query, const DocumentName *name)
{
	db_bind_int(query, 1, name->kind);
	db_bind_text(query, 2, name->activity);
	db_bind_text(query, 3, name->agent);
	db_bind_text(query, 4, name->registration);
}

bool
archive_get_document(Archive *archive, const DocumentName *name,
		     ArchiveDocument *out, GError **error)
{
	static const char sql[] =
		"SELECT type, etag, stored_us, body FROM document"
		" WHERE kind = ?1 AND activity = ?2 AND agent = ?3"
		" AND registration = ?4 AND id = ?5";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	bool row;

	if (query == NULL)
		return false;
	bind_name(query, name);
	db_bind_text(query, 5, name->id);
	if (!db_step(query, &row, "looking a document up", error))
		return false;
	if (!row)
		return true;
	out->type = g_strdup(db_text(query, 0));
	archive_copy(query, 1, out->etag, sizeof(out->etag));
	out->stored.us = db_int(query, 2);
	out->body = db_bytes(query, 3);
	return true;
}

bool
archive_put_document(Archive *archive, const DocumentName *name,
		     const ArchiveDocument *document, GError **error)
{
	static const char sql[] =
		"INSERT INTO document (kind, activity, agent, registration, id,"
		" type, etag, stored_us, body)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
		" ON CONFLICT (kind, activity, agent, registration, id)"
		" DO UPDATE SET type = excluded.type, etag = excluded.etag,"
		" stored_us = excluded.stored_us, body = excluded.body";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	bind_name(query, name);
	db_bind_text(query, 5, name->id);
	db_bind_text(query, 6, document->type);
	db_bind_text(query, 7, document->etag);
	db_bind_int(query, 8, document->stored.us);
	db_bind_bytes(query, 9, document->body);
	return db_done(query, "keeping a document", error);
}

bool
archive_delete_document(Archive *archive, const DocumentName *name,
			GError **error)
{
	static const char sql[] =
		"DELETE FROM document WHERE kind = ?1 AND activity = ?2"
		" AND agent = ?3 AND registration = ?4 AND id = ?5";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	bind_name(query, name);
	db_bind_text(query, 5, name->id);
	return db_done(query, "deleting a document", error);
}

GPtrArray *
archive_list_documents(Archive *archive, const DocumentName *name,
		       WallTime since, WallTime *newest, GError **error)
{
	static const char sql[] =
		"SELECT id, stored_us FROM document WHERE kind = ?1 AND activity = ?2"
		" AND agent = ?3 AND (?4 = '' OR registration = ?4)"
		" AND stored_us > ?5 ORDER BY stored_us, id";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	bool row;

	if (query == NULL)
		return NULL;
	bind_name(query, name);
	db_bind_int(query, 5, since.us);
	for (;;) {
		if (!db_step(query, &row, "listing documents", error))
			return NULL;
		if (!row)
			return g_steal_pointer(&ids);
		g_ptr_array_add(ids, g_strdup(db_text(query, 0)));
		newest->us = db_int(query, 1);
	}
}

bool
archive_delete_documents(Archive *archive, const DocumentName *name,
			 GError **error)
{
	static const char sql[] =
		"DELETE FROM document WHERE kind = ?1 AND activity = ?2"
		" AND agent = ?3 AND (?4 = '' OR registration = ?4)";
	g_autoptr(ArchiveQuery) query = archive_query(archive, sql, error);

	if (query == NULL)
		return false;
	bind_name(query, name);
	return db_done(query, "deleting documents", error);
}
