/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include "app/base/fault.h"
#include "app/capture/photo.h"
#include "app/kiosk/kiosk.h"
#include "app/prompt/draft.h"
#include "app/screens/photo-screen.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"
#include "app/store/store-roster.h"

/* From what a child did to what the store keeps. */

/* --- drafts --- */

void
answers_keep_draft(Kiosk *kiosk)
{
	g_autofree char *strokes = NULL;
	g_autoptr(Draft) draft = NULL;
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GError) error = NULL;

	if (kiosk->store == NULL || !flow_has_begun(&kiosk->flow) ||
	    kiosk->flow.step == FLOW_HELLO || kiosk->flow.step == FLOW_STUCK)
		return;
	strokes = drawing_save(kiosk->drawing);
	draft = draft_take(&kiosk->flow, strokes);
	bytes = draft_format(draft);
	if (!store_save_draft(kiosk->store, flow_who(&kiosk->flow), bytes,
			      &error))
		g_warning("keeping a draft: %s", error->message);
}

static void
take_strokes(Kiosk *kiosk, const char *strokes)
{
	g_autoptr(GError) error = NULL;
	Drawing *drawing = drawing_load(strokes, &error);

	if (drawing == NULL) {
		g_message("a draft's drawing: %s", error->message);
		return;
	}
	drawing_free(kiosk->drawing);
	kiosk->drawing = drawing;
}

/* With a card shown before the badge, only a draft for that card counts. */
static bool
is_asked_for(const Kiosk *kiosk, const Draft *draft)
{
	const char *prompt = kiosk->flow.prompt;

	return portrait_find_prompt(kiosk->portrait, draft->prompt) != NULL &&
	       (prompt[0] == '\0' || g_str_equal(prompt, draft->prompt));
}

static bool
find_draft(Kiosk *kiosk)
{
	g_autoptr(GBytes) bytes =
		store_load_draft(kiosk->store, flow_who(&kiosk->flow), NULL);
	g_autoptr(Draft) draft = NULL;

	if (bytes == NULL)
		return false;
	draft = draft_parse(g_bytes_get_data(bytes, NULL),
			    g_bytes_get_size(bytes), NULL);
	if (draft == NULL || !is_asked_for(kiosk, draft))
		return false;
	draft_apply(draft, &kiosk->flow);
	take_strokes(kiosk, draft->strokes);
	g_strlcpy(kiosk->drawn_for, draft->prompt, sizeof(kiosk->drawn_for));
	return true;
}

static void
find_returned(Kiosk *kiosk)
{
	Flow *flow = &kiosk->flow;
	StoreReview review;

	if (!store_find_returned(kiosk->store, flow->learner, &review, NULL))
		return;
	g_strlcpy(flow->returned_reason, review.reason,
		  sizeof(flow->returned_reason));
	g_strlcpy(flow->prompt, review.prompt, sizeof(flow->prompt));
}

void
answers_greet(Kiosk *kiosk)
{
	answers_forget(kiosk);
	if (!find_draft(kiosk) && kiosk->flow.prompt[0] == '\0')
		find_returned(kiosk);
}

void
answers_forget(Kiosk *kiosk)
{
	drawing_clear(kiosk->drawing);
	g_clear_pointer(&kiosk->photo, g_bytes_unref);
	kiosk->drawn_for[0] = '\0';
}

void
answers_follow_prompt(Kiosk *kiosk)
{
	const char *prompt = kiosk->flow.prompt;

	if (prompt[0] == '\0' || g_str_equal(prompt, kiosk->drawn_for))
		return;
	answers_forget(kiosk);
	g_strlcpy(kiosk->drawn_for, prompt, sizeof(kiosk->drawn_for));
}

/* --- pieces --- */

static void
answer(Kiosk *kiosk, const Piece *piece)
{
	if (flow_answer(&kiosk->flow, piece))
		kiosk_moved(kiosk);
}

