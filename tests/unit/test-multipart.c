/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <glib.h>

#include "app/base/fault.h"
#include "sync/wire/multipart.h"

/* What a reader said, as one text: [type|encoding|hash] bytes ; per part. */
static bool
on_begin(const MultipartHeaders *headers, void *data, GError **error)
{
	g_string_append_printf(data, "[%s|%s|%s]", headers->content_type,
			       headers->encoding, headers->sha256);
	return true;
}

static bool
on_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	g_string_append_len(data, bytes, (gssize)size);
	return true;
}

static bool
on_end(void *data, GError **error)
{
	g_string_append_c(data, ';');
	return true;
}

static const MultipartEvents events = { on_begin, on_bytes, on_end };

/* Feeds in pieces of `step` bytes; NULL if it is refused. */
static char *
read_all(const char *type, const char *body, size_t size, size_t step)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) said = g_string_new(NULL);
	g_autoptr(MultipartReader) reader =
		multipart_reader_new(type, &events, said, &error);
	bool ok = reader != NULL;

	for (size_t at = 0; ok && at < size; at += step)
		ok = multipart_reader_feed(reader, body + at,
					   MIN(step, size - at), &error);
	ok = ok && multipart_reader_finish(reader, &error);
	if (!ok)
		g_assert_error(error, FAULT, FAULT_INVALID);
	return ok ? g_string_free(g_steal_pointer(&said), FALSE) : NULL;
}

#define TYPE "multipart/mixed; boundary=xyz"

typedef struct {
	const char *claim, *body, *said; /* NULL: refused */
} Case;

static const Case cases[] = {
	{ "one-part", "--xyz\r\nContent-Type: a/b\r\n\r\nhello\r\n--xyz--",
	  "[a/b||]hello;" },
	{ "two-parts-with-headers",
	  "--xyz\r\nContent-Type: a/b\r\n\r\n1\r\n--xyz\r\n"
	  "content-transfer-encoding:binary\r\nX-Experience-API-Hash: ab\r\n"
	  "X-Other: y\r\n\r\n2\r\n--xyz--\r\n",
	  "[a/b||]1;[|binary|ab]2;" },
	{ "preamble-and-epilogue-are-passed-over",
	  "pre\r\namble\r\n--xyz\r\n\r\nx\r\n--xyz--\r\nepi\r\n--xyz\r\nlogue",
	  "[||]x;" },
	{ "empty-headers", "--xyz\r\n\r\nx\r\n--xyz--", "[||]x;" },
	{ "empty-body", "--xyz\r\nA: b\r\n\r\n\r\n--xyz--", "[||];" },
	{ "no-body-at-all", "--xyz\r\nA: b\r\n\r\n--xyz--", "[||];" },
	{ "no-headers-no-body", "--xyz\r\n\r\n--xyz--", "[||];" },
	{ "no-parts", "--xyz--", "" },
	{ "spaces-behind-the-boundary", "--xyz \t\r\n\r\nx\r\n--xyz--  \r\n",
	  "[||]x;" },
	{ "near-boundaries-are-content",
	  "--xyz\r\n\r\n\r\n--xy\r\r\n-\r\n--xy\r\n--xyz--",
	  "[||]\r\n--xy\r\r\n-\r\n--xy;" },
	{ "bare-line-feeds-are-content", "--xyz\r\n\r\na\n--xyz\nb\r\n--xyz--",
	  "[||]a\n--xyz\nb;" },
	{ "ends-with-returns", "--xyz\r\n\r\na\r\r\r\n--xyz--", "[||]a\r\r;" },
	{ "folded-header",
	  "--xyz\r\nContent-Type: a/b;\r\n c=d\r\n\r\n\r\n--xyz--",
	  "[a/b;  c=d||];" },
	{ "unfinished", "--xyz\r\n\r\nx\r\n--xyz\r\n\r\ny", NULL },
	{ "closing-missing-a-dash", "--xyz\r\n\r\nx\r\n--xyz-", NULL },
	{ "no-boundary-at-all", "hello", NULL },
	{ "nothing", "", NULL },
	{ "boundary-line-goes-on", "--xyz\r\n\r\nx\r\n--xyzz\r\n--xyz--",
	  NULL },
	{ "line-feeds-between-headers",
	  "--xyz\r\nA: b\nC: d\r\n\r\n\r\n--xyz--", NULL },
	{ "header-without-a-colon", "--xyz\r\nAb\r\n\r\n\r\n--xyz--", NULL },
	{ "header-with-a-space-before-its-colon",
	  "--xyz\r\nContent-Type : a/b\r\n\r\n\r\n--xyz--", NULL },
	{ "header-twice",
	  "--xyz\r\nContent-Type: a/b\r\nContent-Type: a/c\r\n\r\n\r\n--xyz--",
	  NULL },
	{ "boundary-right-behind-a-boundary", "--xyz\r\n--xyz--", NULL },
	{ "all-lines-end-with-line-feeds",
	  "--xyz\nContent-Type: a/b\n\n1\n--xyz\nA: b\n\n2\r\n3\n--xyz--\n",
	  "[a/b||]1;[||]2\r\n3;" },
	{ "line-feeds-and-no-headers", "--xyz \n\n--xyz--", "[||];" },
	{ "line-feeds-near-boundaries", "--xyz\n\n\n--xy\n-\r\n--xyz--",
	  "[||]\n--xy\n-\r;" },
	{ "line-feeds-then-returns-among-headers",
	  "--xyz\nA: b\r\n\r\nx\r\n--xyz--", NULL },
	{ "line-feeds-then-a-boundary-with-returns",
	  "--xyz\n\nx\n--xyz\r\n\r\ny\r\n--xyz--", NULL },
	{ "line-feeds-behind-a-preamble", "pre\n--xyz\n\nx\n--xyz--", NULL },
	{ "line-feeds-behind-a-returned-boundary",
	  "--xyz\r\n\r\nx\r\n--xyz\n\ny\n--xyz--", NULL },
};

