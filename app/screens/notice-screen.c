/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/notice-screen.h"

#include "app/screens/cairn.h"
#include "app/screens/frame.h"
#include "app/screens/ui.h"

#define PICTURE_MM  44.0
#define CAIRN_MM    62.0
#define SHARE       0.55 /* of the height, at most */
#define CAIRN_SHARE 0.4  /* of the width, beside the words */
#define BIG_CHARS   16   /* of a line */
#define SMALL_CHARS 24
#define LEAST_CHARS 9 /* beside a picture where there is little room */
#define WORDS_SHORT 48

static void
fill_picture(const NoticeSpec *spec, GtkBuilder *builder, GtkWidget *screen)
{
	GtkWidget *picture = ui_part(builder, "picture");
	double mm = MIN(PICTURE_MM, frame_height_mm() * SHARE);
	GtkWidget *cairn;

	gtk_widget_set_visible(picture, spec->icon != NULL);
	if (spec->icon != NULL) {
		ui_picture_fill(picture, ui_icon(spec->icon, mm), mm,
				spec->words);
		return;
	}
	mm = MIN(CAIRN_MM, frame_height_mm());
	mm = MIN(mm, frame_width_mm() * (ui_is_upright() ? 1 : CAIRN_SHARE));
	cairn = cairn_new(spec->stones, 0, true, spec->stones_name);
	gtk_widget_set_size_request(cairn, ui_mm(mm), ui_mm(mm));
	gtk_box_prepend(GTK_BOX(screen), cairn);
}

/* Much to say is said smaller. */
static void
set_words(GtkWidget *label, const char *words)
{
	bool is_long = g_utf8_strlen(words, -1) > WORDS_SHORT;
	int chars = is_long ? SMALL_CHARS : BIG_CHARS;

	gtk_label_set_label(GTK_LABEL(label), words);
	gtk_label_set_width_chars(GTK_LABEL(label), LEAST_CHARS);
	gtk_label_set_max_width_chars(GTK_LABEL(label), chars);
	gtk_widget_add_css_class(label, is_long ? "title" : "big");
}

GtkWidget *
notice_screen_new(const NoticeSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("notice-screen.ui");
	GtkWidget *screen = ui_part(builder, "notice");
	GtkWidget *button = ui_part(builder, "ok");
	GtkWidget *words = ui_part(builder, "words");

	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       ui_is_upright()
					       ? GTK_ORIENTATION_VERTICAL
					       : GTK_ORIENTATION_HORIZONTAL);
	gtk_box_set_spacing(GTK_BOX(screen), ui_mm(3 * FRAME_GAP_MM));
	gtk_box_set_spacing(GTK_BOX(ui_part(builder, "told")),
			    ui_mm(2 * FRAME_GAP_MM));
	fill_picture(spec, builder, screen);
	set_words(words, spec->words);
	gtk_widget_set_visible(button, spec->button != NULL);
	if (spec->button != NULL) {
		ui_button_fill(button, ui_icon("ok", 10), 10, spec->button,
			       spec->button);
		gtk_widget_add_css_class(button, "go");
		gtk_widget_set_size_request(button, ui_mm(40), ui_mm(22));
		g_signal_connect_swapped(button, "clicked",
					 G_CALLBACK(spec->pressed), spec->data);
	}
	return g_object_ref_sink(screen);
}
