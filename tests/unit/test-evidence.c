/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/evidence/evidence.h"

/* On every disk and wire there is. */
G_STATIC_ASSERT(PIECE_PHOTO == 1 && PIECE_VOICE == 2 && PIECE_DRAWING == 3 &&
		PIECE_CHOICE == 4 && PIECE_TEXT == 5);

/* Never change it: kiosks in schools have written such records. */
static const char golden[] =
	"{\"asked\":\"¿Cómo ayudaste?\",\"at\":{\"boot\":"
	"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"since_boot_us\":5,"
	"\"trusted\":true,\"wall_us\":1795000000000000},\"badge\":\"\","
	"\"format\":1,\"id\":\"11111111-2222-4333-8444-555555555555\","
	"\"kiosk\":\"66666666-7777-4888-9999-000000000000\","
	"\"language\":\"es\",\"learner\":\"k7x2m9qd\",\"level\":3,"
	"\"levels\":4,\"number\":7,\"pieces\":[{\"kind\":\"photo\","
	"\"sha256\":\"ba7816bf8f01cfea414140de5dae2223"
	"b00361a396177a9cb410ff61f20015ad\",\"size\":3,"
	"\"type\":\"image/jpeg\"},{\"kind\":\"text\",\"text\":\"¡sí!\"}],"
	"\"portrait\":\"7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01\","
	"\"portrait_version\":\"2026-11\",\"previous\":\"" ID_NO_HASH
	"\",\"prompt\":\"A2C3\",\"scale\":\"help\","
	"\"statement\":\"0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11\"}";

static Evidence *
read_golden(void)
{
	g_autoptr(GError) error = NULL;
	Evidence *e = g_new0(Evidence, 1);

	g_assert_true(evidence_parse(golden, strlen(golden), e, &error));
	g_assert_no_error(error);
	return e;
}

static void
what_was_written_once_is_read_for_ever(void)
{
	g_autofree Evidence *e = read_golden();
	g_autoptr(GBytes) bytes = evidence_format(e);

	g_assert_cmpint(e->number, ==, 7);
	g_assert_cmpint(e->at.wall.us, ==, INT64_C(1795000000000000));
	g_assert_true(e->at.trusted);
	g_assert_cmpint(e->level, ==, 3);
	g_assert_cmpuint(e->n_pieces, ==, 2);
	g_assert_cmpint(e->pieces[0].kind, ==, PIECE_PHOTO);
	g_assert_cmpint(e->pieces[0].size, ==, 3);
	g_assert_cmpstr(e->pieces[1].text, ==, "¡sí!");
	g_assert_cmpstr(e->asked, ==, "¿Cómo ayudaste?");
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
			golden, strlen(golden));
}

static char *
replace(const char *from, const char *to)
{
	g_auto(GStrv) parts = g_strsplit(golden, from, 2);

	g_assert_nonnull(parts[1]);
	return g_strjoinv(to, parts);
}

