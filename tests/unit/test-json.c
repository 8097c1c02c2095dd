/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"

static void
check_canonical(const char *text, const char *expected)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) value = json_read(text, strlen(text), &error);
	g_autoptr(GBytes) bytes = NULL;

	g_assert_no_error(error);
	bytes = json_canonical(value, &error);
	g_assert_no_error(error);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
			expected, strlen(expected));
}

static void
canonical_bytes_are_those_of_rfc_8785(void)
{
	check_canonical(" { \"b\" : [ ] , \"a\" : { } } ",
			"{\"a\":{},\"b\":[]}");
	check_canonical("[56,{\"d\":true,\"10\":null,\"1\":[ ]}]",
			"[56,{\"1\":[],\"10\":null,\"d\":true}]");
	check_canonical("\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c"
			"\\\\\\\"\\/\"",
			"\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
	check_canonical("\"\\b\\t\\n\\u000b\\f\\r\\u007f\"",
			"\"\\b\\t\\n\\u000b\\f\\r\x7f\"");
	check_canonical("-0", "0");
	check_canonical("9007199254740991", "9007199254740991");
}

static void
names_order_by_utf16_units(void)
{
	/* RFC 8785, section 3.2.3: the emoji's surrogates (D83D) come before
	 * U+FB33, though its code point is greater. */
	check_canonical(
		"{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,"
		"\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}",
		"{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"ö\":7,\"€\":1,\"😀\":5,"
		"\"\xef\xac\xb3\":3}");
	check_canonical("{\"ab\":1,\"a\":2,\"\":3}",
			"{\"\":3,\"a\":2,\"ab\":1}");
}

static void
nothing_hides_behind_a_nul(void)
{
	static const char text[] = "{}\0{\"a\":1}";
	g_autoptr(GError) error = NULL;

	g_assert_null(json_read(text, sizeof(text) - 1, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
what_is_not_strict_is_refused(void)
{
	static const char *const texts[] = {
		"",
		"{",
		"[1,]",
		"{\"a\":1,\"a\":2}",
		"1 2",
		"'a'",
		"NaN",
		"01",
		"\"\\u0000\"",
		"{\"\\u0000\":1}",
		"\"\\ud800\"",
		"\"\xff\"",
		"9007199254740992",
		"-9007199254740992",
		"\xef\xbb\xbf{}",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(json_t) value =
			json_read(texts[i], strlen(texts[i]), &error);

		g_test_message("text %zu", i);
		g_assert_null(value);
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
}

static void
depth_has_a_limit(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) fits = NULL;
	g_autoptr(json_t) deep = NULL;

	for (int i = 0; i <= JSON_DEPTH; i++)
		g_string_append_c(text, '[');
	for (int i = 0; i <= JSON_DEPTH; i++)
		g_string_append_c(text, ']');
	fits = json_read(text->str, text->len, &error);
	g_assert_no_error(error);
	g_string_prepend_c(text, '[');
	g_string_append_c(text, ']');
	deep = json_read(text->str, text->len, &error);
	g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
reals_have_no_canonical_bytes(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) value = json_read("[1.5]", 5, &error);

	g_assert_no_error(error);
	g_assert_null(json_canonical(value, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
faults_name_the_member(void)
{
	static const char text[] = "{\"name\":\"ab\",\"n\":5,\"on\":true,"
				   "\"list\":[1,2]}";
	static const char *const names[] = { "list", "n", "name", NULL };
	g_autoptr(json_t) object = json_read(text, strlen(text), NULL);
	g_autoptr(GError) error = NULL;
	int64_t n;
	bool on;

	g_assert_cmpstr(json_text(object, "name", 1, 2, NULL), ==, "ab");
	g_assert_true(json_number(object, "n", 5, 5, &n, NULL));
	g_assert_cmpint(n, ==, 5);
	g_assert_true(json_flag(object, "on", &on, NULL));
	g_assert_true(on);
	g_assert_nonnull(json_list(object, "list", 2, NULL));

	g_assert_null(json_text(object, "name", 3, 9, NULL));
	g_assert_null(json_text(object, "name", 0, 1, NULL));
	g_assert_null(json_text(object, "n", 0, 9, NULL));
	g_assert_null(json_text(NULL, "n", 0, 9, NULL));
	g_assert_false(json_number(object, "n", 6, 9, &n, NULL));
	g_assert_false(json_number(object, "name", 0, 9, &n, NULL));
	g_assert_false(json_flag(object, "n", &on, NULL));
	g_assert_null(json_list(object, "list", 1, NULL));
	g_assert_false(json_only(object, names, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_assert_nonnull(strstr(error->message, "\"on\""));
}

int
main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/json/canonical/rfc-8785",
			canonical_bytes_are_those_of_rfc_8785);
	g_test_add_func("/json/canonical/names-order-by-utf16-units",
			names_order_by_utf16_units);
	g_test_add_func("/json/canonical/reals-are-refused",
			reals_have_no_canonical_bytes);
	g_test_add_func("/json/read/not-strict-is-refused",
			what_is_not_strict_is_refused);
	g_test_add_func("/json/read/nothing-hides-behind-a-nul",
			nothing_hides_behind_a_nul);
	g_test_add_func("/json/read/depth-has-a-limit", depth_has_a_limit);
	g_test_add_func("/json/members/faults-name-the-member",
			faults_name_the_member);
	return g_test_run();
}
