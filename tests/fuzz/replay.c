/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target once over each file that is named, or that lies in a
 * named folder, and reports in TAP: so every corpus is an ordinary test.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

typedef struct {
	int n, failed;
} Report;

static void
replay_file(const char *path, Report *report)
{
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *parser = g_path_get_basename(folder);
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *bytes = NULL;
	size_t size;
	bool ok = g_file_get_contents(path, &bytes, &size, NULL);

	if (ok) {
		/* A copy of its own size, so that a sanitizer sees a read
		 * past the end. */
		g_autofree uint8_t *exact =
			size > 0 ? g_memdup2(bytes, size) : g_malloc(1);

		LLVMFuzzerTestOneInput(exact, size);
	}
	report->failed += ok ? 0 : 1;
	printf("%s %d - %s/%s\n", ok ? "ok" : "not ok", ++report->n, parser,
	       name);
	fflush(stdout);
}

static int
compare_paths(const void *a, const void *b)
{
	return g_strcmp0(*(char *const *)a, *(char *const *)b);
}

static void
replay_folder(const char *path, Report *report)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
		g_ptr_array_add(names, g_build_filename(path, name, NULL));
	g_ptr_array_sort(names, compare_paths);
	for (guint i = 0; i < names->len; i++)
		replay_file(g_ptr_array_index(names, i), report);
}

int
main(int argc, char *argv[])
{
	Report report = { 0 };

	for (int i = 1; i < argc; i++)
		if (g_file_test(argv[i], G_FILE_TEST_IS_DIR))
			replay_folder(argv[i], &report);
		else
			replay_file(argv[i], &report);
	printf("1..%d\n", report.n);
	return report.failed > 0 ? 1 : 0;
}
