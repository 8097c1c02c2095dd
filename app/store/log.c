/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"
#include "app/store/store-erase.h"

#define LINE_MAX_BYTES (EVIDENCE_BYTES_MAX + 1)

static bool
fail(const char *doing, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "%s " STORE_LOG ": %s",
		    doing, g_strerror(saved));
	return false;
}

static int64_t
log_size(const Store *store)
{
	struct stat about;

	return fstat(store->log, &about) == 0 ? about.st_size : -1;
}

/* --- the file --- */

bool
store_open_log(Store *store, GError **error)
{
	g_autofree char *path = store_path(store, STORE_LOG);

	store->agreed_size = -1;
	store->log =
		open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
		     0600);
	if (store->log < 0)
		return fail("opening", error);
	return file_sync_folder(store->folder, error);
}

/* Somebody may have written the log anew: another file by that name. */
static bool
follow_log(Store *store, GError **error)
{
	g_autofree char *path = store_path(store, STORE_LOG);
	struct stat ours, named;

	if (store->log >= 0 && fstat(store->log, &ours) == 0 &&
	    stat(path, &named) == 0 && ours.st_ino == named.st_ino &&
	    ours.st_dev == named.st_dev)
		return true;
	if (store->log >= 0)
		close(store->log);
	return store_open_log(store, error);
}

static bool
write_bytes(int handle, const char *bytes, size_t size)
{
	for (size_t done = 0; done < size;) {
		ssize_t n = write(handle, bytes + done, size - done);

		if (n < 0 && errno != EINTR)
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* The next line must not be glued to a torn one. */
static bool
end_torn_line(Store *store, GError **error)
{
	int64_t size = log_size(store);
	char last = '\n';

	if (size < 0 ||
	    (size > 0 && pread(store->log, &last, 1, (off_t)(size - 1)) != 1))
		return fail("reading", error);
	if (last == '\n')
		return true;
	g_message("a torn line in " STORE_LOG " is passed over");
	return write_bytes(store->log, "\n", 1) || fail("writing", error);
}

static bool
shorten(Store *store, int64_t size)
{
	store->agreed_size = -1;
	if (ftruncate(store->log, (off_t)size) == 0 &&
	    fdatasync(store->log) == 0)
		return true;
	g_warning("taking back a line of " STORE_LOG ": %s", g_strerror(errno));
	return false;
}

static void
owe(Store *store, GBytes *record)
{
	store->agreed_size = -1;
	g_clear_pointer(&store->owed, g_bytes_unref);
	store->owed = g_bytes_ref(record);
}

static bool
take_back(Store *store, int64_t size, GBytes *record)
{
	if (!shorten(store, size))
		owe(store, record);
	return false;
}

bool
store_write_log(Store *store, GBytes *record, int64_t *before, GError **error)
{
	g_autoptr(GString) line =
		g_string_new_len(g_bytes_get_data(record, NULL),
				 (gssize)g_bytes_get_size(record));

	*before = log_size(store);
	if (*before < 0)
		return fail("reading", error);
	g_string_append_c(line, '\n');
	if (!write_bytes(store->log, line->str, line->len)) {
		fail("writing", error);
		return take_back(store, *before, record);
	}
	/* A hint: whether the bytes are there is store_sync_log()'s to say. */
	sync_file_range(store->log, (off_t)*before, (off_t)line->len,
			SYNC_FILE_RANGE_WRITE);
	return true;
}

bool
store_sync_log(Store *store, GBytes *record, int64_t before, bool keep,
	       GError **error)
{
	if (keep && fdatasync(store->log) == 0)
		return true;
	if (keep)
		fail("writing", error);
	return take_back(store, before, record);
}

/* Whether the log ends with this line, whole; *at is where that begins. */
static bool
ends_with(const Store *store, GBytes *record, int64_t *at)
{
	size_t n = g_bytes_get_size(record);
	g_autofree char *tail = g_malloc(n);

	*at = log_size(store) - (int64_t)n - 1;
	return *at >= 0 &&
	       pread(store->log, tail, n, (off_t)*at) == (ssize_t)n &&
	       memcmp(tail, g_bytes_get_data(record, NULL), n) == 0;
}

/* Under the lock, and unless the other process has taken it in meanwhile.
 * If this program ends before it can be taken back, the next one takes it in:
 * a stone too many for a child who was told to try again, never one too few. */
static bool
settle(Store *store, const StoreIdentity *at)
{
	g_autoptr(LogLine) line = NULL;
	int64_t from;

	if (store->owed == NULL)
		return true;
	line = log_line_read(g_bytes_get_data(store->owed, NULL),
			     g_bytes_get_size(store->owed));
	if (line != NULL && line->number > at->last_number &&
	    ends_with(store, store->owed, &from) && !shorten(store, from))
		return false;
	g_clear_pointer(&store->owed, g_bytes_unref);
	return true;
}

void
store_undo_log(Store *store, GBytes *record)
{
	StoreIdentity at;
	bool ok;

	owe(store, record);
	if (!store_begin(store, "taking a stone back", NULL))
		return;
	ok = follow_log(store, NULL) && store_get_identity(store, &at, NULL) &&
	     settle(store, &at);
	if (!store_end(store, false, "taking a stone back", NULL) && !ok)
		g_message("the line is taken back later");
}

/* --- agreeing --- */

static bool
follows(const LogLine *line, const StoreIdentity *at)
{
	return at->last_number == 0 || line->number > at->last_number + 1 ||
	       line->body == NULL || g_str_equal(at->last_hash, ID_NO_HASH) ||
	       g_str_equal(line->previous, at->last_hash);
}

static bool
fill_gap(Store *store, const LogLine *next, StoreIdentity *at, GError **error)
{
	while (at->last_number != 0 && at->last_number + 1 < next->number) {
		int64_t number = ++at->last_number;
		bool known = number + 1 == next->number &&
			     id_is_sha256(next->previous);

		g_strlcpy(at->last_hash, known ? next->previous : ID_NO_HASH,
			  sizeof(at->last_hash));
		if (!store_insert_lost(store, number, at->last_hash, error))
			return false;
	}
	return true;
}

static bool
insert_line(Store *store, const LogLine *line, GError **error)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);

	if (line->body != NULL &&
	    !evidence_parse(g_bytes_get_data(line->body, NULL),
			    g_bytes_get_size(line->body), e, error))
		return false;
	if (line->body == NULL) {
		e->number = line->number;
		memcpy(e->id, line->id, sizeof(e->id));
		memcpy(e->learner, line->learner, sizeof(e->learner));
		memcpy(e->badge, line->badge, sizeof(e->badge));
		memcpy(e->prompt, line->prompt, sizeof(e->prompt));
	}
	return store_insert_record(store, e, line->body, line->hash, error) &&
	       (!line->erased ||
		store_set_aside(store, line->number, STORE_ERASED, error));
}

