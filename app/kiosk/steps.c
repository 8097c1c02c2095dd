/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include "app/base/fault.h"
#include "app/kiosk/kiosk.h"
#include "app/screens/choose-screen.h"
#include "app/screens/drawing-screen.h"
#include "app/screens/hello-screen.h"
#include "app/screens/notice-screen.h"
#include "app/screens/photo-screen.h"
#include "app/screens/start-screen.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"
#include "app/store/store-roster.h"

#define SAVED_MS 2500 /* the same short celebration for everybody */
#define SAID_MAX 8    /* choices: more are too many to listen to */

/* A screen for the step, and what it says; title is shown and spoken. */
static void
set_screen(Kiosk *kiosk, const char *name, const char *title,
	   GtkWidget *content, bool may_go_back)
{
	kiosk_set_screen(kiosk, title, content, may_go_back);
	g_object_unref(content);
	g_print("step %s\n", name);
}

/* --- choosing from pictures --- */

typedef void (*Chosen)(guint index, void *data);

/* What is asked, as it is shown and as it is said. */
typedef struct {
	const char *title, *say;
	const char *key; /* of the pack's recording; NULL: none */
} Asked;

/* Who cannot read hears the choices too; a recording speaks for itself. */
static void
say_items(Kiosk *kiosk, const Asked *asked, const GArray *items)
{
	g_autoptr(GString) all = g_string_new(asked->say);

	if (all->len > 0 && !g_ascii_ispunct(all->str[all->len - 1]))
		g_string_append_c(all, '.');
	for (guint i = 0; i < items->len && items->len <= SAID_MAX; i++)
		g_string_append_printf(
			all, " %s.", g_array_index(items, ChooseItem, i).label);
	kiosk_say(kiosk, all->str, asked->key);
}

static void
show_asked(Kiosk *kiosk, const char *name, const Asked *asked, GArray *items,
	   Chosen chosen)
{
	const ChooseSpec spec = { .language = kiosk->language,
				  .items = items,
				  .chosen = chosen,
				  .data = kiosk };

	say_items(kiosk, asked, items);
	set_screen(kiosk, name, asked->title, choose_screen_new(&spec), true);
}

static void
show_choice(Kiosk *kiosk, const char *name, const char *title, GArray *items,
	    Chosen chosen)
{
	const Asked asked = { title, title, NULL };

	show_asked(kiosk, name, &asked, items, chosen);
}

/* --- start --- */

static void
on_no_badge(void *data)
{
	Kiosk *kiosk = data;

	if (flow_open_classes(&kiosk->flow))
		kiosk_show(kiosk);
}

static void
show_not_set_up(Kiosk *kiosk)
{
	const NoticeSpec spec = { .icon = "adult",
				  .words = kiosk_word(kiosk, WORD_NOT_SET_UP) };

	kiosk_say(kiosk, spec.words, NULL);
	set_screen(kiosk, "not-set-up", "", notice_screen_new(&spec), false);
}

static void
show_start(Kiosk *kiosk)
{
	const bool blind = kiosk->no_camera && kiosk->no_scanner;
	const StartSpec spec = { .language = kiosk->language,
				 .blind = blind,
				 .no_badge = on_no_badge,
				 .data = kiosk };
	GtkWidget *content;

	if (kiosk->portrait == NULL) {
		show_not_set_up(kiosk);
		return;
	}
	content = start_screen_new(&spec);
	start_screen_look(content, kiosk->lens_is_empty ? NULL : kiosk->seen);
	kiosk_say(kiosk,
		  kiosk_word(kiosk,
			     blind ? WORD_START_BLIND_SAY : WORD_START_SAY),
		  NULL);
	set_screen(kiosk, "start",
		   kiosk_word(kiosk, blind ? WORD_HELLO_UNKNOWN : WORD_START),
		   content, false);
}

/* --- class, then picture --- */

static void
on_class(guint index, void *data)
{
	Kiosk *kiosk = data;

	if (flow_take_class(&kiosk->flow, kiosk->roster->classes[index].id))
		kiosk_show(kiosk);
}

static void
show_classes(Kiosk *kiosk)
{
	GArray *items = choose_items_new();
	guint n = (guint)kiosk->roster->n_classes;
	GdkPaintable *icon = ui_icon("classroom", choose_picture_mm(n));

	for (guint i = 0; i < n; i++)
		choose_items_add(items, kiosk->roster->classes[i].title, icon,
				 NULL);
	show_choice(kiosk, "classes", kiosk_word(kiosk, WORD_WHICH_CLASS),
		    items, on_class);
}

