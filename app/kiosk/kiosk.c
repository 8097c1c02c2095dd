/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include "app/kiosk/kiosk.h"

#include "app/base/fault.h"
#include "app/kiosk/demo-strip.h"
#include "app/kiosk/health.h"
#include "app/kiosk/idle.h"
#include "app/screens/frame.h"
#include "app/screens/land.h"
#include "app/screens/notice-screen.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"
#include "app/store/store-health.h"
#include "app/store/store-roster.h"

#define POLL_MS      2000
#define WORD_MAX_KEY 128

/* --- words and pictures --- */

const char *
kiosk_word(const Kiosk *kiosk, int word)
{
	return words_get(kiosk->language, (Word)word);
}

const char *
kiosk_pack_word(const Kiosk *kiosk, const char *format, const char *id)
{
	g_auto(GStrv) parts = g_strsplit(format, "*", 2);
	g_autofree char *key = g_strconcat(parts[0], id, parts[1], NULL);
	const char *word = portrait_word(kiosk->portrait, kiosk->language, key);

	return word != NULL ? word : id;
}

GdkPaintable *
kiosk_pack_icon(const Kiosk *kiosk, const char *path, double mm)
{
	GBytes *svg = kiosk->portrait != NULL
			      ? portrait_peek_file(kiosk->portrait, path)
			      : NULL;

	return ui_svg(svg, mm);
}

const PortraitPrompt *
kiosk_prompt(const Kiosk *kiosk)
{
	return kiosk->portrait != NULL
		       ? portrait_find_prompt(kiosk->portrait,
					      kiosk->flow.prompt)
		       : NULL;
}

static void
say_now(Kiosk *kiosk)
{
	GBytes *recording = NULL;

	if (kiosk->said == NULL)
		return;
	if (kiosk->said_key != NULL && kiosk->portrait != NULL)
		recording =
			portrait_peek_speech(kiosk->portrait, kiosk->language,
					     kiosk->said_key);
	speech_say(kiosk->speech, kiosk->language, kiosk->said, recording);
}

static void
set_said(Kiosk *kiosk, const char *text, const char *key)
{
	g_autofree char *said = g_strdup(text);
	g_autofree char *said_key = g_strdup(key);

	g_free(kiosk->said);
	g_free(kiosk->said_key);
	kiosk->said = g_steal_pointer(&said);
	kiosk->said_key = g_steal_pointer(&said_key);
}

/* The start is silent: nobody is there to hear it. */
void
kiosk_say(Kiosk *kiosk, const char *text, const char *key)
{
	set_said(kiosk, text, key);
	if (kiosk->flow.step != FLOW_START)
		say_now(kiosk);
}

/* --- what the district and the agent have written --- */

static void
load_pack(Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GHashTable) files = store_read_pack(kiosk->store, &error);
	g_autoptr(Portrait) portrait = NULL;
	Roster *roster = NULL;

	if (files != NULL && g_hash_table_size(files) > 0)
		portrait = portrait_load(files, &error);
	if (error == NULL)
		roster = store_read_roster(kiosk->store, &error);
	if (error != NULL) {
		g_warning("what the district sent is not usable: %s",
			  error->message);
		return;
	}
	portrait_free(kiosk->portrait);
	roster_free(kiosk->roster);
	kiosk->portrait = g_steal_pointer(&portrait);
	kiosk->roster = roster;
}

static bool
look_for_bundle(Kiosk *kiosk)
{
	g_autofree char *etag = store_get_bundle_etag(kiosk->store, NULL);

	if (etag == NULL || g_strcmp0(etag, kiosk->etag) == 0)
		return false;
	g_free(kiosk->etag);
	kiosk->etag = g_steal_pointer(&etag);
	load_pack(kiosk);
	demo_strip_fill(kiosk);
	g_print("bundle\n");
	return true;
}

