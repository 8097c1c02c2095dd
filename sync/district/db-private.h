/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/db.h"

#define DB_PARAMETERS_MAX 32 /* of a query */

/* What a kind of database does for db.c; the calls are those of db.h. */
typedef struct {
	Db *(*open)(const char *address, GError **error);
	void (*close)(Db *db);
	DbQuery *(*prepare)(Db *db, const char *sql, GError **error);
	void (*stream)(DbQuery *query); /* its rows come one at a time */
	void (*finalize)(DbQuery *query);
	void (*reset)(DbQuery *query);

	void (*bind_int)(DbQuery *query, int index, int64_t value);
	void (*bind_text)(DbQuery *query, int index, const char *text);
	void (*bind_blob)(DbQuery *query, int index, const void *bytes,
			  size_t size);
	bool (*step)(DbQuery *query, bool *row, const char *doing,
		     GError **error);
	bool (*done)(DbQuery *query, const char *doing, GError **error);
	bool (*insert_rows)(Db *db, const char *sql, const DbRows *rows,
			    const char *doing, GError **error);
	int64_t (*get_int)(DbQuery *query, int column);
	const char *(*get_text)(DbQuery *query, int column);
	const void *(*get_blob)(DbQuery *query, int column, size_t *size);
	bool (*is_null)(DbQuery *query, int column);

	bool (*run)(Db *db, const char *sql, const char *doing, GError **error);
	bool (*flush)(Db *db, GError **error);
	bool (*begin)(Db *db, GError **error);
	bool (*begin_snapshot)(Db *db, GError **error);
	bool (*end)(Db *db, bool ok, GError **error);
	bool (*mark)(Db *db, GError **error);
	bool (*settle)(Db *db, bool ok, GError **error);
	bool (*scrub)(Db *db, GPtrArray *remains, GError **error);
	bool (*checkpoint)(Db *db, GError **error);
	bool (*leave_checkpoints)(Db *db, GError **error);
	bool (*try_room)(Db *db, GError **error);

	/* table, column, type, place in the primary key (0: none) of all */
	const char *columns_sql;
	const char *text_order; /* what a text is compared by, for C's order */
} DbKind;

extern const DbKind db_sqlite, db_postgres;

/* Each kind's own begin with these; db.c fills them. */
struct Db {
	const DbKind *kind;
	GHashTable *queries; /* owned: SQL text → DbQuery */
};

/* Of the i-th struct. */
static inline void *
db_member(const DbRows *rows, size_t i, size_t offset)
{
	return (char *)rows->first + i * rows->size + offset;
}

static inline int64_t
db_distinct(const DbRows *rows, size_t i)
{
	return *(const int64_t *)db_member(rows, i, rows->distinct_offset);
}

struct DbQuery {
	const DbKind *kind;
	Db *db; /* borrowed */
};