static GdkPaintable *
learner_picture(const Kiosk *kiosk, const char *picture, double mm)
{
	g_autofree char *path =
		g_strdup_printf("icons/pictures/%s.svg", picture);

	return kiosk_pack_icon(kiosk, path, mm);
}

static const RosterLearner *
nth_in_class(const Kiosk *kiosk, guint index)
{
	for (size_t i = 0; i < kiosk->roster->n_learners; i++) {
		const RosterLearner *at = &kiosk->roster->learners[i];

		if (g_str_equal(at->class_id, kiosk->flow.class_id) &&
		    index-- == 0)
			return at;
	}
	return NULL;
}

static void
on_learner(guint index, void *data)
{
	Kiosk *kiosk = data;
	const RosterLearner *learner = nth_in_class(kiosk, index);

	if (learner == NULL || !flow_take_learner(&kiosk->flow, learner))
		return;
	answers_greet(kiosk);
	kiosk_show(kiosk);
}

static void
show_pictures(Kiosk *kiosk)
{
	GArray *items = choose_items_new();
	const RosterLearner *learner;
	guint n = 0;
	double mm;

	while (nth_in_class(kiosk, n) != NULL)
		n++;
	mm = choose_picture_mm(n);
	for (guint i = 0; (learner = nth_in_class(kiosk, i)) != NULL; i++)
		choose_items_add(items, learner->name,
				 learner_picture(kiosk, learner->picture, mm),
				 NULL);
	show_choice(kiosk, "pictures", kiosk_word(kiosk, WORD_WHICH_PICTURE),
		    items, on_learner);
}

/* --- hello --- */

static void
on_go_on(void *data)
{
	Kiosk *kiosk = data;

	if (flow_go_on(&kiosk->flow, kiosk->portrait))
		kiosk_moved(kiosk);
}

static void
on_start_new(void *data)
{
	Kiosk *kiosk = data;

	answers_forget(kiosk);
	if (flow_start_new(&kiosk->flow))
		kiosk_moved(kiosk);
}

static void
on_not_me(void *data)
{
	Kiosk *kiosk = data;

	if (flow_not_me(&kiosk->flow))
		kiosk_start_over(kiosk);
}

static const char *
returned_note(const Kiosk *kiosk)
{
	static const struct {
		const char *reason;
		Word word;
	} reasons[] = { { "tell-more", WORD_REASON_TELL_MORE },
			{ "show-again", WORD_REASON_SHOW_AGAIN },
			{ "other-card", WORD_REASON_OTHER_CARD },
			{ "talk", WORD_REASON_TALK } };

	for (size_t i = 0; i < G_N_ELEMENTS(reasons); i++)
		if (g_str_equal(kiosk->flow.returned_reason, reasons[i].reason))
			return kiosk_word(kiosk, reasons[i].word);
	return NULL;
}

static int
count_stones(const Kiosk *kiosk)
{
	int64_t n = store_count_stones(kiosk->store, kiosk->flow.learner,
				       kiosk->flow.badge, NULL);

	return (int)CLAMP(n, 0, G_MAXINT);
}

static void
show_hello(Kiosk *kiosk)
{
	const Flow *flow = &kiosk->flow;
	g_autofree char *title =
		flow->name[0] != '\0'
			? words_with(kiosk->language, WORD_HELLO, flow->name)
			: g_strdup(kiosk_word(kiosk, WORD_HELLO_UNKNOWN));
	const char *note = returned_note(kiosk);
	g_autofree char *said =
		g_strjoin(" ", title, kiosk_word(kiosk, WORD_IS_IT_YOU), note,
			  NULL);
	const HelloSpec spec = {
		.language = kiosk->language,
		.picture = learner_picture(kiosk, flow->picture,
					   hello_picture_mm(note != NULL)),
		.note = note,
		.stones = count_stones(kiosk),
		.confirmed = (int)store_count_confirmed(kiosk->store,
							flow->learner, NULL),
		.has_draft = flow->has_draft,
		.go_on = on_go_on,
		.start_new = on_start_new,
		.not_me = on_not_me,
		.data = kiosk,
	};

	kiosk_say(kiosk, said, NULL);
	set_screen(kiosk, "hello", title, hello_screen_new(&spec), true);
}

/* --- prompts --- */

static const PortraitPrompt *
nth_prompt(const Kiosk *kiosk, guint index)
{
	for (size_t i = 0; i < portrait_count_prompts(kiosk->portrait); i++) {
		const PortraitPrompt *at =
			portrait_get_prompt(kiosk->portrait, i);

		if (flow_offers_prompt(&kiosk->flow, kiosk->portrait, at) &&
		    index-- == 0)
			return at;
	}
	return NULL;
}

