/* SPDX-License-Identifier: Apache-2.0 */
/*
 * durable FOLDER [COUNT]: from the last tap to "saved", against writing the
 * same bytes to a file and fsync(), turn and turn about.  Prints a line a
 * stone: the microseconds of both.
 *
 * Between two classes the kiosk rests, as it does in a school: so most stones
 * meet a write-ahead log that has been as long before.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/store/store.h"

#define COUNT_OTHERWISE 200
#define CLASS           25
#define WARM_UP         CLASS
#define RECORD_MAX      (64 * 1024)

static void
stop_on(const char *doing, const GError *error)
{
	fprintf(stderr, "durable: %s: %s\n", doing,
		error != NULL ? error->message : g_strerror(errno));
	exit(1);
}

static Evidence
make_stone(void)
{
	Evidence e = { .learner = "k7x2m9qd",
		       .prompt = "A2C3",
		       .portrait = "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01",
		       .portrait_version = "2026-11",
		       .statement = "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11",
		       .language = "en",
		       .asked = "How did you help?",
		       .scale = "help",
		       .level = 3,
		       .levels = 4,
		       .n_pieces = 1 };

	e.pieces[0].kind = PIECE_CHOICE;
	g_strlcpy(e.pieces[0].text, "tidied", sizeof(e.pieces[0].text));
	return e;
}

static off_t
size_of(const char *path)
{
	struct stat found;

	return stat(path, &found) == 0 ? found.st_size : 0;
}

static int64_t
lay(Store *store)
{
	g_autoptr(GError) error = NULL;
	Evidence stone = make_stone();
	int64_t began = g_get_monotonic_time();

	if (!store_lay(store, clock_system(), &stone, &error))
		stop_on("laying", error);
	return g_get_monotonic_time() - began;
}

static int64_t
write_raw(int fd, size_t size)
{
	static const char bytes[RECORD_MAX];
	int64_t began = g_get_monotonic_time();

	if (write(fd, bytes, size) != (ssize_t)size || fsync(fd) != 0)
		stop_on("writing", NULL);
	return g_get_monotonic_time() - began;
}

int
main(int argc, char *argv[])
{
	const size_t count =
		argc > 2 ? strtoul(argv[2], NULL, 10) : COUNT_OTHERWISE;
	g_autofree char *folder = g_build_filename(argv[1], "store", NULL);
	g_autofree char *log = g_build_filename(folder, "records.jsonl", NULL);
	g_autofree char *path = g_build_filename(argv[1], "raw", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(folder, &error);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	if (store == NULL || fd < 0)
		stop_on("opening", error);
	for (size_t i = 0; i < count + WARM_UP; i++) {
		off_t before = size_of(log);
		int64_t ours = lay(store);
		int64_t raw = write_raw(fd, (size_t)(size_of(log) - before));

		if (i >= WARM_UP)
			printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n",
			       ours, raw);
		if (i % CLASS == CLASS - 1)
			store_rest(store);
	}
	close(fd);
	return 0;
}
