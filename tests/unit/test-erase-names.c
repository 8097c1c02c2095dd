/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/erase-names.h"

/* What IT gives as a child's other names. */

#define SHA1 "5feceb66ffc86f38d952786c6d696c79c2dbc239"

static const struct {
	const char *claim, *text;
	const char *keys; /* those that begin otherwise than sha1: */
	const char *words;
} cases[] = {
	{ "address", "kid@b.cd\n", "mailto:kid@b.cd mailto:kid@b.cd",
	  "kid@b.cd" },
	{ "address-as-an-iri", "mailto:kid@b.cd",
	  "mailto:kid@b.cd mailto:kid@b.cd", "kid@b.cd" },
	{ "address-in-capitals", "Kid@B.cd", "mailto:Kid@b.cd mailto:kid@b.cd",
	  "kid@b.cd" },
	{ "hash", SHA1, "", SHA1 },
	{ "openid", "https://id.example/kid", "openid:https://id.example/kid",
	  "https://id.example/kid" },
	{ "account",
	  "{\"account\":{\"homePage\":\"http://h.p\",\"name\":\"k7\"}}",
	  "account:http://h.p k7", "" },
	{ "account-with-a-long-name",
	  "{\"objectType\":\"Agent\",\"account\":{\"homePage\":\"http://h.p\","
	  "\"name\":\"student-0000-4711\"}}",
	  "account:http://h.p student-0000-4711", "student-0000-4711" },
	{ "empty-lines-and-remarks",
	  "# of the reading tool\n\n  kid@b.cd \r\n\n",
	  "mailto:kid@b.cd mailto:kid@b.cd", "kid@b.cd" },
};

/* Without the hashes of an address, which follow it. */
static char *
join(const GPtrArray *of)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < of->len; i++) {
		const char *text = g_ptr_array_index(of, i);

		if (g_str_has_prefix(text, "sha1:") ||
		    (i > 0 && strlen(text) == strlen(SHA1)))
			continue;
		g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "",
				       text);
	}
	return g_string_free(out, FALSE);
}

static void
test_case(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_auto(EraseNames) names = { 0 };
	g_autoptr(GError) error = NULL;
	bool ok = erase_names_parse(cases[i].text, strlen(cases[i].text),
				    &names, &error);
	g_autofree char *keys = NULL;
	g_autofree char *words = NULL;

	g_assert_no_error(error);
	g_assert_true(ok);
	keys = join(names.keys);
	words = join(names.words);
	g_assert_cmpstr(keys, ==, cases[i].keys);
	g_assert_cmpstr(words, ==, cases[i].words);
}

/* A tool may send the hash of an address in its place. */
static void
test_hash(void)
{
	static const char text[] = "Kid@B.cd";
	static const char *const spelled[] = { "mailto:Kid@B.cd",
					       "mailto:kid@b.cd" };
	g_auto(EraseNames) names = { 0 };

	g_assert_true(erase_names_parse(text, strlen(text), &names, NULL));
	for (size_t i = 0; i < G_N_ELEMENTS(spelled); i++) {
		g_autofree char *hex =
			g_compute_checksum_for_string(G_CHECKSUM_SHA1,
						      spelled[i], -1);
		g_autofree char *key = g_strconcat("sha1:", hex, NULL);

		g_assert_true(g_ptr_array_find_with_equal_func(names.keys, key,
							       g_str_equal,
							       NULL));
		g_assert_true(g_ptr_array_find_with_equal_func(names.words, hex,
							       g_str_equal,
							       NULL));
	}
}

static const struct {
	const char *text, *says;
} refused[] = {
	{ "", "no name" },
	{ "# only a remark\n", "no name" },
	{ "kid@b.cd\nMaya\n", "line 2: " },
	{ "kid@", "line 1: " },
	{ "{\"mbox\":\"kid@b.cd\"}", "line 1: $.mbox" },
	{ "{\"objectType\":\"Group\",\"mbox\":\"mailto:kid@b.cd\"}",
	  "line 1: $" },
	{ "{\"name\":\"Maya\"}", "line 1: $" },
	{ "\n{", "line 2: " },
	{ "\xff@b.cd", "UTF-8" },
};

static void
test_refused(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_auto(EraseNames) names = { 0 };
		g_autoptr(GError) error = NULL;

		g_assert_false(erase_names_parse(refused[i].text,
						 strlen(refused[i].text),
						 &names, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, refused[i].says));
		g_assert_null(strstr(error->message, "kid"));
		g_assert_null(strstr(error->message, "Maya"));
	}
}

static void
test_many(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_auto(EraseNames) names = { 0 };
	g_auto(EraseNames) more = { 0 };
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < ERASE_NAMES_MAX; i++)
		g_string_append_printf(text, "kid%d@b.cd\n", i);
	g_assert_true(erase_names_parse(text->str, text->len, &names, NULL));
	g_string_append(text, "kid@b.cd\n");
	g_assert_false(erase_names_parse(text->str, text->len, &more, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strconcat("/erase-names/", cases[i].claim, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_case);
	}
	g_test_add_func("/erase-names/the-hash-of-an-address", test_hash);
	g_test_add_func("/erase-names/refused-and-not-repeated", test_refused);
	g_test_add_func("/erase-names/not-too-many", test_many);
	return g_test_run();
}