static void
on_prompt(guint index, void *data)
{
	Kiosk *kiosk = data;
	const PortraitPrompt *prompt = nth_prompt(kiosk, index);

	if (prompt != NULL &&
	    flow_take_prompt(&kiosk->flow, kiosk->portrait, prompt->id))
		kiosk_moved(kiosk);
}

static void
show_prompts(Kiosk *kiosk)
{
	GArray *items = choose_items_new();
	const PortraitPrompt *at;
	guint n = 0;
	double mm;

	while (nth_prompt(kiosk, n) != NULL)
		n++;
	mm = choose_picture_mm(n);
	for (guint i = 0; (at = nth_prompt(kiosk, i)) != NULL; i++)
		choose_items_add(items,
				 kiosk_pack_word(kiosk, "prompt.*.ask", at->id),
				 kiosk_pack_icon(kiosk, at->icon,
						 mm - CHOOSE_BAND_MM),
				 at->statement->competency->colour);
	show_choice(kiosk, "prompts", kiosk_word(kiosk, WORD_CHOOSE_PROMPT),
		    items, on_prompt);
}

/* --- how to show it --- */

static const struct {
	PieceKind way;
	const char *icon;
	Word word;
} ways[] = { { PIECE_PHOTO, "camera", WORD_WAY_PHOTO },
	     { PIECE_DRAWING, "pencil", WORD_WAY_DRAWING },
	     { PIECE_CHOICE, "choose", WORD_WAY_CHOICE } };

static int
nth_way(const Kiosk *kiosk, guint index)
{
	const PortraitPrompt *prompt = kiosk_prompt(kiosk);

	for (size_t i = 0; prompt != NULL && i < G_N_ELEMENTS(ways); i++)
		if (flow_offers_way(&kiosk->flow, prompt, ways[i].way) &&
		    index-- == 0)
			return (int)i;
	return -1;
}

static void
on_way(guint index, void *data)
{
	Kiosk *kiosk = data;
	int i = nth_way(kiosk, index);

	if (i >= 0 &&
	    flow_choose_way(&kiosk->flow, kiosk->portrait, ways[i].way))
		kiosk_moved(kiosk);
}

static void
show_ways(Kiosk *kiosk)
{
	GArray *items = choose_items_new();
	const char *prompt = kiosk->flow.prompt;
	g_autofree char *key = g_strdup_printf("prompt.%s.say", prompt);
	const Asked asked = { kiosk_pack_word(kiosk, "prompt.*.ask", prompt),
			      kiosk_pack_word(kiosk, "prompt.*.say", prompt),
			      key };

	for (guint i = 0; nth_way(kiosk, i) >= 0; i++) {
		int way = nth_way(kiosk, i);

		choose_items_add(items, kiosk_word(kiosk, ways[way].word),
				 ui_icon(ways[way].icon, choose_picture_mm(3)),
				 NULL);
	}
	show_asked(kiosk, "ways", &asked, items, on_way);
}

/* --- answers --- */

static void
on_choice(guint index, void *data)
{
	Kiosk *kiosk = data;
	const PortraitPrompt *prompt = kiosk_prompt(kiosk);

	if (prompt != NULL && index < prompt->n_choices)
		answers_choose(kiosk, prompt->choices[index]);
}

static void
show_choices(Kiosk *kiosk)
{
	GArray *items = choose_items_new();
	const PortraitPrompt *prompt = kiosk_prompt(kiosk);
	double mm = choose_picture_mm((guint)prompt->n_choices);

	for (size_t i = 0; i < prompt->n_choices; i++) {
		g_autofree char *path = g_strdup_printf("icons/choice/%s.svg",
							prompt->choices[i]);

		choose_items_add(items,
				 kiosk_pack_word(kiosk, "choice.*",
						 prompt->choices[i]),
				 kiosk_pack_icon(kiosk, path, mm), NULL);
	}
	show_choice(kiosk, "choice",
		    kiosk_pack_word(kiosk, "prompt.*.ask", prompt->id), items,
		    on_choice);
}

static void
on_take(void *data)
{
	answers_take_photo(data);
}

static void
on_keep_photo(void *data)
{
	answers_keep_photo(data);
}

static void
show_photo(Kiosk *kiosk)
{
	const PhotoSpec spec = { .language = kiosk->language,
				 .take = on_take,
				 .keep = on_keep_photo,
				 .data = kiosk };
	const char *title =
		kiosk_pack_word(kiosk, "prompt.*.ask", kiosk->flow.prompt);
	GtkWidget *content = photo_screen_new(&spec);

	photo_screen_look(content, kiosk->seen);
	kiosk_say(kiosk, kiosk_word(kiosk, WORD_WAY_PHOTO), NULL);
	set_screen(kiosk, "photo", title, content, true);
}

