/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db-postgres.h"

#include <string.h>

/* Queries and values as PostgreSQL wants them. */

/* --- words --- */

char *
postgres_number_parameters(const char *sql)
{
	char *text = g_strdup(sql);
	bool quoted = false;

	for (char *at = text; *at != '\0'; at++) {
		quoted ^= *at == '\'';
		if (*at == '?' && !quoted)
			*at = '$';
	}
	return text;
}

char *
postgres_unnest(char *sql, const char *returning)
{
	g_autoptr(GString) text = g_string_new(sql);

	g_string_replace(text, "VALUES (", "SELECT * FROM unnest(", 1);
	if (returning != NULL)
		g_string_append_printf(text, " RETURNING %s", returning);
	g_free(sql);
	return g_strdup(text->str);
}

/* --- arrays: array_recv() of its src/backend/utils/adt/arrayfuncs.c --- */

static void
append_number(GByteArray *out, guint32 number)
{
	guint32 big = GUINT32_TO_BE(number);

	g_byte_array_append(out, (const guint8 *)&big, sizeof(big));
}

static void
append_bytes(GByteArray *out, const void *bytes, size_t size)
{
	append_number(out, (guint32)size);
	g_byte_array_append(out, bytes, (guint)size);
}

static void
append_member(GByteArray *out, const DbRows *rows, size_t i,
	      const DbColumn *column)
{
	const void *member = db_member(rows, i, column->offset);
	guint64 number;
	const char *text;

	switch (column->type) {
	case DB_END:
		return;
	case DB_INT:
		number = GUINT64_TO_BE((guint64) * (const int64_t *)member);
		append_bytes(out, &number, sizeof(number));
		return;
	case DB_TEXT:
		text = *(const char *const *)member;
		append_bytes(out, text, strlen(text));
		return;
	case DB_BLOB:
		append_bytes(out, *(const char *const *)member,
			     *(const size_t *)db_member(rows, i,
							column->size_offset));
		return;
	}
}

GByteArray *
postgres_array(const DbRows *rows, const DbColumn *column, Oid *type)
{
	static const struct {
		Oid element,
			array; /* of pg_type, which are the same for ever */
	} types[] = {
		[DB_INT] = { 20, 1016 },
		[DB_TEXT] = { 25, 1009 },
		[DB_BLOB] = { 17, 1001 },
	};
	GByteArray *out = g_byte_array_new();

	append_number(out, 1); /* dimension */
	append_number(out, 0); /* no NULL */
	append_number(out, types[column->type].element);
	append_number(out, (guint32)rows->n);
	append_number(out, 1); /* the first one's index */
	for (size_t i = 0; i < rows->n; i++)
		append_member(out, rows, i, column);
	*type = types[column->type].array;
	return out;
}
