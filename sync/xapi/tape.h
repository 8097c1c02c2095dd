/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <glib.h>

/*
 * JSON (RFC 8259) read strictly onto a tape: one array of values in the order
 * of the text, each of which remembers its bytes there.  So a statement can
 * be checked and hashed, and still be given back as it was sent, numbers
 * included.
 *
 * Refused are: a name twice in one object (also in two spellings of it), what
 * is no UTF-8, half a surrogate pair, anything behind the value, more than
 * TAPE_DEPTH levels, TAPE_BYTES_MAX bytes or TAPE_VALUES_MAX values (a tape of
 * noughts is longer than its text).  A text may contain U+0000: its size
 * counts, not its end.
 */
#define TAPE_DEPTH      100
#define TAPE_BYTES_MAX  (256u << 20)
#define TAPE_VALUES_MAX (4u << 20) /* 128 MiB of tape */

typedef enum {
	TAPE_NULL,
	TAPE_FALSE,
	TAPE_TRUE,
	TAPE_NUMBER,
	TAPE_TEXT,
	TAPE_LIST,
	TAPE_OBJECT,
} TapeType;

typedef struct {
	const char *
		text; /* of a text: decoded, no NUL behind; of a number: as written */
	uint32_t size;    /* bytes of text */
	uint32_t at, end; /* the value's own bytes in what was read */
	uint32_t span;    /* values on the tape: itself and all within it */
	uint32_t count;   /* members or elements */
	TapeType type;
} TapeValue;

typedef struct Tape Tape;

/* Owned by the caller; borrows bytes for as long as it lives.  NULL and
 * FAULT_INVALID, with the byte, otherwise. */
Tape *tape_read(const char *bytes, size_t size, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void tape_free(Tape *tape);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tape, tape_free)

const TapeValue *tape_root(const Tape *tape);
const char *tape_bytes(const Tape *tape);

/*
 * Walking: the first element of a list, or the name of an object's first
 * member, follows its container; a member's value follows its name.
 *
 *     const TapeValue *at = tape_first(list);
 *     for (uint32_t i = 0; i < list->count; i++, at = tape_next(at))
 */
static inline const TapeValue *
tape_first(const TapeValue *container)
{
	return container + 1;
}

static inline const TapeValue *
tape_next(const TapeValue *value)
{
	return value + value->span;
}

static inline const TapeValue *
tape_value_of(const TapeValue *name)
{
	return name + 1;
}

static inline const TapeValue *
tape_next_name(const TapeValue *name)
{
	return tape_next(name + 1);
}

static inline bool
tape_is(const TapeValue *text, const char *word, size_t size)
{
	return text->size == size && memcmp(text->text, word, size) == 0;
}

/* A member's value, or NULL; NULL also if the value is no object. */
const TapeValue *tape_member(const TapeValue *object, const char *name);

/* Whether two of n texts are the same. */
bool tape_has_twice(const TapeValue **texts, size_t n);
