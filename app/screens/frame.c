/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/frame.h"

#include <math.h>

#include "app/screens/ui.h"
#include "app/screens/words.h"

#define TITLE_EM     1.3 /* as in kiosk.css */
#define ICON_MM      12.0
#define LIGHT_MM     11.0
#define WHO_MM       14.0
#define WHO_BELOW_MM 12.0

/* Narrower than that, the bar has no room for a title and a child's picture;
 * and then, beside the way back, none for the language. */
#define TITLE_BELOW_MM    136.0
#define LANGUAGE_FIRST_MM 84.0

#define STRAY_MM 8.0 /* a finger that goes further does not lie still */

static bool
has_title_below(void)
{
	return ui_width_mm() < TITLE_BELOW_MM;
}

double
frame_width_mm(void)
{
	return ui_width_mm() - 2 * FRAME_GAP_MM;
}

double
frame_height_mm(void)
{
	return ui_height_mm() - FRAME_BAR_MM - FRAME_BOTTOM_MM -
	       (has_title_below() ? FRAME_TITLE_MM : 0);
}

static void
fill_button(GtkBuilder *builder, const char *id, const char *icon,
	    const char *name, void (*pressed)(void *data), void *data)
{
	GtkWidget *button = ui_part(builder, id);

	if (pressed == NULL) {
		gtk_widget_set_visible(button, FALSE);
		return;
	}
	ui_button_fill(button, ui_icon(icon, ICON_MM), ICON_MM, NULL, name);
	gtk_widget_set_valign(button, GTK_ALIGN_CENTER);
	g_signal_connect_swapped(button, "clicked", G_CALLBACK(pressed), data);
}

static void
fill_picture(GtkBuilder *builder, const char *id, GdkPaintable *picture,
	     double mm, const char *name)
{
	GtkWidget *image = ui_part(builder, id);

	gtk_widget_set_visible(image, picture != NULL);
	if (picture == NULL)
		return;
	ui_picture_fill(image, picture, mm, name);
}

/* Of what is beside the title, in the bar or below it. */
static double
title_width_mm(void)
{
	double gaps_mm = 5 * FRAME_GAP_MM;

	if (has_title_below())
		return frame_width_mm() - WHO_BELOW_MM - gaps_mm;
	return frame_width_mm() - 3 * UI_TARGET_MM - WHO_MM - LIGHT_MM -
	       gaps_mm;
}

static void
fill_title(GtkBuilder *builder, const char *title)
{
	const bool below = has_title_below();
	GtkWidget *label = ui_part(builder, below ? "title-below" : "title");
	GtkWidget *other = ui_part(builder, below ? "title" : "title-below");

	gtk_label_set_label(GTK_LABEL(label), title);
	gtk_widget_add_css_class(label,
				 ui_has_room(title, TITLE_EM, title_width_mm(),
					     FRAME_TITLE_MM)
					 ? "title"
					 : "long-title");
	gtk_label_set_label(GTK_LABEL(other), "");
	gtk_widget_set_visible(ui_part(builder, "below"), below);
	gtk_widget_set_size_request(ui_part(builder, "below"), -1,
				    ui_mm(FRAME_TITLE_MM));
	gtk_widget_set_margin_start(ui_part(builder, "below"),
				    ui_mm(FRAME_GAP_MM));
	gtk_widget_set_margin_end(ui_part(builder, "below"),
				  ui_mm(FRAME_GAP_MM));
	gtk_box_set_spacing(GTK_BOX(ui_part(builder, "below")),
			    ui_mm(FRAME_GAP_MM));
}

static void
fill_who(GtkBuilder *builder, const FrameWords *words)
{
	const bool below = has_title_below();

	gtk_widget_set_visible(ui_part(builder, below ? "who" : "who-below"),
			       FALSE);
	fill_picture(builder, below ? "who-below" : "who", words->who,
		     below ? WHO_BELOW_MM : WHO_MM, words->who_name);
}

/* --- holding the light --- */

typedef struct {
	void (*held)(void *data);
	void *data;
	guint timer;
} Hold;

static void
let_go(Hold *hold)
{
	if (hold->timer != 0)
		g_source_remove(hold->timer);
	hold->timer = 0;
}

