/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include "app/kiosk/demo-strip.h"

#include "app/base/fault.h"
#include "app/cards/code.h"
#include "app/cards/sheet.h"
#include "app/screens/frame.h"
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
#define PHOTO_WIDTH  640
#define PHOTO_HEIGHT 480
#define PHOTO_TABLE  360 /* its edge */
#define ICON_PX      300
#define SUBJECT_MS   600000 /* until the step is left */
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
	GtkWidget *button, *card, *image, *label;
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
	label = ui_label_new(caption, NULL);
	card = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
	gtk_box_append(GTK_BOX(card), image);
	gtk_box_append(GTK_BOX(card), label);
	button = gtk_button_new();
	gtk_button_set_child(GTK_BUTTON(button), card);
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

/* --- something to photograph --- */

static void
paint_icon(cairo_t *cr, GdkTexture *icon)
{
	int width = gdk_texture_get_width(icon);
	int height = gdk_texture_get_height(icon);
	cairo_surface_t *pixels =
		cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
	double scale = ICON_PX / (double)height;

	gdk_texture_download(icon, cairo_image_surface_get_data(pixels),
			     (gsize)cairo_image_surface_get_stride(pixels));
	cairo_surface_mark_dirty(pixels);
	cairo_translate(cr, (PHOTO_WIDTH - ICON_PX) / 2.0,
			PHOTO_TABLE - ICON_PX * 0.9);
	cairo_scale(cr, scale, scale);
	cairo_set_source_surface(cr, pixels, 0, 0);
	cairo_paint(cr);
	cairo_surface_destroy(pixels);
}

/* The prompt's picture on a table, as a PNG. */
static GBytes *
paint_subject(Kiosk *kiosk, const PortraitPrompt *prompt)
{
	GdkPaintable *icon =
		kiosk_pack_icon(kiosk, prompt->icon, frame_height_mm());
	cairo_surface_t *sheet =
		cairo_image_surface_create(CAIRO_FORMAT_ARGB32, PHOTO_WIDTH,
					   PHOTO_HEIGHT);
	cairo_t *cr = cairo_create(sheet);
	g_autoptr(GBytes) pixels = NULL;
	g_autoptr(GdkTexture) texture = NULL;

	cairo_set_source_rgb(cr, 0.78, 0.89, 0.94);
	cairo_paint(cr);
	cairo_rectangle(cr, 0, PHOTO_TABLE, PHOTO_WIDTH, PHOTO_HEIGHT);
	cairo_set_source_rgb(cr, 0.80, 0.64, 0.46);
	cairo_fill(cr);
	if (icon != NULL)
		paint_icon(cr, GDK_TEXTURE(icon));
	cairo_destroy(cr);
	cairo_surface_flush(sheet);
	pixels = g_bytes_new(cairo_image_surface_get_data(sheet),
			     (gsize)PHOTO_WIDTH * PHOTO_HEIGHT * 4);
	cairo_surface_destroy(sheet);
	texture = gdk_memory_texture_new(PHOTO_WIDTH, PHOTO_HEIGHT,
					 GDK_MEMORY_DEFAULT, pixels,
					 (gsize)PHOTO_WIDTH * 4);
	return gdk_texture_save_to_png_bytes(texture);
}

void
demo_strip_follow_step(Kiosk *kiosk)
{
	const PortraitPrompt *prompt = kiosk_prompt(kiosk);
	g_autoptr(GBytes) subject = NULL;

	if (kiosk->strip == NULL || kiosk->camera == NULL ||
	    (kiosk->flow.step != FLOW_PHOTO && !kiosk->holds_subject))
		return;
	if (kiosk->flow.step == FLOW_PHOTO && prompt != NULL)
		subject = paint_subject(kiosk, prompt);
	kiosk->holds_subject =
		camera_hold(kiosk->camera, subject, SUBJECT_MS, NULL) &&
		subject != NULL;
}
