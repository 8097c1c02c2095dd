/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "speech"

#include "app/capture/speech.h"

#include <gio/gio.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define SPOKEN_MAX   1000  /* bytes of one text */
#define SPEECH_RATE  "135" /* words a minute: slow enough for a child */
#define BEEP_BUFFERS "6"
#define BEEP_MAX_MS  600 /* a beep that does not end is cut off */

/* Something to say. */
typedef struct {
	char *language, *text; /* owned; text NULL: nothing */
	GBytes *recording;     /* owned; NULL: it is spoken */
} Saying;

struct Speech {
	GstElement *pipeline; /* owned: what is being played */
	GSubprocess *speaker; /* owned: espeak-ng */
	FILE *file;           /* owned: what was said, for tests */
	Saying next;          /* when the beep is over */
	guint bus_watch;      /* of the pipeline */
	guint beep_timer;     /* while a beep sounds */
	bool silent;
	bool told; /* what is missing: once is enough */
};

static gboolean on_beep_over(void *data);

static void
tell_once(Speech *speech, const char *what, const GError *error)
{
	if (!speech->told)
		g_message("%s: %s", what, error->message);
	speech->told = true;
}

/* The words go in on standard input: arguments can be read by others. */
static GSubprocess *
start_speaker(const char *voice, const char *text, GError **error)
{
	g_autoptr(GSubprocess) speaker =
		g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE |
					 G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
					 G_SUBPROCESS_FLAGS_STDERR_SILENCE,
				 error, "espeak-ng", "-v", voice, "-s",
				 SPEECH_RATE, "--stdin", NULL);
	GOutputStream *in;

	if (speaker == NULL)
		return NULL;
	in = g_subprocess_get_stdin_pipe(speaker);
	/* One that left before it was told is silence, not an error. */
	g_output_stream_write_all(in, text, strlen(text), NULL, NULL, NULL);
	g_output_stream_close(in, NULL, NULL);
	return g_steal_pointer(&speaker);
}

static const char *
voice_of(const char *language)
{
	static const struct {
		const char *language, *voice;
	} voices[] = { { "en", "en-us" }, { "es", "es-419" } };

	for (size_t i = 0; i < G_N_ELEMENTS(voices); i++)
		if (g_str_equal(voices[i].language, language))
			return voices[i].voice;
	return language;
}

static void
stop_pipeline(Speech *speech)
{
	if (speech->pipeline == NULL)
		return;
	g_source_remove(speech->bus_watch);
	gst_element_set_state(speech->pipeline, GST_STATE_NULL);
	g_clear_pointer(&speech->pipeline, gst_object_unref);
}

/* What was played to its end gives the loudspeaker back. */
static gboolean
on_message(GstBus *bus, GstMessage *message, void *data)
{
	Speech *speech = data;
	g_autoptr(GError) error = NULL;

	if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
		gst_message_parse_error(message, &error, NULL);
		tell_once(speech, "no sound", error);
	} else if (GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS) {
		return G_SOURCE_CONTINUE;
	}
	stop_pipeline(speech);
	if (speech->beep_timer != 0) {
		g_source_remove(speech->beep_timer);
		on_beep_over(speech);
	}
	return G_SOURCE_CONTINUE; /* which has removed this source */
}

static void
start_pipeline(Speech *speech)
{
	GstBus *bus = gst_element_get_bus(speech->pipeline);

	speech->bus_watch = gst_bus_add_watch(bus, on_message, speech);
	gst_object_unref(bus);
	gst_element_set_state(speech->pipeline, GST_STATE_PLAYING);
}

static void
clear_next(Speech *speech)
{
	g_clear_pointer(&speech->next.language, g_free);
	g_clear_pointer(&speech->next.text, g_free);
	g_clear_pointer(&speech->next.recording, g_bytes_unref);
}

void
speech_stop(Speech *speech)
{
	if (speech->beep_timer != 0)
		g_source_remove(speech->beep_timer);
	speech->beep_timer = 0;
	clear_next(speech);
	stop_pipeline(speech);
	if (speech->speaker != NULL)
		g_subprocess_force_exit(speech->speaker);
	g_clear_object(&speech->speaker);
}

