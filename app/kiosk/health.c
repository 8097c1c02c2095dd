/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include "app/kiosk/health.h"

#include "app/kiosk/health-told.h"
#include "app/screens/words.h"

/* From the Makefile: the sources' day and commit. */
#ifndef CAIRN_VERSION
#define CAIRN_VERSION "unknown"
#endif

/* --- what is known --- */

static Sense
sense_of(const Kiosk *kiosk, const char *key, bool works)
{
	if (g_str_equal(settings_text(kiosk->settings, "kiosk", key), "none"))
		return SENSE_UNWANTED;
	return works ? SENSE_WORKS : SENSE_MISSING;
}

static HealthTold *
tell(const Kiosk *kiosk)
{
	g_autoptr(GError) error = NULL;
	StoreHealth store;
	const bool ok =
		kiosk->store != NULL &&
		store_read_health(kiosk->store, kiosk->clock, &store, &error);
	const HealthKnown known = {
		.store = ok ? &store : NULL,
		.store_fault = error != NULL                ? error->message
			       : kiosk->store_fault != NULL ? kiosk->store_fault
							    : "",
		.lrs = settings_text(kiosk->settings, "agent", "lrs"),
		.address = settings_text(kiosk->settings, "agent", "district"),
		.version = CAIRN_VERSION,
		.host = g_get_host_name(),
		.camera = sense_of(kiosk, "camera", !kiosk->no_camera),
		.scanner = sense_of(kiosk, "scanner", !kiosk->no_scanner),
		.voice = sense_of(kiosk, "speech",
				  speech_can_speak(kiosk->speech)),
	};

	return health_tell(&known, kiosk->language);
}

/* --- open and closed --- */

bool
health_may_open(const Kiosk *kiosk)
{
	return kiosk->flow.step == FLOW_START || kiosk->flow.step == FLOW_STUCK;
}

void
health_closed(Kiosk *kiosk)
{
	g_clear_pointer(&kiosk->health, g_free);
}

static gboolean
on_over(void *data)
{
	Kiosk *kiosk = data;

	kiosk->step_timer = 0;
	kiosk_show(kiosk);
	return G_SOURCE_REMOVE;
}

static void
restart_timer(Kiosk *kiosk)
{
	if (kiosk->step_timer != 0)
		g_source_remove(kiosk->step_timer);
	kiosk->step_timer =
		g_timeout_add_seconds((guint)settings_number(kiosk->settings,
							     "kiosk",
							     "health_seconds"),
				      on_over, kiosk);
}

static void
show(Kiosk *kiosk, const HealthTold *told)
{
	GtkWidget *content =
		health_screen_new((const HealthLine *)(void *)told->lines->data,
				  told->lines->len);

	kiosk_say(kiosk, told->headline, NULL);
	kiosk_set_screen(kiosk, told->headline, content, true);
	g_object_unref(content);
	kiosk->health = health_told_text(told);
}

void
health_open(Kiosk *kiosk)
{
	g_autoptr(HealthTold) told = tell(kiosk);

	show(kiosk, told);
	restart_timer(kiosk);
	g_print("step health\n");
}

void
health_touched(Kiosk *kiosk)
{
	if (kiosk->health != NULL)
		restart_timer(kiosk);
}

void
health_refresh(Kiosk *kiosk)
{
	g_autoptr(HealthTold) told = NULL;
	g_autofree char *text = NULL;

	if (kiosk->health == NULL)
		return;
	told = tell(kiosk);
	text = health_told_text(told);
	if (!g_str_equal(text, kiosk->health))
		show(kiosk, told);
}

/* --- keys --- */

static gboolean
on_key(GtkEventControllerKey *keys, guint key, guint code,
       GdkModifierType modifiers, void *data)
{
	Kiosk *kiosk = data;

	if (key == GDK_KEY_Escape && kiosk->health != NULL)
		kiosk_show(kiosk);
	else if ((key == GDK_KEY_h || key == GDK_KEY_H) &&
		 (modifiers & GDK_CONTROL_MASK) != 0 && health_may_open(kiosk))
		health_open(kiosk);
	else
		return GDK_EVENT_PROPAGATE;
	return GDK_EVENT_STOP;
}

void
health_listen(Kiosk *kiosk)
{
	GtkEventController *keys = gtk_event_controller_key_new();

	gtk_event_controller_set_propagation_phase(keys, GTK_PHASE_CAPTURE);
	g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), kiosk);
	gtk_widget_add_controller(kiosk->window, keys);
}
