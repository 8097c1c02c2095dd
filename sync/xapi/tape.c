/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/tape.h"

#include <stdlib.h>

#include "app/base/fault.h"

#define FEW_NAMES  12 /* up to here, comparing each with each is quickest */
#define FIRST_ROOM 128

struct Tape {
	const char *bytes; /* borrowed */
	uint32_t size, at;
	TapeValue *values; /* owned */
	uint32_t n, room;
	char *spare; /* owned; where texts with escapes are decoded */
	uint32_t spare_used;
	int depth;
	const char *fault; /* a rule that was broken, at `at` */
};

static bool
fail(Tape *tape, const char *rule)
{
	if (tape->fault == NULL)
		tape->fault = rule;
	return false;
}

/* A new value that begins here, valid until the next; the tape may move. */
static TapeValue *
push(Tape *tape, TapeType type)
{
	if (tape->n == tape->room) {
		tape->room = tape->room == 0 ? FIRST_ROOM : tape->room * 2;
		tape->values = g_renew(TapeValue, tape->values, tape->room);
	}
	tape->values[tape->n] =
		(TapeValue){ .at = tape->at, .span = 1, .type = type };
	return &tape->values[tape->n++];
}

static void
skip_blanks(Tape *tape)
{
	while (tape->at < tape->size) {
		char c = tape->bytes[tape->at];

		if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
			return;
		tape->at++;
	}
}

static char
peek(const Tape *tape)
{
	return tape->at < tape->size ? tape->bytes[tape->at] : '\0';
}

/* --- texts --- */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether none of eight bytes ends a text, escapes, or needs a closer look. */
static bool
are_plain(const char *bytes)
{
	uint64_t w, quote, escape;

	memcpy(&w, bytes, sizeof(w));
	quote = w ^ EACH('"');
	escape = w ^ EACH('\\');
	return ((w | (w - EACH(0x20)) | ((quote - EACH(1)) & ~quote) |
		 ((escape - EACH(1)) & ~escape)) &
		EACH(0x80)) == 0;
}

static uint32_t
skip_plain(const Tape *tape, uint32_t at)
{
	while (at + 8 <= tape->size && are_plain(tape->bytes + at))
		at += 8;
	while (at < tape->size && (unsigned char)tape->bytes[at] >= 0x20 &&
	       (unsigned char)tape->bytes[at] < 0x80 &&
	       tape->bytes[at] != '"' && tape->bytes[at] != '\\')
		at++;
	return at;
}

/* Bytes of the character at s, of n that are left; 0: no UTF-8
 * (RFC 3629, section 4). */
