/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db-schema.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/db-private.h"

/* Tables that are the database's own notes, or a copy's. */
static const char *const notes[] = { "archive_version", "archive_copying" };

/* --- reading the schema --- */

static void
clear_column(void *column)
{
	g_free(((DbField *)column)->name);
}

static void
free_table(void *data)
{
	DbTable *table = data;

	g_array_unref(table->columns);
	g_free(table->name);
	g_free(table);
}

static DbTable *
add_table(GPtrArray *tables, const char *name)
{
	DbTable *table = g_new0(DbTable, 1);

	table->name = g_strdup(name);
	table->columns = g_array_new(FALSE, TRUE, sizeof(DbField));
	g_array_set_clear_func(table->columns, clear_column);
	g_ptr_array_add(tables, table);
	return table;
}

static bool
parse_type(const char *text, DbFieldType *out)
{
	static const struct {
		const char *name;
		DbFieldType type;
	} types[] = {
		{ "INTEGER", DB_FIELD_INTEGER }, { "BIGINT", DB_FIELD_INTEGER },
		{ "TEXT", DB_FIELD_TEXT },       { "BLOB", DB_FIELD_BLOB },
		{ "BYTEA", DB_FIELD_BLOB },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_ascii_strcasecmp(text, types[i].name) == 0) {
			*out = types[i].type;
			return true;
		}
	return false;
}

static bool
add_column(DbTable *table, DbQuery *row, GError **error)
{
	DbField column = { .key = (int)db_int(row, 3) };

	if (!parse_type(db_text(row, 2), &column.type)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "%s.%s is of type %s, which is none of ours",
			    table->name, db_text(row, 1), db_text(row, 2));
		return false;
	}
	column.name = g_strdup(db_text(row, 1));
	table->n_keys += column.key > 0;
	table->one_row |= g_str_equal(column.name, "only");
	g_array_append_val(table->columns, column);
	return true;
}

static bool
read_columns(DbQuery *query, GPtrArray *tables, GError **error)
{
	DbTable *table = NULL;
	bool row;

	while (db_step(query, &row, "reading the schema", error)) {
		const char *name;

		if (!row)
			return true;
		name = db_text(query, 0);
		if (g_strv_contains(notes, name))
			continue;
		if (table == NULL || !g_str_equal(table->name, name))
			table = add_table(tables, name);
		if (!add_column(table, query, error))
			return false;
	}
	return false;
}

static bool
check_tables(const GPtrArray *tables, GError **error)
{
	for (guint i = 0; i < tables->len; i++) {
		const DbTable *table = tables->pdata[i];

		if (table->n_keys > 0 &&
		    table->columns->len <= DB_PARAMETERS_MAX)
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "table %s has %u columns and %u of them in its "
			    "primary key: at most %d and at least 1",
			    table->name, table->columns->len, table->n_keys,
			    DB_PARAMETERS_MAX);
		return false;
	}
	return true;
}

GPtrArray *
db_list_tables(Db *db, GError **error)
{
	g_autoptr(DbOwnQuery) query =
		db_query_new(db, db->kind->columns_sql, error);
	g_autoptr(GPtrArray) tables =
		g_ptr_array_new_with_free_func(free_table);

	if (query == NULL || !read_columns(query, tables, error) ||
	    !check_tables(tables, error))
		return NULL;
	return g_steal_pointer(&tables);
}

const DbTable *
db_find_table(const GPtrArray *tables, const char *name)
{
	for (guint i = 0; i < tables->len; i++)
		if (g_str_equal(((DbTable *)tables->pdata[i])->name, name))
			return tables->pdata[i];
	return NULL;
}

static const DbField *
column_of(const DbTable *table, guint i)
{
	return &g_array_index(table->columns, DbField, i);
}

guint
db_key_column(const DbTable *table, int place)
{
	guint i = 0;

	while (column_of(table, i)->key != place)
		i++;
	return i;
}

/* --- queries on a table --- */

static void
add_names(GString *sql, const DbTable *table)
{
	for (guint i = 0; i < table->columns->len; i++)
		g_string_append_printf(sql, "%s\"%s\"", i > 0 ? ", " : "",
				       column_of(table, i)->name);
}

/* The key's columns, each with what orders it and a word behind it. */
static void
add_keys(GString *sql, const DbTable *table, const char *order,
	 const char *behind)
{
	for (guint place = 1; place <= table->n_keys; place++) {
		const DbField *column =
			column_of(table, db_key_column(table, (int)place));

		g_string_append_printf(sql, "%s\"%s\"%s%s",
				       place > 1 ? ", " : "", column->name,
				       column->type == DB_FIELD_TEXT ? order
								     : "",
				       behind);
	}
}

static void
add_marks(GString *sql, guint n)
{
	for (guint i = 1; i <= n; i++)
		g_string_append_printf(sql, "%s?%u", i > 1 ? ", " : "", i);
}

DbQuery *
db_stream_rows(Db *db, const DbTable *table, bool behind, GError **error)
{
	const char *order = db->kind->text_order;
	g_autoptr(GString) sql = g_string_new("SELECT ");

	add_names(sql, table);
	g_string_append_printf(sql, " FROM \"%s\"", table->name);
	if (behind) {
		g_string_append(sql, " WHERE (");
		add_keys(sql, table, order, "");
		g_string_append(sql, ") > (");
		add_marks(sql, table->n_keys);
		g_string_append_c(sql, ')');
	}
	g_string_append(sql, " ORDER BY ");
	add_keys(sql, table, order, "");
	return db_stream_new(db, sql->str, error);
}