static bool
look_at_link(Kiosk *kiosk)
{
	StoreLink link;
	OutboxCounts counts;
	bool was = kiosk->safe;

	if (!store_get_link(kiosk->store, &link, NULL) ||
	    !store_count_outbox(kiosk->store, &counts, NULL))
		return false;
	kiosk->safe = store_is_safe(&counts, &link,
				    settings_text(kiosk->settings, "agent",
						  "lrs")[0] != '\0');
	return kiosk->safe != was;
}

static bool
open_store(Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;

	kiosk->store =
		store_open(settings_text(kiosk->settings, "kiosk", "store"),
			   &error);
	g_clear_pointer(&kiosk->store_fault, g_free);
	if (kiosk->store == NULL) {
		g_warning("%s", error->message);
		kiosk->store_fault = g_strdup(error->message);
		return false;
	}
	look_for_bundle(kiosk);
	look_at_link(kiosk);
	return true;
}

/* --- the frame around a step --- */

static void
on_back(void *data)
{
	Kiosk *kiosk = data;
	const bool leaves = kiosk->flow.step == FLOW_HELLO;

	if (kiosk->health != NULL)
		kiosk_show(kiosk);
	else if (!leaves && kiosk->portrait != NULL &&
		 flow_back(&kiosk->flow, kiosk->portrait))
		kiosk_moved(kiosk);
	else
		kiosk_start_over(kiosk);
}

static void
on_again(void *data)
{
	say_now(data);
}

static void
on_language(void *data)
{
	Kiosk *kiosk = data;
	bool spanish = g_str_has_prefix(kiosk->language, "es");

	g_strlcpy(kiosk->language, spanish ? "en" : "es",
		  sizeof(kiosk->language));
	if (kiosk->health != NULL)
		health_open(kiosk);
	else
		kiosk_show(kiosk);
	if (kiosk->flow.step == FLOW_START) /* which is silent by itself */
		say_now(kiosk);
}

static void
on_light_held(void *data)
{
	health_open(data);
}

static GdkPaintable *
who_picture(const Kiosk *kiosk)
{
	g_autofree char *path =
		g_strdup_printf("icons/pictures/%s.svg", kiosk->flow.picture);

	return kiosk->flow.picture[0] != '\0' ? kiosk_pack_icon(kiosk, path, 14)
					      : NULL;
}

void
kiosk_set_screen(Kiosk *kiosk, const char *title, GtkWidget *content,
		 bool may_go_back)
{
	const FrameEvents events = { .back = may_go_back ? on_back : NULL,
				     .again = on_again,
				     .language = on_language,
				     .held = health_may_open(kiosk)
						     ? on_light_held
						     : NULL,
				     .data = kiosk };
	const FrameWords words = {
		.language = kiosk->language,
		.title = title,
		.who = kiosk->flow.step != FLOW_HELLO ? who_picture(kiosk)
						      : NULL,
		.who_name = kiosk->flow.name,
		.safe = kiosk->safe,
	};
	GtkWidget *frame = frame_new(&words, &events, content);
	GtkWidget *old = gtk_widget_get_first_child(kiosk->slot);

	health_closed(kiosk);
	if (old != NULL)
		gtk_box_remove(GTK_BOX(kiosk->slot), old);
	g_set_object(&kiosk->content, content);
	gtk_box_append(GTK_BOX(kiosk->slot), frame);
	g_object_unref(frame);
	ui_screen_shown();
}

void
kiosk_show(Kiosk *kiosk)
{
	if (kiosk->step_timer != 0)
		g_source_remove(kiosk->step_timer);
	kiosk->step_timer = 0;
	flow_touched(&kiosk->flow);
	steps_show(kiosk);
	senses_follow_step(kiosk);
	demo_strip_follow_step(kiosk);
}

void
kiosk_moved(Kiosk *kiosk)
{
	answers_follow_prompt(kiosk);
	answers_keep_draft(kiosk);
	kiosk_show(kiosk);
}

void
kiosk_stuck(Kiosk *kiosk, const GError *error)
{
	g_warning("%s", error->message);
	flow_stuck(&kiosk->flow);
	kiosk_show(kiosk);
}