static void
hold_free(void *data)
{
	let_go(data);
	g_free(data);
}

/* Whoever is told may take this frame away, and the hold with it. */
static gboolean
on_held(void *data)
{
	Hold *hold = data;

	hold->timer = 0;
	hold->held(hold->data);
	return G_SOURCE_REMOVE;
}

static void
on_hold_begun(GtkGestureDrag *gesture, double x, double y, void *data)
{
	Hold *hold = data;

	let_go(hold);
	hold->timer = g_timeout_add(FRAME_HOLD_MS, on_held, hold);
}

static void
on_hold_moved(GtkGestureDrag *gesture, double x, double y, void *data)
{
	if (hypot(x, y) > ui_mm(STRAY_MM))
		let_go(data);
}

static void
on_hold_ended(GtkGestureDrag *gesture, double x, double y, void *data)
{
	let_go(data);
}

static void
on_hold_cancelled(GtkGesture *gesture, GdkEventSequence *sequence, void *data)
{
	let_go(data);
}

static void
make_holdable(GtkWidget *light, const FrameEvents *events)
{
	GtkGesture *gesture = gtk_gesture_drag_new();
	Hold *hold = g_new0(Hold, 1);

	hold->held = events->held;
	hold->data = events->data;
	g_object_set_data_full(G_OBJECT(light), "cairn-hold", hold, hold_free);
	g_signal_connect(gesture, "drag-begin", G_CALLBACK(on_hold_begun),
			 hold);
	g_signal_connect(gesture, "drag-update", G_CALLBACK(on_hold_moved),
			 hold);
	g_signal_connect(gesture, "drag-end", G_CALLBACK(on_hold_ended), hold);
	g_signal_connect(gesture, "cancel", G_CALLBACK(on_hold_cancelled),
			 hold);
	gtk_widget_add_controller(light, GTK_EVENT_CONTROLLER(gesture));
}

static void
fill_light(GtkBuilder *builder, const FrameWords *words,
	   const FrameEvents *events)
{
	const Word told = words->safe ? WORD_SAFE : WORD_NOT_SAFE_YET;

	fill_picture(builder, "light",
		     ui_icon(words->safe ? "safe" : "wait", LIGHT_MM), LIGHT_MM,
		     words_get(words->language, told));
	if (events->held != NULL)
		make_holdable(ui_part(builder, "light"), events);
}

static bool
has_language(const FrameEvents *events)
{
	return events->back == NULL || ui_width_mm() >= LANGUAGE_FIRST_MM;
}

GtkWidget *
frame_new(const FrameWords *words, const FrameEvents *events,
	  GtkWidget *content)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("frame.ui");
	GtkWidget *frame = ui_part(builder, "frame");
	GtkWidget *bar = ui_part(builder, "bar");
	const char *language = words->language;
	int gap = ui_mm(FRAME_GAP_MM);

	gtk_box_set_spacing(GTK_BOX(bar), gap);
	gtk_widget_set_margin_start(bar, gap);
	gtk_widget_set_margin_end(bar, gap);
	gtk_widget_set_size_request(bar, -1, ui_mm(FRAME_BAR_MM));
	fill_button(builder, "back", "back", words_get(language, WORD_BACK),
		    events->back, events->data);
	fill_button(builder, "again", "ear",
		    words_get(language, WORD_SAY_AGAIN), events->again,
		    events->data);
	fill_button(builder, "language", "language",
		    words_get(language, WORD_LANGUAGE),
		    has_language(events) ? events->language : NULL,
		    events->data);
	fill_title(builder, words->title);
	fill_who(builder, words);
	fill_light(builder, words, events);

	gtk_widget_set_margin_bottom(ui_part(builder, "content"),
				     ui_mm(FRAME_BOTTOM_MM));
	gtk_widget_set_margin_start(ui_part(builder, "content"), gap);
	gtk_widget_set_margin_end(ui_part(builder, "content"), gap);
	gtk_widget_set_hexpand(content, TRUE);
	gtk_widget_set_vexpand(content, TRUE);
	gtk_box_append(GTK_BOX(ui_part(builder, "content")), content);
	return g_object_ref_sink(frame);
}
