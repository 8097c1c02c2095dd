/* SPDX-License-Identifier: Apache-2.0 */
/* JSON on a tape; what must be refused is refused by jansson, too. */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/xapi/tape.h"

static void
check_reads(const char *bytes, size_t size, bool expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tape) tape = tape_read(bytes, size, &error);
	g_autoptr(json_t) value =
		json_loadb(bytes, size,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY |
				   JSON_ALLOW_NUL,
			   NULL);

	g_test_message("%.*s", (int)MIN(size, 60), bytes);
	g_assert_true((tape != NULL) == expected);
	g_assert_true((value != NULL) == expected);
	if (!expected)
		g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
test_reads(void)
{
	static const char *const texts[] = {
		"null",
		" true ",
		"\tfalse\r\n",
		"0",
		"-0",
		"-1.5e+10",
		"1E5",
		"0.1",
		"\"\"",
		"\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"",
		"\"\\u00e9\\ud83d\\ude00\"",
		"\"é😀\"",
		"[]",
		"[ ]",
		"[1,2]",
		"{}",
		"{\"a\":{\"a\":1},\"b\":[{\"a\":2}]}",
		"[[],{},\"\"]",
		"{\"\":1}",
		"\"\\né\\t😀\"",
		"\"\\u0000\"",
		"\"\x7f\"",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		check_reads(texts[i], strlen(texts[i]), true);
}

static void
test_refuses(void)
{
	static const char *const texts[] = {
		"",
		" ",
		"nul",
		"nulll",
		"True",
		"01",
		"-",
		"-a",
		"1.",
		".5",
		"1e",
		"1e+",
		"+1",
		"0x1",
		"NaN",
		"Infinity",
		"'a'",
		"\"",
		"\"a",
		"\"\\",
		"\"\\x\"",
		"\"\\u12\"",
		"\"\\u12g4\"",
		"\"\\ud800\"",
		"\"\\ud800x\"",
		"\"\\ud800\\u0041\"",
		"\"\\udc00\"",
		"\"\n\"",
		"\"\x01\"",
		"[",
		"[1",
		"[1,",
		"[1,]",
		"[,1]",
		"[1 2]",
		"]",
		"{",
		"{\"a\"",
		"{\"a\":",
		"{\"a\":1",
		"{\"a\":1,}",
		"{,}",
		"{a:1}",
		"{1:1}",
		"{\"a\" 1}",
		"}",
		"[1}",
		"{\"a\":1]",
		"1 2",
		"{}{}",
		"// a\n1",
		"/* a */1",
		"\xef\xbb\xbf{}",
		"\"\x80\"",
		"\"\xc0\xaf\"",
		"\"\xe0\x80\xaf\"",
		"\"\xed\xa0\x80\"",
		"\"\xf4\x90\x80\x80\"",
		"\"\xf8\x88\x80\x80\x80\"",
		"\"\xc3\"",
		"\"a\\n\xff\"",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}",
		"[{\"b\":{\"a\":1,\"a\":2}}]",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
		check_reads(texts[i], strlen(texts[i]), false);
}

static void
test_many_names(void)
{
	g_autoptr(GString) text = g_string_new("{\"x\":0");

	for (int i = 0; i < 1000; i++)
		g_string_append_printf(text, ",\"%d\":%d", i, i);
	g_string_append_c(text, '}');
	check_reads(text->str, text->len, true);
	g_string_truncate(text, text->len - 1);
	g_string_append(text, ",\"77\":0}");
	check_reads(text->str, text->len, false);
}

static void
test_depth(void)
{
	g_autofree char *deep = g_strnfill(100000, '[');
	g_autofree char *ok = g_strconcat(deep + 100000 - TAPE_DEPTH, "", NULL);
	g_autofree char *closes = g_strnfill(TAPE_DEPTH, ']');
	g_autofree char *whole = g_strconcat(ok, closes, NULL);
	g_autofree char *more = g_strconcat("[", whole, "]", NULL);
	g_autoptr(GError) error = NULL;

	check_reads(deep, 100000, false);
	check_reads(whole, strlen(whole), true);
	g_assert_null(tape_read(more, strlen(more), &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

/* Sixteen bytes of tape for each byte of noughts: the tape is bounded. */
static void
test_values(void)
{
	size_t size = 2 * TAPE_VALUES_MAX + 3;
	g_autofree char *text = g_malloc(size);
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < size; i++)
		text[i] = i % 2 == 0 ? ',' : '0';
	text[0] = '[';
	text[size - 1] = ']';
	g_assert_null(tape_read(text, size, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, "too many values"));
}

static void
test_walks(void)
{
	static const char text[] =
		" {\"a\\u0062\":[1,{\"c\":2.50}],\"d\":\"x\\ny\"} ";
	g_autoptr(Tape) tape = tape_read(text, strlen(text), NULL);
	const TapeValue *root = tape_root(tape);
	const TapeValue *list = tape_member(root, "ab");
	const TapeValue *object = tape_next(tape_first(list));
	const TapeValue *number = tape_member(object, "c");

	g_assert_cmpuint(root->at, ==, 1);
	g_assert_cmpuint(root->end, ==, strlen(text) - 1);
	g_assert_cmpuint(root->count, ==, 2);
	g_assert_cmpuint(list->count, ==, 2);
	g_assert_true(tape_is(number, "2.50", 4));
	g_assert_cmpmem(text + object->at, object->end - object->at,
			"{\"c\":2.50}", 10);
	g_assert_true(tape_is(tape_member(root, "d"), "x\ny", 3));
	g_assert_null(tape_member(root, "c"));
	g_assert_null(tape_member(list, "c"));
	g_assert_null(tape_member(NULL, "c"));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/xapi/tape/reads-json", test_reads);
	g_test_add_func("/xapi/tape/refuses-what-is-no-json", test_refuses);
	g_test_add_func("/xapi/tape/no-name-twice-among-many", test_many_names);
	g_test_add_func("/xapi/tape/no-deeper-than-its-limit", test_depth);
	g_test_add_func("/xapi/tape/no-more-values-than-its-limit",
			test_values);
	g_test_add_func("/xapi/tape/walks-and-knows-the-bytes", test_walks);
	return g_test_run();
}
