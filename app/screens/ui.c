/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "screens"

#include "app/screens/ui.h"

#include <librsvg/rsvg.h>
#include <math.h>
#include <string.h>

#include "app/base/clock.h"

#define DIAGONAL_MM   178.0  /* of a 7-inch panel */
#define SETTLE_US     250000 /* presses that soon were for another screen */
#define RESOURCES     "/cairn/screens/"
#define PICTURES_KEPT 400
#define LABEL_LINES   3
#define LETTER_EM     0.47 /* wide, on average */
#define LINE_EM       1.35 /* high */
#define LINE_FILLED   0.85 /* of a line, until a word goes to the next */

static struct {
	double px_per_mm;
	int width, height;
	int64_t shown_us;     /* clock_measure(), when the step came up */
	GHashTable *pictures; /* "address size" → GdkPaintable */
	GHashTable *icons;    /* name → GBytes */
	GtkCssProvider *sizes;
} ui;

/* --- sizes --- */

static void
apply_font_size(void)
{
	g_autofree char *css =
		g_strdup_printf("window, tooltip { font-size: %dpx; }",
				ui_mm(UI_FONT_MM));

	if (ui.sizes == NULL) {
		ui.sizes = gtk_css_provider_new();
		gtk_style_context_add_provider_for_display(
			gdk_display_get_default(), GTK_STYLE_PROVIDER(ui.sizes),
			GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
	}
	gtk_css_provider_load_from_data(ui.sizes, css, -1);
}

double
ui_guess_px_per_mm(int width, int height)
{
	return sqrt((double)width * width + (double)height * height) /
	       DIAGONAL_MM;
}

void
ui_set_size(int width, int height, double px_per_mm)
{
	ui.width = width;
	ui.height = height;
	ui.px_per_mm = px_per_mm;
	apply_font_size();
}

int
ui_mm(double mm)
{
	return (int)(mm * ui.px_per_mm + 0.5);
}

double
ui_width_mm(void)
{
	return ui.width / ui.px_per_mm;
}

double
ui_height_mm(void)
{
	return ui.height / ui.px_per_mm;
}

bool
ui_is_upright(void)
{
	return ui.height > ui.width;
}

bool
ui_has_room(const char *text, double em, double width_mm, double height_mm)
{
	double all_mm =
		(double)g_utf8_strlen(text, -1) * em * UI_FONT_MM * LETTER_EM;
	double lines = all_mm <= width_mm
			       ? 1
			       : ceil(all_mm / (width_mm * LINE_FILLED));

	return lines * em * UI_FONT_MM * LINE_EM <= height_mm;
}

bool
ui_may_move(void)
{
	gboolean animate = TRUE;

	g_object_get(gtk_settings_get_default(), "gtk-enable-animations",
		     &animate, NULL);
	return animate;
}

/* --- pictures --- */

static GdkPaintable *
draw_svg(GBytes *svg, int size)
{
	g_autoptr(GError) error = NULL;
	RsvgHandle *handle =
		rsvg_handle_new_from_data(g_bytes_get_data(svg, NULL),
					  g_bytes_get_size(svg), &error);
	const RsvgRectangle area = { 0, 0, size, size };
	cairo_surface_t *sheet;
	GdkTexture *texture;
	cairo_t *cr;
	GBytes *pixels;

	if (handle == NULL) {
		g_message("a picture cannot be drawn: %s", error->message);
		return NULL;
	}
	sheet = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size);
	cr = cairo_create(sheet);
	rsvg_handle_render_document(handle, cr, &area, NULL);
	g_object_unref(handle);
	cairo_destroy(cr);
	cairo_surface_flush(sheet);
	pixels = g_bytes_new(cairo_image_surface_get_data(sheet),
			     (gsize)cairo_image_surface_get_stride(sheet) *
				     (gsize)size);
	texture = gdk_memory_texture_new(size, size, GDK_MEMORY_DEFAULT, pixels,
					 (gsize)cairo_image_surface_get_stride(
						 sheet));
	cairo_surface_destroy(sheet);
	g_bytes_unref(pixels);
	return GDK_PAINTABLE(texture);
}

GdkPaintable *
ui_svg(GBytes *svg, double mm)
{
	int size = MAX(ui_mm(mm), 1);
	g_autofree char *key = NULL;
	GdkPaintable *picture;

	if (svg == NULL)
		return NULL;
	key = g_strdup_printf("%p %d", g_bytes_get_data(svg, NULL), size);
	if (ui.pictures == NULL)
		ui.pictures = g_hash_table_new_full(g_str_hash, g_str_equal,
						    g_free, g_object_unref);
	picture = g_hash_table_lookup(ui.pictures, key);
	if (picture != NULL)
		return picture;
	picture = draw_svg(svg, size);
	if (picture == NULL)
		return NULL;
	if (g_hash_table_size(ui.pictures) >= PICTURES_KEPT)
		g_hash_table_remove_all(ui.pictures);
	g_hash_table_insert(ui.pictures, g_steal_pointer(&key), picture);
	return picture;
}

GdkPaintable *
ui_icon(const char *name, double mm)
{
	g_autofree char *path = g_strdup_printf(RESOURCES "icons/%s.svg", name);
	GBytes *svg;

	if (ui.icons == NULL)
		ui.icons =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      (GDestroyNotify)g_bytes_unref);
	svg = g_hash_table_lookup(ui.icons, name);
	if (svg == NULL) {
		svg = g_resources_lookup_data(path, 0, NULL);
		g_return_val_if_fail(svg != NULL, NULL);
		g_hash_table_insert(ui.icons, g_strdup(name), svg);
	}
	return ui_svg(svg, mm);
}

