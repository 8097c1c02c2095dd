/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/drawing-screen.h"

#include "app/screens/frame.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

#define PEN_POINTS 12 /* of the sheet's */
#define TOOL_MM    20.0
#define N_TOOLS    3
#define ICON_MM    12.0

static const struct {
	guint32 rgb;
	Word word;
} pens[] = {
	{ 0x26262e, WORD_BLACK },  { 0xd8342b, WORD_RED },
	{ 0xf08a1d, WORD_ORANGE }, { 0xf4c81e, WORD_YELLOW },
	{ 0x2f9a48, WORD_GREEN },  { 0x2374c6, WORD_BLUE },
	{ 0x8a4fb5, WORD_PURPLE }, { 0x8a5a33, WORD_BROWN },
};

typedef struct {
	DrawingSpec spec;
	GtkWidget *paper;                      /* borrowed */
	GtkWidget *swatch[G_N_ELEMENTS(pens)]; /* borrowed */
	guint pen;
} Sheet;

/* --- drawing --- */

static double
sheet_scale(const Sheet *sheet)
{
	return gtk_widget_get_width(sheet->paper) / (double)DRAWING_WIDTH;
}

static void
paint(GtkDrawingArea *area, cairo_t *cr, int width, int height, void *data)
{
	const Sheet *sheet = data;

	cairo_scale(cr, width / (double)DRAWING_WIDTH,
		    height / (double)DRAWING_HEIGHT);
	drawing_paint(sheet->spec.drawing, cr);
}

static void
on_begin(GtkGestureDrag *drag, double x, double y, void *data)
{
	Sheet *sheet = data;
	double scale = sheet_scale(sheet);

	drawing_begin(sheet->spec.drawing, x / scale, y / scale,
		      pens[sheet->pen].rgb, PEN_POINTS);
	gtk_widget_queue_draw(sheet->paper);
}

static void
on_move(GtkGestureDrag *drag, double dx, double dy, void *data)
{
	Sheet *sheet = data;
	double scale = sheet_scale(sheet);
	double x, y;

	gtk_gesture_drag_get_start_point(drag, &x, &y);
	drawing_move(sheet->spec.drawing, (x + dx) / scale, (y + dy) / scale);
	gtk_widget_queue_draw(sheet->paper);
}

static void
on_end(GtkGestureDrag *drag, double dx, double dy, void *data)
{
	const Sheet *sheet = data;

	sheet->spec.changed(sheet->spec.data);
}

static void
make_paper(Sheet *sheet)
{
	GtkGesture *drag = gtk_gesture_drag_new();

	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(sheet->paper), paint,
				       sheet, NULL);
	g_signal_connect(drag, "drag-begin", G_CALLBACK(on_begin), sheet);
	g_signal_connect(drag, "drag-update", G_CALLBACK(on_move), sheet);
	g_signal_connect(drag, "drag-end", G_CALLBACK(on_end), sheet);
	gtk_widget_add_controller(sheet->paper, GTK_EVENT_CONTROLLER(drag));
	gtk_widget_set_cursor_from_name(sheet->paper, "crosshair");
	ui_set_name(sheet->paper, words_get(sheet->spec.language, WORD_PAPER));
}

/* --- pens and tools --- */

static void
on_pen(GtkButton *button, void *data)
{
	Sheet *sheet = data;

	gtk_widget_remove_css_class(sheet->swatch[sheet->pen], "chosen");
	sheet->pen = GPOINTER_TO_UINT(
		g_object_get_data(G_OBJECT(button), "cairn-pen"));
	gtk_widget_add_css_class(sheet->swatch[sheet->pen], "chosen");
}

static void
paint_swatch(GtkDrawingArea *area, cairo_t *cr, int width, int height,
	     void *data)
{
	guint32 rgb = pens[GPOINTER_TO_UINT(data)].rgb;

	cairo_set_source_rgb(cr, (rgb >> 16) / 255.0, (rgb >> 8 & 0xff) / 255.0,
			     (rgb & 0xff) / 255.0);
	cairo_arc(cr, width / 2.0, height / 2.0, MIN(width, height) / 2.0, 0,
		  2 * G_PI);
	cairo_fill(cr);
}

