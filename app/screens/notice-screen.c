/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/notice-screen.h"

#include "app/screens/cairn.h"
#include "app/screens/confetti.h"
#include "app/screens/frame.h"
#include "app/screens/ui.h"

#define PICTURE_MM   44.0
#define CAIRN_LEAVES 0.2  /* of the height: one line */
#define SHARE        0.55 /* of the height, at most */
#define BUTTON_MM    22.0
#define GAP_MM       FRAME_GAP_MM
#define BIG_EM       1.8  /* as in kiosk.css */
#define WORDS_MM     88.0 /* wide at most beside a picture: easy to read */

/* Paper rains on a new stone, and on no word: they are there to be read. */
static GtkWidget *
celebrate(GtkWidget *cairn)
{
	GtkWidget *paper = confetti_new();
	GtkWidget *both;

	if (paper == NULL)
		return cairn;
	both = gtk_overlay_new();
	gtk_overlay_set_child(GTK_OVERLAY(both), cairn);
	gtk_overlay_add_overlay(GTK_OVERLAY(both), paper);
	return both;
}

/* The kiosk's picture, or with stones the cairn, which takes what room there
 * is above the words. */
static void
fill_picture(const NoticeSpec *spec, GtkBuilder *builder, GtkWidget *screen,
	     double mm)
{
	GtkWidget *picture = ui_part(builder, "picture");
	GtkWidget *cairn;

	gtk_widget_set_visible(picture, spec->icon != NULL);
	if (spec->icon != NULL) {
		ui_picture_fill(picture, ui_icon(spec->icon, mm), mm,
				spec->words);
		return;
	}
	cairn = celebrate(cairn_new(spec->stones, 0, true, spec->stones_name));
	gtk_widget_set_size_request(cairn, ui_mm(frame_width_mm()), -1);
	gtk_widget_set_vexpand(cairn, TRUE);
	gtk_widget_set_valign(screen, GTK_ALIGN_FILL);
	gtk_box_prepend(GTK_BOX(screen), cairn);
}

/* The room for words beside, or below, the picture; the cairn takes what they
 * leave. */
static double
words_width_mm(const NoticeSpec *spec, double picture_mm, bool upright)
{
	double mm = frame_width_mm();

	if (spec->icon == NULL)
		return mm;
	return MIN(upright ? mm : mm - picture_mm - 3 * GAP_MM, WORDS_MM);
}

static double
words_height_mm(const NoticeSpec *spec, double picture_mm, bool upright)
{
	double mm = frame_height_mm();

	if (spec->icon == NULL)
		return mm * (ui_is_upright() ? 1 : CAIRN_LEAVES);
	if (upright)
		mm -= picture_mm + 3 * GAP_MM;
	return spec->button != NULL ? mm - BUTTON_MM - 2 * GAP_MM : mm;
}

/* Big where there is room.  The width is given, not asked for: what a label
 * would have were it narrow is not the height that the screen needs. */
static void
set_words(GtkWidget *label, const char *words, double width_mm,
	  double height_mm)
{
	bool big = ui_has_room(words, BIG_EM, width_mm, height_mm);

	gtk_label_set_label(GTK_LABEL(label), words);
	gtk_widget_set_size_request(label, ui_mm(width_mm), -1);
	gtk_widget_add_css_class(label, big ? "big" : "title");
}

static void
set_button(GtkWidget *button, const NoticeSpec *spec)
{
	gtk_widget_set_visible(button, spec->button != NULL);
	if (spec->button == NULL)
		return;
	ui_button_fill(button, ui_icon("ok", 10), 10, spec->button,
		       spec->button);
	gtk_widget_add_css_class(button, "go");
	gtk_widget_set_size_request(button, ui_mm(40), ui_mm(BUTTON_MM));
	g_signal_connect_swapped(button, "clicked", G_CALLBACK(spec->pressed),
				 spec->data);
}

GtkWidget *
notice_screen_new(const NoticeSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("notice-screen.ui");
	GtkWidget *screen = ui_part(builder, "notice");
	double mm = MIN(PICTURE_MM, frame_height_mm() * SHARE);
	bool upright = ui_is_upright() || spec->icon == NULL;

	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       upright ? GTK_ORIENTATION_VERTICAL
					       : GTK_ORIENTATION_HORIZONTAL);
	gtk_box_set_spacing(GTK_BOX(screen), ui_mm(3 * GAP_MM));
	gtk_box_set_spacing(GTK_BOX(ui_part(builder, "told")),
			    ui_mm(2 * GAP_MM));
	fill_picture(spec, builder, screen, mm);
	set_words(ui_part(builder, "words"), spec->words,
		  words_width_mm(spec, mm, upright),
		  words_height_mm(spec, mm, upright));
	set_button(ui_part(builder, "ok"), spec);
	return g_object_ref_sink(screen);
}
