/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "app/base/clock.h"
#include "app/base/settings.h"
#include "app/capture/drawing.h"
#include "app/capture/speech.h"
#include "app/portrait/portrait.h"
#include "app/prompt/flow.h"
#include "app/roster/roster.h"
#include "app/scan/camera.h"
#include "app/scan/hand-scanner.h"
#include "app/store/store.h"

/*
 * The kiosk's parts, wired: what its modules share.  Main thread only.
 * What happens goes: an event (a tap, a code, time) → the flow → the store,
 * if something must last → kiosk_show(), which draws the flow's step.
 */
typedef struct {
	/* owned */
	GtkWidget *window, *slot, *strip;
	GtkWidget *content; /* the step's own screen, inside its frame */
	Settings *settings;
	const Clock *clock; /* borrowed */
	Store *store;       /* NULL: it cannot be opened */
	Portrait *portrait; /* NULL: the district has sent none yet */
	Roster *roster;
	Speech *speech;
	Camera *camera;
	HandScanner *scanner;
	Drawing *drawing;
	GBytes *photo;      /* taken, not yet kept */
	GdkPaintable *seen; /* the newest frame, mirrored; NULL: none */
	char *etag;         /* of the bundle that is shown */
	char *said;         /* what "say it again" says */
	char *said_key;     /* of the pack's words; NULL: none */
	char *store_fault;  /* why there is no store; NULL: there is */
	char *health;       /* what the adults' screen tells; NULL: closed */

	Flow flow;
	char language[16];
	bool safe;                  /* every stone has arrived */
	bool no_camera, no_scanner; /* none wanted, or it failed */
	bool holds_subject;         /* the demo, for a photo */
	bool lens_is_empty; /* nothing is held before a camera that is none */
	char drawn_for[EVIDENCE_ID_MAX + 1]; /* drawing's and photo's prompt */
	int64_t last_number;                 /* of the stone laid last */
	int width, height;

	/* sources */
	guint idle_timer, poll_timer, step_timer, retry_timer;
} Kiosk;

/* --- kiosk.c --- */

Kiosk *
kiosk_new(Settings *settings, GtkApplication *app, int width, int height);
void kiosk_free(Kiosk *kiosk);

/* Draws the flow's step, and says it. */
void kiosk_show(Kiosk *kiosk);
/* The flow has moved: keeps the draft, then draws. */
void kiosk_moved(Kiosk *kiosk);
/* A calm word and back to the step. */
void kiosk_notice(Kiosk *kiosk, const char *name, const char *icon, int word);
void kiosk_set_screen(Kiosk *kiosk, const char *title, GtkWidget *content,
		      bool may_go_back);
/* Back to the start; what was begun stays as a draft. */
void kiosk_start_over(Kiosk *kiosk);
/* Somebody is there: see idle.h. */
void kiosk_touched(Kiosk *kiosk);
/* Something that the store could not do: a calm word. */
void kiosk_stuck(Kiosk *kiosk, const GError *error);

const char *kiosk_school_language(const Kiosk *kiosk);
const char *kiosk_word(const Kiosk *kiosk, int word);
/* The pack's words for a key in the language that is on; never NULL. */
const char *
kiosk_pack_word(const Kiosk *kiosk, const char *format, const char *id);
GdkPaintable *kiosk_pack_icon(const Kiosk *kiosk, const char *path, double mm);
void kiosk_say(Kiosk *kiosk, const char *text, const char *key);
const PortraitPrompt *kiosk_prompt(const Kiosk *kiosk);

/* --- steps.c: one function a step --- */

void steps_show(Kiosk *kiosk);

/* --- answers.c --- */

void answers_greet(Kiosk *kiosk); /* finds the draft, or what was returned */
void answers_keep_draft(Kiosk *kiosk);
/* Clears drawing and photo: at once, or if they were another prompt's. */
void answers_forget(Kiosk *kiosk);
void answers_follow_prompt(Kiosk *kiosk);
void answers_choose(Kiosk *kiosk, const char *choice);
void answers_take_photo(Kiosk *kiosk);
void answers_keep_photo(Kiosk *kiosk);
void answers_keep_drawing(Kiosk *kiosk);
void answers_lay(Kiosk *kiosk);

/* --- senses.c --- */

/* What is known before they are opened: those that nobody wants. */
void senses_init(Kiosk *kiosk);
/* Opens camera and scanner, now and again until they are there. */
void senses_start(Kiosk *kiosk);
void senses_stop(Kiosk *kiosk);
/* Codes are looked for only where a card means something. */
void senses_follow_step(Kiosk *kiosk);