DbQuery *
db_query_last_key(Db *db, const DbTable *table, GError **error)
{
	g_autoptr(GString) sql = g_string_new("SELECT ");

	add_keys(sql, table, "", "");
	g_string_append_printf(sql, " FROM \"%s\" ORDER BY ", table->name);
	add_keys(sql, table, db->kind->text_order, " DESC");
	g_string_append(sql, " LIMIT 1");
	return db_query_new(db, sql->str, error);
}

DbQuery *
db_query_put_row(Db *db, const DbTable *table, GError **error)
{
	g_autoptr(GString) sql = g_string_new(NULL);
	const char *word = " DO UPDATE SET ";

	g_string_append_printf(sql, "INSERT INTO \"%s\" (", table->name);
	add_names(sql, table);
	g_string_append(sql, ") VALUES (");
	add_marks(sql, table->columns->len);
	g_string_append(sql, ") ON CONFLICT (");
	add_keys(sql, table, "", "");
	g_string_append_c(sql, ')');
	for (guint i = 0; i < table->columns->len; i++) {
		const DbField *column = column_of(table, i);

		if (column->key > 0)
			continue;
		g_string_append_printf(sql, "%s\"%s\" = excluded.\"%s\"", word,
				       column->name, column->name);
		word = ", ";
	}
	if (table->n_keys == table->columns->len)
		g_string_append(sql, " DO NOTHING");
	return db_query_new(db, sql->str, error);
}

DbQuery *
db_query_delete_row(Db *db, const DbTable *table, GError **error)
{
	g_autoptr(GString) sql = g_string_new(NULL);

	g_string_append_printf(sql, "DELETE FROM \"%s\" WHERE (", table->name);
	add_keys(sql, table, "", "");
	g_string_append(sql, ") = (");
	add_marks(sql, table->n_keys);
	g_string_append_c(sql, ')');
	return db_query_new(db, sql->str, error);
}

bool
db_count_rows(Db *db, const DbTable *table, int64_t *n, GError **error)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT count(*) FROM \"%s\"", table->name);
	g_autoptr(DbOwnQuery) query = db_query_new(db, sql, error);
	bool row;

	if (query == NULL || !db_step(query, &row, "counting", error))
		return false;
	*n = db_int(query, 0);
	return true;
}

/* --- rows --- */

/* NULL and nothing at all differ. */
static const void *
cell(DbQuery *row, int column, DbFieldType type, size_t *size)
{
	const void *bytes;

	if (type == DB_FIELD_BLOB) {
		bytes = db_blob(row, column, size);
		return bytes != NULL ? bytes : "";
	}
	bytes = db_text(row, column);
	*size = strlen(bytes);
	return bytes;
}

void
db_bind_cell(DbQuery *query, int index, DbQuery *row, int column,
	     DbFieldType type)
{
	const void *bytes;
	size_t size;

	if (db_is_null(row, column)) {
		db_bind_text(query, index, NULL);
		return;
	}
	if (type == DB_FIELD_INTEGER) {
		db_bind_int(query, index, db_int(row, column));
		return;
	}
	bytes = cell(row, column, type, &size);
	if (type == DB_FIELD_TEXT)
		db_bind_text(query, index, bytes);
	else
		db_bind_blob(query, index, bytes, size);
}

static int
compare_cells(DbQuery *a, DbQuery *b, int column, DbFieldType type)
{
	size_t a_size, b_size;
	const void *a_bytes, *b_bytes;
	int less;

	if (type == DB_FIELD_INTEGER)
		return (db_int(a, column) > db_int(b, column)) -
		       (db_int(a, column) < db_int(b, column));
	a_bytes = cell(a, column, type, &a_size);
	b_bytes = cell(b, column, type, &b_size);
	less = memcmp(a_bytes, b_bytes, MIN(a_size, b_size));
	return less != 0 ? less : (a_size > b_size) - (a_size < b_size);
}

int
db_compare_keys(const DbTable *table, DbQuery *a, DbQuery *b)
{
	for (guint place = 1; place <= table->n_keys; place++) {
		guint i = db_key_column(table, (int)place);
		int less =
			compare_cells(a, b, (int)i, column_of(table, i)->type);

		if (less != 0)
			return less;
	}
	return 0;
}

static void
hash_cell(DbQuery *row, int column, DbFieldType type, GChecksum *checksum)
{
	bool null = db_is_null(row, column);
	const char kind = null ? 'n' : "itb"[type];
	int64_t number;
	uint64_t length;
	const void *bytes = &number;
	size_t size = sizeof(number);

	g_checksum_update(checksum, (const guchar *)&kind, 1);
	if (null)
		return;
	if (type == DB_FIELD_INTEGER)
		number = GINT64_TO_LE(db_int(row, column));
	else
		bytes = cell(row, column, type, &size);
	length = GUINT64_TO_LE((guint64)size);
	g_checksum_update(checksum, (const guchar *)&length, sizeof(length));
	g_checksum_update(checksum, bytes, (gssize)size);
}

void
db_hash_row(const DbTable *table, DbQuery *row, GChecksum *checksum)
{
	for (guint i = 0; i < table->columns->len; i++)
		hash_cell(row, (int)i, column_of(table, i)->type, checksum);
}

size_t
db_row_size(const DbTable *table, DbQuery *row)
{
	size_t all = 0, size;

	for (guint i = 0; i < table->columns->len; i++) {
		if (column_of(table, i)->type == DB_FIELD_INTEGER)
			size = sizeof(int64_t);
		else
			(void)cell(row, (int)i, column_of(table, i)->type,
				   &size);
		all += size;
	}
	return all;
}
