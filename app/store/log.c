/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"

/*
 * records.jsonl: the canonical bytes of each record and a newline, written
 * and synced before the database commits.  A line that a power cut tore is
 * left where it is and passed over; a whole line that the database does not
 * know is put into it at the next opening.
 */
#define LOG_BYTES_MAX ((size_t)1024 * 1024 * 1024)

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

static bool
write_line(int handle, GBytes *record)
{
	size_t size;
	const char *bytes = g_bytes_get_data(record, &size);
	g_autofree char *line = g_malloc(size + 1);

	memcpy(line, bytes, size);
	line[size++] = '\n';
	for (size_t done = 0; done < size;) {
		ssize_t n = write(handle, line + done, size - done);

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
	if (write(store->log, "\n", 1) != 1)
		return fail("writing", error);
	return true;
}

bool
store_open_log(Store *store, GError **error)
{
	g_autofree char *path =
		g_build_filename(store->folder, STORE_LOG, NULL);

	store->log =
		open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW,
		     0600);
	if (store->log < 0)
		return fail("opening", error);
	return end_torn_line(store, error) &&
	       file_sync_folder(store->folder, error);
}

void
store_undo_log(Store *store, int64_t undo_size)
{
	if (ftruncate(store->log, (off_t)undo_size) != 0 ||
	    fdatasync(store->log) != 0)
		g_warning("taking back a line of " STORE_LOG ": %s",
			  g_strerror(errno));
}

/* The other process may have shortened the log: a new file by that name. */
static bool
follow_log(Store *store, GError **error)
{
	g_autofree char *path =
		g_build_filename(store->folder, STORE_LOG, NULL);
	struct stat ours, named;

	if (fstat(store->log, &ours) == 0 && stat(path, &named) == 0 &&
	    ours.st_ino == named.st_ino && ours.st_dev == named.st_dev)
		return true;
	close(store->log);
	return store_open_log(store, error);
}

bool
store_append_log(Store *store, GBytes *record, int64_t *undo_size,
		 GError **error)
{
	if (!follow_log(store, error))
		return false;
	*undo_size = log_size(store);
	if (*undo_size < 0)
		return fail("reading", error);
	if (write_line(store->log, record) && fdatasync(store->log) == 0)
		return true;

	fail("writing", error);
	store_undo_log(store, *undo_size);
	return false;
}

static bool
replay_line(Store *store, const char *line, size_t size, StoreIdentity *at,
	    GError **error)
{
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	g_autoptr(GBytes) body = g_bytes_new_static(line, size);

	if (size == 0 || !evidence_parse(line, size, evidence, NULL))
		return true; /* torn or rotten: passed over, never removed */
	if (evidence->number <= at->last_number)
		return true;
	if (at->last_number != 0 &&
	    (evidence->number != at->last_number + 1 ||
	     !g_str_equal(evidence->previous, at->last_hash))) {
		g_string_printf(store->notice,
				"record %" G_GINT64_FORMAT " in " STORE_LOG
				" does not follow",
				(gint64)evidence->number);
		return true;
	}
	if (!store_insert_record(store, evidence, body, error))
		return false;
	at->last_number = evidence->number;
	id_sha256_bytes(body, at->last_hash);
	return true;
}

static GBytes *
read_log(Store *store, GError **error)
{
	g_autofree char *path =
		g_build_filename(store->folder, STORE_LOG, NULL);

	return file_read(path, LOG_BYTES_MAX, error);
}

/* Usually the database has the last line already: one look tells. */
static bool
is_up_to_date(Store *store, int64_t last_number)
{
	g_autofree char *tail = g_malloc0(EVIDENCE_BYTES_MAX + 1);
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	int64_t size = log_size(store);
	int64_t from = MAX(size - EVIDENCE_BYTES_MAX, 0);
	ssize_t n = pread(store->log, tail, EVIDENCE_BYTES_MAX, (off_t)from);

	if (n <= 1)
		return size == 0;
	tail[n - 1] = '\0'; /* the last newline */

	const char *line = strrchr(tail, '\n');

	line = line != NULL ? line + 1 : tail;
	return evidence_parse(line, strlen(line), evidence, NULL) &&
	       evidence->number <= last_number;
}

static bool
replay_lines(Store *store, StoreIdentity *at, GError **error)
{
	g_autoptr(GBytes) log = read_log(store, error);
	size_t size;

	if (log == NULL)
		return false;

	const char *line = g_bytes_get_data(log, &size);
	const char *end = line + size;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (stop == NULL)
			break;
		if (!replay_line(store, line, (size_t)(stop - line), at, error))
			return false;
		line = stop + 1;
	}
	return true;
}

bool
store_replay_log(Store *store, GError **error)
{
	StoreIdentity at;

	return store_get_identity(store, &at, error) &&
	       (is_up_to_date(store, at.last_number) ||
		replay_lines(store, &at, error));
}

static GBytes *
lines_from(GBytes *log, int64_t number)
{
	g_autoptr(GByteArray) kept = g_byte_array_new();
	g_autofree Evidence *evidence = g_new0(Evidence, 1);
	size_t size;
	const char *line = g_bytes_get_data(log, &size);
	const char *end = line + size;
	const char *stop;

	for (; line < end &&
	       (stop = memchr(line, '\n', (size_t)(end - line))) != NULL;
	     line = stop + 1) {
		bool old = evidence_parse(line, (size_t)(stop - line), evidence,
					  NULL) &&
			   evidence->number < number;

		if (!old)
			g_byte_array_append(kept, (const guint8 *)line,
					    (guint)(stop - line + 1));
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&kept));
}

bool
store_shorten_log(Store *store, int64_t number, GError **error)
{
	g_autoptr(GBytes) log = read_log(store, error);
	g_autoptr(GBytes) kept = NULL;
	g_autofree char *path =
		g_build_filename(store->folder, STORE_LOG, NULL);

	if (log == NULL)
		return false;
	kept = lines_from(log, number);
	if (!file_write_durably(path, g_bytes_get_data(kept, NULL),
				g_bytes_get_size(kept), 0600, error))
		return false;
	close(store->log);
	return store_open_log(store, error);
}
