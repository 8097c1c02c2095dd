/* SPDX-License-Identifier: Apache-2.0 */
#include "app/roster/csv.h"

#include <string.h>

#include "app/base/fault.h"

struct Csv {
	GPtrArray *rows; /* owned: GStrv; the first is the header */
	GArray *lines;   /* owned: size_t, of each row; blank lines count */
};

static bool
refuse(GError **error, size_t line, const char *what)
{
	g_set_error(error, FAULT, FAULT_INVALID, "line %zu: %s", line, what);
	return false;
}

/* *at stands behind the opening quote; leaves it behind the closing one. */
static bool
read_quoted(const char **at, const char *end, GString *out)
{
	const char *c = *at;

	for (; c < end; c++) {
		if (*c == '"' && c + 1 < end && c[1] == '"')
			c++;
		else if (*c == '"')
			break;
		else if (*c == '\n' || *c == '\r')
			return false;
		g_string_append_c(out, *c);
	}
	if (c == end)
		return false;
	*at = c + 1;
	return true;
}

static bool
read_field(const char **at, const char *end, GPtrArray *row)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (*at < end && **at == '"') {
		(*at)++;
		if (!read_quoted(at, end, out))
			return false;
	} else {
		while (*at < end && strchr(",\r\n", **at) == NULL)
			g_string_append_c(out, *(*at)++);
	}
	g_ptr_array_add(row, g_string_free(g_steal_pointer(&out), FALSE));
	return true;
}

static char **
read_row(const char **at, const char *end, size_t line, GError **error)
{
	g_autoptr(GPtrArray) row = g_ptr_array_new_with_free_func(g_free);

	for (;;) {
		if (row->len >= CSV_COLUMNS_MAX) {
			refuse(error, line, "too many columns");
			return NULL;
		}
		if (!read_field(at, end, row)) {
			refuse(error, line,
			       "a quoted field does not end on "
			       "its line");
			return NULL;
		}
		if (*at == end || **at != ',')
			break;
		(*at)++;
	}
	if (*at < end && **at == '\r')
		(*at)++;
	if (*at < end && **at != '\n') {
		refuse(error, line, "something follows a quoted field");
		return NULL;
	}
	if (*at < end)
		(*at)++;
	g_ptr_array_add(row, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&row), FALSE);
}

static bool
is_empty_row(char *const *row)
{
	return row[0][0] == '\0' && row[1] == NULL;
}

Csv *
csv_read(const char *text, size_t size, GError **error)
{
	g_autoptr(Csv) csv = g_new0(Csv, 1);
	const char *at = size > 0 ? text : "", *end = at + size;

	csv->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
	csv->lines = g_array_new(FALSE, FALSE, sizeof(size_t));
	if (size > CSV_BYTES_MAX || !g_utf8_validate_len(at, size, NULL)) {
		refuse(error, 0, "not UTF-8, or too large");
		return NULL;
	}
	if (size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (size_t line = 1; at < end; line++) {
		char **row = read_row(&at, end, line, error);

		if (row == NULL)
			return NULL;
		if (is_empty_row(row)) {
			g_strfreev(row);
			continue;
		}
		g_ptr_array_add(csv->rows, row);
		g_array_append_val(csv->lines, line);
	}
	if (csv->rows->len == 0) {
		refuse(error, 1, "there is no header row");
		return NULL;
	}
	return g_steal_pointer(&csv);
}

size_t
csv_count(const Csv *csv)
{
	return csv->rows->len - 1;
}

static int
find_column(const Csv *csv, const char *column)
{
	char *const *header = g_ptr_array_index(csv->rows, 0);

	for (int i = 0; header[i] != NULL; i++)
		if (g_ascii_strcasecmp(header[i], column) == 0)
			return i;
	return -1;
}

bool
csv_has(const Csv *csv, const char *column)
{
	return find_column(csv, column) >= 0;
}

const char *
csv_get(const Csv *csv, size_t row, const char *column)
{
	char **fields = g_ptr_array_index(csv->rows, row + 1);
	int i = find_column(csv, column);

	return i >= 0 && (guint)i < g_strv_length(fields) ? fields[i] : "";
}

size_t
csv_line(const Csv *csv, size_t row)
{
	return g_array_index(csv->lines, size_t, row + 1);
}

void
csv_free(Csv *csv)
{
	if (csv == NULL)
		return;
	g_ptr_array_unref(csv->rows);
	g_array_unref(csv->lines);
	g_free(csv);
}