static void
other_bytes_are_refused_and_change_nothing(void)
{
	static const struct {
		const char *from, *to;
		int fault;
	} rows[] = {
		{ "{\"asked", "{ \"asked", FAULT_INVALID },
		{ "\"format\":1", "\"format\":2", FAULT_TOO_NEW },
		{ "\"format\":1,", "", FAULT_INVALID },
		{ "\"level\":3", "\"level\":5", FAULT_INVALID },
		{ "\"levels\":4", "\"levels\":10", FAULT_INVALID },
		{ "\"number\":7", "\"number\":0", FAULT_INVALID },
		{ "\"number\":7", "\"number\":7.0", FAULT_INVALID },
		{ "\"badge\":\"\"", "\"badge\":\"1\"", FAULT_INVALID },
		{ "k7x2m9qd", "", FAULT_INVALID },
		{ "k7x2m9qd", "../k7", FAULT_INVALID },
		{ "k7x2m9qd", "Maya R.", FAULT_INVALID },
		{ "1111-2222", "1111-222A", FAULT_INVALID },
		{ "\"scale\":\"help\"", "\"scale\":\"\"", FAULT_INVALID },
		{ "aaaaaaaa\",", "aaaaaaa\",", FAULT_INVALID },
		{ "\"trusted\":true", "\"trusted\":1", FAULT_INVALID },
		{ "\"size\":3", "\"size\":0", FAULT_INVALID },
		{ "\"size\":3", "\"size\":16777217", FAULT_INVALID },
		{ "image/jpeg", "image jpeg", FAULT_INVALID },
		{ "\"kind\":\"photo\"", "\"kind\":\"smell\"", FAULT_INVALID },
		{ "\"text\":\"¡sí!\"", "\"text\":\"\"", FAULT_INVALID },
		{ "¡sí!", "\\u00a1s\\u00ed!", FAULT_INVALID },
		{ "\"prompt\"", "\"extra\":1,\"prompt\"", FAULT_INVALID },
		{ ",\"type\":", ",\"text\":\"x\",\"type\":", FAULT_INVALID },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = replace(rows[i].from, rows[i].to);
		g_autofree Evidence *out = g_new0(Evidence, 1);
		g_autofree Evidence *before = g_new0(Evidence, 1);
		g_autoptr(GError) error = NULL;

		g_test_message("row %zu: %s", i, rows[i].to);
		g_assert_false(evidence_parse(text, strlen(text), out, &error));
		g_assert_error(error, FAULT, rows[i].fault);
		g_assert_cmpmem(out, sizeof(*out), before, sizeof(*before));
	}
}

static void
the_largest_record_fits(void)
{
	g_autofree Evidence *e = read_golden();
	g_autofree Evidence *again = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;

	memset(e->asked, '\x01', EVIDENCE_ASKED_MAX);
	e->n_pieces = EVIDENCE_PIECES_MAX;
	for (size_t i = 0; i < e->n_pieces; i++) {
		e->pieces[i] = (Piece){ .kind = PIECE_TEXT };
		memset(e->pieces[i].text, '"', EVIDENCE_TEXT_MAX);
	}
	g_assert_true(evidence_check(e, &error));
	bytes = evidence_format(e);
	g_assert_cmpuint(g_bytes_get_size(bytes), <=, EVIDENCE_BYTES_MAX);
	g_assert_true(evidence_parse(g_bytes_get_data(bytes, NULL),
				     g_bytes_get_size(bytes), again, &error));
	g_assert_no_error(error);
}

static void
what_would_not_fit_is_refused(void)
{
	g_autofree Evidence *e = read_golden();
	g_autoptr(GError) error = NULL;

	e->n_pieces = EVIDENCE_PIECES_MAX;
	for (size_t i = 0; i < e->n_pieces; i++) {
		e->pieces[i] = (Piece){ .kind = PIECE_TEXT };
		memset(e->pieces[i].text, '\x01', EVIDENCE_TEXT_MAX);
	}
	g_assert_false(evidence_check(e, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
kinds_have_a_name_each(void)
{
	PieceKind kind;

	for (int i = PIECE_PHOTO; i <= PIECE_TEXT; i++) {
		g_assert_true(
			piece_kind_parse(piece_kind_name((PieceKind)i), &kind));
		g_assert_cmpint(kind, ==, i);
	}
	g_assert_false(piece_kind_parse("smell", &kind));
	g_assert_false(piece_kind_parse("", &kind));
	g_assert_false(piece_kind_parse(NULL, &kind));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/evidence/parse/written-once-is-read-for-ever",
			what_was_written_once_is_read_for_ever);
	g_test_add_func("/evidence/parse/other-bytes-are-refused",
			other_bytes_are_refused_and_change_nothing);
	g_test_add_func("/evidence/format/largest-record-fits",
			the_largest_record_fits);
	g_test_add_func("/evidence/check/what-would-not-fit-is-refused",
			what_would_not_fit_is_refused);
	g_test_add_func("/evidence/piece/a-name-each", kinds_have_a_name_each);
	return g_test_run();
}
