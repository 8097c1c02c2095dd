/* SPDX-License-Identifier: Apache-2.0 */
/* The law: what is read, written as plainly as TOML can be, is read again as
 * the same value. */
#include <stddef.h>
#include <stdint.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "app/portrait/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void print_value(GString *out, const json_t *value);

static void
print_text(GString *out, const char *text)
{
	g_string_append_c(out, '"');
	for (; *text != '\0'; text++)
		if (*text == '"' || *text == '\\')
			g_string_append_printf(out, "\\%c", *text);
		else if ((unsigned char)*text < 0x20 || *text == 0x7f)
			g_string_append_printf(out, "\\u%04x", *text);
		else
			g_string_append_c(out, *text);
	g_string_append_c(out, '"');
}

static void
print_pairs(GString *out, json_t *table, const char *between)
{
	const char *key, *separator = "";
	json_t *value;

	json_object_foreach(table, key, value)
	{
		g_string_append(out, separator);
		print_text(out, key);
		g_string_append(out, " = ");
		print_value(out, value);
		separator = between;
	}
}

static void
print_list(GString *out, const json_t *list)
{
	g_string_append_c(out, '[');
	for (size_t i = 0; i < json_array_size(list); i++) {
		print_value(out, json_array_get(list, i));
		g_string_append_c(out, ',');
	}
	g_string_append_c(out, ']');
}

static void
print_value(GString *out, const json_t *value)
{
	if (json_is_object(value)) {
		g_string_append_c(out, '{');
		print_pairs(out, (json_t *)(uintptr_t)value, ", ");
		g_string_append_c(out, '}');
	} else if (json_is_array(value)) {
		print_list(out, value);
	} else if (json_is_string(value)) {
		print_text(out, json_string_value(value));
	} else if (json_is_integer(value)) {
		g_string_append_printf(out, "%" JSON_INTEGER_FORMAT,
				       json_integer_value(value));
	} else {
		g_string_append(out, json_is_true(value) ? "true" : "false");
	}
}

static int
count_depth(json_t *value)
{
	const char *key;
	json_t *child;
	int deepest = 0;

	json_object_foreach(value, key, child) deepest =
		MAX(deepest, count_depth(child));
	for (size_t i = 0; i < json_array_size(value); i++)
		deepest = MAX(deepest, count_depth(json_array_get(value, i)));
	return deepest + 1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(json_t) value = toml_read((const char *)bytes, size, &error);
	g_autoptr(json_t) again = NULL;
	g_autoptr(GString) plain = g_string_new(NULL);

	if (value == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	/* Headers may lead deeper than braces may. */
	if (count_depth(value) > TOML_DEPTH)
		return 0;
	print_pairs(plain, value, "\n");
	if (plain->len > TOML_BYTES_MAX)
		return 0;
	again = toml_read(plain->str, plain->len, &error);
	g_assert_no_error(error);
	g_assert_true(json_equal(value, again));
	return 0;
}
