/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-transfer-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/id.h"
#include "sync/district/archive-transfer.h"
#include "sync/district/db-private.h"

/* What is copied into: marked while it is half, without foreign keys until
 * all is there. */

static bool
is_postgres(const Db *db)
{
	return db->kind == &db_postgres;
}

const char *
transfer_file(const char *address)
{
	if (db_is_postgres(address))
		return NULL;
	return g_str_has_prefix(address, "sqlite:")
		       ? address + strlen("sqlite:")
		       : address;
}

/* --- the mark --- */

static bool
has_mark(Db *db, bool *has, GError **error)
{
	static const char sqlite[] = "SELECT 1 FROM sqlite_schema"
				     " WHERE name = 'archive_copying'",
			  postgres[] = "SELECT 1 FROM pg_class"
				       " WHERE oid = "
				       "to_regclass('archive_copying')";
	g_autoptr(DbOwnQuery) query =
		db_query_new(db, is_postgres(db) ? postgres : sqlite, error);

	return query != NULL &&
	       db_step(query, has, "looking for a copy", error);
}

bool
archive_is_whole(Db *db, GError **error)
{
	bool copying;

	if (!has_mark(db, &copying, error))
		return false;
	if (copying)
		g_set_error(error, FAULT, FAULT_REFUSED,
			    "a copy into this archive has not ended: repeat "
			    "cairn-district archive copy");
	return !copying;
}

bool
transfer_get_mark(Db *to, char **source, GError **error)
{
	static const char sql[] = "SELECT source FROM archive_copying"
				  " WHERE source <> ''";
	g_autoptr(DbOwnQuery) query = NULL;
	bool found;

	*source = NULL;
	if (!has_mark(to, &found, error))
		return false;
	if (!found)
		return true;
	query = db_query_new(to, sql, error);
	if (query == NULL || !db_step(query, &found, "whose copy", error))
		return false;
	*source = g_strdup(found ? db_text(query, 0) : "");
	return true;
}

/* Constraints are told again in their own words. */
static const char drop_foreign_keys[] =
	"INSERT INTO archive_copying (source, restore)"
	" SELECT '', format('ALTER TABLE %s ADD CONSTRAINT %I %s',"
	" conrelid::regclass, conname, pg_get_constraintdef(oid))"
	" FROM pg_constraint WHERE contype = 'f'"
	" AND connamespace = current_schema()::text::regnamespace;"
	"DO $$ DECLARE one record; BEGIN FOR one IN"
	" SELECT conrelid::regclass AS what, conname FROM pg_constraint"
	" WHERE contype = 'f'"
	" AND connamespace = current_schema()::text::regnamespace LOOP"
	" EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.what,"
	" one.conname); END LOOP; END $$;";

static bool
set_mark(Db *to, const char *source, GError **error)
{
	static const char make[] =
		"CREATE TABLE archive_copying (source TEXT NOT NULL,"
		" restore TEXT NOT NULL)";
	static const char sql[] =
		"INSERT INTO archive_copying (source, restore) VALUES (?1, '')";
	g_autoptr(DbOwnQuery) query = NULL;

	if (!db_run(to, make, "marking", error))
		return false;
	query = db_query_new(to, sql, error);
	if (query == NULL)
		return false;
	db_bind_text(query, 1, source);
	return db_done(query, "marking", error) &&
	       (!is_postgres(to) ||
		db_run(to, drop_foreign_keys, "marking", error));
}

bool
transfer_mark(Db *to, const char *source, GError **error)
{
	bool ok;

	if (!db_begin(to, error))
		return false;
	ok = set_mark(to, source, error);
	return db_end(to, ok, error);
}

bool
transfer_prepare(Db *to, GError **error)
{
	static const char sqlite[] = "PRAGMA foreign_keys = OFF",
			  postgres[] =
				  "SET statement_timeout = 0;"
				  "SET idle_in_transaction_session_timeout = 0";

	return db_run(to, is_postgres(to) ? postgres : sqlite, "preparing",
		      error);
}

/* --- which archive --- */

static bool
add_first(Db *from, const char *sql, GString *out, GError **error)
{
	g_autoptr(DbOwnQuery) query = db_query_new(from, sql, error);
	bool row;

	if (query == NULL || !db_step(query, &row, "looking at it", error))
		return false;
	g_string_append_printf(out, "%s\n", row ? db_text(query, 0) : "");
	return true;
}

char *
transfer_source(Db *from, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	char sha256[ID_SHA256 + 1];

	if (!add_first(from, "SELECT base FROM district", text, error) ||
	    !add_first(from, "SELECT id FROM kiosk ORDER BY key LIMIT 1", text,
		       error) ||
	    !add_first(from, "SELECT id FROM statement ORDER BY seq LIMIT 1",
		       text, error))
		return NULL;
	id_sha256(text->str, text->len, sha256);
	return g_strdup(sha256);
}

/* --- the end --- */

static bool
check_foreign_keys(Db *to, GError **error)
{
	static const char sql[] = "PRAGMA foreign_key_check";
	g_autoptr(DbOwnQuery) query = db_query_new(to, sql, error);
	bool row;

	if (query == NULL || !db_step(query, &row, "checking", error))
		return false;
	if (row)
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "a row of %s names one of %s that is not there",
			    db_text(query, 0), db_text(query, 2));
	return !row;
}

static const char finish_postgres[] =
	"DO $$ DECLARE one record; BEGIN"
	" FOR one IN SELECT restore FROM archive_copying WHERE restore <> ''"
	" LOOP EXECUTE one.restore; END LOOP;"
	" FOR one IN SELECT table_name AS t, column_name AS c"
	" FROM information_schema.columns WHERE is_identity = 'YES'"
	" AND table_schema = current_schema() LOOP EXECUTE format("
	"'SELECT setval(pg_get_serial_sequence(%L, %L),"
	" coalesce(max(%I), 0) + 1, false) FROM %I', quote_ident(one.t),"
	" one.c, one.c, one.t); END LOOP; END $$;";

static bool
finish(Db *to, bool check, GError **error)
{
	static const char drop[] = "DROP TABLE archive_copying";
	bool ok = true;

	if (is_postgres(to))
		ok = db_run(to, finish_postgres, "finishing", error);
	else if (check)
		ok = check_foreign_keys(to, error);
	return ok && db_run(to, drop, "finishing", error);
}

bool
transfer_finish(Db *to, bool check, GError **error)
{
	bool ok;

	if (!db_begin(to, error))
		return false;
	ok = finish(to, check, error);
	return db_end(to, ok, error);
}
