/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/start-screen.h"

#include "app/screens/frame.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

#define SIDE_MM 36.0

typedef struct {
	GtkWidget *lens, *cards; /* borrowed: the screen's */
} Start;

void
start_screen_look(GtkWidget *screen, GdkPaintable *seen)
{
	Start *start = g_object_get_data(G_OBJECT(screen), "cairn-start");

	gtk_picture_set_paintable(GTK_PICTURE(start->lens), seen);
	gtk_widget_set_visible(start->cards, seen == NULL);
}

GtkWidget *
start_screen_new(const StartSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("start-screen.ui");
	GtkWidget *screen = ui_part(builder, "start");
	GtkWidget *button = ui_part(builder, "no-badge");
	GtkWidget *stones = ui_part(builder, "stones");
	GtkWidget *lens_box = ui_part(builder, "lens-box");
	const char *no_badge = words_get(spec->language, WORD_NO_BADGE);
	Start *start = g_new0(Start, 1);
	int gap = ui_mm(FRAME_GAP_MM);

	start->lens = ui_part(builder, "lens");
	start->cards = ui_part(builder, "cards");
	g_object_set_data_full(G_OBJECT(screen), "cairn-start", start, g_free);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       ui_is_upright()
					       ? GTK_ORIENTATION_VERTICAL
					       : GTK_ORIENTATION_HORIZONTAL);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(ui_part(builder, "side")),
				       ui_is_upright()
					       ? GTK_ORIENTATION_HORIZONTAL
					       : GTK_ORIENTATION_VERTICAL);
	gtk_widget_set_halign(ui_part(builder, "side"), GTK_ALIGN_CENTER);
	gtk_box_set_spacing(GTK_BOX(screen), gap);
	gtk_box_set_spacing(GTK_BOX(ui_part(builder, "side")), 2 * gap);
	gtk_box_set_spacing(GTK_BOX(start->cards), 2 * gap);
	gtk_box_append(GTK_BOX(start->cards),
		       ui_picture_new(ui_icon("badge", 30), 30));
	ui_set_name(start->lens, words_get(spec->language, WORD_LENS));
	ui_set_name(lens_box, words_get(spec->language, WORD_LENS));

	ui_picture_fill(stones, ui_icon("stones", 20), 20, "Cairn");
	ui_button_fill(button, ui_icon("classroom", 18), 18, no_badge,
		       no_badge);
	gtk_widget_set_size_request(button, ui_mm(SIDE_MM), ui_mm(30));
	g_signal_connect_swapped(button, "clicked", G_CALLBACK(spec->no_badge),
				 spec->data);
	return g_object_ref_sink(screen);
}
