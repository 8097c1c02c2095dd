/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/prompt/draft.h"

static void
what_was_begun_comes_back(void)
{
	static const struct {
		PieceKind way;
		Piece piece;
		const char *strokes;
	} cases[] = {
		{ 0, { 0 }, "" },
		{ PIECE_DRAWING, { 0 }, "26262e 12 1,1 2,2\n" },
		{ PIECE_CHOICE, { PIECE_CHOICE, .text = "calm" }, "" },
		{ PIECE_PHOTO,
		  { PIECE_PHOTO, .type = "image/jpeg", .size = 9,
		    .sha256 = "0123456789abcdef0123456789abcdef"
			      "0123456789abcdef0123456789abcdef" },
		  "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		Flow begun = { .step = FLOW_LEVELS, .prompt = "A2C3" };
		Flow again = { .step = FLOW_HELLO };
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) bytes = NULL;
		g_autoptr(Draft) draft = NULL;
		g_autoptr(Draft) back = NULL;

		begun.way = cases[i].way;
		begun.piece = cases[i].piece;
		draft = draft_take(&begun, cases[i].strokes);
		bytes = draft_format(draft);
		back = draft_parse(g_bytes_get_data(bytes, NULL),
				   g_bytes_get_size(bytes), &error);
		g_assert_no_error(error);
		draft_apply(back, &again);
		g_assert_true(again.has_draft);
		g_assert_cmpstr(again.prompt, ==, "A2C3");
		g_assert_cmpint(again.way, ==, begun.way);
		g_assert_cmpint(again.piece.kind, ==, begun.piece.kind);
		g_assert_cmpstr(again.piece.text, ==, begun.piece.text);
		g_assert_cmpstr(again.piece.sha256, ==, begun.piece.sha256);
		g_assert_cmpstr(back->strokes, ==, cases[i].strokes);
	}
}

static void
a_long_drawing_keeps_the_whole_strokes_that_fit(void)
{
	const Flow flow = { .prompt = "A2C3", .way = PIECE_DRAWING };
	g_autoptr(GString) strokes = g_string_new(NULL);
	g_autoptr(Draft) draft = NULL;
	size_t kept;

	while (strokes->len <= DRAFT_STROKES_MAX)
		g_string_append(strokes, "26262e 12 100,100 200,200\n");
	draft = draft_take(&flow, strokes->str);
	kept = strlen(draft->strokes);
	g_assert_cmpuint(kept, >, DRAFT_STROKES_MAX - 30);
	g_assert_cmpuint(kept, <=, DRAFT_STROKES_MAX);
	g_assert_cmpint(draft->strokes[kept - 1], ==, '\n');
}

static void
anything_else_is_refused(void)
{
	static const char *const refused[] = {
		"",
		"[]",
		"{\"format\":1}",
		/* a later format */
		"{\"format\":2,\"prompt\":\"A\",\"sha256\":\"\",\"size\":0,"
		"\"strokes\":\"\",\"text\":\"\",\"type\":\"\",\"way\":\"\"}",
		/* an answer without a way */
		"{\"format\":1,\"prompt\":\"A\",\"sha256\":\"\",\"size\":0,"
		"\"strokes\":\"\",\"text\":\"x\",\"type\":\"\",\"way\":\"\"}",
		/* a way that nobody knows */
		"{\"format\":1,\"prompt\":\"A\",\"sha256\":\"\",\"size\":0,"
		"\"strokes\":\"\",\"text\":\"\",\"type\":\"\",\"way\":\"up\"}",
		/* a photo with half a hash */
		"{\"format\":1,\"prompt\":\"A\",\"sha256\":\"ab\",\"size\":0,"
		"\"strokes\":\"\",\"text\":\"\",\"type\":\"image/png\","
		"\"way\":\"photo\"}",
		/* a space too many */
		"{\"format\":1, \"prompt\":\"A\",\"sha256\":\"\",\"size\":0,"
		"\"strokes\":\"\",\"text\":\"\",\"type\":\"\",\"way\":\"\"}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(
			draft_parse(refused[i], strlen(refused[i]), &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/draft/what-was-begun-comes-back",
			what_was_begun_comes_back);
	g_test_add_func(
		"/draft/a-long-drawing-keeps-the-whole-strokes-that-fit",
		a_long_drawing_keeps_the_whole_strokes_that_fit);
	g_test_add_func("/draft/anything-else-is-refused",
			anything_else_is_refused);
	return g_test_run();
}
