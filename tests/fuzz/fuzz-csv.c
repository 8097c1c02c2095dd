/* SPDX-License-Identifier: Apache-2.0 */
/* The law: a table that is read, written with every field in quotes, is read
 * again as the same. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/roster/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const columns[] = { "sourcedId", "givenName", "a", "" };

static void
print_field(GString *out, const char *text, char end)
{
	g_string_append_c(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			g_string_append_c(out, '"');
		g_string_append_c(out, *text);
	}
	g_string_append_printf(out, "\"%c", end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const size_t n = G_N_ELEMENTS(columns);
	g_autoptr(GError) error = NULL;
	g_autoptr(Csv) csv = csv_read((const char *)bytes, size, &error);
	g_autoptr(Csv) again = NULL;
	g_autoptr(GString) plain = g_string_new(NULL);

	if (csv == NULL) {
		g_assert_error(error, FAULT, FAULT_INVALID);
		return 0;
	}
	for (size_t k = 0; k < n; k++)
		print_field(plain, columns[k], k + 1 < n ? ',' : '\n');
	for (size_t i = 0; i < csv_count(csv); i++)
		for (size_t k = 0; k < n; k++)
			print_field(plain, csv_get(csv, i, columns[k]),
				    k + 1 < n ? ',' : '\n');
	again = csv_read(plain->str, plain->len, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(csv_count(again), ==, csv_count(csv));
	for (size_t i = 0; i < csv_count(csv); i++)
		for (size_t k = 0; k < n; k++)
			g_assert_cmpstr(csv_get(again, i, columns[k]), ==,
					csv_get(csv, i, columns[k]));
	return 0;
}