static void
test_case(gconstpointer data)
{
	const Case *c = data;
	size_t size = strlen(c->body);

	for (size_t step = 1; step <= size + 1; step++) {
		g_autofree char *said = read_all(TYPE, c->body, size, step);

		g_assert_cmpstr(said, ==, c->said);
	}
}

static void
test_zero_byte_in_headers(void)
{
	static const char body[] = "--xyz\r\nA: \0b\r\n\r\nx\r\n--xyz--";

	g_assert_null(read_all(TYPE, body, sizeof(body) - 1, 5));
}

static void
test_raw_bytes(void)
{
	g_autoptr(GString) body = g_string_new("--xyz\r\n\r\n");

	for (int c = 0; c < 256; c++)
		g_string_append_c(body, (char)c);
	g_string_append(body, "\r\n--xyz--");
	for (size_t step = 1; step < 300; step += 13) {
		g_autoptr(GString) got = g_string_new(NULL);
		g_autoptr(MultipartReader) reader =
			multipart_reader_new(TYPE, &events, got, NULL);

		for (size_t at = 0; at < body->len; at += step)
			g_assert_true(
				multipart_reader_feed(reader, body->str + at,
						      MIN(step, body->len - at),
						      NULL));
		g_assert_true(multipart_reader_finish(reader, NULL));
		g_assert_cmpmem(got->str + 4, 256, body->str + 9, 256);
		g_assert_cmpuint(got->len, ==, 4 + 256 + 1);
	}
}

static void
test_limits(void)
{
	g_autoptr(GString) many = g_string_new("--xyz");
	g_autoptr(GString) allowed = g_string_new("--xyz");
	g_autoptr(GString) long_header = g_string_new("--xyz\r\nA: ");
	g_autofree char *said = NULL;

	for (int i = 0; i <= MULTIPART_PARTS_MAX; i++) {
		g_string_append(many, "\r\n\r\n\r\n--xyz");
		if (i > 0)
			g_string_append(allowed, "\r\n\r\n\r\n--xyz");
	}
	g_string_append(many, "--");
	g_string_append(allowed, "--");
	g_assert_null(read_all(TYPE, many->str, many->len, 1000));
	said = read_all(TYPE, allowed->str, allowed->len, 1000);
	g_assert_cmpuint(strlen(said), ==, 5 * MULTIPART_PARTS_MAX);

	for (int i = 0; i < MULTIPART_HEADERS_MAX; i++)
		g_string_append_c(long_header, 'x');
	g_string_append(long_header, "\r\n\r\n\r\n--xyz--");
	g_assert_null(read_all(TYPE, long_header->str, long_header->len, 1000));
}

