/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <gst/gst.h>
#include <string.h>
#include <unistd.h>

#include "app/capture/speech.h"
#include "tests/unit/start-gst.h"

/*
 * The kiosk's voice on a machine without a loudspeaker: ALSA's own file
 * device writes down what would be heard, for GStreamer and espeak-ng alike.
 */
#define WAIT_MS 120000 /* until a test gives up */
#define LOOK_MS 20
#define BEEP_MS 3000 /* a beep is over, however slow the machine */
#define BEEPS   10   /* a slow machine cuts one off before it is heard */

static char *home, *programs, *heard; /* ALSA reads its file once only */

static guint told; /* times that it said what is missing */

static void
on_log(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
	told++;
}

static void
write_text(const char *folder, const char *name, const char *text, int mode)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
	g_assert_cmpint(g_chmod(path, mode), ==, 0);
}

/* $HOME with a loudspeaker, and a $PATH with no program yet. */
static void
make_home(void)
{
	g_autofree char *text = NULL;

	home = g_dir_make_tmp("cairn-speech-XXXXXX", NULL);
	programs = g_build_filename(home, "bin", NULL);
	heard = g_build_filename(home, "heard", NULL);
	text = g_strdup_printf(
		"pcm.!default { type plug slave.pcm { type file format raw\n"
		"  file \"|/bin/cat >>%s; echo >%s/given-back\" slave.pcm { type null } } }\n"
		"ctl.!default { type null }\n",
		heard, home);
	write_text(home, ".asoundrc", text, 0600);
	g_assert_cmpint(g_mkdir(programs, 0700), ==, 0);
	g_setenv("HOME", home, TRUE);
	g_setenv("PATH", programs, TRUE);
}

static void
empty(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		empty(path);
		g_remove(path);
	}
}

static void
setup(guint *handler, const void *data)
{
	told = 0;
	*handler =
		g_log_set_handler("speech", G_LOG_LEVEL_MESSAGE, on_log, NULL);
}

static void
teardown(guint *handler, const void *data)
{
	static const char *const made[] = { "heard",     "done", "words",
					    "arguments", "said", "given-back" };

	g_log_remove_handler("speech", *handler);
	empty(programs);
	for (size_t i = 0; i < G_N_ELEMENTS(made); i++) {
		g_autofree char *path = g_build_filename(home, made[i], NULL);

		g_remove(path);
	}
}

static char *
read_file(const char *name)
{
	g_autofree char *path = g_build_filename(home, name, NULL);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text
							    : g_strdup("");
}

/* --- listening --- */

static bool
is_heard(void)
{
	g_autofree char *samples = NULL;
	gsize size = 0;

	if (!g_file_get_contents(heard, &samples, &size, NULL))
		return false;
	for (gsize i = 0; i < size; i++)
		if (samples[i] != 0)
			return true;
	return false;
}

static gboolean
on_tick(void *data)
{
	(*(guint *)data)++;
	return G_SOURCE_CONTINUE;
}

static bool
comes(bool (*is_so)(void), guint within_ms)
{
	guint ticks = 0;
	guint timer = g_timeout_add(LOOK_MS, on_tick, &ticks);

	while (!is_so() && ticks < within_ms / LOOK_MS)
		g_main_context_iteration(NULL, TRUE);
	g_source_remove(timer);
	return is_so();
}

static void
wait_until(bool (*is_so)(void))
{
	g_assert_true(comes(is_so, WAIT_MS));
}

static bool
has_element(const char *name)
{
	g_autoptr(GstElementFactory) factory = gst_element_factory_find(name);

	return factory != NULL;
}

static bool
can_hear(void)
{
	if (has_element("alsasink"))
		return true;
	g_test_skip("GStreamer has no alsasink (gstreamer1.0-alsa)");
	return false;
}

static bool
is_told(void)
{
	return told > 0;
}

static bool
is_given_back(void)
{
	g_autofree char *text = read_file("given-back");

	return text[0] != '\0';
}

/* Half a second of a tone, as a pack would have a sentence. */
static GBytes *
record(void)
{
	g_autofree char *path = g_build_filename(home, "a.ogg", NULL);
	g_autofree char *how = g_strdup_printf(
		"audiotestsrc num-buffers=24 ! audioconvert ! audioresample !"
		" opusenc ! oggmux ! filesink location=%s",
		path);
	GstElement *pipeline = gst_parse_launch(how, NULL);
	GstBus *bus = gst_element_get_bus(pipeline);
	GstMessage *end;
	char *bytes = NULL;
	gsize size = 0;

