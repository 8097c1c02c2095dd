/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/health-screen.h"

#include "app/screens/frame.h"
#include "app/screens/ui.h"

#define NAME_MM    27.0 /* of a line's name: the longest, in small letters */
#define PADDING_MM 2.4  /* left and right, as in kiosk.css */
#define LINE_GAP   0.6

/* Lines of one text.  What an LRS answers may be long, and the rest must not
 * be pushed off the screen: an ellipsis says that there is more. */
#define LINES_WIDE     5
#define LINES_UPRIGHT  9
#define DETAIL_WIDE    2
#define DETAIL_UPRIGHT 4

/* Two lines side by side; on an upright screen one. */
typedef struct {
	GtkGrid *grid; /* borrowed */
	bool has_two;
	double text_mm; /* of one of them */
	int row;
} List;

static double
find_text_mm(bool has_two)
{
	const double room_mm = frame_width_mm() - 2 * PADDING_MM;
	const double one_mm = has_two ? (room_mm - FRAME_GAP_MM) / 2 : room_mm;

	return one_mm - NAME_MM - FRAME_GAP_MM;
}

/* The width is given, not asked for: what a label would have were it narrow
 * is not the height that the screen needs. */
static GtkWidget *
label_new(const char *text, const char *css_class, double width_mm, int lines)
{
	GtkWidget *label = ui_label_new(text, "small");

	gtk_widget_add_css_class(label, css_class);
	gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_LEFT);
	gtk_label_set_xalign(GTK_LABEL(label), 0);
	gtk_label_set_yalign(GTK_LABEL(label), 0);
	gtk_label_set_lines(GTK_LABEL(label), lines);
	gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
	gtk_widget_set_size_request(label, ui_mm(width_mm), -1);
	gtk_widget_set_valign(label, GTK_ALIGN_START);
	return label;
}

static void
add_line(List *list, const HealthLine *line, int column, bool is_half)
{
	const int lines = ui_is_upright() ? LINES_UPRIGHT : LINES_WIDE;
	const int detail = ui_is_upright() ? DETAIL_UPRIGHT : DETAIL_WIDE;
	double mm = list->text_mm;

	if (list->has_two && !is_half)
		mm += NAME_MM + list->text_mm + 2 * FRAME_GAP_MM;
	gtk_grid_attach(list->grid,
			label_new(line->name, "name", NAME_MM, lines), column,
			list->row, 1, 1);
	gtk_grid_attach(list->grid,
			label_new(line->text, "text", mm,
				  line->is_detail ? detail : lines),
			column + 1, list->row,
			list->has_two && !is_half ? 3 : 1, 1);
}

GtkWidget *
health_screen_new(const HealthLine *lines, size_t n)
{
	g_autoptr(GtkBuilder) builder = ui_builder_new("health-screen.ui");
	GtkWidget *screen = ui_part(builder, "health");
	const bool has_two = !ui_is_upright();
	List list = { .grid = GTK_GRID(ui_part(builder, "lines")),
		      .has_two = has_two,
		      .text_mm = find_text_mm(has_two) };

	gtk_grid_set_column_spacing(list.grid, (guint)ui_mm(FRAME_GAP_MM));
	gtk_grid_set_row_spacing(list.grid, (guint)ui_mm(LINE_GAP));
	for (size_t i = 0; i < n; i++, list.row++) {
		const bool is_half = has_two && lines[i].is_short &&
				     i + 1 < n && lines[i + 1].is_short;

		add_line(&list, &lines[i], 0, is_half);
		if (is_half)
			add_line(&list, &lines[++i], 2, true);
	}
	return g_object_ref_sink(screen);
}
