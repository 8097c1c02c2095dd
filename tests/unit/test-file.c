/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"

typedef struct {
	char *folder, *path;
} Fixture;

static void
setup(Fixture *f, const void *data)
{
	f->folder = g_dir_make_tmp("cairn-file-XXXXXX", NULL);
	f->path = g_build_filename(f->folder, "file", NULL);
}

static void
teardown(Fixture *f, const void *data)
{
	const char *const argv[] = { "rm", "-rf", f->folder, NULL };

	g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH,
		     NULL, NULL, NULL, NULL, NULL, NULL);
	g_free(f->folder);
	g_free(f->path);
}

static int
count_files(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	int n = 0;

	while (g_dir_read_name(dir) != NULL)
		n++;
	return n;
}

static void
what_is_written_is_read(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;
	struct stat about;

	g_assert_true(file_write_durably(f->path, "one", 3, 0600, &error));
	g_assert_true(file_write_durably(f->path, "", 0, 0600, &error));
	g_assert_true(file_write_durably(f->path, "three", 5, 0600, &error));
	g_assert_no_error(error);
	bytes = file_read(f->path, 5, &error);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes),
			"three", 5);
	g_assert_cmpint(count_files(f->folder), ==, 1);
	g_assert_cmpint(g_stat(f->path, &about), ==, 0);
	g_assert_cmpint(about.st_mode & 0777, ==, 0600);
}

static void
limits_are_kept(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;

	g_assert_null(file_read(f->path, 5, &error));
	g_assert_error(error, FAULT, FAULT_NOT_FOUND);
	g_clear_error(&error);
	g_assert_true(file_write_durably(f->path, "123456", 6, 0600, NULL));
	g_assert_null(file_read(f->path, 5, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
}

static void
secrets_are_for_the_owner(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;

	g_assert_true(file_write_durably(f->path, "key", 3, 0600, NULL));
	bytes = file_read_secret(f->path, 3, &error);
	g_assert_no_error(error);
	g_chmod(f->path, 0640);
	g_assert_null(file_read_secret(f->path, 3, &error));
	g_assert_error(error, FAULT, FAULT_REFUSED);
}

static void
a_full_disk_leaves_the_old_file(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autofree char *big = g_malloc0(65536);
	struct rlimit before, small;
	bool ok;

	g_assert_true(file_write_durably(f->path, "old", 3, 0600, NULL));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 4096;
	setrlimit(RLIMIT_FSIZE, &small);
	ok = file_write_durably(f->path, big, 65536, 0600, &error);
	setrlimit(RLIMIT_FSIZE, &before);
	g_assert_false(ok);
	g_assert_error(error, FAULT, FAULT_FULL);
	bytes = file_read(f->path, 3, NULL);
	g_assert_cmpmem(g_bytes_get_data(bytes, NULL), 3, "old", 3);
	g_assert_cmpint(count_files(f->folder), ==, 1);
}

static void
folders_are_made_with_those_above(Fixture *f, const void *data)
{
	g_autofree char *deep = g_build_filename(f->folder, "a", "b", NULL);
	g_autofree char *inside = g_build_filename(f->path, "b", NULL);
	g_autoptr(GError) error = NULL;

	g_assert_true(file_make_folder(deep, 0700, &error));
	g_assert_true(file_make_folder(deep, 0700, &error));
	g_assert_no_error(error);
	g_assert_true(g_file_test(deep, G_FILE_TEST_IS_DIR));
	g_assert_true(file_write_durably(f->path, "file", 4, 0600, NULL));
	g_assert_false(file_make_folder(inside, 0700, &error));
	g_assert_nonnull(error);
}

static void *
write_often(void *data)
{
	const Fixture *f = data;
	char mine[4096];

	memset(mine, 'x', sizeof(mine));
	for (int i = 0; i < 50; i++)
		g_assert_true(file_write_durably(f->path, mine, sizeof(mine),
						 0600, NULL));
	return NULL;
}

static void
two_threads_may_write_one_file(Fixture *f, const void *data)
{
	GThread *first = g_thread_new("first", write_often, f);
	GThread *second = g_thread_new("second", write_often, f);

	/* Whole at any moment at which it is there. */
	for (int i = 0; i < 200; i++) {
		g_autoptr(GBytes) bytes = file_read(f->path, 4096, NULL);

		if (bytes != NULL)
			g_assert_cmpuint(g_bytes_get_size(bytes), ==, 4096);
	}
	g_thread_join(first);
	g_thread_join(second);
	g_assert_cmpint(count_files(f->folder), ==, 1);
}

static void
errno_says_what_to_do(void)
{
	g_assert_cmpint(file_fault(ENOSPC), ==, FAULT_FULL);
	g_assert_cmpint(file_fault(EROFS), ==, FAULT_FULL);
	g_assert_cmpint(file_fault(EDQUOT), ==, FAULT_FULL);
	g_assert_cmpint(file_fault(ENOENT), ==, FAULT_NOT_FOUND);
	g_assert_cmpint(file_fault(EIO), ==, FAULT_DAMAGED);
	g_assert_cmpint(file_fault(EACCES), ==, FAULT_SYSTEM);
}

int
main(int argc, char *argv[])
{
	static const struct {
		const char *path;
		void (*run)(Fixture *f, const void *data);
	} tests[] = {
		{ "/file/write/what-is-written-is-read",
		  what_is_written_is_read },
		{ "/file/write/full-disk-leaves-the-old-file",
		  a_full_disk_leaves_the_old_file },
		{ "/file/write/two-threads-one-file",
		  two_threads_may_write_one_file },
		{ "/file/read/limits-are-kept", limits_are_kept },
		{ "/file/read/secrets-are-for-the-owner",
		  secrets_are_for_the_owner },
		{ "/file/folder/made-with-those-above",
		  folders_are_made_with_those_above },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, Fixture, NULL, setup, tests[i].run,
			   teardown);
	g_test_add_func("/file/fault/says-what-to-do", errno_says_what_to_do);
	return g_test_run();
}