static void
play(Speech *speech, const char *description, GBytes *recording)
{
	g_autoptr(GError) error = NULL;
	GstElement *source;

	speech->pipeline = gst_parse_launch(description, &error);
	if (speech->pipeline == NULL) {
		tell_once(speech, "no sound", error);
		return;
	}
	source = gst_bin_get_by_name(GST_BIN(speech->pipeline), "recording");
	if (source != NULL && recording != NULL) {
		gst_app_src_push_buffer(GST_APP_SRC(source),
					gst_buffer_new_wrapped_bytes(
						recording));
		gst_app_src_end_of_stream(GST_APP_SRC(source));
	}
	g_clear_pointer(&source, gst_object_unref);
	start_pipeline(speech);
}

static void
note(Speech *speech, const char *language, const char *how, const char *text)
{
	fprintf(speech->file, "%s %s %s\n", language, how, text);
	fflush(speech->file);
}

static void
speak(Speech *speech, const char *language, const char *text)
{
	g_autofree char *short_text = g_strndup(text, SPOKEN_MAX);
	g_autofree char *valid = g_utf8_make_valid(short_text, -1);
	g_autoptr(GError) error = NULL;

	speech->speaker = start_speaker(voice_of(language), valid, &error);
	if (speech->speaker == NULL)
		tell_once(speech, "not spoken (install espeak-ng)", error);
}

static void
say_now(Speech *speech, const char *language, const char *text,
	GBytes *recording)
{
	if (recording != NULL)
		play(speech,
		     "appsrc name=recording ! oggdemux ! opusdec !"
		     " audioconvert ! audioresample ! autoaudiosink",
		     recording);
	else
		speak(speech, language, text);
}

static gboolean
on_beep_over(void *data)
{
	Speech *speech = data;
	Saying next = speech->next;

	speech->next = (Saying){ 0 };
	speech->beep_timer = 0;
	stop_pipeline(speech);
	if (next.text != NULL)
		say_now(speech, next.language, next.text, next.recording);
	g_free(next.language);
	g_free(next.text);
	g_clear_pointer(&next.recording, g_bytes_unref);
	return G_SOURCE_REMOVE;
}

void
speech_say(Speech *speech, const char *language, const char *text,
	   GBytes *recording)
{
	if (speech->file != NULL)
		note(speech, language,
		     recording != NULL ? "recorded" : "spoken", text);
	if (speech->silent)
		return;
	if (speech->beep_timer == 0) {
		speech_stop(speech);
		say_now(speech, language, text, recording);
		return;
	}
	clear_next(speech);
	speech->next.language = g_strdup(language);
	speech->next.text = g_strdup(text);
	if (recording != NULL)
		speech->next.recording = g_bytes_ref(recording);
}

bool
speech_can_speak(const Speech *speech)
{
	g_autofree char *speaker = NULL;

	if (speech->file != NULL || speech->silent)
		return speech->file != NULL;
	speaker = g_find_program_in_path("espeak-ng");
	return speaker != NULL;
}

void
speech_beep(Speech *speech)
{
	if (speech->file != NULL) {
		note(speech, "-", "beep", "");
		return;
	}
	if (speech->silent)
		return;
	speech_stop(speech);
	play(speech,
	     "audiotestsrc freq=1320 volume=0.25 num-buffers=" BEEP_BUFFERS
	     " ! audioconvert ! autoaudiosink",
	     NULL);
	if (speech->pipeline != NULL)
		speech->beep_timer =
			g_timeout_add(BEEP_MAX_MS, on_beep_over, speech);
}

Speech *
speech_new(const char *sink)
{
	Speech *speech = g_new0(Speech, 1);

	signal(SIGPIPE, SIG_IGN); /* of a speaker that left unheard */
	if (g_str_has_prefix(sink, "file:")) {
		speech->file = fopen(sink + strlen("file:"), "ae");
		if (speech->file == NULL)
			g_message("%s cannot be written", sink);
	}
	speech->silent = !g_str_equal(sink, "auto");
	return speech;
}

void
speech_free(Speech *speech)
{
	if (speech == NULL)
		return;
	speech_stop(speech);
	if (speech->file != NULL)
		fclose(speech->file);
	g_free(speech);
}
