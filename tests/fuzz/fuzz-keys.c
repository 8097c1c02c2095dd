/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is a hand scanner's key events, four bytes each: the key's code
 * (two, low one first), its value, and the time since the one before.  The
 * law: what is read is letters that a keyboard has, within the limit, and
 * reads the same when it is typed again.
 */
#include <linux/input-event-codes.h>
#include <stdint.h>
#include <string.h>

#include "app/scan/keys.h"

#define EVENT_BYTES 4
#define UNIT_US     4000 /* of the time: past the pause in half of a byte */
#define LETTERS     128

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct {
	uint16_t code; /* 0: no key types it */
	bool shift;
} Stroke;

/* What a key types is asked of keys.c itself, one key at a time. */
static char
letter_of(uint16_t code, bool shift)
{
	Keys keys = { 0 };

	keys_press(&keys, KEY_LEFTSHIFT, shift, 0);
	keys_press(&keys, code, 1, 0);
	return keys_press(&keys, KEY_ENTER, 1, 0) ? keys.text[0] : '\0';
}

static const Stroke *
get_strokes(void)
{
	static Stroke strokes[LETTERS];

	if (strokes['0'].code != 0)
		return strokes;
	for (uint16_t code = 0; code < KEY_MAX; code++)
		for (int shift = 0; shift <= 1; shift++) {
			char c = letter_of(code, shift != 0);

			g_assert_true((unsigned char)c < LETTERS);
			strokes[(int)c] = (Stroke){ code, shift != 0 };
		}
	return strokes;
}

static void
reads_the_same(const char *text)
{
	const Stroke *strokes = get_strokes();
	Keys keys = { 0 };

	for (const char *at = text; *at != '\0'; at++) {
		const Stroke *stroke = &strokes[(unsigned char)*at % LETTERS];

		g_assert_true(*at >= ' ' && *at <= '~');
		keys_press(&keys, KEY_LEFTSHIFT, stroke->shift, 0);
		g_assert_false(keys_press(&keys, stroke->code, 1, 0));
	}
	g_assert_true(keys_press(&keys, KEY_ENTER, 1, 0));
	g_assert_cmpstr(keys.text, ==, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	Keys keys = { 0 };
	int64_t now_us = 0;

	for (; size >= EVENT_BYTES; bytes += EVENT_BYTES, size -= EVENT_BYTES) {
		uint16_t code = (uint16_t)(bytes[0] | bytes[1] << 8);

		now_us += (int64_t)bytes[3] * UNIT_US;
		if (!keys_press(&keys, code, (int8_t)bytes[2], now_us))
			continue;
		g_assert_cmpuint(strlen(keys.text), >, 0);
		g_assert_cmpuint(strlen(keys.text), <=, KEYS_TEXT_MAX);
		reads_the_same(keys.text);
	}
	return 0;
}
