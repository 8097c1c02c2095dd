/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kiosk's program killed at random moments, and kiosk and agent at the
 * same store at the same time: real processes on the real disk.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/store/store-outbox.h"
#include "tests/crash/stones.h"

#define LINE_SIZE 128

/* --- the other process: lays until it has laid enough, or is killed --- */

static int
be_the_kiosk(const char *folder, int64_t count)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(folder, &error);
	int64_t seconds = 0;
	Clock clock = stones_clock(&seconds);

	for (int64_t i = 0; store != NULL && i < count; i++) {
		g_autofree char *bytes = g_strdup_printf("photo %d", (int)i);
		Evidence stone = stones_choice("ana");

		if (i % 3 == 0 && !stones_photo(store, bytes, &stone, &error))
			break;
		if (!store_lay(store, &clock, &stone, &error))
			break;
		printf("%" G_GINT64_FORMAT " %s\n", (gint64)stone.number,
		       stone.id);
		fflush(stdout);
	}
	if (error != NULL)
		fprintf(stderr, "# the kiosk: %s\n", error->message);
	return error == NULL ? 0 : 1;
}

static const char *program;

static pid_t
start_kiosk(const char *folder, int count, FILE **said)
{
	g_autofree char *n = g_strdup_printf("%d", count);
	int ends[2];
	pid_t pid;

	g_assert_cmpint(pipe(ends), ==, 0);
	pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl(program, program, "--kiosk", folder, n, NULL);
		_exit(127);
	}
	close(ends[1]);
	*said = fdopen(ends[0], "r");
	return pid;
}

/* --- what it said must be there --- */

typedef struct {
	char *folder;    /* owned */
	GPtrArray *said; /* owned: ids, in the order of their numbers */
} Shelf;

static void
setup(Shelf *s, const void *data)
{
	s->folder = g_dir_make_tmp("cairn-kill-XXXXXX", NULL);
	s->said = g_ptr_array_new_with_free_func(g_free);
}

static void
teardown(Shelf *s, const void *data)
{
	stones_remove_folder(s->folder);
	g_ptr_array_unref(s->said);
	g_free(s->folder);
}

/* A record that was durable but not yet spoken of may lie in between. */
static void
hear(Shelf *s, const char *line)
{
	gint64 number;
	char id[ID_UUID + 1];

	if (strchr(line, '\n') == NULL) /* cut off in the middle */
		return;
	g_assert_cmpint(sscanf(line, "%" G_GINT64_FORMAT " %36s", &number, id),
			==, 2);
	g_assert_cmpint(number, >, s->said->len);
	while (s->said->len + 1 < (guint)number)
		g_ptr_array_add(s->said, NULL);
	g_ptr_array_add(s->said, g_strdup(id));
}

static void
check_all_said(Shelf *s)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(s->folder, &error);
	StoreIdentity identity;

	g_assert_no_error(error);
	g_assert_cmpstr(store_get_notice(store), ==, "");
	g_assert_true(store_verify(store, &error));
	g_assert_no_error(error);
	for (guint i = 0; i < s->said->len; i++) {
		const char *id = g_ptr_array_index(s->said, i);
		Evidence found;

		g_assert_true(store_get_evidence(store, (int64_t)i + 1, &found,
						 &error));
		if (id != NULL)
			g_assert_cmpstr(found.id, ==, id);
	}
	g_assert_true(store_get_identity(store, &identity, &error));
	g_assert_cmpint(identity.last_number, >=, s->said->len);
	g_assert_cmpint(identity.last_number, <=, s->said->len + 1);
	if (identity.last_number > s->said->len) /* and in the next life, too */
		g_ptr_array_add(s->said, NULL);
}

/* CRASH_CYCLES=1000 for a long look. */
static void
a_killed_kiosk_keeps_its_word(Shelf *s, const void *data)
{
	int64_t cycles = stones_how_often("CRASH_CYCLES", 30);

	for (int64_t i = 0; i < cycles; i++) {
		char line[LINE_SIZE];
		FILE *said;
		pid_t pid = start_kiosk(s->folder, 1000, &said);
		int stones = g_test_rand_int_range(0, 12);

		/* At a stone, and then a little further. */
		while (stones-- > 0 && fgets(line, sizeof(line), said) != NULL)
			hear(s, line);
		g_usleep((gulong)g_test_rand_int_range(0, 4000));
		kill(pid, SIGKILL);
		while (fgets(line, sizeof(line), said) != NULL)
			hear(s, line);
		fclose(said);
		waitpid(pid, NULL, 0);
		check_all_said(s);
	}
	g_test_message("%u stones in %d lives", s->said->len, (int)cycles);
}

/* --- kiosk and agent --- */

/* One round of the agent: read, receipt, forget what is old enough. */
static int64_t
be_the_agent(Store *store, const Clock *clock, int64_t receipted)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(OutboxBatch) batch =
		store_read_outbox(store, clock, 7, 1 << 20, &error);

	g_assert_no_error(error);
	for (size_t i = 0; i < batch->n; i++)
		g_assert_cmpint(batch->entries[i].evidence.number, ==,
				receipted + 1 + (int64_t)i);
	if (batch->n == 0)
		return receipted;
	receipted += (int64_t)batch->n;
	g_assert_true(store_accept_receipt(store, receipted, (WallTime){ 1 },
					   &error));
	g_assert_no_error(error);
	g_assert_cmpint(store_forget(store, (WallTime){ 2 }, 0, &error), >=, 0);
	g_assert_no_error(error);
	return receipted;
}

static void
kiosk_and_agent_share_a_store(Shelf *s, const void *data)
{
	enum { COUNT = 120 };
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(s->folder, &error);
	int64_t seconds = 0, receipted = 0;
	Clock clock = stones_clock(&seconds);
	FILE *said;
	pid_t pid;
	int status = -1;

	g_assert_no_error(error);
	pid = start_kiosk(s->folder, COUNT, &said);
	while (receipted < COUNT) {
		receipted = be_the_agent(store, &clock, receipted);
		if (waitpid(pid, &status, WNOHANG) == pid)
			pid = 0;
		g_assert_true(pid != 0 || status == 0);
	}
	if (pid != 0)
		waitpid(pid, &status, 0);
	g_assert_cmpint(status, ==, 0);
	fclose(said);
	g_assert_true(store_verify(store, &error));
	g_assert_no_error(error);
}

int
main(int argc, char *argv[])
{
	if (argc == 4 && g_str_equal(argv[1], "--kiosk"))
		return be_the_kiosk(argv[2],
				    g_ascii_strtoll(argv[3], NULL, 10));
	program = argv[0];
	g_test_init(&argc, &argv, NULL);
	stones_hush_store();
	g_test_add("/kill/killed-kiosk-keeps-its-word", Shelf, NULL, setup,
		   a_killed_kiosk_keeps_its_word, teardown);
	g_test_add("/kill/kiosk-and-agent-share-a-store", Shelf, NULL, setup,
		   kiosk_and_agent_share_a_store, teardown);
	return g_test_run();
}