	gst_element_set_state(pipeline, GST_STATE_PLAYING);
	end = gst_bus_timed_pop_filtered(bus, WAIT_MS * GST_MSECOND,
					 GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
	g_assert_nonnull(end);
	g_assert_cmpint(GST_MESSAGE_TYPE(end), ==, GST_MESSAGE_EOS);
	gst_message_unref(end);
	gst_object_unref(bus);
	gst_element_set_state(pipeline, GST_STATE_NULL);
	gst_object_unref(pipeline);
	g_assert_true(g_file_get_contents(path, &bytes, &size, NULL));
	return g_bytes_new_take(bytes, size);
}

/* --- what is claimed --- */

/* No program is there: what is heard is the recording. */
static void
a_recording_is_played(guint *handler, const void *data)
{
	g_autoptr(GBytes) recording = NULL;
	g_autoptr(Speech) speech = speech_new("auto");

	if (!can_hear())
		return;
	recording = record();
	speech_say(speech, "en", "Hello", recording);
	wait_until(is_heard);
	wait_until(is_given_back); /* by itself, at its end */
	g_assert_cmpuint(told, ==, 0);
}

static void
a_damaged_recording_is_silence(guint *handler, const void *data)
{
	g_autoptr(GBytes) recording =
		g_bytes_new_static("OggS and no more", 16);
	g_autoptr(Speech) speech = speech_new("auto");

	speech_say(speech, "en", "Hello", recording);
	wait_until(is_told);
	speech_say(speech, "en", "Hello", recording);
	g_assert_false(is_heard());
}

static void
a_beep_is_heard(guint *handler, const void *data)
{
	g_autoptr(Speech) speech = speech_new("auto");

	if (!can_hear())
		return;
	for (int i = 0; i < BEEPS && !is_heard(); i++) {
		speech_beep(speech);
		comes(is_heard, BEEP_MS);
	}
	g_assert_true(is_heard());
}

static void
what_has_no_recording_is_spoken(guint *handler, const void *data)
{
	const char *program = data;
	g_autofree char *here = g_build_filename(programs, "espeak-ng", NULL);
	g_autoptr(Speech) speech = speech_new("auto");

	if (program == NULL) {
		g_test_skip("espeak-ng is not installed");
		return;
	}
	g_assert_cmpint(symlink(program, here), ==, 0);
	speech_say(speech, "es", "Hola", NULL);
	wait_until(is_heard);
}

static void
without_the_program_there_is_silence(guint *handler, const void *data)
{
	g_autoptr(Speech) speech = speech_new("auto");

	for (int i = 0; i < 3; i++)
		speech_say(speech, "en", "Hello", NULL);
	g_assert_cmpuint(told, ==, 1); /* an adult, once */
	g_assert_false(is_heard());
}

/* --- what the program is given --- */

#define NOTE_AND_LEAVE \
	"#!/bin/sh\necho \"$@\" >$HOME/arguments\n/bin/cat >$HOME/words\n" \
	"echo >$HOME/done\n"
#define LEAVE_AT_ONCE "#!/bin/sh\necho >$HOME/done\n"

static bool
is_done(void)
{
	g_autofree char *text = read_file("done");

	return text[0] != '\0';
}

/* Arguments are for every process to read; a child's words are not. */
static void
words_are_no_arguments(guint *handler, const void *data)
{
	static const struct {
		const char *language, *voice;
	} cases[] = { { "en", "en-us" }, { "es", "es-419" }, { "fr", "fr" } };

	write_text(programs, "espeak-ng", NOTE_AND_LEAVE, 0700);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(Speech) speech = speech_new("auto");
		g_autofree char *expected =
			g_strdup_printf("-v %s -s 135 --stdin\n",
					cases[i].voice);
		g_autofree char *arguments = NULL;
		g_autofree char *words = NULL;

		speech_say(speech, cases[i].language, "-h; Zoë", NULL);
		wait_until(is_done);
		arguments = read_file("arguments");
		words = read_file("words");
		g_assert_cmpstr(arguments, ==, expected);
		g_assert_cmpstr(words, ==, "-h; Zoë");
		write_text(home, "done", "", 0600);
	}
}

