/* SPDX-License-Identifier: Apache-2.0 */
#include "app/scan/keys.h"

#include <linux/input-event-codes.h>
#include <string.h>

typedef struct {
	char plain, shifted;
} Letter;

static const Letter letters[] = {
	[KEY_1] = { '1', '!' },           [KEY_2] = { '2', '@' },
	[KEY_3] = { '3', '#' },           [KEY_4] = { '4', '$' },
	[KEY_5] = { '5', '%' },           [KEY_6] = { '6', '^' },
	[KEY_7] = { '7', '&' },           [KEY_8] = { '8', '*' },
	[KEY_9] = { '9', '(' },           [KEY_0] = { '0', ')' },
	[KEY_MINUS] = { '-', '_' },       [KEY_EQUAL] = { '=', '+' },
	[KEY_Q] = { 'q', 'Q' },           [KEY_W] = { 'w', 'W' },
	[KEY_E] = { 'e', 'E' },           [KEY_R] = { 'r', 'R' },
	[KEY_T] = { 't', 'T' },           [KEY_Y] = { 'y', 'Y' },
	[KEY_U] = { 'u', 'U' },           [KEY_I] = { 'i', 'I' },
	[KEY_O] = { 'o', 'O' },           [KEY_P] = { 'p', 'P' },
	[KEY_LEFTBRACE] = { '[', '{' },   [KEY_RIGHTBRACE] = { ']', '}' },
	[KEY_A] = { 'a', 'A' },           [KEY_S] = { 's', 'S' },
	[KEY_D] = { 'd', 'D' },           [KEY_F] = { 'f', 'F' },
	[KEY_G] = { 'g', 'G' },           [KEY_H] = { 'h', 'H' },
	[KEY_J] = { 'j', 'J' },           [KEY_K] = { 'k', 'K' },
	[KEY_L] = { 'l', 'L' },           [KEY_SEMICOLON] = { ';', ':' },
	[KEY_APOSTROPHE] = { '\'', '"' }, [KEY_GRAVE] = { '`', '~' },
	[KEY_BACKSLASH] = { '\\', '|' },  [KEY_Z] = { 'z', 'Z' },
	[KEY_X] = { 'x', 'X' },           [KEY_C] = { 'c', 'C' },
	[KEY_V] = { 'v', 'V' },           [KEY_B] = { 'b', 'B' },
	[KEY_N] = { 'n', 'N' },           [KEY_M] = { 'm', 'M' },
	[KEY_COMMA] = { ',', '<' },       [KEY_DOT] = { '.', '>' },
	[KEY_SLASH] = { '/', '?' },       [KEY_SPACE] = { ' ', ' ' },
	[KEY_KP0] = { '0', '0' },         [KEY_KP1] = { '1', '1' },
	[KEY_KP2] = { '2', '2' },         [KEY_KP3] = { '3', '3' },
	[KEY_KP4] = { '4', '4' },         [KEY_KP5] = { '5', '5' },
	[KEY_KP6] = { '6', '6' },         [KEY_KP7] = { '7', '7' },
	[KEY_KP8] = { '8', '8' },         [KEY_KP9] = { '9', '9' },
	[KEY_KPMINUS] = { '-', '-' },     [KEY_KPDOT] = { '.', '.' },
	[KEY_KPSLASH] = { '/', '/' },
};

static void
start_anew(Keys *keys)
{
	keys->n = 0;
	keys->too_long = false;
	keys->text[0] = '\0';
}

static void
type(Keys *keys, char letter)
{
	if (keys->n >= KEYS_TEXT_MAX) {
		keys->too_long = true;
		return;
	}
	keys->text[keys->n++] = letter;
	keys->text[keys->n] = '\0';
}

/* True if there is a whole code; its text stays until the next key. */
static bool
end_code(Keys *keys)
{
	bool whole = keys->n > 0 && !keys->too_long;

	keys->n = 0;
	keys->too_long = false;
	return whole;
}

bool
keys_press(Keys *keys, uint16_t code, int32_t value, int64_t at_us)
{
	if (code == KEY_LEFTSHIFT || code == KEY_RIGHTSHIFT) {
		keys->shift = value != 0;
		return false;
	}
	if (value != 1)
		return false;
	if (keys->n == 0 || at_us - keys->last_us > KEYS_PAUSE_US)
		start_anew(keys); /* n stays as it is while a code grows */
	keys->last_us = at_us;
	if (code == KEY_ENTER || code == KEY_KPENTER || code == KEY_TAB)
		return end_code(keys);
	if (code < G_N_ELEMENTS(letters) && letters[code].plain != '\0')
		type(keys,
		     keys->shift ? letters[code].shifted : letters[code].plain);
	return false;
}