const char *
kiosk_school_language(const Kiosk *kiosk)
{
	return settings_text(kiosk->settings, "kiosk", "language");
}

/* The next child hears the school's language first. */
void
kiosk_start_over(Kiosk *kiosk)
{
	answers_keep_draft(kiosk);
	speech_stop(kiosk->speech);
	flow_end(&kiosk->flow);
	answers_forget(kiosk);
	g_strlcpy(kiosk->language, kiosk_school_language(kiosk),
		  sizeof(kiosk->language));
	if (kiosk->store == NULL && !open_store(kiosk))
		flow_stuck(&kiosk->flow);
	kiosk_show(kiosk);
}

/* --- notices --- */

static gboolean
on_notice_over(void *data)
{
	Kiosk *kiosk = data;

	kiosk->step_timer = 0;
	kiosk_show(kiosk);
	return G_SOURCE_REMOVE;
}

static void
on_notice_pressed(void *data)
{
	kiosk_show(data);
}

void
kiosk_notice(Kiosk *kiosk, const char *name, const char *icon, int word)
{
	const NoticeSpec spec = { .icon = icon,
				  .words = kiosk_word(kiosk, word),
				  .button = kiosk_word(kiosk, WORD_OK),
				  .pressed = on_notice_pressed,
				  .data = kiosk };
	GtkWidget *content = notice_screen_new(&spec);

	kiosk_set_screen(kiosk, "", content, false);
	g_object_unref(content);
	set_said(kiosk, spec.words, NULL);
	say_now(kiosk);
	g_print("step %s\n", name);
	if (kiosk->step_timer != 0)
		g_source_remove(kiosk->step_timer);
	kiosk->step_timer =
		g_timeout_add_seconds((guint)settings_number(kiosk->settings,
							     "kiosk",
							     "notice_seconds"),
				      on_notice_over, kiosk);
}

/* --- looking now and again --- */

static bool
is_between_children(const Kiosk *kiosk)
{
	return kiosk->flow.step == FLOW_START && kiosk->step_timer == 0;
}

static gboolean
on_poll(void *data)
{
	Kiosk *kiosk = data;
	bool changed = false;

	if (kiosk->health != NULL && kiosk->store != NULL) {
		look_at_link(kiosk);
		health_refresh(kiosk);
	}
	if (kiosk->store == NULL || !is_between_children(kiosk))
		return G_SOURCE_CONTINUE;
	changed = look_for_bundle(kiosk);
	changed = look_at_link(kiosk) || changed;
	if (changed)
		kiosk_show(kiosk);
	return G_SOURCE_CONTINUE;
}

/* --- the window --- */

static int
strip_width(const Kiosk *kiosk)
{
	return kiosk->strip != NULL ? DEMO_STRIP_PX : 0;
}

static void
set_size(Kiosk *kiosk, int width, int height)
{
	int64_t um = settings_number(kiosk->settings, "kiosk", "um_per_px");
	int room = width - strip_width(kiosk);

	kiosk->width = width;
	kiosk->height = height;
	ui_set_size(room, height,
		    um > 0 ? 1000.0 / (double)um
			   : ui_guess_px_per_mm(room, height));
}

static void
on_layout(GdkSurface *surface, int width, int height, void *data)
{
	Kiosk *kiosk = data;

	if (width == kiosk->width && height == kiosk->height)
		return;
	set_size(kiosk, width, height);
	kiosk_show(kiosk);
}

static void
on_first_frame(GdkFrameClock *frames, void *data)
{
	Kiosk *kiosk = data;

	g_signal_handlers_disconnect_by_func(frames, on_first_frame, data);
	g_print("ready\n");
	senses_start(kiosk);
}

static void
on_realize(GtkWidget *window, void *data)
{
	GdkSurface *surface = gtk_native_get_surface(GTK_NATIVE(window));

	g_signal_connect(surface, "layout", G_CALLBACK(on_layout), data);
	g_signal_connect(gtk_widget_get_frame_clock(window), "after-paint",
			 G_CALLBACK(on_first_frame), data);
}

