/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain-inserts DATABASE FROM COMMITS DRAWS: the rows that FROM has and
 * DATABASE, of the same schema, lacks are inserted there in the order of the
 * log, so many durable transactions for what is drawn from it by and by and
 * so many for all else.  Prints how many entries and seconds that were; rows
 * are read beforehand.  So whatever columns and indexes a district has, this
 * is the least that keeping them costs.
 *
 * Rows that changed without a new one (how far a chain is held) are left out.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/base/sql.h"

typedef struct {
	SqlStatement *insert; /* owned */
	GPtrArray *rows;      /* owned: of sqlite3_value **, NULL-terminated */
	bool drawn;           /* by and by */
} Table;

static const char *const drawn_tables[] = { "posting", "statement_ref",
					    "voided", "activity", NULL };

static void
stop_on(const char *doing, sqlite3 *db)
{
	fprintf(stderr, "plain-inserts: %s: %s\n", doing, sqlite3_errmsg(db));
	exit(1);
}

static void
run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		stop_on(sql, db);
}

static SqlStatement *
prepare(sqlite3 *db, const char *sql)
{
	SqlStatement *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		stop_on(sql, db);
	return stmt;
}

/* --- what is lacking --- */

static GPtrArray *
table_names(sqlite3 *db)
{
	g_autoptr(SqlStatement) stmt =
		prepare(db, "SELECT name FROM main.sqlite_schema"
			    " WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
			    " ORDER BY rowid");
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	while (sqlite3_step(stmt) == SQLITE_ROW)
		g_ptr_array_add(names, g_strdup(sql_text(stmt, 0)));
	return names;
}

static bool
has_grown(sqlite3 *db, const char *name)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT (SELECT count(*) FROM source.\"%s\")"
				" > (SELECT count(*) FROM main.\"%s\")",
				name, name);
	g_autoptr(SqlStatement) stmt = prepare(db, sql);

	return sqlite3_step(stmt) == SQLITE_ROW && sql_int(stmt, 0) != 0;
}

static void
free_row(void *data)
{
	sqlite3_value **row = data;

	for (sqlite3_value **value = row; *value != NULL; value++)
		sqlite3_value_free(*value);
	g_free(row);
}

static bool
has_column(sqlite3 *db, const char *name, const char *column)
{
	return sqlite3_table_column_metadata(db, "source", name, column, NULL,
					     NULL, NULL, NULL,
					     NULL) == SQLITE_OK;
}

static GPtrArray *
read_rows(sqlite3 *db, const char *name, int *columns)
{
	g_autofree char *sql =
		g_strdup_printf("SELECT * FROM source.\"%s\" EXCEPT"
				" SELECT * FROM main.\"%s\" ORDER BY %s",
				name, name,
				has_column(db, name, "seq") ? "seq" : "1");
	g_autoptr(SqlStatement) stmt = prepare(db, sql);
	GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);

	*columns = sqlite3_column_count(stmt);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		sqlite3_value **row =
			g_new0(sqlite3_value *, (size_t)*columns + 1);

		for (int i = 0; i < *columns; i++)
			row[i] = sqlite3_value_dup(
				sqlite3_column_value(stmt, i));
		g_ptr_array_add(rows, row);
	}
	return rows;
}

static Table
open_table(sqlite3 *db, const char *name)
{
	g_autoptr(GString) sql = g_string_new(NULL);
	int columns;
	Table table = { .rows = read_rows(db, name, &columns) };

	g_string_printf(sql, "INSERT INTO main.\"%s\" VALUES (?", name);
	for (int i = 1; i < columns; i++)
		g_string_append(sql, ", ?");
	g_string_append_c(sql, ')');
	table.insert = prepare(db, sql->str);
	table.drawn = g_strv_contains(drawn_tables, name);
	return table;
}

/* --- inserting --- */

static void
insert(sqlite3 *db, SqlStatement *stmt, sqlite3_value *const *row)
{
	for (int i = 0; row[i] != NULL; i++)
		sqlite3_bind_value(stmt, i + 1, row[i]);
	if (sqlite3_step(stmt) != SQLITE_DONE)
		stop_on("inserting", db);
	sqlite3_reset(stmt);
}

static void
insert_part(sqlite3 *db, const GArray *tables, bool drawn, guint at, guint of)
{
	run(db, "BEGIN IMMEDIATE");
	for (guint t = 0; t < tables->len; t++) {
		const Table *table = &g_array_index(tables, Table, t);
		guint64 n = table->rows->len;

		for (guint64 i = n * at / of;
		     table->drawn == drawn && i < n * (at + 1) / of; i++)
			insert(db, table->insert, table->rows->pdata[i]);
	}
	run(db, "COMMIT");
}

/* The draws are spread over the other commits. */
static void
insert_all(sqlite3 *db, const GArray *tables, guint commits, guint draws)
{
	guint drawn = 0;

	for (guint i = 0; i < commits; i++) {
		insert_part(db, tables, false, i, commits);
		for (; drawn < (guint64)draws * (i + 1) / commits; drawn++)
			insert_part(db, tables, true, drawn, draws);
	}
}

static GArray *
open_tables(sqlite3 *db, guint *entries)
{
	g_autoptr(GPtrArray) names = table_names(db);
	GArray *tables = g_array_new(FALSE, FALSE, sizeof(Table));

	for (guint i = 0; i < names->len; i++) {
		Table table;

		if (!has_grown(db, names->pdata[i]))
			continue;
		table = open_table(db, names->pdata[i]);
		if (g_str_equal(names->pdata[i], "statement"))
			*entries = table.rows->len;
		g_array_append_val(tables, table);
	}
	return tables;
}

static void
close_tables(GArray *tables)
{
	for (guint i = 0; i < tables->len; i++) {
		sqlite3_finalize(g_array_index(tables, Table, i).insert);
		g_ptr_array_unref(g_array_index(tables, Table, i).rows);
	}
	g_array_unref(tables);
}

static sqlite3 *
open_database(const char *path, const char *from)
{
	g_autofree char *attach =
		g_strdup_printf("ATTACH 'file:%s?mode=ro' AS source", from);
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI,
			    NULL) != SQLITE_OK)
		stop_on("opening", db);
	run(db,
	    "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
	    "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536;");
	run(db, attach);
	return db;
}

static guint
count_of(const char *text)
{
	return (guint)MAX(strtoul(text, NULL, 10), 1);
}

int
main(int argc, char *argv[])
{
	sqlite3 *db = argc == 5 ? open_database(argv[1], argv[2]) : NULL;
	GArray *tables;
	guint entries = 0;
	int64_t began;

	if (db == NULL)
		return 64;
	tables = open_tables(db, &entries);
	run(db, "DETACH source");
	began = g_get_monotonic_time();
	insert_all(db, tables, count_of(argv[3]), count_of(argv[4]));
	printf("%u %.6f\n", entries,
	       (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC);
	close_tables(tables);
	sqlite3_close(db);
	return 0;
}
