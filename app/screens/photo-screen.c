/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/photo-screen.h"

#include <stdbool.h>

#include "app/screens/frame.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

#define BUTTON_WIDTH_MM  30.0
#define BUTTON_HEIGHT_MM 27.0
#define ICON_MM          14.0

typedef struct {
	GtkWidget *lens, *take, *keep, *again; /* borrowed: the screen's */
	bool taken;
} Photo;

static Photo *
photo_of(GtkWidget *screen)
{
	return g_object_get_data(G_OBJECT(screen), "cairn-photo");
}

void
photo_screen_look(GtkWidget *screen, GdkPaintable *seen)
{
	Photo *photo = photo_of(screen);

	if (!photo->taken)
		gtk_picture_set_paintable(GTK_PICTURE(photo->lens),
					  seen != NULL
						  ? seen
						  : ui_icon("asleep-camera",
							    frame_height_mm() *
								    0.6));
	gtk_widget_set_sensitive(photo->take, seen != NULL);
}

void
photo_screen_set_taken(GtkWidget *screen, GdkPaintable *taken)
{
	Photo *photo = photo_of(screen);

	photo->taken = taken != NULL;
	if (taken != NULL)
		gtk_picture_set_paintable(GTK_PICTURE(photo->lens), taken);
	gtk_widget_set_visible(photo->take, taken == NULL);
	gtk_widget_set_visible(photo->keep, taken != NULL);
	gtk_widget_set_visible(photo->again, taken != NULL);
}

static void
on_again(GtkWidget *screen)
{
	photo_screen_set_taken(screen, NULL);
}

static void
fill(GtkWidget *button, const char *icon, const char *label,
     const char *css_class)
{
	ui_button_fill(button, ui_icon(icon, ICON_MM), ICON_MM, label, label);
	gtk_widget_set_size_request(button, ui_mm(BUTTON_WIDTH_MM),
				    ui_mm(BUTTON_HEIGHT_MM));
	if (css_class != NULL)
		gtk_widget_add_css_class(button, css_class);
}

GtkWidget *
photo_screen_new(const PhotoSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("photo-screen.ui");
	GtkWidget *screen = ui_part(builder, "photo");
	GtkWidget *side = ui_part(builder, "side");
	Photo *photo = g_new0(Photo, 1);
	int gap = ui_mm(FRAME_GAP_MM);

	*photo = (Photo){ .lens = ui_part(builder, "lens"),
			  .take = ui_part(builder, "take"),
			  .keep = ui_part(builder, "keep"),
			  .again = ui_part(builder, "again") };
	g_object_set_data_full(G_OBJECT(screen), "cairn-photo", photo, g_free);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       ui_is_upright()
					       ? GTK_ORIENTATION_VERTICAL
					       : GTK_ORIENTATION_HORIZONTAL);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(side),
				       ui_is_upright()
					       ? GTK_ORIENTATION_HORIZONTAL
					       : GTK_ORIENTATION_VERTICAL);
	gtk_box_set_spacing(GTK_BOX(screen), gap);
	gtk_box_set_spacing(GTK_BOX(side), gap);
	ui_set_name(photo->lens, words_get(spec->language, WORD_LENS));
	fill(photo->take, "camera", words_get(spec->language, WORD_TAKE), NULL);
	fill(photo->keep, "ok", words_get(spec->language, WORD_KEEP), "go");
	fill(photo->again, "again", words_get(spec->language, WORD_TAKE_AGAIN),
	     NULL);
	g_signal_connect_swapped(photo->take, "clicked", G_CALLBACK(spec->take),
				 spec->data);
	g_signal_connect_swapped(photo->keep, "clicked", G_CALLBACK(spec->keep),
				 spec->data);
	g_signal_connect_swapped(photo->again, "clicked", G_CALLBACK(on_again),
				 screen);
	photo_screen_set_taken(screen, NULL);
	return g_object_ref_sink(screen);
}
