/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/archive-transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/archive-transfer-private.h"

#define COMMIT_ROWS  2000
#define COMMIT_BYTES (4 * 1024 * 1024)

typedef struct {
	const ArchiveTransfer *how; /* borrowed */
	Db *from, *to;              /* owned */
	GPtrArray *tables;          /* owned: DbTable, of from */
	bool resumed;
} Transfer;

static void
transfer_clear(Transfer *transfer)
{
	g_clear_pointer(&transfer->tables, g_ptr_array_unref);
	g_clear_pointer(&transfer->from, db_close);
	g_clear_pointer(&transfer->to, db_close);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Transfer, transfer_clear)

static bool
refuse(GError **error, const char *why)
{
	g_set_error(error, FAULT, FAULT_REFUSED, "%s", why);
	return false;
}

/* --- one table --- */

/* Rows of a table on their way: read here, written there. */
typedef struct {
	const DbTable *table;
	DbQuery *rows, *put; /* owned */
	bool more;           /* rows holds one to be written */
	int64_t done, all;
} Flow;

static void
flow_clear(Flow *flow)
{
	db_query_free(flow->rows);
	db_query_free(flow->put);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Flow, flow_clear)

/* What is there in `to` are the first rows of `from`, as each commit was a
 * piece of that order. */
static bool
start_behind(Transfer *transfer, Flow *flow, GError **error)
{
	const DbTable *table = flow->table;
	g_autoptr(DbOwnQuery) last =
		db_query_last_key(transfer->to, table, error);
	bool row;

	if (last == NULL || !db_step(last, &row, "looking how far", error))
		return false;
	row = row && !table->one_row;
	flow->rows = db_stream_rows(transfer->from, table, row, error);
	if (flow->rows == NULL)
		return false;
	for (int place = 1; row && place <= (int)table->n_keys; place++) {
		guint i = db_key_column(table, place);

		db_bind_cell(flow->rows, place, last, place - 1,
			     g_array_index(table->columns, DbField, i).type);
	}
	/* The first step takes what is bound. */
	return db_step(flow->rows, &flow->more, "reading", error);
}

static bool
put_row(const Flow *flow, GError **error)
{
	g_autoptr(ArchiveBound) put = flow->put;

	for (guint i = 0; i < flow->table->columns->len; i++)
		db_bind_cell(put, (int)i + 1, flow->rows, (int)i,
			     g_array_index(flow->table->columns, DbField, i)
				     .type);
	return db_done(put, flow->table->name, error);
}

/* As many as one commit takes. */
static bool
put_some(Flow *flow, GError **error)
{
	size_t bytes = 0;

	for (int n = 0; flow->more && n < COMMIT_ROWS && bytes < COMMIT_BYTES;
	     n++) {
		bytes += db_row_size(flow->table, flow->rows);
		if (!put_row(flow, error) ||
		    !db_step(flow->rows, &flow->more, "reading", error))
			return false;
		flow->done++;
	}
	return true;
}

static bool
tell(const Transfer *transfer, const Flow *flow, GError **error)
{
	const ArchiveTransfer *how = transfer->how;

	if (how->progress == NULL ||
	    how->progress(how->data, flow->table->name, flow->done, flow->all))
		return true;
	g_set_error(error, FAULT, FAULT_BUSY,
		    "stopped; the same command goes on from here");
	return false;
}

static bool
copy_rows(Transfer *transfer, Flow *flow, GError **error)
{
	bool ok;

	if (!db_count_rows(transfer->to, flow->table, &flow->done, error))
		return false;
	while (flow->more) {
		if (!db_begin(transfer->to, error))
			return false;
		ok = put_some(flow, error);
		if (!db_end(transfer->to, ok, error) ||
		    !tell(transfer, flow, error))
			return false;
	}
	return true;
}

static bool
copy_table(Transfer *transfer, const DbTable *table, GError **error)
{
	g_auto(Flow) flow = { .table = table };

	if (!db_count_rows(transfer->from, table, &flow.all, error) ||
	    !start_behind(transfer, &flow, error))
		return false;
	flow.put = db_query_put_row(transfer->to, table, error);
	return flow.put != NULL && copy_rows(transfer, &flow, error);
}

/* --- comparing --- */

