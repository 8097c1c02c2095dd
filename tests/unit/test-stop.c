/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/line/stop.h"

#include <glib.h>

/* Being told to stop, by real signals. */

static void
in_a_process(void)
{
	const volatile sig_atomic_t *word = stop_get_word();

	g_assert_cmpint(*word, ==, STOP_NOT);
	stop_catch_signals();
	raise(SIGPIPE);
	g_assert_cmpint(*word, ==, STOP_NOT);
	raise(SIGTERM);
	g_assert_cmpint(*word, ==, STOP_FINISH);
	/* Whoever waits is woken, and does not sleep through it. */
	for (int i = 0; i < 100000; i++)
		stop_wait_a_tick();
	raise(SIGINT);
	g_assert_cmpint(*word, ==, STOP_ABORT);
}

static void
test_twice(void)
{
	if (g_test_subprocess()) {
		in_a_process();
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
}

static void
test_grace(void)
{
	if (g_test_subprocess()) {
		stop_catch_signals();
		raise(SIGINT);
		raise(SIGALRM); /* as alarm() does when the grace is over */
		g_assert_cmpint(*stop_get_word(), ==, STOP_ABORT);
		return;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/stop/a-second-word-aborts", test_twice);
	g_test_add_func("/stop/so-does-the-end-of-the-grace", test_grace);
	return g_test_run();
}