static void
answer_with_media(Kiosk *kiosk, PieceKind kind, GBytes *bytes, const char *type)
{
	Piece piece = { .kind = kind };
	g_autoptr(GError) error = NULL;

	if (store_add_media(kiosk->store, bytes, type, &piece, &error))
		answer(kiosk, &piece);
	else
		kiosk_stuck(kiosk, error);
}

void
answers_choose(Kiosk *kiosk, const char *choice)
{
	Piece piece = { .kind = PIECE_CHOICE };

	g_strlcpy(piece.text, choice, sizeof(piece.text));
	answer(kiosk, &piece);
}

void
answers_take_photo(Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;
	CameraFrame frame;
	GdkPaintable *taken;

	if (kiosk->camera == NULL ||
	    !camera_peek_frame(kiosk->camera, &frame, &error))
		return;
	g_clear_pointer(&kiosk->photo, g_bytes_unref);
	kiosk->photo =
		photo_encode(frame.bytes, frame.width, frame.height, &error);
	g_bytes_unref(frame.bytes);
	if (kiosk->photo == NULL) {
		g_warning("%s", error->message);
		return;
	}
	speech_beep(kiosk->speech);
	kiosk_say(kiosk, kiosk_word(kiosk, WORD_PHOTO_TAKEN), NULL);
	taken = ui_image(kiosk->photo);
	photo_screen_set_taken(kiosk->content, taken);
	g_clear_object(&taken);
}

void
answers_keep_photo(Kiosk *kiosk)
{
	if (kiosk->photo != NULL)
		answer_with_media(kiosk, PIECE_PHOTO, kiosk->photo,
				  "image/jpeg");
}

void
answers_keep_drawing(Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) png = drawing_encode(kiosk->drawing, &error);

	if (png == NULL)
		g_warning("%s", error->message);
	else
		answer_with_media(kiosk, PIECE_DRAWING, png, "image/png");
}

/* --- the stone --- */

static void
fill_asked(const Kiosk *kiosk, const PortraitPrompt *prompt, Evidence *e)
{
	const char *asked = kiosk_pack_word(kiosk, "prompt.*.ask", prompt->id);

	g_strlcpy(e->portrait, portrait_get_id(kiosk->portrait),
		  sizeof(e->portrait));
	g_strlcpy(e->portrait_version, portrait_get_version(kiosk->portrait),
		  sizeof(e->portrait_version));
	g_strlcpy(e->statement, prompt->statement->uuid, sizeof(e->statement));
	g_strlcpy(e->prompt, prompt->id, sizeof(e->prompt));
	g_strlcpy(e->language, kiosk->language, sizeof(e->language));
	g_strlcpy(e->asked, asked, sizeof(e->asked));
}

static void
fill_level(const Kiosk *kiosk, const PortraitPrompt *prompt, Evidence *e)
{
	const PortraitScale *scale = prompt->statement->band->self_scale;

	g_strlcpy(e->scale, scale->id, sizeof(e->scale));
	e->levels = (int)scale->n_levels;
	e->level = MIN(kiosk->flow.level, e->levels);
}

void
answers_lay(Kiosk *kiosk)
{
	const PortraitPrompt *prompt = kiosk_prompt(kiosk);
	g_autofree Evidence *e = g_new0(Evidence, 1);
	g_autoptr(GError) error = NULL;

	g_return_if_fail(prompt != NULL);
	g_strlcpy(e->learner, kiosk->flow.learner, sizeof(e->learner));
	g_strlcpy(e->badge, kiosk->flow.badge, sizeof(e->badge));
	fill_asked(kiosk, prompt, e);
	fill_level(kiosk, prompt, e);
	e->pieces[0] = kiosk->flow.piece;
	e->n_pieces = 1;
	if (!store_lay(kiosk->store, kiosk->clock, e, &error)) {
		g_warning("not saved: %s", error->message);
		flow_stuck(&kiosk->flow);
		return;
	}
	kiosk->last_number = e->number;
	flow_saved(&kiosk->flow);
}