GdkPaintable *
ui_image(GBytes *bytes)
{
	GdkTexture *texture = gdk_texture_new_from_bytes(bytes, NULL);

	return texture != NULL ? GDK_PAINTABLE(texture) : NULL;
}

/* A GtkImage keeps to its size, where a GtkPicture takes what there is. */
GtkWidget *
ui_picture_new(GdkPaintable *picture, double mm)
{
	GtkWidget *image = gtk_image_new_from_paintable(picture);

	gtk_image_set_pixel_size(GTK_IMAGE(image), ui_mm(mm));
	gtk_widget_set_halign(image, GTK_ALIGN_CENTER);
	gtk_widget_set_valign(image, GTK_ALIGN_CENTER);
	return image;
}

void
ui_picture_fill(GtkWidget *image, GdkPaintable *picture, double mm,
		const char *name)
{
	gtk_image_set_from_paintable(GTK_IMAGE(image), picture);
	gtk_image_set_pixel_size(GTK_IMAGE(image), ui_mm(mm));
	gtk_widget_set_valign(image, GTK_ALIGN_CENTER);
	ui_set_name(image, name);
}

GtkWidget *
ui_label_new(const char *text, const char *css_class)
{
	GtkWidget *label = gtk_label_new(text);

	gtk_label_set_wrap(GTK_LABEL(label), TRUE);
	gtk_label_set_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
	gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
	if (css_class != NULL)
		gtk_widget_add_css_class(label, css_class);
	return label;
}

void
ui_set_name(GtkWidget *widget, const char *name)
{
	gtk_accessible_update_property(GTK_ACCESSIBLE(widget),
				       GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* --- buttons --- */

void
ui_screen_shown(void)
{
	ui.shown_us = clock_measure();
}

/* A timer would not do: on a busy board a press may be seen before it. */
static bool
has_settled(void)
{
	return clock_measure() >= ui.shown_us + SETTLE_US;
}

/* The button's own, which acts on release as well, and is not kept out of it
 * by claiming the sequence: both stand on the same widget. */
static void
silence_own_gesture(GtkWidget *button)
{
	g_autoptr(GListModel) all = gtk_widget_observe_controllers(button);

	for (guint i = 0; i < g_list_model_get_n_items(all); i++) {
		g_autoptr(GtkEventController) one =
			g_list_model_get_item(all, i);

		if (GTK_IS_GESTURE_CLICK(one))
			gtk_event_controller_set_propagation_phase(
				one, GTK_PHASE_NONE);
	}
}

/* Acting on press. */
static void
on_pressed(GtkGestureClick *gesture, int n_press, double x, double y,
	   void *data)
{
	g_autoptr(GtkWidget) button = g_object_ref(
		gtk_event_controller_get_widget(GTK_EVENT_CONTROLLER(gesture)));

	gtk_gesture_set_state(GTK_GESTURE(gesture), GTK_EVENT_SEQUENCE_CLAIMED);
	if (has_settled() && gtk_widget_is_sensitive(button))
		g_signal_emit_by_name(button, "clicked");
}

static void
act_on_press(GtkWidget *button)
{
	GtkGesture *gesture = gtk_gesture_click_new();

	silence_own_gesture(button);
	gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(
							   gesture),
						   GTK_PHASE_CAPTURE);
	g_signal_connect(gesture, "pressed", G_CALLBACK(on_pressed), NULL);
	gtk_widget_add_controller(button, GTK_EVENT_CONTROLLER(gesture));
}

void
ui_button_fill(GtkWidget *button, GdkPaintable *picture, double picture_mm,
	       const char *label, const char *name)
{
	GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, ui_mm(0.5));

	gtk_widget_set_valign(box, GTK_ALIGN_CENTER);
	if (picture != NULL) {
		GtkWidget *image = ui_picture_new(picture, picture_mm);

		ui_set_name(image, name);
		gtk_box_append(GTK_BOX(box), image);
	}
	if (label != NULL) {
		GtkWidget *text = ui_label_new(label, NULL);

		gtk_label_set_lines(GTK_LABEL(text), LABEL_LINES);
		gtk_label_set_ellipsize(GTK_LABEL(text), PANGO_ELLIPSIZE_END);
		gtk_box_append(GTK_BOX(box), text);
	}
	gtk_button_set_child(GTK_BUTTON(button), box);
	gtk_widget_set_size_request(button, ui_mm(UI_TARGET_MM),
				    ui_mm(UI_TARGET_MM));
	ui_set_name(button, name);
	act_on_press(button);
}

GtkWidget *
ui_button_new(GdkPaintable *picture, double picture_mm, const char *label,
	      const char *name)
{
	GtkWidget *button = gtk_button_new();

	ui_button_fill(button, picture, picture_mm, label, name);
	return button;
}

/* --- .ui files --- */

GtkBuilder *
ui_builder_new(const char *file)
{
	g_autofree char *path = g_strconcat(RESOURCES, file, NULL);

	return gtk_builder_new_from_resource(path);
}

GtkWidget *
ui_part(GtkBuilder *builder, const char *id)
{
	GObject *part = gtk_builder_get_object(builder, id);

	g_return_val_if_fail(GTK_IS_WIDGET(part), NULL);
	return GTK_WIDGET(part);
}
