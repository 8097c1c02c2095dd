/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include "sync/agent/batch.h"

#include "sync/wire/multipart.h"
#include "sync/wire/statement.h"

#define STATEMENTS_TYPE "application/json"

/* What is being put together. */
typedef struct {
	const Store *store;   /* borrowed */
	Body *body;           /* owned */
	GHashTable *included; /* owned: SHA-256 of media */
	char boundary[MULTIPART_BOUNDARY_MAX + 1];
} Draft;

static void
draft_clear(Draft *draft)
{
	g_clear_pointer(&draft->body, body_free);
	g_clear_pointer(&draft->included, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static GBytes *
print_statements(const OutboxEntry *entries, size_t n, const char *base)
{
	GString *out = g_string_sized_new(n * 3000);

	for (size_t i = 0; i < n; i++) {
		g_autoptr(GBytes) statement =
			statement_format(&entries[i].evidence,
					 &entries[i].shown, base);
		size_t size;
		const char *bytes = g_bytes_get_data(statement, &size);

		g_string_append_c(out, i == 0 ? '[' : ',');
		g_string_append_len(out, bytes, (gssize)size);
	}
	g_string_append_c(out, ']');
	return g_string_free_to_bytes(out);
}

static void
add_text(Draft *draft, GString *text)
{
	g_autoptr(GBytes) bytes = g_string_free_to_bytes(text);

	body_add_bytes(draft->body, bytes);
}

static void
add_head(Draft *draft, const MultipartHeaders *headers)
{
	GString *text = g_string_new(NULL);

	multipart_print_head(text, draft->boundary, headers);
	add_text(draft, text);
}

static bool
add_medium(Draft *draft, const Piece *piece, GError **error)
{
	g_autofree char *path = store_media_path(draft->store, piece->sha256);
	MultipartHeaders headers = { .encoding = "binary" };

	if (!g_hash_table_add(draft->included, g_strdup(piece->sha256)))
		return true;
	g_strlcpy(headers.content_type, piece->type,
		  sizeof(headers.content_type));
	g_strlcpy(headers.sha256, piece->sha256, sizeof(headers.sha256));
	add_head(draft, &headers);
	return body_add_file(draft->body, path, piece->size, error);
}

static bool
add_media(Draft *draft, const Evidence *evidence, GError **error)
{
	for (size_t i = 0; i < evidence->n_pieces; i++)
		if (piece_is_media(&evidence->pieces[i]) &&
		    !add_medium(draft, &evidence->pieces[i], error))
			return false;
	return true;
}

static bool
has_media(const OutboxEntry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < entries[i].evidence.n_pieces; k++)
			if (piece_is_media(&entries[i].evidence.pieces[k]))
				return true;
	return false;
}

static void
hand_over(Draft *draft, char *content_type, Batch *out)
{
	out->body = g_steal_pointer(&draft->body);
	out->content_type = content_type;
}

bool
batch_make(const Store *store, const OutboxBatch *from, size_t first, size_t n,
	   const char *base, Batch *out, GError **error)
{
	const OutboxEntry *entries = from->entries + first;
	g_autoptr(GBytes) statements = print_statements(entries, n, base);
	const MultipartHeaders headers = { .content_type = STATEMENTS_TYPE };
	g_auto(Draft) draft = { .store = store, .body = body_new() };
	GString *end;

	if (!has_media(entries, n)) {
		body_add_bytes(draft.body, statements);
		hand_over(&draft, g_strdup(STATEMENTS_TYPE), out);
		return true;
	}
	draft.included =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	multipart_new_boundary(draft.boundary);
	add_head(&draft, &headers);
	body_add_bytes(draft.body, statements);
	for (size_t i = 0; i < n; i++) {
		if (add_media(&draft, &entries[i].evidence, error))
			continue;
		out->blamed = entries[i].evidence.number;
		return false;
	}
	end = g_string_new(NULL);
	multipart_print_end(end, draft.boundary);
	add_text(&draft, end);
	hand_over(&draft,
		  g_strdup_printf("multipart/mixed; boundary=%s",
				  draft.boundary),
		  out);
	return true;
}

void
batch_clear(Batch *batch)
{
	g_clear_pointer(&batch->body, body_free);
	g_clear_pointer(&batch->content_type, g_free);
}