static bool
refuse_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	g_set_error(error, FAULT, FAULT_FULL, "no room");
	return false;
}

static void
test_stopped_by_an_event(void)
{
	static const MultipartEvents stopping = { on_begin, refuse_bytes,
						  on_end };
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) said = g_string_new(NULL);
	g_autoptr(MultipartReader) reader =
		multipart_reader_new(TYPE, &stopping, said, NULL);
	static const char body[] = "--xyz\r\n\r\nx\r\n--xyz--";

	g_assert_false(
		multipart_reader_feed(reader, body, strlen(body), &error));
	g_assert_error(error, FAULT, FAULT_FULL);
	g_clear_error(&error);
	g_assert_false(multipart_reader_feed(reader, "\r\n--xyz--", 9, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_clear_error(&error);
	g_assert_false(multipart_reader_finish(reader, &error));
}

static const struct {
	const char *type;
	bool good;
} types[] = {
	{ "multipart/mixed; boundary=xyz", true },
	{ "Multipart/Mixed;BOUNDARY=\"xyz\"", true },
	{ "multipart/mixed; charset=utf-8; boundary=\"x\\yz\"", true },
	{ "multipart/mixed ; boundary=xyz ; a=b", true },
	{ "multipart/mixed", false },
	{ "multipart/mixed; boundary=", false },
	{ "multipart/mixed; boundary=\"\"", false },
	{ "multipart/mixed; boundary=\"xyz\" rest", false },
	{ "multipart/mixed; boundary=\"xyz", false },
	{ "multipart/mixed; boundary=\"xyz \"", false },
	{ "multipart/mixed; boundary=\"x\ny\"", false },
	{ "multipart/mixed; boundary=xyz; boundary=xyz", false },
	{ "multipart/mixedx; boundary=xyz", false },
	{ "multipart/form-data; boundary=xyz", false },
	{ "", false },
	{ NULL, false },
};

static void
test_content_types(void)
{
	static const char body[] = "--xyz\r\n\r\nx\r\n--xyz--";

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		g_autofree char *said =
			read_all(types[i].type, body, strlen(body), 100);

		g_test_message("%s", types[i].type);
		g_assert_cmpint(said != NULL, ==, types[i].good);
	}
}

static void
test_new_boundary(void)
{
	for (int i = 0; i < 100; i++) {
		char boundary[MULTIPART_BOUNDARY_MAX + 1];

		multipart_new_boundary(boundary);
		g_assert_cmpuint(strspn(boundary, "abcdefghijklmnopqrstuvwxyz"
						  "0123456789-"),
				 ==, strlen(boundary));
	}
}

static void
test_written_is_read(void)
{
	char boundary[MULTIPART_BOUNDARY_MAX + 1];
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *type = NULL, *said = NULL;
	const MultipartHeaders first = { "application/json", "", "" };
	const MultipartHeaders second = { "image/png", "binary", "abcd" };

	multipart_new_boundary(boundary);
	multipart_print_head(out, boundary, &first);
	g_string_append(out, "[]");
	multipart_print_head(out, boundary, &second);
	g_string_append(out, "\r\n\r\n");
	multipart_print_end(out, boundary);
	type = g_strdup_printf("multipart/mixed; boundary=%s", boundary);
	said = read_all(type, out->str, out->len, 7);
	g_assert_cmpstr(said, ==,
			"[application/json||][];[image/png|binary|abcd]"
			"\r\n\r\n;");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strdup_printf("/multipart/%s", cases[i].claim);

		g_test_add_data_func(path, &cases[i], test_case);
	}
	g_test_add_func("/multipart/zero-byte-in-headers-is-refused",
			test_zero_byte_in_headers);
	g_test_add_func("/multipart/raw-bytes-pass-unchanged", test_raw_bytes);
	g_test_add_func("/multipart/limits-hold", test_limits);
	g_test_add_func("/multipart/an-event-can-stop-it",
			test_stopped_by_an_event);
	g_test_add_func("/multipart/content-types", test_content_types);
	g_test_add_func("/multipart/a-new-boundary-needs-no-quotes",
			test_new_boundary);
	g_test_add_func("/multipart/what-is-written-is-read",
			test_written_is_read);
	return g_test_run();
}