static bool
sum_table(Db *db, const DbTable *table, ArchiveSum *out, GError **error)
{
	g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(DbOwnQuery) rows = db_stream_rows(db, table, false, error);
	bool row;

	out->name = table->name;
	out->rows = 0;
	while (rows != NULL && db_step(rows, &row, "comparing", error)) {
		if (!row) {
			g_strlcpy(out->sha256, g_checksum_get_string(checksum),
				  sizeof(out->sha256));
			return true;
		}
		db_hash_row(table, rows, checksum);
		out->rows++;
	}
	return false;
}

static bool
is_same(Transfer *transfer, const DbTable *table, ArchiveSum *sum, bool *same,
	GError **error)
{
	ArchiveSum other;

	if (!sum_table(transfer->from, table, sum, error) ||
	    !sum_table(transfer->to, table, &other, error))
		return false;
	*same = sum->rows == other.rows &&
		g_str_equal(sum->sha256, other.sha256);
	return true;
}

static bool
empty_table(Transfer *transfer, const DbTable *table, GError **error)
{
	g_autofree char *sql =
		g_strdup_printf("DELETE FROM \"%s\"", table->name);
	g_autoptr(DbOwnQuery) query = db_query_new(transfer->to, sql, error);

	return query != NULL && db_done(query, "copying anew", error);
}

/* What was copied before an interruption may have been changed since. */
static bool
check_table(Transfer *transfer, const DbTable *table, ArchiveSum *sum,
	    GError **error)
{
	bool same;

	if (!is_same(transfer, table, sum, &same, error))
		return false;
	if (same)
		return true;
	if (transfer->resumed && (!empty_table(transfer, table, error) ||
				  !copy_table(transfer, table, error) ||
				  !is_same(transfer, table, sum, &same, error)))
		return false;
	if (!same)
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "table %s is not the same there (%" G_GINT64_FORMAT
			    " rows here): is somebody else writing to it?",
			    table->name, (gint64)sum->rows);
	return same;
}

static ArchiveSum *
add_sum(GPtrArray *sums)
{
	ArchiveSum *sum = g_new0(ArchiveSum, 1);

	g_ptr_array_add(sums, sum);
	return sum;
}

static bool
check_all(Transfer *transfer, GPtrArray *sums, GError **error)
{
	for (guint i = 0; i < transfer->tables->len; i++)
		if (!check_table(transfer, transfer->tables->pdata[i],
				 add_sum(sums), error))
			return false;
	return true;
}

/* --- what is there already --- */

static bool
holds_something(Transfer *transfer, bool *holds, GError **error)
{
	*holds = false;
	for (guint i = 0; i < transfer->tables->len; i++) {
		const DbTable *table = transfer->tables->pdata[i];
		int64_t n = 0;

		if (!table->one_row &&
		    !db_count_rows(transfer->to, table, &n, error))
			return false;
		*holds |= n > 0;
	}
	return true;
}

/* The copy that was made before, say by a call that was killed at its end. */
static bool
expect_same(Transfer *transfer, GPtrArray *sums, GError **error)
{
	for (guint i = 0; i < transfer->tables->len; i++) {
		bool same;

		if (!is_same(transfer, transfer->tables->pdata[i],
			     add_sum(sums), &same, error))
			return false;
		if (!same)
			return refuse(error,
				      "there is another archive already: name "
				      "an empty database, or a file that is "
				      "not there");
	}
	return true;
}

/* *done: nothing is left to do. */
static bool
take_target(Transfer *transfer, GPtrArray *sums, bool *done, GError **error)
{
	g_autofree char *source = transfer_source(transfer->from, error);
	g_autofree char *copying = NULL;
	bool holds;

	*done = false;
	if (source == NULL || !transfer_get_mark(transfer->to, &copying, error))
		return false;
	transfer->resumed = copying != NULL;
	if (copying != NULL && !g_str_equal(copying, source))
		return refuse(error, "a copy of another archive was begun "
				     "there and has not ended");
	if (copying != NULL)
		return transfer_prepare(transfer->to, error);
	if (!holds_something(transfer, &holds, error))
		return false;
	*done = holds;
	if (holds)
		return expect_same(transfer, sums, error);
	return transfer_prepare(transfer->to, error) &&
	       transfer_mark(transfer->to, source, error);
}

