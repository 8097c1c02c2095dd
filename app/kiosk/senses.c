/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include <gst/gst.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/cards/code.h"
#include "app/kiosk/kiosk.h"
#include "app/screens/photo-screen.h"
#include "app/screens/start-screen.h"
#include "app/screens/words.h"
#include "app/store/store-roster.h"

#define RETRY_SECONDS 10 /* until a camera or scanner is looked for again */

/* --- codes --- */

static void
take_badge(Kiosk *kiosk, const char *digits)
{
	RosterLearner learner;
	g_autoptr(GError) error = NULL;
	bool changed;

	answers_keep_draft(kiosk); /* of whoever was here before */
	if (store_find_badge(kiosk->store, digits, &learner, &error))
		changed = flow_take_learner(&kiosk->flow, &learner);
	else if (g_error_matches(error, FAULT, FAULT_NOT_FOUND))
		changed = flow_take_unknown_badge(&kiosk->flow, digits);
	else {
		kiosk_stuck(kiosk, error);
		return;
	}
	if (!changed)
		return;
	answers_greet(kiosk);
	kiosk_show(kiosk);
}

static void
take_prompt(Kiosk *kiosk, const char *id)
{
	const PortraitPrompt *prompt =
		portrait_find_prompt(kiosk->portrait, id);
	bool nobody = flow_who(&kiosk->flow)[0] == '\0';

	if (prompt == NULL || !flow_can_answer(&kiosk->flow, prompt))
		kiosk_notice(kiosk, "unknown-card", "card", WORD_NOT_FOR_YOU);
	else if (!flow_take_prompt(&kiosk->flow, kiosk->portrait, id))
		return;
	else if (nobody)
		kiosk_notice(kiosk, "card-first", "show-badge",
			     WORD_CARD_FIRST);
	else
		kiosk_moved(kiosk);
}

static void
on_found(const char *text, size_t size, void *data)
{
	Kiosk *kiosk = data;
	Code code = code_parse(text, size);

	if (kiosk->store == NULL || kiosk->portrait == NULL)
		return;
	kiosk_touched(kiosk);
	speech_beep(kiosk->speech);
	switch (code.kind) {
	case CODE_BADGE:
		take_badge(kiosk, code.badge);
		return;
	case CODE_PROMPT:
		take_prompt(kiosk, code.prompt);
		return;
	case CODE_WORN:
		kiosk_notice(kiosk, "worn", "badge", WORD_WORN);
		return;
	case CODE_FOREIGN:
		kiosk_notice(kiosk, "foreign", "foreign", WORD_FOREIGN);
		return;
	}
}

/* --- the camera --- */

/* As in a mirror: a child who moves a card to the right sees it go right. */
static GdkPaintable *
mirror(const CameraFrame *frame)
{
	size_t pixels = (size_t)frame->width * (size_t)frame->height;
	const guint32 *from = g_bytes_get_data(frame->bytes, NULL);
	guint32 *to = g_new(guint32, pixels);
	g_autoptr(GBytes) bytes = NULL;

	for (int y = 0; y < frame->height; y++) {
		const guint32 *row = from + (size_t)y * (size_t)frame->width;
		guint32 *mirrored = to + (size_t)y * (size_t)frame->width;

		for (int x = 0; x < frame->width; x++)
			mirrored[x] = row[frame->width - 1 - x];
	}
	bytes = g_bytes_new_take(to, pixels * sizeof(*to));
	return GDK_PAINTABLE(
		gdk_memory_texture_new(frame->width, frame->height,
				       GDK_MEMORY_R8G8B8A8, bytes,
				       (gsize)frame->width * sizeof(*to)));
}

static void
look(Kiosk *kiosk)
{
	if (kiosk->content == NULL || kiosk->step_timer != 0 ||
	    kiosk->flow.warned || kiosk->portrait == NULL)
		return;
	if (kiosk->flow.step == FLOW_START)
		start_screen_look(kiosk->content,
				  kiosk->lens_is_empty ? NULL : kiosk->seen);
	else if (kiosk->flow.step == FLOW_PHOTO)
		photo_screen_look(kiosk->content, kiosk->seen);
}

/* Where everybody starts, it is shown at once; elsewhere the next screen
 * knows. */
