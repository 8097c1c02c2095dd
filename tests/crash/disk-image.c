/* SPDX-License-Identifier: Apache-2.0 */
/* What a power cut leaves: the notes, replayed up to a moment. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/crash/disk-notes.h"

#define SECTOR 512

typedef struct {
	GByteArray *now, *synced;
	GPtrArray *since; /* Call: not synced */
} File;

typedef struct {
	GPtrArray *files;         /* File */
	GHashTable *now, *synced; /* path → file + 2 */
	GHashTable *since;        /* folder → GPtrArray of Call */
	GRand *chance;
} Replay;

static void
free_file(void *data)
{
	File *file = data;

	g_byte_array_unref(file->now);
	g_byte_array_unref(file->synced);
	g_ptr_array_unref(file->since);
	g_free(file);
}

static File *
get_file(Replay *r, int number)
{
	while (r->files->len <= (guint)number) {
		File *file = g_new0(File, 1);

		file->now = g_byte_array_new();
		file->synced = g_byte_array_new();
		file->since = g_ptr_array_new();
		g_ptr_array_add(r->files, file);
	}
	return g_ptr_array_index(r->files, number);
}

static void
set_size(GByteArray *bytes, size_t size)
{
	size_t before = bytes->len;

	g_byte_array_set_size(bytes, (guint)size);
	if (size > before)
		memset(bytes->data + before, 0, size - before);
}

static void
put(GByteArray *bytes, size_t at, const void *data, size_t size)
{
	if (bytes->len < at + size)
		set_size(bytes, at + size);
	memcpy(bytes->data + at, data, size);
}

static void
apply_to_file(GByteArray *bytes, const Call *call)
{
	size_t size;
	const void *data;

	if (call->kind == CALL_TRUNCATE) {
		set_size(bytes, (size_t)call->at);
		return;
	}
	data = g_bytes_get_data(call->bytes, &size);
	put(bytes, (size_t)call->at, data, size);
}

/* By chance, sector by sector. */
static void
apply_partly(Replay *r, GByteArray *bytes, const Call *call)
{
	size_t size, done = 0;
	const char *data;

	if (call->kind == CALL_TRUNCATE) {
		if (g_rand_boolean(r->chance))
			set_size(bytes, (size_t)call->at);
		return;
	}
	data = g_bytes_get_data(call->bytes, &size);
	while (done < size) {
		size_t at = (size_t)call->at + done;
		size_t n = MIN(size - done, SECTOR - at % SECTOR);

		if (g_rand_boolean(r->chance))
			put(bytes, at, data + done, n);
		done += n;
	}
}

static void
apply_name(GHashTable *names, const Call *call)
{
	int file = call->file;

	if (call->kind == CALL_UNNAME || call->kind == CALL_RENAME)
		g_hash_table_remove(names, call->path);
	if (call->kind != CALL_UNNAME)
		g_hash_table_replace(names,
				     g_strdup(call->kind == CALL_RENAME
						      ? call->to
						      : call->path),
				     GINT_TO_POINTER(file + 2));
}

static GPtrArray *
names_since(Replay *r, const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	GPtrArray *since = g_hash_table_lookup(r->since, folder);

	if (since == NULL) {
		since = g_ptr_array_new();
		g_hash_table_insert(r->since, g_steal_pointer(&folder), since);
	}
	return since;
}

static void
sync_names(Replay *r, const char *folder)
{
	g_autofree char *inside =
		g_build_filename(folder[0] != '\0' ? folder : ".", "x", NULL);
	GPtrArray *since = names_since(r, folder[0] != '\0' ? inside : "x");

	for (guint i = 0; i < since->len; i++)
		apply_name(r->synced, g_ptr_array_index(since, i));
	g_ptr_array_set_size(since, 0);
}

static void
replay_call(Replay *r, Call *call)
{
	File *file;

	switch (call->kind) {
	case CALL_WRITE:
	case CALL_TRUNCATE:
		file = get_file(r, call->file);
		apply_to_file(file->now, call);
		g_ptr_array_add(file->since, call);
		return;
	case CALL_SYNC:
		file = get_file(r, call->file);
		for (guint i = 0; i < file->since->len; i++)
			apply_to_file(file->synced,
				      g_ptr_array_index(file->since, i));
		g_ptr_array_set_size(file->since, 0);
		return;
	case CALL_NAME:
	case CALL_UNNAME:
	case CALL_RENAME:
		apply_name(r->now, call);
		g_ptr_array_add(names_since(r, call->path), call);
		return;
	case CALL_SYNC_FOLDER:
		sync_names(r, call->path);
		return;
	}
}

/* Names come to the disk in order, folder by folder, up to some point. */
static void
mix(Replay *r)
{
	GHashTableIter at;
	gpointer since;

	for (guint i = 0; i < r->files->len; i++) {
		File *file = g_ptr_array_index(r->files, i);

		for (guint k = 0; k < file->since->len; k++)
			apply_partly(r, file->synced,
				     g_ptr_array_index(file->since, k));
	}
	g_hash_table_iter_init(&at, r->since);
	while (g_hash_table_iter_next(&at, NULL, &since)) {
		GPtrArray *calls = since;
		guint upto = (guint)g_rand_int_range(r->chance, 0,
						     (gint32)calls->len + 1);

		for (guint i = 0; i < upto; i++)
			apply_name(r->synced, g_ptr_array_index(calls, i));
	}
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Folders sort before what is in them. */
static void
write_out(Replay *r, GHashTable *names, bool synced, const char *target)
{
	guint n;
	g_autofree char **paths =
		(char **)g_hash_table_get_keys_as_array(names, &n);

	qsort(paths, n, sizeof(char *), compare_paths);
	for (guint i = 0; i < n; i++) {
		int number =
			GPOINTER_TO_INT(g_hash_table_lookup(names, paths[i])) -
			2;
		g_autofree char *to = g_build_filename(target, paths[i], NULL);
		g_autofree char *above = g_path_get_dirname(to);
		const File *file;
		const GByteArray *bytes;

		if (!g_file_test(above, G_FILE_TEST_IS_DIR))
			continue; /* its folder never came to the disk */
		if (number == DISK_FOLDER) {
			g_mkdir(to, 0700);
			continue;
		}
		file = get_file(r, number);
		bytes = synced ? file->synced : file->now;
		g_assert_true(
			g_file_set_contents_full(to, (const char *)bytes->data,
						 (gssize)bytes->len,
						 G_FILE_SET_CONTENTS_NONE, 0600,
						 NULL));
	}
}

void
disk_build(size_t moment, DiskImage image, uint32_t seed, const char *target)
{
	Replay r = {
		.files = g_ptr_array_new_with_free_func(free_file),
		.now = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					     NULL),
		.synced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
						NULL),
		.since = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)
						       g_ptr_array_unref),
		.chance = g_rand_new_with_seed(seed),
	};

	g_assert_cmpuint(moment, <=, disk_get_notes()->len);
	for (size_t i = 0; i < moment; i++)
		replay_call(&r, g_ptr_array_index(disk_get_notes(), i));
	if (image == DISK_MIXED)
		mix(&r);
	write_out(&r, image == DISK_WRITTEN ? r.now : r.synced,
		  image != DISK_WRITTEN, target);
	g_ptr_array_unref(r.files);
	g_hash_table_unref(r.now);
	g_hash_table_unref(r.synced);
	g_hash_table_unref(r.since);
	g_rand_free(r.chance);
}
