/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/heal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/store/log-index.h"

/* Holds the N of kiosk.db.damaged-N from before that is moved aside until the
 * new kiosk.db is filled, so that a power cut between does not leave a new
 * and empty one. */
#define UNFINISHED "kiosk.db.salvaging"

/* Pages that no query touches may still be rotten: look at all of them. */
bool
heal_check(Store *store, GError **error)
{
	static const char sql[] = "PRAGMA quick_check(1)";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL || !sql_step(stmt, &row, "checking", error))
		return false;
	if (row && g_str_equal(sql_text(stmt, 0), "ok"))
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED, "kiosk.db: %s",
		    sql_text(stmt, 0));
	return false;
}

/* --- a damaged database is kept, and a new one filled from the log --- */

static bool
move_aside(const Store *store, const char *name, const char *kept,
	   GError **error)
{
	g_autofree char *from = store_path(store, name);
	g_autofree char *to = store_path(store, kept);

	if (!g_file_test(from, G_FILE_TEST_EXISTS) || g_rename(from, to) == 0)
		return true;
	g_set_error(error, FAULT, file_fault(errno), "keeping %s aside: %s",
		    from, g_strerror(errno));
	return false;
}

/* The helpers of a database keep its name: SQLite finds them by that. */
static bool
move_all_aside(const Store *store, const char *name, int n, GError **error)
{
	static const char *const helpers[] = { "-wal", "-shm", "" };

	for (size_t i = 0; i < G_N_ELEMENTS(helpers); i++) {
		g_autofree char *from = g_strconcat(name, helpers[i], NULL);
		g_autofree char *to =
			g_strdup_printf("%s.damaged-%d%s", name, n, helpers[i]);

		if (!move_aside(store, from, to, error))
			return false;
	}
	return file_sync_folder(store->folder, error);
}

/* 0: there are too many. */
static int
next_kept(const Store *store, const char *name, GError **error)
{
	for (int n = 1; n < STORE_KEPT_MAX; n++) {
		g_autofree char *kept =
			g_strdup_printf("%s.damaged-%d", name, n);
		g_autofree char *path = store_path(store, kept);

		if (!g_file_test(path, G_FILE_TEST_EXISTS))
			return n;
	}
	g_set_error(error, FAULT, FAULT_FULL,
		    "%d damaged files are kept in %s: copy them away, then "
		    "remove them, and look at the disk",
		    STORE_KEPT_MAX - 1, store->folder);
	return 0;
}

/* A copy: until it is replaced, what stands there is read. */
int
store_keep_copy(const Store *store, const char *name, GError **error)
{
	int n = next_kept(store, name, error);
	g_autofree char *from = store_path(store, name);
	g_autofree char *to = g_strdup_printf("%s.damaged-%d", from, n);
	g_autoptr(GBytes) bytes =
		n != 0 ? file_read(from, LOG_BYTES_MAX, error) : NULL;

	if (bytes == NULL ||
	    !file_write_durably(to, g_bytes_get_data(bytes, NULL),
				g_bytes_get_size(bytes), 0600, error))
		return 0;
	return n;
}

/* --- replacing it: begun, it is carried through, whatever happens --- */

static int
read_unfinished(const Store *store)
{
	g_autofree char *path = store_path(store, UNFINISHED);
	g_autofree char *text = NULL;
	gint64 n;

	if (!g_file_get_contents(path, &text, NULL, NULL) ||
	    !g_ascii_string_to_signed(text, 10, 1, STORE_KEPT_MAX, &n, NULL))
		return 0;
	return (int)n;
}

bool
heal_is_unfinished(const Store *store)
{
	return read_unfinished(store) != 0;
}

static bool
note_unfinished(const Store *store, int n, GError **error)
{
	g_autofree char *path = store_path(store, UNFINISHED);
	g_autofree char *text = g_strdup_printf("%d", n);

	return file_write_durably(path, text, strlen(text), 0600, error);
}

static bool
note_finished(const Store *store, GError **error)
{
	g_autofree char *path = store_path(store, UNFINISHED);

	g_remove(path);
	return file_sync_folder(store->folder, error);
}

static bool
fill_new(Store *store, const char *damaged, GError **error)
{
	bool ok;

	if (!store_open_newest(store, error) ||
	    !sql_begin(store->db, "salvaging", error))
		return false;
	ok = store_salvage(store, damaged, error);
	return sql_end(store->db, ok, "salvaging", error) &&
	       note_finished(store, error);
}

static bool
replace_database(Store *store, const char *cause, GError **error)
{
	g_autofree char *damaged = NULL;
	int n = next_kept(store, STORE_DATABASE, error);

	if (n == 0 || !note_unfinished(store, n, error) ||
	    !move_all_aside(store, STORE_DATABASE, n, error))
		return false;
	damaged = g_strdup_printf(STORE_DATABASE ".damaged-%d", n);
	g_string_append_printf(store->notice,
			       "%s" STORE_DATABASE
			       " was damaged (%s); it is kept as %s and a new "
			       "one was filled from " STORE_LOG,
			       store->notice->len > 0 ? "; " : "", cause,
			       damaged);
	g_warning("%s", store->notice->str);
	return fill_new(store, damaged, error);
}

/* A new one that was not filled has nothing yet: away with it. */
static bool
resume(Store *store, GError **error)
{
	static const char *const names[] = { STORE_DATABASE,
					     STORE_DATABASE "-wal",
					     STORE_DATABASE "-shm" };
	g_autofree char *damaged = g_strdup_printf(STORE_DATABASE ".damaged-%d",
						   read_unfinished(store));
	g_autofree char *kept = store_path(store, damaged);

	if (!g_file_test(kept, G_FILE_TEST_EXISTS))
		return note_finished(store, error); /* not even begun */
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = store_path(store, names[i]);

		g_remove(path);
	}
	g_message("replacing " STORE_DATABASE " is carried through");
	return file_sync_folder(store->folder, error) &&
	       fill_new(store, damaged, error);
}

/* Alone: the other process may have replaced it while we waited. */
static bool
heal_alone(Store *store, GError **error)
{
	g_autoptr(GError) cause = NULL;

	store_close_database(store);
	if (heal_is_unfinished(store) && !resume(store, error))
		return false;
	if (store_open_database(store, &cause))
		return true;
	store_close_database(store);
	if (g_error_matches(cause, FAULT, FAULT_DAMAGED))
		return replace_database(store, cause->message, error);
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

bool
store_heal(Store *store, GError **error)
{
	bool ok;

	if (!store_take_lock(store, LOCK_EX, error))
		return false;
	ok = heal_alone(store, error);
	store_drop_lock(store);
	return ok;
}
