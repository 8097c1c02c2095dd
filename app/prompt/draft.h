/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "app/prompt/flow.h"

/*
 * What a child had begun, as canonical JSON, so that it is found again at
 * the next scan of the same badge.  strokes is a drawing's text
 * (app/capture/drawing.h), "" if there is none.
 */
#define DRAFT_STROKES_MAX (48 * 1024)

typedef struct {
	char prompt[EVIDENCE_ID_MAX + 1];
	PieceKind way;
	Piece piece;
	char *strokes; /* owned */
} Draft;

/* What a flow has begun; of a drawing's strokes the first that fit. */
Draft *draft_take(const Flow *flow, const char *strokes);
GBytes *draft_format(const Draft *draft);
/* Only what draft_format() prints: parsed and printed it is the same. */
Draft *draft_parse(const void *bytes, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Puts the draft into a flow at hello: it is offered there. */
void draft_apply(const Draft *draft, Flow *flow);

void draft_free(Draft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Draft, draft_free)
