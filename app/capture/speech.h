/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/*
 * The kiosk's voice: recorded audio (Ogg Opus) by GStreamer, else espeak-ng
 * as a program; and the beep of a scan.  One thing at a time: a new one ends
 * the one before, but for a beep: what is said then waits until it has
 * sounded.  A machine without a loudspeaker is silent, not an error.
 * Needs gst_init().  Main loop only.  Ignores SIGPIPE in the whole process.
 */
typedef struct Speech Speech;

/* sink: "auto", or "file:PATH" (tests: appends what was said, one line
 * "LANGUAGE recorded|spoken|beep TEXT", and makes no sound), or "none". */
Speech *speech_new(const char *sink);
/* recording may be NULL; text is what it says. */
void speech_say(Speech *speech, const char *language, const char *text,
		GBytes *recording);
/* Whether there is somebody to say what is not recorded. */
bool speech_can_speak(const Speech *speech);
void speech_beep(Speech *speech);
void speech_stop(Speech *speech);
void speech_free(Speech *speech);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Speech, speech_free)