static void
make_window(Kiosk *kiosk, GtkApplication *app, int width, int height)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
	GtkWidget *room = gtk_overlay_new();
	bool demo = settings_flag(kiosk->settings, "kiosk", "demo");

	kiosk->window = gtk_application_window_new(app);
	kiosk->slot = gtk_box_new(GTK_ORIENTATION_VERTICAL, 0);
	/* An overlay asks for no room: no screen can push the window wider. */
	gtk_widget_set_hexpand(room, TRUE);
	gtk_overlay_set_child(GTK_OVERLAY(room), land_new());
	gtk_overlay_add_overlay(GTK_OVERLAY(room), kiosk->slot);
	gtk_box_append(GTK_BOX(box), room);
	if (demo) {
		kiosk->strip = demo_strip_new(kiosk);
		gtk_box_append(GTK_BOX(box), kiosk->strip);
	}
	set_size(kiosk, width, height);
	gtk_window_set_title(GTK_WINDOW(kiosk->window), "Cairn");
	gtk_window_set_child(GTK_WINDOW(kiosk->window), box);
	gtk_window_set_default_size(GTK_WINDOW(kiosk->window), width, height);
	gtk_window_set_decorated(GTK_WINDOW(kiosk->window), demo);
	if (settings_flag(kiosk->settings, "kiosk", "fullscreen"))
		gtk_window_fullscreen(GTK_WINDOW(kiosk->window));
	idle_listen(kiosk);
	health_listen(kiosk);
	g_signal_connect(kiosk->window, "realize", G_CALLBACK(on_realize),
			 kiosk);
}

Kiosk *
kiosk_new(Settings *settings, GtkApplication *app, int width, int height)
{
	static const bool capable[PIECE_KINDS + 1] = { [PIECE_PHOTO] = true,
						       [PIECE_DRAWING] = true,
						       [PIECE_CHOICE] = true };
	Kiosk *kiosk = g_new0(Kiosk, 1);

	kiosk->settings = settings;
	kiosk->clock = clock_system();
	g_strlcpy(kiosk->language, kiosk_school_language(kiosk),
		  sizeof(kiosk->language));
	kiosk->speech = speech_new(settings_text(settings, "kiosk", "speech"));
	kiosk->drawing = drawing_new();
	flow_init(&kiosk->flow, capable);
	senses_init(kiosk);
	make_window(kiosk, app, width, height);
	if (!open_store(kiosk))
		flow_stuck(&kiosk->flow);
	kiosk_show(kiosk);
	idle_restart(kiosk);
	kiosk->poll_timer = g_timeout_add(POLL_MS, on_poll, kiosk);
	gtk_window_present(GTK_WINDOW(kiosk->window));
	return kiosk;
}

void
kiosk_free(Kiosk *kiosk)
{
	const guint timers[] = { kiosk->idle_timer, kiosk->poll_timer,
				 kiosk->step_timer, kiosk->retry_timer };

	for (size_t i = 0; i < G_N_ELEMENTS(timers); i++)
		if (timers[i] != 0)
			g_source_remove(timers[i]);
	answers_keep_draft(kiosk);
	senses_stop(kiosk);
	speech_free(kiosk->speech);
	g_clear_object(&kiosk->content);
	gtk_window_destroy(GTK_WINDOW(kiosk->window));
	g_clear_object(&kiosk->seen);
	g_clear_pointer(&kiosk->photo, g_bytes_unref);
	drawing_free(kiosk->drawing);
	portrait_free(kiosk->portrait);
	roster_free(kiosk->roster);
	store_close(kiosk->store);
	settings_free(kiosk->settings);
	g_free(kiosk->etag);
	g_free(kiosk->said);
	g_free(kiosk->said_key);
	g_free(kiosk->store_fault);
	g_free(kiosk->health);
	g_free(kiosk);
}
