/* SPDX-License-Identifier: Apache-2.0 */
#include "app/kiosk/idle.h"

#include "app/kiosk/health.h"
#include "app/screens/notice-screen.h"
#include "app/screens/words.h"
#include "app/store/store-tidy.h"

static gboolean on_idle(void *data);

static void
restart_idle(Kiosk *kiosk, const char *key)
{
	if (kiosk->idle_timer != 0)
		g_source_remove(kiosk->idle_timer);
	kiosk->idle_timer =
		g_timeout_add_seconds((guint)settings_number(kiosk->settings,
							     "kiosk", key),
				      on_idle, kiosk);
}

static void
on_answered(void *data)
{
	kiosk_show(data);
}

static void
warn_idle(Kiosk *kiosk)
{
	const NoticeSpec spec = {
		.icon = "sleep",
		.words = kiosk_word(kiosk, WORD_STILL_THERE),
		.button = kiosk_word(kiosk, WORD_HERE),
		.pressed = on_answered,
		.data = kiosk,
	};
	GtkWidget *content = notice_screen_new(&spec);

	kiosk_set_screen(kiosk, "", content, false);
	g_object_unref(content);
	kiosk_say(kiosk, spec.words, NULL);
	restart_idle(kiosk, "warn_seconds");
	g_print("step still-there\n");
}

/* Nobody is at work, so no photo is between being taken and being named. */
static void
rest(Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;

	if (kiosk->store == NULL)
		return;
	store_rest(kiosk->store);
	if (!store_tidy(kiosk->store, &error))
		g_message("%s", error->message);
}

static gboolean
on_idle(void *data)
{
	Kiosk *kiosk = data;

	kiosk->idle_timer = 0;
	switch (flow_idle(&kiosk->flow)) {
	case FLOW_IDLE_REST:
		rest(kiosk);
		if (!g_str_equal(kiosk->language, kiosk_school_language(kiosk)))
			kiosk_start_over(kiosk);
		break;
	case FLOW_IDLE_WARN:
		warn_idle(kiosk);
		return G_SOURCE_REMOVE;
	case FLOW_IDLE_END:
		kiosk_start_over(kiosk);
		break;
	}
	restart_idle(kiosk, "idle_seconds");
	return G_SOURCE_REMOVE;
}

void
kiosk_touched(Kiosk *kiosk)
{
	restart_idle(kiosk, "idle_seconds");
	health_touched(kiosk);
	if (flow_touched(&kiosk->flow))
		kiosk_show(kiosk);
}

static bool
is_press(GdkEvent *event)
{
	GdkEventType type = gdk_event_get_event_type(event);

	return type == GDK_BUTTON_PRESS || type == GDK_TOUCH_BEGIN ||
	       type == GDK_KEY_PRESS;
}

/* A press anywhere answers "are you still there?", and does no more. */
static gboolean
on_event(GtkEventControllerLegacy *controller, GdkEvent *event, void *data)
{
	Kiosk *kiosk = data;
	bool answers = kiosk->flow.warned;

	if (!is_press(event) &&
	    (answers || gdk_event_get_event_type(event) != GDK_MOTION_NOTIFY))
		return GDK_EVENT_PROPAGATE;
	kiosk_touched(kiosk);
	return answers ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

void
idle_restart(Kiosk *kiosk)
{
	restart_idle(kiosk, "idle_seconds");
}

void
idle_listen(Kiosk *kiosk)
{
	GtkEventController *any = gtk_event_controller_legacy_new();

	gtk_event_controller_set_propagation_phase(any, GTK_PHASE_CAPTURE);
	g_signal_connect(any, "event", G_CALLBACK(on_event), kiosk);
	gtk_widget_add_controller(kiosk->window, any);
}