/* --- all of them --- */

static bool
copy_all(Transfer *transfer, GPtrArray *sums, GError **error)
{
	bool done;

	if (!take_target(transfer, sums, &done, error))
		return false;
	if (done)
		return true;
	for (guint i = 0; i < transfer->tables->len; i++)
		if (!copy_table(transfer, transfer->tables->pdata[i], error))
			return false;
	if (!transfer->how->unchecked && !check_all(transfer, sums, error))
		return false;
	return transfer_finish(transfer->to, !transfer->how->unchecked, error);
}

/* The tables of both are those of this program's migrations. */
static bool
open_source(Transfer *transfer, const char *from, GError **error)
{
	const char *path = transfer_file(from);

	if (path != NULL && !g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "%s: there is no archive", path);
		return false;
	}
	transfer->from = db_open(from, error);
	if (transfer->from == NULL || !archive_is_whole(transfer->from, error))
		return false;
	transfer->tables = db_list_tables(transfer->from, error);
	return transfer->tables != NULL &&
	       db_begin_snapshot(transfer->from, error);
}

static bool
same_shape(const DbTable *a, const DbTable *b)
{
	bool same = b != NULL && a->columns->len == b->columns->len;

	for (guint i = 0; same && i < a->columns->len; i++) {
		const DbField *left = &g_array_index(a->columns, DbField, i);
		const DbField *right = &g_array_index(b->columns, DbField, i);

		same = g_str_equal(left->name, right->name) &&
		       left->type == right->type && left->key == right->key;
	}
	return same;
}

static bool
check_shape(Transfer *transfer, GError **error)
{
	g_autoptr(GPtrArray) there = db_list_tables(transfer->to, error);

	if (there == NULL)
		return false;
	for (guint i = 0; i < transfer->tables->len; i++) {
		const DbTable *table = transfer->tables->pdata[i];

		if (same_shape(table, db_find_table(there, table->name)))
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "table %s has other columns there: is it an "
			    "archive of this program?",
			    table->name);
		return false;
	}
	return there->len == transfer->tables->len ||
	       refuse(error, "there are other tables there: name a database "
			     "of the district's own");
}

static bool
copy_into(Transfer *transfer, const char *to, GPtrArray *sums, GError **error)
{
	transfer->to = db_open(to, error);
	return transfer->to != NULL && check_shape(transfer, error) &&
	       copy_all(transfer, sums, error);
}

/* --- a file appears whole --- */

static bool
name_file(const char *part, const char *path, GError **error)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int file = open(part, O_RDONLY | O_CLOEXEC);
	bool ok = file >= 0 && fsync(file) == 0;

	if (file >= 0)
		close(file);
	ok = ok && rename(part, path) == 0;
	if (!ok)
		g_set_error(error, FAULT, file_fault(errno), "naming %s: %s",
			    path, g_strerror(errno));
	return ok && file_sync_folder(folder, error);
}

static bool
copy_to_file(Transfer *transfer, const char *path, GPtrArray *sums,
	     GError **error)
{
	g_autofree char *part = g_strconcat(path, FILE_UNFINISHED, NULL);

	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		transfer->to = db_open(path, error);
		return transfer->to != NULL && check_shape(transfer, error) &&
		       expect_same(transfer, sums, error);
	}
	if (!copy_into(transfer, part, sums, error))
		return false;
	g_clear_pointer(&transfer->to, db_close); /* moves its log into it */
	return name_file(part, path, error);
}

bool
archive_transfer(const char *from, const char *to, const ArchiveTransfer *how,
		 GPtrArray **sums, GError **error)
{
	g_auto(Transfer) transfer = { .how = how };
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
	const char *path = transfer_file(to);
	bool ok = open_source(&transfer, from, error);

	if (ok && path != NULL)
		ok = copy_to_file(&transfer, path, all, error);
	else if (ok)
		ok = copy_into(&transfer, to, all, error);
	if (!ok)
		return false;
	for (guint i = 0; i < all->len; i++) {
		ArchiveSum *sum = all->pdata[i];

		sum->name = g_intern_string(sum->name);
	}
	if (sums != NULL)
		*sums = g_steal_pointer(&all);
	return true;
}
