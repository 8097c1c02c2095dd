/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/line/body.h"

typedef struct {
	char *folder, *path, *empty;
	Body *body;
} Fixture;

static void
add_text(Body *body, const char *text)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	body_add_bytes(body, bytes);
}

static void
setup(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	f->folder = g_dir_make_tmp("cairn-body-XXXXXX", &error);
	f->path = g_build_filename(f->folder, "medium", NULL);
	f->empty = g_build_filename(f->folder, "empty", NULL);
	g_assert_true(g_file_set_contents(f->path, "in a file", -1, &error));
	g_assert_true(g_file_set_contents(f->empty, "", 0, &error));
	f->body = body_new();
	add_text(f->body, "before ");
	add_text(f->body, "");
	g_assert_true(body_add_file(f->body, f->path, 9, &error));
	g_assert_true(body_add_file(f->body, f->empty, 0, &error));
	g_assert_true(body_add_file(f->body, f->path, 9, &error));
	add_text(f->body, " behind");
	g_assert_no_error(error);
}

static void
teardown(Fixture *f, const void *data)
{
	body_free(f->body);
	g_remove(f->path);
	g_remove(f->empty);
	g_rmdir(f->folder);
	g_free(f->folder);
	g_free(f->path);
	g_free(f->empty);
}

static char *
read_all(Body *body, size_t step, GError **error)
{
	g_autoptr(GString) all = g_string_new(NULL);
	char room[64];
	size_t n;

	do {
		if (!body_read(body, room, step, &n, error))
			return NULL;
		g_string_append_len(all, room, (gssize)n);
	} while (n > 0);
	return g_string_free(g_steal_pointer(&all), FALSE);
}

static void
test_reads(Fixture *f, const void *data)
{
	g_assert_cmpint(body_get_size(f->body), ==, 32);
	for (size_t step = 1; step < 64; step++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *all = read_all(f->body, step, &error);

		g_assert_no_error(error);
		g_assert_cmpstr(all, ==, "before in a filein a file behind");
		body_rewind(f->body);
	}
}

static void
test_rewinds_anywhere(Fixture *f, const void *data)
{
	g_autofree char *all = NULL;
	char room[12];
	size_t n;

	g_assert_true(body_read(f->body, room, 12, &n, NULL));
	g_assert_true(body_read(f->body, room, 3, &n, NULL));
	body_rewind(f->body);
	all = read_all(f->body, 64, NULL);
	g_assert_cmpstr(all, ==, "before in a filein a file behind");
}

static void
test_wrong_files(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(body_add_file(f->body, f->path, 10, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
	g_clear_error(&error);
	g_assert_false(body_add_file(f->body, "/nowhere/at/all", 1, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
}

static void
test_file_shrinks(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	g_assert_true(g_file_set_contents(f->path, "short", -1, NULL));
	g_assert_null(read_all(f->body, 64, &error));
	g_assert_error(error, FAULT, FAULT_DAMAGED);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/body/reads-memory-and-files-in-any-step", Fixture, NULL,
		   setup, test_reads, teardown);
	g_test_add("/body/rewinds-from-anywhere", Fixture, NULL, setup,
		   test_rewinds_anywhere, teardown);
	g_test_add("/body/a-file-of-another-size-is-refused", Fixture, NULL,
		   setup, test_wrong_files, teardown);
	g_test_add("/body/a-file-that-shrinks-is-found-out", Fixture, NULL,
		   setup, test_file_shrinks, teardown);
	return g_test_run();
}
