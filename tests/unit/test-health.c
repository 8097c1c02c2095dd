/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "sync/district/health.h"

/* What the writer says of writes that found no room, and what /healthz makes
 * of it. */

#define LOOK_S 6 /* longer than between two looks */

typedef struct {
	char *folder;
	Media *media;
	Writer *writer;
	Health *health;
	Clock clock;
	int64_t seconds;
	int draws;  /* that fail */
	Fault with; /* what a write or a draw fails with */

	GMutex lock;
	GCond answered;
	bool done;
} Fixture;

static ClockReading
read_clock(void *data)
{
	const Fixture *f = data;

	return (ClockReading){ .since_boot_us = f->seconds * G_USEC_PER_SEC };
}

static void
set_up(Fixture *f, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = NULL;

	f->folder = g_dir_make_tmp("cairn-XXXXXX", NULL);
	path = g_build_filename(f->folder, "district.db", NULL);
	f->clock = (Clock){ read_clock, f };
	f->media = media_new_folder(f->folder, 1);
	f->writer = writer_new(path, 10, &error);
	g_assert_no_error(error);
	f->health = health_new(f->writer, f->media, 0, &f->clock);
}

static void
tear_down(Fixture *f, const void *data)
{
	g_autofree char *command = g_strdup_printf("rm -rf %s", f->folder);

	writer_free(f->writer);
	health_free(f->health);
	media_free(f->media);
	g_assert_true(
		g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
	g_free(f->folder);
}

static bool
fail(Fixture *f, GError **error)
{
	g_set_error(error, FAULT, (int)f->with, "as the test wants it");
	return false;
}

static bool
write_nothing(Archive *archive, void *data, GError **error)
{
	return fail(data, error);
}

static void
on_written(void *data, bool committed, const GError *error)
{
	Fixture *f = data;

	g_assert_false(committed);
	g_mutex_lock(&f->lock);
	f->done = true;
	g_cond_signal(&f->answered);
	g_mutex_unlock(&f->lock);
}

static void
write_in_vain(Fixture *f, Fault fault)
{
	f->with = fault;
	f->done = false;
	g_assert_true(writer_add(f->writer, write_nothing, on_written, f));
	g_mutex_lock(&f->lock);
	while (!f->done)
		g_cond_wait(&f->answered, &f->lock);
	g_mutex_unlock(&f->lock);
}

static void
look_until(Fixture *f, const char *archive)
{
	f->seconds += LOOK_S;
	health_tick(f->health);
	while (!g_str_equal(health_get(f->health).archive, archive))
		g_usleep(1000);
}

static void
test_full(Fixture *f, const void *data)
{
	WriterStats stats;

	look_until(f, "ok");
	write_in_vain(f, FAULT_REFUSED);
	writer_get_stats(f->writer, &stats);
	g_assert_cmpuint(stats.full, ==, 0);
	write_in_vain(f, FAULT_FULL);
	writer_get_stats(f->writer, &stats);
	g_assert_cmpuint(stats.full, ==, 1);

	/* There is room for a megabyte, so it is over with the answer. */
	g_test_expect_message("district", G_LOG_LEVEL_WARNING,
			      "the archive has no room for what is sent*");
	g_test_expect_message("district", G_LOG_LEVEL_MESSAGE,
			      "the archive takes what is sent again");
	look_until(f, "ok");
	g_clear_pointer(&f->writer, writer_free); /* it has said all */
	g_test_assert_expected_messages();
	g_assert_cmpstr(health_get(f->health).archive, ==, "ok");
}

/* --- the index --- */

static bool
draw(void *data, Archive *archive, bool *more, GError **error)
{
	Fixture *f = data;

	*more = false;
	return f->draws-- <= 0 || fail(f, error);
}

static void
test_index(Fixture *f, const void *data)
{
	static const Fault faults[] = { FAULT_FULL, FAULT_BUSY, FAULT_SYSTEM };

	for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
		g_autoptr(GError) error = NULL;

		f->with = faults[i];
		f->draws = 2;
		g_test_expect_message("district", G_LOG_LEVEL_WARNING,
				      "drawing the index: *");
		g_test_expect_message("district", G_LOG_LEVEL_WARNING,
				      "drawing the index: *");
		if (i == 0)
			writer_set_index(f->writer, draw, f);
		else
			g_assert_false(writer_catch_up(f->writer, NULL));
		while (!writer_catch_up(f->writer, &error)) {
			g_assert_error(error, FAULT, (int)faults[i]);
			g_clear_error(&error);
		}
		g_test_assert_expected_messages();
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add("/health/what-found-no-room-is-told-until-there-is-room",
		   Fixture, NULL, set_up, test_full, tear_down);
	g_test_add("/writer/an-index-that-could-not-be-drawn-is-told-and-why",
		   Fixture, NULL, set_up, test_index, tear_down);
	return g_test_run();
}