bool
log_take_in(Store *store, const LogLine *line, StoreIdentity *at, bool *taken,
	    GError **error)
{
	*taken = follows(line, at);
	if (!*taken)
		return true;
	if (!fill_gap(store, line, at, error) ||
	    !insert_line(store, line, error))
		return false;
	at->last_number = line->number;
	g_strlcpy(at->last_hash, line->hash, sizeof(at->last_hash));
	return true;
}

/* Into the database: what only the log has. */
static bool
take_all_in(Store *store, LogIndex *log, StoreIdentity *at, GError **error)
{
	int64_t first = at->last_number == 0 ? log->first : at->last_number + 1;

	for (int64_t n = MAX(first, 1); n <= log->last; n++) {
		const LogLine *line = log_pick(log_index_find(log, n), NULL,
					       log_index_find(log, n + 1));
		bool taken = true;

		if (line != NULL &&
		    !log_take_in(store, line, at, &taken, error))
			return false;
		log->odd = log->odd || !taken;
	}
	return true;
}

/* A row that its own hash does not fit has rotten, whatever the log says. */
static bool
is_sound(SqlStatement *stmt, GError **error)
{
	g_autoptr(GBytes) body = sql_bytes(stmt, 2);
	char hash[ID_SHA256 + 1];

	if (sqlite3_column_type(stmt, 2) == SQLITE_NULL)
		return true;
	id_sha256_bytes(body, hash);
	if (g_str_equal(hash, sql_text(stmt, 1)))
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    STORE_DATABASE ": record %" G_GINT64_FORMAT
				   " is not what its hash says",
		    (gint64)sql_int(stmt, 0));
	return false;
}

/* Whether the log has every record that the database has. */
static bool
compare(Store *store, LogIndex *log, bool *complete, GError **error)
{
	static const char sql[] = "SELECT number, hash, body FROM record"
				  " WHERE id NOT LIKE '" STORE_LOST_ID "%'";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	bool row;

	if (stmt == NULL)
		return false;
	*complete = true;
	while (sql_step(stmt, &row, "comparing", error)) {
		const LogLine *line;

		if (!row)
			return true;
		line = log_index_find(log, sql_int(stmt, 0));
		if (line != NULL &&
		    !g_str_equal(line->hash, sql_text(stmt, 1))) {
			if (!is_sound(stmt, error))
				return false;
			log->odd = true;
		}
		if (line == NULL || log->odd)
			*complete = false;
	}
	return false;
}

/* What contradicts the chain is kept, and an adult told. */
bool
log_keep_odd(Store *store, GError **error)
{
	int n = store_keep_copy(store, STORE_LOG, error);

	if (n == 0)
		return false;
	g_string_append_printf(store->notice,
			       "%s" STORE_LOG
			       " did not agree with " STORE_DATABASE
			       "; it is kept as " STORE_LOG ".damaged-%d",
			       store->notice->len > 0 ? "; " : "", n);
	g_warning("%s", store->notice->str);
	return true;
}

static bool
agree(Store *store, StoreIdentity *at, GError **error)
{
	g_autoptr(LogIndex) log = log_index_read(store, error);
	bool complete;

	if (log == NULL || !take_all_in(store, log, at, error) ||
	    !compare(store, log, &complete, error))
		return false;
	if (complete && !log->odd)
		return true;
	return (!log->odd || log_keep_odd(store, error)) &&
	       store_rewrite_log(store, error);
}

