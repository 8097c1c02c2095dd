/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lays stones as the kiosk does, without its screens:
 *
 *     lay STORE COUNT [--learner ID | --badge DIGITS]
 *         [--choice ID | --text TEXT | --photo FILE | --drawing FILE]
 *         [--scale ID --level N --levels N]
 *         [--prompt ID --statement UUID --portrait UUID] [--wait-ms N]
 *
 * Prints "saved NUMBER ID" only after the store has said that the stone is
 * durable, so that a journey may kill this program at any moment and hold
 * the store to its word.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/file.h"
#include "app/store/store.h"

typedef struct {
	char *learner, *badge, *photo, *drawing, *choice, *text;
	char *prompt, *statement, *portrait, *version, *scale;
	int level, levels, wait_ms;
	char **rest;
} Options;

static void
die(const char *doing, const GError *error)
{
	fprintf(stderr, "lay: %s: %s\n", doing,
		error != NULL ? error->message : "see --help");
	exit(1);
}

static Options
read_options(int argc, char *argv[])
{
	static Options o; /* GOption writes into it */
	const GOptionEntry entries[] = {
		{ "learner", 0, 0, G_OPTION_ARG_STRING, &o.learner,
		  "who lays it", "ID" },
		{ "badge", 0, 0, G_OPTION_ARG_STRING, &o.badge,
		  "or an unknown badge's digits", "DIGITS" },
		{ "photo", 0, 0, G_OPTION_ARG_FILENAME, &o.photo,
		  "a photo instead of a choice", "FILE" },
		{ "drawing", 0, 0, G_OPTION_ARG_FILENAME, &o.drawing,
		  "a drawing instead of a choice", "FILE" },
		{ "choice", 0, 0, G_OPTION_ARG_STRING, &o.choice,
		  "what was chosen", "ID" },
		{ "text", 0, 0, G_OPTION_ARG_STRING, &o.text,
		  "words instead of a choice", "TEXT" },
		{ "prompt", 0, 0, G_OPTION_ARG_STRING, &o.prompt, "the card",
		  "ID" },
		{ "statement", 0, 0, G_OPTION_ARG_STRING, &o.statement,
		  "its I can", "UUID" },
		{ "portrait", 0, 0, G_OPTION_ARG_STRING, &o.portrait,
		  "its Portrait", "UUID" },
		{ "portrait-version", 0, 0, G_OPTION_ARG_STRING, &o.version,
		  "and its version", "TEXT" },
		{ "level", 0, 0, G_OPTION_ARG_INT, &o.level,
		  "how it went; 0: not said", "N" },
		{ "levels", 0, 0, G_OPTION_ARG_INT, &o.levels, "of how many",
		  "N" },
		{ "scale", 0, 0, G_OPTION_ARG_STRING, &o.scale,
		  "on which scale", "ID" },
		{ "wait-ms", 0, 0, G_OPTION_ARG_INT, &o.wait_ms,
		  "between two stones", "N" },
		{ G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY,
		  &o.rest, NULL, "STORE COUNT" },
		{ 0 },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) ||
	    o.rest == NULL || g_strv_length(o.rest) != 2)
		die("reading the options", error);
	return o;
}

static void
copy(char *out, size_t size, const char *given, const char *otherwise)
{
	g_strlcpy(out, given != NULL ? given : otherwise, size);
}

static Evidence
make_stone(const Options *o)
{
	Evidence e = { .language = "en", .n_pieces = 1 };

	copy(e.badge, sizeof(e.badge), o->badge, "");
	copy(e.learner, sizeof(e.learner), o->learner,
	     o->badge == NULL ? "k7x2m9qd" : "");
	copy(e.prompt, sizeof(e.prompt), o->prompt, "A2C3");
	copy(e.portrait, sizeof(e.portrait), o->portrait,
	     "7b0f7c52-4d51-5e0e-9a57-0d9a4a2c9f01");
	copy(e.portrait_version, sizeof(e.portrait_version), o->version,
	     "2026-11");
	copy(e.statement, sizeof(e.statement), o->statement,
	     "0f5d0b0e-0b7e-5c0a-9f5a-3a4f5f1f6a11");
	copy(e.asked, sizeof(e.asked), NULL, "How did you help?");
	if (o->level > 0) {
		copy(e.scale, sizeof(e.scale), o->scale, "help");
		e.level = o->level;
		e.levels = o->levels > 0 ? o->levels : 4;
	}
	e.pieces[0].kind = o->text != NULL ? PIECE_TEXT : PIECE_CHOICE;
	copy(e.pieces[0].text, sizeof(e.pieces[0].text),
	     o->text != NULL ? o->text : o->choice, "tidied");
	return e;
}

static void
add_picture(Store *store, PieceKind kind, const char *path, Evidence *e)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) picture = file_read(path, EVIDENCE_MEDIA_MAX, &error);
	const char *type =
		g_str_has_suffix(path, ".png") ? "image/png" : "image/jpeg";

	e->pieces[0] = (Piece){ .kind = kind };
	if (picture == NULL ||
	    !store_add_media(store, picture, type, &e->pieces[0], &error))
		die("adding the picture", error);
}

static void
lay_one(Store *store, const Options *options)
{
	g_autoptr(GError) error = NULL;
	Evidence stone = make_stone(options);

	if (options->photo != NULL)
		add_picture(store, PIECE_PHOTO, options->photo, &stone);
	if (options->drawing != NULL)
		add_picture(store, PIECE_DRAWING, options->drawing, &stone);
	if (!store_lay(store, clock_system(), &stone, &error))
		die("laying", error);
	printf("saved %" G_GINT64_FORMAT " %s\n", (gint64)stone.number,
	       stone.id);
	fflush(stdout);
}

int
main(int argc, char *argv[])
{
	const Options options = read_options(argc, argv);
	g_autoptr(GError) error = NULL;
	g_autoptr(Store) store = store_open(options.rest[0], &error);
	int64_t count = g_ascii_strtoll(options.rest[1], NULL, 10);

	if (store == NULL)
		die("opening", error);
	for (int64_t i = 0; i < count; i++) {
		if (i > 0 && options.wait_ms > 0)
			g_usleep((gulong)options.wait_ms * 1000);
		lay_one(store, &options);
	}
	return 0;
}