static void
set_missing(Kiosk *kiosk, bool *missing, bool now)
{
	if (*missing == now)
		return;
	*missing = now;
	kiosk->flow.capable[PIECE_PHOTO] = !kiosk->no_camera;
	if (kiosk->flow.step == FLOW_START && kiosk->step_timer == 0)
		kiosk_show(kiosk);
}

static void
on_looked(const CameraFrame *frame, void *data)
{
	Kiosk *kiosk = data;

	set_missing(kiosk, &kiosk->no_camera, false);
	kiosk->lens_is_empty = frame->nothing;
	if (kiosk->flow.step != FLOW_START && kiosk->flow.step != FLOW_PHOTO)
		return;
	g_clear_object(&kiosk->seen);
	kiosk->seen = mirror(frame);
	look(kiosk);
}

static gboolean on_retry(void *data);

static void
retry_later(Kiosk *kiosk)
{
	if (kiosk->retry_timer == 0)
		kiosk->retry_timer =
			g_timeout_add_seconds(RETRY_SECONDS, on_retry, kiosk);
}

static void
on_camera_failed(const GError *error, void *data)
{
	Kiosk *kiosk = data;

	g_message("%s", error->message);
	g_clear_object(&kiosk->seen);
	look(kiosk);
	set_missing(kiosk, &kiosk->no_camera, true);
	retry_later(kiosk);
}

static void
on_scanner_failed(const GError *error, void *data)
{
	Kiosk *kiosk = data;

	g_message("%s", error->message);
	set_missing(kiosk, &kiosk->no_scanner, true);
	retry_later(kiosk);
}

static bool
is_wanted(const Kiosk *kiosk, const char *key)
{
	return !g_str_equal(settings_text(kiosk->settings, "kiosk", key),
			    "none");
}

static void
open_camera(Kiosk *kiosk)
{
	const CameraEvents events = { .found = on_found,
				      .looked = on_looked,
				      .failed = on_camera_failed,
				      .data = kiosk };
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&kiosk->camera, camera_close);
	kiosk->camera =
		camera_open(settings_text(kiosk->settings, "kiosk", "camera"),
			    &events, &error);
	if (kiosk->camera == NULL) {
		g_message("%s", error->message);
		set_missing(kiosk, &kiosk->no_camera, true);
		retry_later(kiosk);
	}
}

static void
open_scanner(Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;

	g_clear_pointer(&kiosk->scanner, hand_scanner_close);
	kiosk->scanner =
		hand_scanner_open(settings_text(kiosk->settings, "kiosk",
						"scanner"),
				  on_found, on_scanner_failed, kiosk, &error);
	set_missing(kiosk, &kiosk->no_scanner, kiosk->scanner == NULL);
	if (kiosk->scanner == NULL) {
		g_message("%s", error->message);
		retry_later(kiosk);
	}
}

static gboolean
on_retry(void *data)
{
	Kiosk *kiosk = data;

	kiosk->retry_timer = 0;
	if (is_wanted(kiosk, "camera") && kiosk->seen == NULL)
		open_camera(kiosk);
	if (is_wanted(kiosk, "scanner"))
		open_scanner(kiosk);
	return G_SOURCE_REMOVE;
}

void
senses_init(Kiosk *kiosk)
{
	kiosk->no_camera = !is_wanted(kiosk, "camera");
	kiosk->no_scanner = !is_wanted(kiosk, "scanner");
	kiosk->flow.capable[PIECE_PHOTO] = !kiosk->no_camera;
}

void
senses_start(Kiosk *kiosk)
{
	if (is_wanted(kiosk, "camera") ||
	    g_str_equal(settings_text(kiosk->settings, "kiosk", "speech"),
			"auto"))
		gst_init(NULL, NULL);
	if (is_wanted(kiosk, "camera"))
		open_camera(kiosk);
	if (is_wanted(kiosk, "scanner"))
		open_scanner(kiosk);
	senses_follow_step(kiosk);
}

void
senses_stop(Kiosk *kiosk)
{
	g_clear_pointer(&kiosk->camera, camera_close);
	g_clear_pointer(&kiosk->scanner, hand_scanner_close);
}

void
senses_follow_step(Kiosk *kiosk)
{
	bool wants_codes = kiosk->flow.step != FLOW_PHOTO &&
			   kiosk->flow.step != FLOW_SAVING &&
			   kiosk->flow.step != FLOW_STUCK;

	if (kiosk->camera != NULL)
		camera_set_scanning(kiosk->camera, wants_codes);
}
