/* SPDX-License-Identifier: Apache-2.0 */
#include "app/prompt/draft.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"

#define DRAFT_FORMAT 1

/* Bytes of the whole strokes, a line each, that a draft has room for. */
static size_t
fit_strokes(const char *strokes)
{
	size_t size = strlen(strokes);

	if (size <= DRAFT_STROKES_MAX)
		return size;
	size = DRAFT_STROKES_MAX;
	while (size > 0 && strokes[size - 1] != '\n')
		size--;
	return size;
}

Draft *
draft_take(const Flow *flow, const char *strokes)
{
	Draft *draft = g_new0(Draft, 1);

	g_strlcpy(draft->prompt, flow->prompt, sizeof(draft->prompt));
	draft->way = flow->way;
	draft->piece = flow->piece;
	draft->strokes = g_strndup(strokes, fit_strokes(strokes));
	return draft;
}

GBytes *
draft_format(const Draft *draft)
{
	const Piece *piece = &draft->piece;
	g_autoptr(json_t) value =
		json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:I,s:s}", "format",
			  DRAFT_FORMAT, "prompt", draft->prompt, "way",
			  draft->way != 0 ? piece_kind_name(draft->way) : "",
			  "type", piece->type, "sha256", piece->sha256, "text",
			  piece->text, "size", (json_int_t)piece->size,
			  "strokes", draft->strokes);

	g_return_val_if_fail(value != NULL, NULL);
	return json_canonical(value, NULL);
}

static bool
read_text(const json_t *object, const char *name, char *out, size_t size,
	  GError **error)
{
	const char *text = json_text(object, name, 0, size - 1, error);

	if (text == NULL)
		return false;
	g_strlcpy(out, text, size);
	return true;
}

static bool
is_empty(const Piece *piece)
{
	return piece->type[0] == '\0' && piece->sha256[0] == '\0' &&
	       piece->text[0] == '\0' && piece->size == 0;
}

/* An answer is a whole medium, or a text; else there is none yet. */
static bool
is_answer(PieceKind way, const Piece *piece)
{
	switch (way) {
	case PIECE_PHOTO:
	case PIECE_VOICE:
	case PIECE_DRAWING:
		return id_is_sha256(piece->sha256) && piece->type[0] != '\0' &&
		       piece->text[0] == '\0';
	case PIECE_CHOICE:
	case PIECE_TEXT:
		return piece->text[0] != '\0' && piece->type[0] == '\0' &&
		       piece->sha256[0] == '\0' && piece->size == 0;
	}
	return false;
}

static bool
read_piece(const json_t *object, Draft *draft, GError **error)
{
	Piece *piece = &draft->piece;

	if (!read_text(object, "type", piece->type, sizeof(piece->type),
		       error) ||
	    !read_text(object, "sha256", piece->sha256, sizeof(piece->sha256),
		       error) ||
	    !read_text(object, "text", piece->text, sizeof(piece->text),
		       error) ||
	    !json_number(object, "size", 0, EVIDENCE_MEDIA_MAX, &piece->size,
			 error))
		return false;
	if (is_empty(piece))
		return true;
	if (!is_answer(draft->way, piece)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "the answer is not one of the draft's \"way\"");
		return false;
	}
	piece->kind = draft->way;
	return true;
}

static bool
read_draft(const json_t *object, Draft *draft, GError **error)
{
	static const char *const names[] = { "format", "prompt",  "sha256",
					     "size",   "strokes", "text",
					     "type",   "way",     NULL };
	int64_t format;
	const char *way, *strokes;

	if (!json_only(object, names, error) ||
	    !json_number(object, "format", DRAFT_FORMAT, DRAFT_FORMAT, &format,
			 error) ||
	    !read_text(object, "prompt", draft->prompt, sizeof(draft->prompt),
		       error))
		return false;
	way = json_text(object, "way", 0, EVIDENCE_ID_MAX, error);
	strokes = way != NULL ? json_text(object, "strokes", 0,
					  DRAFT_STROKES_MAX, error)
			      : NULL;
	if (strokes == NULL)
		return false;
	if (way[0] != '\0' && !piece_kind_parse(way, &draft->way)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "\"way\" is none that we know");
		return false;
	}
	draft->strokes = g_strdup(strokes);
	return read_piece(object, draft, error);
}

Draft *
draft_parse(const void *bytes, size_t size, GError **error)
{
	g_autoptr(json_t) object = json_read(bytes, size, error);
	g_autoptr(Draft) draft = g_new0(Draft, 1);
	g_autoptr(GBytes) printed = NULL;

	if (object == NULL || !read_draft(object, draft, error))
		return NULL;
	printed = draft_format(draft);
	if (g_bytes_get_size(printed) != size ||
	    memcmp(g_bytes_get_data(printed, NULL), bytes, size) != 0) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "is not in canonical form (RFC 8785)");
		return NULL;
	}
	return g_steal_pointer(&draft);
}

void
draft_apply(const Draft *draft, Flow *flow)
{
	g_return_if_fail(flow->step == FLOW_HELLO);
	g_strlcpy(flow->prompt, draft->prompt, sizeof(flow->prompt));
	flow->way = draft->way;
	flow->piece = draft->piece;
	flow->has_draft = true;
}

void
draft_free(Draft *draft)
{
	if (draft == NULL)
		return;
	g_free(draft->strokes);
	g_free(draft);
}