static GtkWidget *
make_pen(Sheet *sheet, guint i, double mm)
{
	g_autofree char *name =
		words_with(sheet->spec.language, WORD_PEN,
			   words_get(sheet->spec.language, pens[i].word));
	GtkWidget *button = ui_button_new(NULL, 0, NULL, name);
	GtkWidget *dot = g_object_new(GTK_TYPE_DRAWING_AREA, "accessible-role",
				      GTK_ACCESSIBLE_ROLE_IMG, NULL);

	gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(dot), paint_swatch,
				       GUINT_TO_POINTER(i), NULL);
	gtk_widget_set_size_request(dot, ui_mm(mm * 0.6), ui_mm(mm * 0.6));
	gtk_widget_set_halign(dot, GTK_ALIGN_CENTER);
	gtk_widget_set_valign(dot, GTK_ALIGN_CENTER);
	ui_set_name(dot, name);
	gtk_button_set_child(GTK_BUTTON(button), dot);
	gtk_widget_set_size_request(button, ui_mm(mm), ui_mm(mm));
	gtk_widget_add_css_class(button, "swatch");
	g_object_set_data(G_OBJECT(button), "cairn-pen", GUINT_TO_POINTER(i));
	g_signal_connect(button, "clicked", G_CALLBACK(on_pen), sheet);
	return button;
}

/* As many pens as keep 20 mm each: all eight in two rows when upright,
 * else six beside the paper, in two columns. */
static void
make_pens(Sheet *sheet, GtkWidget *grid)
{
	guint columns = ui_is_upright() ? 4 : 2;
	guint rows = ui_is_upright() ? 2 : (guint)(frame_height_mm() / TOOL_MM);
	guint n = MIN(columns * rows, G_N_ELEMENTS(pens));

	for (guint i = 0; i < n; i++) {
		sheet->swatch[i] = make_pen(sheet, i, TOOL_MM);
		gtk_grid_attach(GTK_GRID(grid), sheet->swatch[i],
				(int)(i % columns), (int)(i / columns), 1, 1);
	}
	gtk_widget_add_css_class(sheet->swatch[0], "chosen");
}

static void
on_undo(Sheet *sheet)
{
	drawing_undo(sheet->spec.drawing);
	gtk_widget_queue_draw(sheet->paper);
	sheet->spec.changed(sheet->spec.data);
}

static void
on_clear(Sheet *sheet)
{
	drawing_clear(sheet->spec.drawing);
	gtk_widget_queue_draw(sheet->paper);
	sheet->spec.changed(sheet->spec.data);
}

static void
on_keep(Sheet *sheet)
{
	if (!drawing_is_empty(sheet->spec.drawing))
		sheet->spec.keep(sheet->spec.data);
}

static void
make_tool(Sheet *sheet, GtkBuilder *builder, const char *id, const char *icon,
	  Word word, GCallback pressed)
{
	GtkWidget *button = ui_part(builder, id);

	ui_button_fill(button, ui_icon(icon, ICON_MM), ICON_MM, NULL,
		       words_get(sheet->spec.language, word));
	g_signal_connect_swapped(button, "clicked", pressed, sheet);
}

/* Three tools stand beside the paper also where there is just room for them. */
static double
tool_gap_mm(void)
{
	double spare = frame_height_mm() - N_TOOLS * TOOL_MM;

	return ui_is_upright() ? 1 : CLAMP(spare / N_TOOLS, 0, 1);
}

GtkWidget *
drawing_screen_new(const DrawingSpec *spec)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("drawing-screen.ui");
	GtkWidget *screen = ui_part(builder, "drawing");
	GtkWidget *tools = ui_part(builder, "tools");
	Sheet *sheet = g_new0(Sheet, 1);
	bool upright = ui_is_upright();

	sheet->spec = *spec;
	sheet->paper = ui_part(builder, "paper");
	g_object_set_data_full(G_OBJECT(screen), "cairn-sheet", sheet, g_free);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       upright ? GTK_ORIENTATION_VERTICAL
					       : GTK_ORIENTATION_HORIZONTAL);
	gtk_orientable_set_orientation(GTK_ORIENTABLE(tools),
				       upright ? GTK_ORIENTATION_HORIZONTAL
					       : GTK_ORIENTATION_VERTICAL);
	gtk_aspect_frame_set_ratio(GTK_ASPECT_FRAME(
					   ui_part(builder, "paper-frame")),
				   DRAWING_WIDTH / (float)DRAWING_HEIGHT);
	gtk_box_set_spacing(GTK_BOX(screen), ui_mm(FRAME_GAP_MM));
	gtk_box_set_spacing(GTK_BOX(tools), ui_mm(tool_gap_mm()));
	make_paper(sheet);
	make_pens(sheet, ui_part(builder, "pens"));
	make_tool(sheet, builder, "undo", "undo", WORD_UNDO,
		  G_CALLBACK(on_undo));
	make_tool(sheet, builder, "clear", "clear", WORD_CLEAR,
		  G_CALLBACK(on_clear));
	make_tool(sheet, builder, "keep", "ok", WORD_KEEP, G_CALLBACK(on_keep));
	gtk_widget_add_css_class(ui_part(builder, "keep"), "go");
	return g_object_ref_sink(screen);
}
