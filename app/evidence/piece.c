/* SPDX-License-Identifier: Apache-2.0 */
#include "app/evidence/evidence.h"

/* On every disk and wire there is: never change one. */
static const char *const names[PIECE_KINDS + 1] = {
	[PIECE_PHOTO] = "photo",     [PIECE_VOICE] = "voice",
	[PIECE_DRAWING] = "drawing", [PIECE_CHOICE] = "choice",
	[PIECE_TEXT] = "text",
};

const char *
piece_kind_name(PieceKind kind)
{
	g_return_val_if_fail(kind >= PIECE_PHOTO && kind <= PIECE_TEXT, "");
	return names[kind];
}

bool
piece_kind_parse(const char *name, PieceKind *out)
{
	for (int kind = PIECE_PHOTO; kind <= PIECE_TEXT; kind++)
		if (g_strcmp0(names[kind], name) == 0) {
			*out = (PieceKind)kind;
			return true;
		}
	return false;
}

bool
piece_is_media(const Piece *piece)
{
	return piece->kind == PIECE_PHOTO || piece->kind == PIECE_VOICE ||
	       piece->kind == PIECE_DRAWING;
}