/* Usually both end alike: one look tells. */
static bool
ends_alike(const Store *store, int64_t size, const StoreIdentity *at)
{
	size_t wanted = (size_t)MIN(size, LINE_MAX_BYTES + 1);
	g_autofree char *tail = g_malloc(wanted + 1);
	g_autoptr(LogLine) line = NULL;
	const char *start;

	if (size == 0)
		return at->last_number == 0;
	if (pread(store->log, tail, wanted, (off_t)size - (off_t)wanted) !=
		    (ssize_t)wanted ||
	    tail[wanted - 1] != '\n')
		return false;
	start = wanted > 1 ? memrchr(tail, '\n', wanted - 1) : NULL;
	start = start != NULL ? start + 1 : tail;
	line = log_line_read(start, (size_t)(tail + wanted - 1 - start));
	return line != NULL && line->number == at->last_number &&
	       g_str_equal(line->hash, at->last_hash);
}

bool
store_agree_with_log(Store *store, StoreIdentity *at, GError **error)
{
	int64_t size;

	if (!follow_log(store, error) || !store_get_identity(store, at, error))
		return false;
	if (!settle(store, at))
		return fail("writing", error);
	size = log_size(store);
	if (size < 0)
		return fail("reading", error);
	if (size == store->agreed_size &&
	    at->last_number == store->agreed_number)
		return true;
	if (!ends_alike(store, size, at) &&
	    (!agree(store, at, error) || !end_torn_line(store, error)))
		return false;
	store_note_agreed(store, at->last_number);
	return true;
}

void
store_note_agreed(Store *store, int64_t number)
{
	store->agreed_size = log_size(store);
	store->agreed_number = number;
}

/* --- writing it anew --- */

static void
print_forgotten(GString *out, SqlStatement *stmt)
{
	g_autoptr(json_t) value =
		json_pack("{s:{s:I,s:s,s:s,s:s,s:s,s:s}}", "forgotten",
			  "number", (json_int_t)sql_int(stmt, 0), "id",
			  sql_text(stmt, 1), "hash", sql_text(stmt, 2),
			  "learner", sql_text(stmt, 3), "badge",
			  sql_text(stmt, 4), "prompt", sql_text(stmt, 5));
	g_autoptr(GBytes) line = NULL;

	if (value != NULL && sql_int(stmt, 7) != 0)
		json_object_set_new(json_object_get(value, "forgotten"),
				    "erased", json_true());
	if (value != NULL)
		line = json_canonical(value, NULL);
	if (line == NULL)
		return; /* the row is rotten; its place shows as a gap */
	g_string_append_len(out, g_bytes_get_data(line, NULL),
			    (gssize)g_bytes_get_size(line));
	g_string_append_c(out, '\n');
}

/* A body that has rotted in the database is taken from the old log. */
static bool
print_record(Store *store, GString *out, SqlStatement *stmt, LogIndex **log,
	     GError **error)
{
	g_autoptr(GBytes) body = sql_bytes(stmt, 6);
	const LogLine *line;
	char hash[ID_SHA256 + 1];

	id_sha256_bytes(body, hash);
	if (!g_str_equal(hash, sql_text(stmt, 2))) {
		if (*log == NULL)
			*log = log_index_read(store, error);
		if (*log == NULL)
			return false;
		line = log_index_find(*log, sql_int(stmt, 0));
		if (line == NULL || line->body == NULL ||
		    !g_str_equal(line->hash, sql_text(stmt, 2)))
			return true;
		g_bytes_unref(body);
		body = g_bytes_ref(line->body);
	}
	g_string_append_len(out, g_bytes_get_data(body, NULL),
			    (gssize)g_bytes_get_size(body));
	g_string_append_c(out, '\n');
	return true;
}

static bool
print_all(Store *store, GString *out, GError **error)
{
	static const char sql[] =
		"SELECT number, id, hash, learner, badge, prompt, body,"
		" state = 3 AND reason = '" STORE_ERASED "'"
		" FROM record JOIN outbox USING (number)"
		" WHERE id NOT LIKE '" STORE_LOST_ID "%' ORDER BY number";
	g_autoptr(SqlStatement) stmt = sql_prepare(store->db, sql, error);
	g_autoptr(LogIndex) log = NULL;
	bool row;

	if (stmt == NULL)
		return false;
	while (sql_step(stmt, &row, "writing the log", error)) {
		if (!row)
			return true;
		if (sqlite3_column_type(stmt, 6) == SQLITE_NULL)
			print_forgotten(out, stmt);
		else if (!print_record(store, out, stmt, &log, error))
			return false;
	}
	return false;
}

bool
store_rewrite_log(Store *store, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *path = store_path(store, STORE_LOG);

	return print_all(store, out, error) &&
	       file_write_durably(path, out->str, out->len, 0600, error) &&
	       follow_log(store, error);
}
