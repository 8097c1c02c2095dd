/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"

/* A random id changes a page, and a commit writes the whole of it: pages are
 * small.  A checkpoint belongs in an idle moment, so the automatic one is far
 * off. */
static const char pragmas[] =
	"PRAGMA page_size = 4096;" /* of a new file */
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = FULL;" /* WAL+NORMAL may lose the last commits */
	"PRAGMA wal_autocheckpoint = 4000;"
	"PRAGMA foreign_keys = ON;"
	"PRAGMA secure_delete = ON;" /* as Debian's is by itself */
	"PRAGMA trusted_schema = OFF;";

typedef sqlite3 SqlDatabase;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SqlDatabase, sqlite3_close)

/* A commit that fails does not say why: its write-ahead log may know. */
static int
system_errno(sqlite3 *db)
{
	int known = sqlite3_system_errno(db);
	sqlite3_file *wal = NULL;

	if (known != 0)
		return known;
	sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
	if (wal != NULL && wal->pMethods != NULL)
		wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO,
					    &known);
	if (known == 0)
		sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO,
				     &known);
	return known;
}

/* A page that cannot be read is damage; a write that fails is the disk's. */
static Fault
fault_of_io(sqlite3 *db)
{
	switch (sqlite3_extended_errcode(db)) {
	case SQLITE_IOERR_READ:
	case SQLITE_IOERR_SHORT_READ:
	case SQLITE_IOERR_DATA:
	case SQLITE_IOERR_CORRUPTFS:
		return FAULT_DAMAGED;
	default:
		break;
	}
	switch (file_fault(system_errno(db))) {
	case FAULT_FULL:
	/* A helper that cannot be made is then looked for read-only, and that
	 * second failure is all that SQLite keeps.  The folder is there:
	 * make_file() was in it. */
	case FAULT_NOT_FOUND:
		return FAULT_FULL;
	default:
		return FAULT_SYSTEM;
	}
}

static Fault
fault_of(sqlite3 *db)
{
	switch (sqlite3_errcode(db) & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return FAULT_BUSY;
	case SQLITE_FULL:
	case SQLITE_READONLY:
		return FAULT_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return FAULT_DAMAGED;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return fault_of_io(db);
	default:
		return FAULT_SYSTEM;
	}
}

/* A disk is full for all that is on it: which one, the path tells. */
bool
sql_fail(sqlite3 *db, const char *doing, GError **error)
{
	Fault fault = fault_of(db);
	const char *path = sqlite3_db_filename(db, "main");

	if (fault == FAULT_FULL && path != NULL && path[0] != '\0' &&
	    (sqlite3_errcode(db) & 0xff) != SQLITE_READONLY)
		g_set_error(error, FAULT, (int)fault,
			    "%s: %s; make room where %s is", doing,
			    sqlite3_errmsg(db), path);
	else
		g_set_error(error, FAULT, (int)fault, "%s: %s", doing,
			    sqlite3_errmsg(db));
	return false;
}

bool
sql_run(sqlite3 *db, const char *sql, const char *doing, GError **error)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return sql_fail(db, doing, error);
	return true;
}

SqlStatement *
sql_prepare(sqlite3 *db, const char *sql, GError **error)
{
	SqlStatement *stmt = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		sql_fail(db, "preparing", error);
	return stmt;
}

bool
sql_step(SqlStatement *stmt, bool *row, const char *doing, GError **error)
{
	int rc = sqlite3_step(stmt);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		return sql_fail(sqlite3_db_handle(stmt), doing, error);
	*row = rc == SQLITE_ROW;
	return true;
}

bool
sql_done(SqlStatement *stmt, const char *doing, GError **error)
{
	if (sqlite3_step(stmt) != SQLITE_DONE)
		return sql_fail(sqlite3_db_handle(stmt), doing, error);
	return true;
}

void
sql_bind_text(SqlStatement *stmt, int index, const char *text)
{
	if (text == NULL)
		sqlite3_bind_null(stmt, index);
	else
		sqlite3_bind_text(stmt, index, text, -1, SQLITE_STATIC);
}

void
sql_bind_int(SqlStatement *stmt, int index, int64_t value)
{
	sqlite3_bind_int64(stmt, index, value);
}

