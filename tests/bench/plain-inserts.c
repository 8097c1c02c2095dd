/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plain-inserts DATABASE FROM BATCH: the rows that FROM has and DATABASE, of
 * the same schema, lacks are inserted there, each BATCH-th part of a table in
 * one durable transaction.  Prints how many entries and seconds that were; rows
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
} Table;

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

static GPtrArray *
read_rows(sqlite3 *db, const char *name, int *columns)
{
	g_autofree char *sql = g_strdup_printf("SELECT * FROM source.\"%s\""
					       " EXCEPT SELECT * FROM"
					       " main.\"%s\"",
					       name, name);
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
insert_batch(sqlite3 *db, const GArray *tables, guint at, guint n_batches)
{
	run(db, "BEGIN IMMEDIATE");
	for (guint t = 0; t < tables->len; t++) {
		const Table *table = &g_array_index(tables, Table, t);
		guint n = table->rows->len;

		for (guint i = n * at / n_batches; i < n * (at + 1) / n_batches;
		     i++)
			insert(db, table->insert, table->rows->pdata[i]);
	}
	run(db, "COMMIT");
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
	run(db, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		"PRAGMA wal_autocheckpoint = 4000;");
	run(db, attach);
	return db;
}

int
main(int argc, char *argv[])
{
	guint batch = argc == 4 ? (guint)strtoul(argv[3], NULL, 10) : 0;
	sqlite3 *db = batch > 0 ? open_database(argv[1], argv[2]) : NULL;
	g_autoptr(GArray) tables = g_array_new(FALSE, FALSE, sizeof(Table));
	g_autoptr(GPtrArray) names = db != NULL ? table_names(db) : NULL;
	guint most = 0, n_batches;
	int64_t began;

	if (db == NULL)
		return 64;
	for (guint i = 0; i < names->len; i++) {
		Table table;

		if (!has_grown(db, names->pdata[i]))
			continue;
		table = open_table(db, names->pdata[i]);
		most = MAX(most, table.rows->len);
		g_array_append_val(tables, table);
	}
	run(db, "DETACH source");
	n_batches = (most + batch - 1) / batch;
	began = g_get_monotonic_time();
	for (guint i = 0; i < n_batches; i++)
		insert_batch(db, tables, i, n_batches);
	printf("%u %.6f\n", most,
	       (double)(g_get_monotonic_time() - began) / G_USEC_PER_SEC);
	for (guint i = 0; i < tables->len; i++) {
		sqlite3_finalize(g_array_index(tables, Table, i).insert);
		g_ptr_array_unref(g_array_index(tables, Table, i).rows);
	}
	sqlite3_close(db);
	return 0;
}
