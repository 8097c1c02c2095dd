/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/hello-screen.h"

#include "app/screens/cairn.h"
#include "app/screens/frame.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

#define BUTTON_MM      27.0
#define BUTTON_WIDE_MM 31.0
#define GAP_MM         FRAME_GAP_MM
#define ICON_MM        15.0
#define NOTE_MM        12.0
#define PICTURE_MAX_MM 44.0

double
hello_picture_mm(bool has_note)
{
	double room = frame_height_mm() - BUTTON_MM - 4 * GAP_MM -
		      (has_note ? NOTE_MM : 0);

	room = MIN(room, (frame_width_mm() - 4 * GAP_MM) / 2);
	return MIN(room, PICTURE_MAX_MM);
}

static void
add_button(const HelloSpec *spec, GtkWidget *box, const char *icon, Word word,
	   void (*pressed)(void *data), const char *css_class)
{
	const char *label = words_get(spec->language, word);
	GtkWidget *button =
		ui_button_new(ui_icon(icon, ICON_MM), ICON_MM, label, label);

	gtk_widget_set_size_request(button,
				    ui_mm(MIN(BUTTON_WIDE_MM,
					      frame_width_mm() / 3 - GAP_MM)),
				    ui_mm(BUTTON_MM));
	if (css_class != NULL)
		gtk_widget_add_css_class(button, css_class);
	g_signal_connect_swapped(button, "clicked", G_CALLBACK(pressed),
				 spec->data);
	gtk_box_append(GTK_BOX(box), button);
}

static void
add_buttons(const HelloSpec *spec, GtkWidget *box)
{
	add_button(spec, box, "not-me", WORD_NOT_ME, spec->not_me, NULL);
	if (spec->has_draft)
		add_button(spec, box, "new", WORD_NEW, spec->start_new, NULL);
	if (spec->has_draft)
		add_button(spec, box, "draft", WORD_GO_ON_DRAFT, spec->go_on,
			   "go");
	else
		add_button(spec, box, "ok",
			   spec->note != NULL ? WORD_LOOK_AGAIN : WORD_GO_ON,
			   spec->go_on, "go");
}

/* Whoever listens is told of the ticks, too. */
static char *
name_cairn(const HelloSpec *spec)
{
	g_autofree char *stones =
		words_with_number(spec->language, WORD_STONES, spec->stones);
	g_autofree char *seen =
		words_with_number(spec->language, WORD_STONES_SEEN,
				  spec->confirmed);

	if (spec->confirmed <= 0)
		return g_steal_pointer(&stones);
	return g_strjoin(". ", stones, seen, NULL);
}

static void
add_cairn(const HelloSpec *spec, GtkWidget *box)
{
	g_autofree char *name = name_cairn(spec);
	double mm = hello_picture_mm(spec->note != NULL);
	GtkWidget *cairn;

	if (spec->stones <= 0)
		return;
	cairn = cairn_new(spec->stones, spec->confirmed, false, name);
	gtk_widget_set_size_request(cairn, ui_mm(mm), ui_mm(mm));
	gtk_box_append(GTK_BOX(box), cairn);
}

GtkWidget *
hello_screen_new(const HelloSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("hello-screen.ui");
	GtkWidget *screen = ui_part(builder, "hello");
	GtkWidget *note = ui_part(builder, "note");
	double mm = hello_picture_mm(spec->note != NULL);
	int gap = ui_mm(FRAME_GAP_MM);

	gtk_box_set_spacing(GTK_BOX(screen), 2 * gap);
	gtk_box_set_spacing(GTK_BOX(ui_part(builder, "you")), 3 * gap);
	gtk_box_set_spacing(GTK_BOX(ui_part(builder, "buttons")), gap);
	ui_picture_fill(ui_part(builder, "picture"),
			spec->picture != NULL ? spec->picture
					      : ui_icon("hello", mm),
			mm, words_get(spec->language, WORD_HELLO_UNKNOWN));
	gtk_label_set_label(GTK_LABEL(note),
			    spec->note != NULL ? spec->note : "");
	gtk_widget_set_visible(note, spec->note != NULL);
	add_cairn(spec, ui_part(builder, "cairn"));
	add_buttons(spec, ui_part(builder, "buttons"));
	return g_object_ref_sink(screen);
}
