/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/input-event-codes.h>
#include <string.h>

#include "app/scan/keys.h"

#define MS 1000 /* in microseconds */

/* The US layout as it is printed on a keyboard, row by row. */
static const struct {
	uint16_t first; /* key codes follow each other in a row */
	const char *plain, *shifted;
} rows[] = {
	{ KEY_1, "1234567890-=", "!@#$%^&*()_+" },
	{ KEY_Q, "qwertyuiop[]", "QWERTYUIOP{}" },
	{ KEY_A, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ KEY_BACKSLASH, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ KEY_SPACE, " ", " " },
};

typedef struct {
	Keys keys;
	int64_t now_us;
} Typist;

static bool
press(Typist *typist, uint16_t code)
{
	typist->now_us += MS;
	return keys_press(&typist->keys, code, 1, typist->now_us);
}

static void
release(Typist *typist, uint16_t code)
{
	typist->now_us += MS;
	g_assert_false(keys_press(&typist->keys, code, 0, typist->now_us));
}

static void
tap(Typist *typist, uint16_t code)
{
	g_assert_false(press(typist, code));
	release(typist, code);
}

static void
type(Typist *typist, char letter)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		const char *plain = strchr(rows[i].plain, letter);
		const char *shifted = strchr(rows[i].shifted, letter);

		if (plain != NULL) {
			tap(typist, (uint16_t)(rows[i].first +
					       (plain - rows[i].plain)));
			return;
		}
		if (shifted == NULL)
			continue;
		g_assert_false(press(typist, KEY_LEFTSHIFT));
		tap(typist,
		    (uint16_t)(rows[i].first + (shifted - rows[i].shifted)));
		release(typist, KEY_LEFTSHIFT);
		return;
	}
	g_assert_not_reached();
}

static void
type_all(Typist *typist, const char *text)
{
	for (; *text != '\0'; text++)
		type(typist, *text);
}

static void
every_printable_letter_comes_through(void)
{
	Typist typist = { 0 };
	char text[128] = "";

	for (int c = ' '; c <= '~'; c++)
		text[c - ' '] = (char)c;
	type_all(&typist, text);
	g_assert_true(press(&typist, KEY_ENTER));
	g_assert_cmpstr(typist.keys.text, ==, text);
}

static void
the_keypad_types_digits(void)
{
	static const uint16_t keys[] = { KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3,
					 KEY_KP4, KEY_KP5, KEY_KP6, KEY_KP7,
					 KEY_KP8, KEY_KP9 };
	Typist typist = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++)
		tap(&typist, keys[i]);
	g_assert_true(press(&typist, KEY_KPENTER));
	g_assert_cmpstr(typist.keys.text, ==, "0123456789");
}

static void
enter_and_tab_end_a_code(void)
{
	static const uint16_t ends[] = { KEY_ENTER, KEY_KPENTER, KEY_TAB };
	Typist typist = { 0 };

	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		type_all(&typist, "42");
		g_assert_true(press(&typist, ends[i]));
		g_assert_cmpstr(typist.keys.text, ==, "42");
	}
	g_assert_false(press(&typist, KEY_ENTER)); /* nothing typed */
}

static void
other_keys_and_repeats_type_nothing(void)
{
	static const uint16_t others[] = { KEY_ESC,      KEY_F1, KEY_LEFTCTRL,
					   KEY_LEFTALT,  KEY_UP, KEY_CAPSLOCK,
					   KEY_LEFTMETA, 0,      KEY_MAX };
	Typist typist = { 0 };

	type(&typist, '7');
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		tap(&typist, others[i]);
	g_assert_false(keys_press(&typist.keys, KEY_8, 2, typist.now_us + MS));
	g_assert_true(press(&typist, KEY_ENTER));
	g_assert_cmpstr(typist.keys.text, ==, "7");
}

static void
a_pause_begins_anew(void)
{
	static const struct {
		int64_t pause_us;
		const char *text;
	} cases[] = { { KEYS_PAUSE_US - 2 * MS, "1234" },
		      { KEYS_PAUSE_US + MS, "34" } };

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		Typist typist = { 0 };

		type_all(&typist, "12");
		typist.now_us += cases[i].pause_us;
		type_all(&typist, "34");
		g_assert_true(press(&typist, KEY_ENTER));
		g_assert_cmpstr(typist.keys.text, ==, cases[i].text);
	}
}

static void
a_code_that_is_too_long_is_none(void)
{
	Typist typist = { 0 };

	for (int i = 0; i < KEYS_TEXT_MAX; i++)
		type(&typist, '5');
	g_assert_true(press(&typist, KEY_ENTER));
	g_assert_cmpuint(strlen(typist.keys.text), ==, KEYS_TEXT_MAX);
	for (int i = 0; i <= KEYS_TEXT_MAX; i++)
		type(&typist, '5');
	g_assert_false(press(&typist, KEY_ENTER));
	type(&typist, '6');
	g_assert_true(press(&typist, KEY_ENTER));
	g_assert_cmpstr(typist.keys.text, ==, "6");
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keys/every-printable-letter",
			every_printable_letter_comes_through);
	g_test_add_func("/keys/keypad-types-digits", the_keypad_types_digits);
	g_test_add_func("/keys/enter-and-tab-end-a-code",
			enter_and_tab_end_a_code);
	g_test_add_func("/keys/others-and-repeats-type-nothing",
			other_keys_and_repeats_type_nothing);
	g_test_add_func("/keys/a-pause-begins-anew", a_pause_begins_anew);
	g_test_add_func("/keys/too-long-is-none",
			a_code_that_is_too_long_is_none);
	return g_test_run();
}
