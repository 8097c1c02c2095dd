/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/start-screen.h"

#include "app/screens/frame.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

#define SIDE_MM        36.0
#define BUTTON_MM      30.0
#define STONES_MM      26.0 /* less where there is less room */
#define REMINDER_MM    16.0 /* over what the camera sees */
#define BLIND_WIDTH_MM 56.0
#define BLIND_MM       48.0
#define SHARE          0.9 /* of the room that the drawing takes */

typedef struct {
	GtkWidget *lens, *hint, *reminder; /* borrowed: the screen's */
} Start;

void
start_screen_look(GtkWidget *screen, GdkPaintable *seen)
{
	Start *start = g_object_get_data(G_OBJECT(screen), "cairn-start");

	gtk_picture_set_paintable(GTK_PICTURE(start->lens), seen);
	gtk_widget_set_visible(start->hint, seen == NULL);
	gtk_widget_set_visible(start->reminder, seen != NULL);
}

/* As big as the lens lets it be. */
static double
hint_mm(void)
{
	double width = frame_width_mm(), height = frame_height_mm();

	if (ui_is_upright())
		height -= BUTTON_MM + FRAME_GAP_MM;
	else
		width -= SIDE_MM + FRAME_GAP_MM;
	return MIN(width, height) * SHARE;
}

static void
fill_lens(const StartSpec *spec, GtkBuilder *builder, Start *start)
{
	const char *name = words_get(spec->language, WORD_LENS);
	const char *show = words_get(spec->language, WORD_START);
	GtkWidget *box = ui_part(builder, "lens-box");

	start->lens = ui_part(builder, "lens");
	start->hint = ui_part(builder, "hint");
	start->reminder = ui_part(builder, "reminder");
	ui_set_name(start->lens, name);
	ui_set_name(box, name);
	ui_picture_fill(start->hint, ui_icon("show-badge", hint_mm()),
			hint_mm(), show);
	gtk_widget_set_valign(start->hint, GTK_ALIGN_END);
	ui_picture_fill(start->reminder, ui_icon("show-badge", REMINDER_MM),
			REMINDER_MM, show);
	gtk_widget_set_valign(start->reminder, GTK_ALIGN_END);
	gtk_widget_set_visible(box, !spec->blind);
}

static void
fill_side(const StartSpec *spec, GtkBuilder *builder)
{
	GtkWidget *side = ui_part(builder, "side");
	GtkWidget *button = ui_part(builder, "no-badge");
	const char *label =
		words_get(spec->language,
			  spec->blind ? WORD_WHICH_CLASS : WORD_NO_BADGE);
	double picture_mm = spec->blind ? BLIND_MM * 0.6 : BUTTON_MM * 0.6;
	double stones_mm = MIN(STONES_MM, frame_height_mm() - BUTTON_MM -
						  4 * FRAME_GAP_MM);

	gtk_orientable_set_orientation(GTK_ORIENTABLE(side),
				       ui_is_upright() != spec->blind
					       ? GTK_ORIENTATION_HORIZONTAL
					       : GTK_ORIENTATION_VERTICAL);
	gtk_widget_set_halign(side, GTK_ALIGN_CENTER);
	gtk_box_set_spacing(GTK_BOX(side), ui_mm(2 * FRAME_GAP_MM));
	ui_picture_fill(ui_part(builder, "stones"),
			ui_icon("stones", stones_mm), stones_mm, "Cairn");
	ui_button_fill(button, ui_icon("classroom", picture_mm), picture_mm,
		       label, label);
	gtk_widget_set_size_request(button,
				    ui_mm(spec->blind ? BLIND_WIDTH_MM
						      : SIDE_MM),
				    ui_mm(spec->blind ? BLIND_MM : BUTTON_MM));
	g_signal_connect_swapped(button, "clicked", G_CALLBACK(spec->no_badge),
				 spec->data);
}

GtkWidget *
start_screen_new(const StartSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("start-screen.ui");
	GtkWidget *screen = ui_part(builder, "start");
	Start *start = g_new0(Start, 1);

	g_object_set_data_full(G_OBJECT(screen), "cairn-start", start, g_free);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       ui_is_upright()
					       ? GTK_ORIENTATION_VERTICAL
					       : GTK_ORIENTATION_HORIZONTAL);
	gtk_box_set_spacing(GTK_BOX(screen), ui_mm(FRAME_GAP_MM));
	if (spec->blind) {
		gtk_widget_set_halign(screen, GTK_ALIGN_CENTER);
		gtk_widget_set_valign(screen, GTK_ALIGN_CENTER);
	}
	fill_lens(spec, builder, start);
	fill_side(spec, builder);
	start_screen_look(screen, NULL);
	return g_object_ref_sink(screen);
}