void
sql_bind_bytes(SqlStatement *stmt, int index, GBytes *bytes)
{
	size_t size;
	const void *data = g_bytes_get_data(bytes, &size);

	sqlite3_bind_blob64(stmt, index, data != NULL ? data : "", size,
			    SQLITE_STATIC);
}

const char *
sql_text(SqlStatement *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text != NULL ? (const char *)text : "";
}

int64_t
sql_int(SqlStatement *stmt, int column)
{
	return sqlite3_column_int64(stmt, column);
}

GBytes *
sql_bytes(SqlStatement *stmt, int column)
{
	const void *data = sqlite3_column_blob(stmt, column);

	return g_bytes_new(data, (size_t)sqlite3_column_bytes(stmt, column));
}

bool
sql_begin(sqlite3 *db, const char *doing, GError **error)
{
	return sql_run(db, "BEGIN IMMEDIATE", doing, error);
}

bool
sql_end(sqlite3 *db, bool ok, const char *doing, GError **error)
{
	if (ok && sql_run(db, "COMMIT", doing, error))
		return true;

	sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return false;
}

static bool
read_version(sqlite3 *db, int64_t *out, GError **error)
{
	static const char sql[] = "PRAGMA user_version";
	g_autoptr(SqlStatement) stmt = sql_prepare(db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "reading version", error))
		return false;
	*out = sql_int(stmt, 0);
	return true;
}

static bool
check_version(sqlite3 *db, size_t latest, int64_t *version, GError **error)
{
	if (!read_version(db, version, error))
		return false;
	if (*version <= (int64_t)latest)
		return true;
	g_set_error(error, FAULT, FAULT_TOO_NEW,
		    "version %" G_GINT64_FORMAT " is newer than the %zu that "
		    "this program knows; install a later program",
		    (gint64)*version, latest);
	return false;
}

static bool
migrate(sqlite3 *db, const char *const *migrations, size_t latest,
	GError **error)
{
	int64_t version;

	if (!sql_begin(db, "upgrading", error))
		return false;

	bool ok = check_version(db, latest, &version, error);

	while (ok && version < (int64_t)latest) {
		g_autofree char *stamp = g_strdup_printf(
			"PRAGMA user_version = %" G_GINT64_FORMAT,
			(gint64)(version + 1));

		ok = sql_run(db, migrations[version], "upgrading", error) &&
		     sql_run(db, stamp, "stamping", error);
		version++;
	}
	return sql_end(db, ok, "upgrading", error);
}

/*
 * A later version's file is left byte for byte as it was: nothing is written,
 * and the last one out does not move its write-ahead log into it either.
 */
static bool
prepare_file(sqlite3 *db, const char *const *migrations, size_t latest,
	     GError **error)
{
	int64_t version;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, SQL_BUSY_TIMEOUT_MS);
	if (!check_version(db, latest, &version, error)) {
		sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1,
				  NULL);
		return false;
	}
	return sql_run(db, pragmas, "configuring", error) &&
	       (version == (int64_t)latest ||
		migrate(db, migrations, latest, error));
}

/*
 * SQLite would make it readable by all; its helpers take after it.  A file
 * that is there is left alone: closing it would drop the locks that other
 * connections of this process have on it (POSIX).
 */
static bool
make_file(const char *path, GError **error)
{
	int handle = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (handle >= 0)
		return close(handle) == 0;
	if (errno == EEXIST)
		return true;
	g_set_error(error, FAULT, file_fault(errno), "opening: %s",
		    g_strerror(errno));
	return false;
}

static sqlite3 *
open_file(const char *path, const char *const *migrations, size_t n_migrations,
	  GError **error)
{
	g_autoptr(SqlDatabase) db = NULL;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX; /* its thread is its own */

	if (!make_file(path, error))
		return NULL;
	if (sqlite3_open_v2(path, &db, flags, NULL) != SQLITE_OK) {
		sql_fail(db, "opening", error);
		return NULL;
	}
	if (!prepare_file(db, migrations, n_migrations, error))
		return NULL;
	return g_steal_pointer(&db);
}

sqlite3 *
sql_open(const char *path, const char *const *migrations, size_t n_migrations,
	 GError **error)
{
	sqlite3 *db = open_file(path, migrations, n_migrations, error);

	if (db == NULL)
		g_prefix_error(error, "%s: ", path);
	return db;
}