static void
a_long_text_is_cut_between_letters(guint *handler, const void *data)
{
	g_autoptr(Speech) speech = speech_new("auto");
	g_autofree char *odd = g_strnfill(999, 'a');
	g_autofree char *text = g_strconcat(odd, "é and more", NULL);
	g_autofree char *words = NULL;

	write_text(programs, "espeak-ng", NOTE_AND_LEAVE, 0700);
	speech_say(speech, "en", text, NULL);
	wait_until(is_done);
	words = read_file("words");
	g_assert_true(g_utf8_validate(words, -1, NULL));
	g_assert_true(g_str_has_prefix(words, odd));
	g_assert_cmpuint(strlen(words), <, 1005);
}

static void
a_speaker_that_leaves_is_no_trouble(guint *handler, const void *data)
{
	g_autoptr(Speech) speech = speech_new("auto");

	write_text(programs, "espeak-ng", LEAVE_AT_ONCE, 0700);
	speech_say(speech, "en", "Hello", NULL);
	wait_until(is_done);
	speech_say(speech, "en", "And again", NULL);
	speech_stop(speech);
	speech_stop(speech);
}

/* A scan beeps and then greets: neither takes the other's place. */
static void
a_beep_ends_before_the_voice_begins(guint *handler, const void *data)
{
	g_autoptr(Speech) speech = speech_new("auto");
	g_autofree char *words = NULL;

	if (!can_hear())
		return;
	write_text(programs, "espeak-ng", NOTE_AND_LEAVE, 0700);
	for (int i = 0; i < BEEPS && !(is_heard() && is_given_back()); i++) {
		write_text(home, "done", "", 0600);
		write_text(home, "given-back", "", 0600);
		speech_beep(speech);
		speech_say(speech, "en", "Hello", NULL);
		speech_say(speech, "en", "Hello, Maya", NULL);
		wait_until(is_done);
		comes(is_given_back, BEEP_MS);
	}
	words = read_file("words");
	g_assert_cmpstr(words, ==, "Hello, Maya");
	g_assert_true(is_heard());
	g_assert_true(is_given_back());
}

/* --- what tests and quiet rooms ask for --- */

static void
a_file_notes_what_was_said(guint *handler, const void *data)
{
	g_autofree char *sink = g_strconcat("file:", home, "/said", NULL);
	g_autoptr(Speech) speech = speech_new(sink);
	g_autoptr(GBytes) recording = g_bytes_new_static("x", 1);
	g_autofree char *said = NULL;

	speech_say(speech, "en", "Hello", recording);
	speech_say(speech, "es", "Hola", NULL);
	speech_beep(speech);
	said = read_file("said");
	g_assert_cmpstr(said, ==,
			"en recorded Hello\nes spoken Hola\n- beep \n");
	g_assert_false(is_heard());
}

static void
none_is_silent(guint *handler, const void *data)
{
	g_autoptr(Speech) speech = speech_new("none");

	write_text(programs, "espeak-ng", NOTE_AND_LEAVE, 0700);
	speech_say(speech, "en", "Hello", NULL);
	speech_beep(speech);
	g_assert_false(is_done());
	g_assert_false(is_heard());
}

int
main(int argc, char *argv[])
{
	g_autofree char *espeak = g_find_program_in_path("espeak-ng");
	const struct {
		const char *name;
		void (*test)(guint *, const void *);
	} tests[] = {
		{ "recorded/is-played", a_recording_is_played },
		{ "recorded/damaged-is-silence",
		  a_damaged_recording_is_silence },
		{ "beep/is-heard", a_beep_is_heard },
		{ "beep/ends-before-the-voice-begins",
		  a_beep_ends_before_the_voice_begins },
		{ "spoken/words-are-no-arguments", words_are_no_arguments },
		{ "spoken/long-text-is-cut-between-letters",
		  a_long_text_is_cut_between_letters },
		{ "spoken/speaker-that-leaves-is-no-trouble",
		  a_speaker_that_leaves_is_no_trouble },
		{ "missing-program/is-silence",
		  without_the_program_there_is_silence },
		{ "file/notes-what-was-said", a_file_notes_what_was_said },
		{ "none/is-silent", none_is_silent },
		{ "espeak-ng/what-has-no-recording",
		  what_has_no_recording_is_spoken },
	};
	int failed;

	g_test_init(&argc, &argv, NULL);
	make_home();
	start_gst();
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *name =
			g_strconcat("/speech/", tests[i].name, NULL);

		g_test_add(name, guint, espeak, setup, tests[i].test, teardown);
	}
	failed = g_test_run();
	empty(home);
	g_rmdir(home);
	g_free(home);
	g_free(programs);
	g_free(heard);
	return failed;
}