static uint32_t
utf8_size(const unsigned char *s, uint32_t n)
{
	unsigned low = 0x80, high = 0xbf;
	uint32_t size;

	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		size = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		size = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		size = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (size > n || s[1] < low || s[1] > high)
		return 0;
	for (uint32_t i = 2; i < size; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return size;
}

/* Four hex digits at `at`, or -1. */
static int
read_unit(const Tape *tape, uint32_t at)
{
	int unit = 0;

	if (at + 4 > tape->size)
		return -1;
	for (uint32_t i = 0; i < 4; i++) {
		int digit = g_ascii_xdigit_value(tape->bytes[at + i]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

/* The character behind "\u", of one or two units; -1 if it is none. */
static int
read_escaped_unit(Tape *tape)
{
	int high = read_unit(tape, tape->at);
	int low;

	if (high < 0)
		return -1;
	tape->at += 4;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || tape->at + 6 > tape->size ||
	    tape->bytes[tape->at] != '\\' || tape->bytes[tape->at + 1] != 'u')
		return -1;
	low = read_unit(tape, tape->at + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	tape->at += 6;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* What stands behind a backslash, decoded into the spare room. */
static bool
read_escape(Tape *tape)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	char c = peek(tape);
	const char *found = c != '\0' ? strchr(from, c) : NULL;
	int character;

	if (found != NULL) {
		tape->at++;
		tape->spare[tape->spare_used++] = to[found - from];
		return true;
	}
	if (c != 'u')
		return fail(tape, "no such escape");
	tape->at++;
	character = read_escaped_unit(tape);
	if (character < 0)
		return fail(tape, "no character after \\u");
	tape->spare_used +=
		(uint32_t)g_unichar_to_utf8((gunichar)character,
					    tape->spare + tape->spare_used);
	return true;
}

/* Copies what was plain since from, once there is an escape. */
static void
keep(Tape *tape, uint32_t from, uint32_t to)
{
	memcpy(tape->spare + tape->spare_used, tape->bytes + from, to - from);
	tape->spare_used += to - from;
}

/* From the first escape on; an escape is never shorter than what it means, so
 * the spare room of all texts together is never more than the source. */
static bool
read_escaped(Tape *tape, uint32_t from, TapeValue *value)
{
	uint32_t begin;

	if (tape->spare == NULL)
		tape->spare = g_malloc(tape->size);
	begin = tape->spare_used;
	for (;;) {
		uint32_t more = 0;
		uint32_t at = skip_plain(tape, tape->at);

		tape->at = at;
		if (at < tape->size && (unsigned char)tape->bytes[at] >= 0x80)
			more = utf8_size((const unsigned char *)tape->bytes +
						 at,
					 tape->size - at);
		if (more > 0) {
			tape->at += more;
			continue;
		}
		keep(tape, from, at);
		if (peek(tape) != '\\')
			break;
		tape->at++;
		if (!read_escape(tape))
			return false;
		from = tape->at;
	}
	value->text = tape->spare + begin;
	value->size = tape->spare_used - begin;
	return true;
}

/* At a quote. */
static bool
read_text(Tape *tape)
{
	TapeValue *value = push(tape, TAPE_TEXT);
	uint32_t from = ++tape->at;

	for (;;) {
		uint32_t more;

		tape->at = skip_plain(tape, tape->at);
		if (tape->at == tape->size ||
		    (unsigned char)tape->bytes[tape->at] < 0x80)
			break;
		more = utf8_size((const unsigned char *)tape->bytes + tape->at,
				 tape->size - tape->at);
		if (more == 0)
			return fail(tape, "no UTF-8");
		tape->at += more;
	}
	value->text = tape->bytes + from;
	value->size = tape->at - from;
	if (peek(tape) == '\\' && !read_escaped(tape, from, value))
		return false;
	if (peek(tape) != '"')
		return fail(tape, "a text must end, and have no control "
				  "characters");
	value->end = ++tape->at;
	return true;
}

/* --- numbers and words --- */

static bool
read_digits(Tape *tape)
{
	uint32_t from = tape->at;

	while (g_ascii_isdigit(peek(tape)))
		tape->at++;
	return tape->at > from || fail(tape, "a digit must follow");
}

static bool
read_number(Tape *tape)
{
	TapeValue *value = push(tape, TAPE_NUMBER);

	if (peek(tape) == '-')
		tape->at++;
	if (peek(tape) == '0')
		tape->at++;
	else if (!read_digits(tape))
		return false;
	if (peek(tape) == '.') {
		tape->at++;
		if (!read_digits(tape))
			return false;
	}
	if (peek(tape) == 'e' || peek(tape) == 'E') {
		tape->at++;
		if (peek(tape) == '+' || peek(tape) == '-')
			tape->at++;
		if (!read_digits(tape))
			return false;
	}
	value->text = tape->bytes + value->at;
	value->end = tape->at;
	value->size = value->end - value->at;
	return true;
}

static bool
read_word(Tape *tape, const char *word, TapeType type)
{
	uint32_t size = (uint32_t)strlen(word);
	TapeValue *value = push(tape, type);

	if (tape->size - tape->at < size ||
	    memcmp(tape->bytes + tape->at, word, size) != 0)
		return fail(tape, "no JSON value");
	tape->at += size;
	value->end = tape->at;
	return true;
}

/* --- lists and objects --- */

static int
compare_texts(const void *a, const void *b)
{
	const TapeValue *first = *(const TapeValue *const *)a;
	const TapeValue *second = *(const TapeValue *const *)b;

	if (first->size != second->size)
		return first->size < second->size ? -1 : 1;
	return memcmp(first->text, second->text, first->size);
}

bool
tape_has_twice(const TapeValue **texts, size_t n)
{
	if (n > FEW_NAMES) {
		qsort(texts, n, sizeof(*texts), compare_texts);
		for (size_t i = 1; i < n; i++)
			if (compare_texts(&texts[i - 1], &texts[i]) == 0)
				return true;
		return false;
	}
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (texts[i]->size == texts[k]->size &&
			    memcmp(texts[i]->text, texts[k]->text,
				   texts[i]->size) == 0)
				return true;
	return false;
}

static bool
has_twice(const TapeValue *object)
{
	const TapeValue *few[FEW_NAMES];
	g_autofree const TapeValue **many = NULL;
	const TapeValue **names = few;
	const TapeValue *name = tape_first(object);

	if (object->count > FEW_NAMES)
		names = many = g_new(const TapeValue *, object->count);
	for (uint32_t i = 0; i < object->count;
	     i++, name = tape_next_name(name))
		names[i] = name;
	return tape_has_twice(names, object->count);
}

static bool read_value(Tape *tape);

static bool
read_member(Tape *tape)
{
	skip_blanks(tape);
	if (peek(tape) != '"')
		return fail(tape, "a member must have a name");
	if (!read_text(tape))
		return false;
	skip_blanks(tape);
	if (peek(tape) != ':')
		return fail(tape, "a colon must follow the name");
	tape->at++;
	return read_value(tape);
}

/* Behind the bracket: elements or members, and the other bracket. */
static bool
read_inside(Tape *tape, uint32_t container, char close)
{
	bool (*read_one)(Tape *) = close == '}' ? read_member : read_value;
	uint32_t count = 0;

	tape->at++;
	skip_blanks(tape);
	if (peek(tape) != close) {
		for (;;) {
			if (!read_one(tape))
				return false;
			count++;
			skip_blanks(tape);
			if (peek(tape) != ',')
				break;
			tape->at++;
		}
	}
	if (peek(tape) != close)
		return fail(tape, "a comma or a closing bracket must follow");
	tape->at++;
	tape->values[container].count = count;
	tape->values[container].end = tape->at;
	tape->values[container].span = tape->n - container;
	return true;
}

static bool
read_container(Tape *tape, TapeType type, char close)
{
	uint32_t container = tape->n;

	push(tape, type);
	if (++tape->depth > TAPE_DEPTH)
		return fail(tape, "too many levels");
	if (!read_inside(tape, container, close))
		return false;
	tape->depth--;
	return type != TAPE_OBJECT || !has_twice(&tape->values[container]) ||
	       fail(tape, "this object has a name twice");
}

static bool
read_value(Tape *tape)
{
	if (tape->n >= TAPE_VALUES_MAX)
		return fail(tape, "too many values");
	skip_blanks(tape);
	switch (peek(tape)) {
	case '"':
		return read_text(tape);
	case '{':
		return read_container(tape, TAPE_OBJECT, '}');
	case '[':
		return read_container(tape, TAPE_LIST, ']');
	case 't':
		return read_word(tape, "true", TAPE_TRUE);
	case 'f':
		return read_word(tape, "false", TAPE_FALSE);
	case 'n':
		return read_word(tape, "null", TAPE_NULL);
	default:
		return read_number(tape);
	}
}

static bool
read_all(Tape *tape)
{
	if (!read_value(tape))
		return false;
	skip_blanks(tape);
	return tape->at == tape->size ||
	       fail(tape, "nothing may follow the value");
}

/* --- the tape --- */

Tape *
tape_read(const char *bytes, size_t size, GError **error)
{
	g_autoptr(Tape) tape = g_new0(Tape, 1);

	g_return_val_if_fail(bytes != NULL || size == 0, NULL);
	tape->bytes = bytes;
	if (size > TAPE_BYTES_MAX)
		fail(tape, "too long");
	else
		tape->size = (uint32_t)size;
	if (tape->fault == NULL && read_all(tape))
		return g_steal_pointer(&tape);
	g_set_error(error, FAULT, FAULT_INVALID, "JSON, byte %u: %s", tape->at,
		    tape->fault);
	return NULL;
}

void
tape_free(Tape *tape)
{
	if (tape == NULL)
		return;
	g_free(tape->values);
	g_free(tape->spare);
	g_free(tape);
}

const TapeValue *
tape_root(const Tape *tape)
{
	return tape->values;
}

const char *
tape_bytes(const Tape *tape)
{
	return tape->bytes;
}

const TapeValue *
tape_member(const TapeValue *object, const char *name)
{
	size_t size = strlen(name);
	const TapeValue *at;

	if (object == NULL || object->type != TAPE_OBJECT)
		return NULL;
	at = tape_first(object);
	for (uint32_t i = 0; i < object->count; i++, at = tape_next_name(at))
		if (tape_is(at, name, size))
			return tape_value_of(at);
	return NULL;
}
