/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <glib.h>

#include "app/base/clock.h"
#include "app/base/id.h"

/*
 * What a learner recorded once, and the pieces of it.  Immutable once it has
 * a number.  Its canonical bytes are RFC 8785 JSON with integers only; its
 * hash is their SHA-256, and `previous` is the hash of the record before it
 * on the same kiosk, so a gap or a fork shows.
 *
 * Plain values: copy them, nothing to free.  All text is UTF-8.
 */
#define EVIDENCE_FORMAT     1
#define EVIDENCE_PIECES_MAX 8
#define EVIDENCE_BYTES_MAX  (64 * 1024) /* canonical bytes of one record */
#define EVIDENCE_ID_MAX     64          /* learner, prompt, scale … ids */
#define EVIDENCE_TEXT_MAX   2000        /* bytes of a text or choice */
#define EVIDENCE_ASKED_MAX  600         /* bytes of the words shown */
#define EVIDENCE_MEDIA_MAX  (16 * 1024 * 1024) /* bytes of one medium */
#define EVIDENCE_LEVELS_MAX 9

/* On the disk and on the wire by name; pinned by a test. */
typedef enum {
	PIECE_PHOTO = 1,
	PIECE_VOICE = 2,
	PIECE_DRAWING = 3,
	PIECE_CHOICE = 4,
	PIECE_TEXT = 5,
} PieceKind;
#define PIECE_KINDS 5

/* A photo, voice clip or drawing is a medium named by its SHA-256. */
typedef struct {
	PieceKind kind;
	char type[EVIDENCE_ID_MAX + 1];   /* media type: image/jpeg, image/png,
					   audio/ogg; "" for choice, text */
	char sha256[ID_SHA256 + 1];       /* "" for choice and text */
	int64_t size;                     /* bytes; 0 for choice and text */
	char text[EVIDENCE_TEXT_MAX + 1]; /* the choice's id, or the text */
} Piece;

typedef struct {
	char id[ID_UUID + 1];
	char kiosk[ID_UUID + 1];
	int64_t number;               /* 1, 2, 3 … on this kiosk's chain */
	char previous[ID_SHA256 + 1]; /* ID_NO_HASH before the first */

	/* Who: exactly one of the two is not empty. */
	char learner[EVIDENCE_ID_MAX + 1]; /* opaque, never a name */
	char badge[EVIDENCE_ID_MAX + 1];   /* digits of a badge that the
					      roster did not know */

	/* What was asked, as it was asked. */
	char portrait[ID_UUID + 1];
	char portrait_version[EVIDENCE_ID_MAX + 1];
	char statement[ID_UUID + 1]; /* the "I can", a CASE item */
	char prompt[EVIDENCE_ID_MAX + 1];
	char language[EVIDENCE_ID_MAX + 1]; /* BCP 47 */
	char asked[EVIDENCE_ASKED_MAX + 1];

	/* How it went: level 1 … levels of the scale; 0 if not said. */
	char scale[EVIDENCE_ID_MAX + 1];
	int level, levels;

	ClockReading at; /* raw; never rewritten */

	Piece pieces[EVIDENCE_PIECES_MAX];
	size_t n_pieces;
} Evidence;

/* "photo", "voice", "drawing", "choice", "text". */
const char *piece_kind_name(PieceKind kind);
bool
piece_kind_parse(const char *name, PieceKind *out) G_GNUC_WARN_UNUSED_RESULT;
bool piece_is_media(const Piece *piece);

/*
 * Reads canonical bytes and nothing else: what parses prints back the same.
 * On failure leaves *out alone; FAULT_INVALID names the member at fault.
 */
bool evidence_parse(const void *bytes, size_t size, Evidence *out,
		    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FAULT_INVALID, naming the member, if a value is out of its bounds. */
bool evidence_check(const Evidence *evidence, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The canonical bytes of evidence that evidence_check() accepts. */
GBytes *evidence_format(const Evidence *evidence);