static void
on_stroke(void *data)
{
	Kiosk *kiosk = data;

	answers_keep_draft(kiosk);
	kiosk_touched(kiosk);
}

static void
on_keep_drawing(void *data)
{
	answers_keep_drawing(data);
}

static void
show_drawing(Kiosk *kiosk)
{
	const DrawingSpec spec = { .language = kiosk->language,
				   .drawing = kiosk->drawing,
				   .changed = on_stroke,
				   .keep = on_keep_drawing,
				   .data = kiosk };
	const char *title =
		kiosk_pack_word(kiosk, "prompt.*.ask", kiosk->flow.prompt);

	kiosk_say(kiosk, kiosk_word(kiosk, WORD_WAY_DRAWING), NULL);
	set_screen(kiosk, "drawing", title, drawing_screen_new(&spec), true);
}

/* --- how did it go --- */

static void
on_level(guint index, void *data)
{
	Kiosk *kiosk = data;
	const PortraitScale *scale =
		kiosk_prompt(kiosk)->statement->band->self_scale;
	int level = index < scale->n_levels ? (int)index + 1 : 0;

	if (!flow_say_level(&kiosk->flow, level))
		return;
	answers_lay(kiosk);
	kiosk_show(kiosk);
}

static void
show_levels(Kiosk *kiosk)
{
	GArray *items = choose_items_new();
	const PortraitScale *scale =
		kiosk_prompt(kiosk)->statement->band->self_scale;
	guint n = (guint)scale->n_levels + 1;
	double mm = choose_picture_mm(n);

	for (size_t i = 0; i < scale->n_levels; i++) {
		g_autofree char *path =
			g_strdup_printf("icons/level/%s.svg", scale->levels[i]);

		choose_items_add(items,
				 kiosk_pack_word(kiosk, "scale.self.*",
						 scale->levels[i]),
				 kiosk_pack_icon(kiosk, path, mm), NULL);
	}
	choose_items_add(items, kiosk_word(kiosk, WORD_SKIP),
			 ui_icon("skip", mm * 0.6), NULL);
	show_choice(kiosk, "levels", kiosk_word(kiosk, WORD_HOW), items,
		    on_level);
}

/* --- saved, or stuck --- */

static gboolean
on_celebrated(void *data)
{
	Kiosk *kiosk = data;

	kiosk->step_timer = 0;
	kiosk_start_over(kiosk);
	return G_SOURCE_REMOVE;
}

static void
show_saved(Kiosk *kiosk)
{
	int stones = count_stones(kiosk);
	g_autofree char *name =
		words_with_number(kiosk->language, WORD_STONES, stones);
	const NoticeSpec spec = { .stones = stones,
				  .stones_name = name,
				  .words = kiosk_word(kiosk, WORD_SAVED) };

	kiosk_say(kiosk, spec.words, NULL);
	set_screen(kiosk, "saved", "", notice_screen_new(&spec), false);
	g_print("saved %" G_GINT64_FORMAT "\n", (gint64)kiosk->last_number);
	kiosk->step_timer = g_timeout_add(SAVED_MS, on_celebrated, kiosk);
}

static void
on_calm(void *data)
{
	kiosk_start_over(data);
}

static void
show_stuck(Kiosk *kiosk)
{
	const NoticeSpec spec = {
		.icon = "adult",
		.words = kiosk_word(kiosk, WORD_STUCK),
		.button = kiosk->store != NULL ? kiosk_word(kiosk, WORD_OK)
					       : NULL,
		.pressed = on_calm,
		.data = kiosk,
	};

	kiosk_say(kiosk, spec.words, NULL);
	set_screen(kiosk, "stuck", "", notice_screen_new(&spec), false);
}

void
steps_show(Kiosk *kiosk)
{
	static void (*const shows[])(Kiosk *) = {
		[FLOW_START] = show_start,       [FLOW_CLASSES] = show_classes,
		[FLOW_PICTURES] = show_pictures, [FLOW_HELLO] = show_hello,
		[FLOW_PROMPTS] = show_prompts,   [FLOW_WAYS] = show_ways,
		[FLOW_CHOICE] = show_choices,    [FLOW_PHOTO] = show_photo,
		[FLOW_DRAWING] = show_drawing,   [FLOW_LEVELS] = show_levels,
		[FLOW_SAVED] = show_saved,       [FLOW_STUCK] = show_stuck,
	};

	if (shows[kiosk->flow.step] != NULL)
		shows[kiosk->flow.step](kiosk);
}
