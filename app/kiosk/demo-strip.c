/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include "app/base/fault.h"
#include "app/cards/code.h"
#include "app/cards/sheet.h"
#include "app/kiosk/kiosk.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

/*
 * For a newcomer without a camera: printed cards beside the kiosk.  Tapping
 * one holds its picture before the lens, so the decoder reads it as it would
 * read paper.  Only in demo mode.
 */
#define HOLD_MS      2500
#define BADGES_SHOWN 4
#define CARDS_SHOWN  4
#define CARD_PX      108
#define DEMO_HOST    "CAIRN.EXAMPLE"

static void
on_card(GtkButton *button, void *data)
{
	Kiosk *kiosk = data;
	GBytes *picture = g_object_get_data(G_OBJECT(button), "cairn-card");
	g_autoptr(GError) error = NULL;

	kiosk_touched(kiosk);
	if (kiosk->camera == NULL ||
	    !camera_hold(kiosk->camera, picture, HOLD_MS, &error))
		g_message("a demo card cannot be held up%s%s",
			  error != NULL ? ": " : "",
			  error != NULL ? error->message : "");
}

static void
add_card(Kiosk *kiosk, GtkWidget *box, const char *text, GBytes *icon,
	 const char *caption)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GBytes) png = sheet_picture(text, icon, caption, &error);
	GtkWidget *button, *image;
	GdkPaintable *paintable;

	if (png == NULL) {
		g_warning("a demo card: %s", error->message);
		return;
	}
	paintable = ui_image(png);
	image = gtk_picture_new_for_paintable(paintable);
	g_clear_object(&paintable);
	gtk_widget_set_size_request(image, CARD_PX, CARD_PX * 3 / 4);
	ui_set_name(image, caption);
	button = gtk_button_new();
	gtk_button_set_child(GTK_BUTTON(button), image);
	ui_set_name(button, caption);
	g_object_set_data_full(G_OBJECT(button), "cairn-card", g_bytes_ref(png),
			       (GDestroyNotify)g_bytes_unref);
	g_signal_connect(button, "clicked", G_CALLBACK(on_card), kiosk);
	gtk_box_append(GTK_BOX(box), button);
}

static void
add_badges(Kiosk *kiosk, GtkWidget *box)
{
	const Roster *roster = kiosk->roster;
	size_t step = MAX(roster->n_learners / BADGES_SHOWN, 1);

	for (size_t i = 0; i < roster->n_learners; i += step) {
		const RosterLearner *at = &roster->learners[i];
		g_autofree char *path =
			g_strdup_printf("icons/pictures/%s.svg", at->picture);

		if (at->badges[0][0] != '\0')
			add_card(kiosk, box, at->badges[0],
				 portrait_peek_file(kiosk->portrait, path),
				 at->name);
	}
}

static void
add_prompts(Kiosk *kiosk, GtkWidget *box)
{
	size_t n = portrait_count_prompts(kiosk->portrait);
	size_t step = MAX(n / CARDS_SHOWN, 1);

	for (size_t i = 0; i < n; i += step) {
		const PortraitPrompt *at =
			portrait_get_prompt(kiosk->portrait, i);
		g_autofree char *text = code_format_prompt(DEMO_HOST, at->id);

		add_card(kiosk, box, text,
			 portrait_peek_file(kiosk->portrait, at->icon),
			 kiosk_pack_word(kiosk, "prompt.*.ask", at->id));
	}
}

GtkWidget *
demo_strip_new(Kiosk *kiosk)
{
	GtkWidget *strip = gtk_scrolled_window_new();

	gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(strip),
				       GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
	gtk_widget_set_size_request(strip, DEMO_STRIP_PX, -1);
	gtk_widget_add_css_class(strip, "strip");
	return strip;
}

void
demo_strip_fill(Kiosk *kiosk)
{
	GtkWidget *box;

	if (kiosk->strip == NULL || kiosk->portrait == NULL)
		return;
	box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
	gtk_box_append(GTK_BOX(box),
		       ui_label_new(kiosk_word(kiosk, WORD_DEMO), NULL));
	add_badges(kiosk, box);
	add_prompts(kiosk, box);
	add_card(kiosk, box, "4012345678901", NULL, "Cereal");
	gtk_scrolled_window_set_child(GTK_SCROLLED_WINDOW(kiosk->strip), box);
}
