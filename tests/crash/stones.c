/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/crash/stones.h"

#include <string.h>

#define TODAY (INT64_C(1795000000) * G_USEC_PER_SEC)

static ClockReading
read_seconds(void *self)
{
	int64_t *seconds = self;
	int64_t us = ++*seconds * G_USEC_PER_SEC;
	ClockReading now = { .since_boot_us = us,
			     .wall.us = TODAY + us,
			     .trusted = true };

	memset(now.boot, 'a', CLOCK_BOOT_ID);
	return now;
}

Clock
stones_clock(int64_t *seconds)
{
	return (Clock){ read_seconds, seconds };
}

Evidence
stones_choice(const char *learner)
{
	Evidence e = { .language = "en", .prompt = "A2C3", .n_pieces = 1 };

	g_strlcpy(e.learner, learner, sizeof(e.learner));
	g_strlcpy(e.portrait, "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01",
		  sizeof(e.portrait));
	g_strlcpy(e.portrait_version, "2026-11", sizeof(e.portrait_version));
	g_strlcpy(e.statement, "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11",
		  sizeof(e.statement));
	g_strlcpy(e.asked, "¿Cómo cuidaste nuestro salón?", sizeof(e.asked));
	e.pieces[0].kind = PIECE_CHOICE;
	g_strlcpy(e.pieces[0].text, "tidied", sizeof(e.pieces[0].text));
	return e;
}

bool
stones_photo(Store *store, const char *bytes, Evidence *out, GError **error)
{
	g_autoptr(GBytes) photo = g_bytes_new(bytes, strlen(bytes));

	*out = stones_choice("photographer");
	out->pieces[0] = (Piece){ .kind = PIECE_PHOTO };
	return store_add_media(store, photo, "image/jpeg", &out->pieces[0],
			       error);
}

static void
on_message(const char *domain, GLogLevelFlags level, const char *message,
	   void *data)
{
}

void
stones_hush_store(void)
{
	g_log_set_always_fatal(G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
	g_log_set_handler("store", G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_WARNING,
			  on_message, NULL);
}

int64_t
stones_how_often(const char *variable, int64_t otherwise)
{
	const char *text = g_getenv(variable);
	gint64 n = otherwise;

	if (text != NULL &&
	    !g_ascii_string_to_signed(text, 10, 1, G_MAXINT32, &n, NULL))
		g_error("%s=%s is no number", variable, text);
	return n;
}

char *
stones_make_folder(void)
{
	char *in_memory = g_strdup("/dev/shm/cairn-crash-XXXXXX");

	if (g_mkdtemp(in_memory) != NULL)
		return in_memory;
	g_free(in_memory);
	return g_dir_make_tmp("cairn-crash-XXXXXX", NULL);
}

void
stones_remove_folder(const char *folder)
{
	const char *const argv[] = { "rm", "-rf", folder, NULL };

	g_spawn_sync(NULL, (char **)(uintptr_t)argv, NULL, G_SPAWN_SEARCH_PATH,
		     NULL, NULL, NULL, NULL, NULL, NULL);
}
