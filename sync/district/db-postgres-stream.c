/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/db-postgres.h"

#include "app/base/fault.h"

/* Rows: a million of them through one row's memory, and what is in one. */

static PostgresDb *
db_of(const PostgresQuery *query)
{
	return (PostgresDb *)query->query.db;
}

static void
end_stream(PostgresQuery *query)
{
	PostgresDb *db = db_of(query);
	PGresult *answer;

	while ((answer = PQgetResult(db->conn)) != NULL)
		PQclear(answer);
	PQenterPipelineMode(db->conn);
	query->flowing = false;
}

/* What is still to come nobody wants. */
void
postgres_stop_stream(PostgresQuery *query)
{
	PGcancel *cancel = PQgetCancel(db_of(query)->conn);
	char why[256];

	if (cancel != NULL)
		PQcancel(cancel, why, sizeof(why));
	PQfreeCancel(cancel);
	end_stream(query);
}

static bool
start_stream(PostgresQuery *query, const char *doing, GError **error)
{
	PostgresDb *db = db_of(query);
	GError *why = NULL;

	if (!postgres_flush(&db->db, error))
		return false;
	PQexitPipelineMode(db->conn);
	query->flowing =
		PQsendQueryParams(db->conn, query->sql, query->n, query->types,
				  query->values, query->sizes, query->formats,
				  1) == 1 &&
		PQsetSingleRowMode(db->conn) == 1;
	if (query->flowing)
		return true;
	postgres_fail(db->conn, NULL, doing, &why);
	return postgres_die(db, why, error);
}

bool
postgres_step_stream(PostgresQuery *query, bool *row, const char *doing,
		     GError **error)
{
	PostgresDb *db = db_of(query);
	GError *why = NULL;

	if (!query->flowing && query->answer == NULL &&
	    !start_stream(query, doing, error))
		return false;
	PQclear(query->answer);
	query->answer = PQgetResult(db->conn);
	*row = PQresultStatus(query->answer) == PGRES_SINGLE_TUPLE;
	if (*row)
		return true;
	if (PQresultStatus(query->answer) != PGRES_TUPLES_OK)
		postgres_fail(db->conn, query->answer, doing, &why);
	end_stream(query);
	return why == NULL || postgres_die(db, why, error);
}

/* --- values --- */

/* Whole numbers come in the size that the server found fit. */
int64_t
postgres_get_int(DbQuery *base, int column)
{
	const PostgresQuery *query = (PostgresQuery *)base;
	const char *value = PQgetvalue(query->answer, query->row, column);
	int size = PQgetlength(query->answer, query->row, column);
	guint64 number = size > 0 && (value[0] & 0x80) != 0 && size > 1
				 ? G_MAXUINT64
				 : 0;

	for (int i = 0; i < size; i++)
		number = number << 8 | (guint8)value[i];
	return (int64_t)number;
}

const char *
postgres_get_text(DbQuery *base, int column)
{
	const PostgresQuery *query = (PostgresQuery *)base;

	return PQgetvalue(query->answer, query->row, column);
}

const void *
postgres_get_blob(DbQuery *base, int column, size_t *size)
{
	const PostgresQuery *query = (PostgresQuery *)base;

	*size = (size_t)PQgetlength(query->answer, query->row, column);
	return PQgetvalue(query->answer, query->row, column);
}

bool
postgres_is_null(DbQuery *base, int column)
{
	const PostgresQuery *query = (PostgresQuery *)base;

	return PQgetisnull(query->answer, query->row, column) != 0;
}
