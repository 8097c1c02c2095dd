/* SPDX-License-Identifier: Apache-2.0 */
#include "app/screens/choose-screen.h"

#include "app/screens/frame.h"
#include "app/screens/ui.h"
#include "app/screens/words.h"

#define TILE_WIDTH_MM   25.0 /* at least */
#define TILE_HEIGHT_MM  27.0
#define TILE_MAX_MM     44.0
#define LABEL_MM        16.0 /* three small lines or two, and the padding */
#define EDGE_MM         3.4  /* of a tile, both sides: padding and border */
#define SHAPE           1.8  /* a tile may be that much higher than wide */
#define GAP_MM          2.0
#define ARROWS_APART_MM 16.0
#define ARROW_MM        (UI_TARGET_MM + GAP_MM)

typedef struct {
	guint columns, rows;
	gboolean paged;
	double width_mm, height_mm; /* of a tile */
} Plan;

typedef struct {
	ChooseSpec spec;
	Plan plan;
	guint page;
	bool is_small; /* what stands on the tiles: on all, or on none */
	GtkWidget *grid, *less, *more; /* borrowed: the screen's */
} Choose;

static void
clear_item(void *data)
{
	ChooseItem *item = data;

	g_free(item->label);
	g_free(item->colour);
}

GArray *
choose_items_new(void)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(ChooseItem));

	g_array_set_clear_func(items, clear_item);
	return items;
}

void
choose_items_add(GArray *items, const char *label, GdkPaintable *picture,
		 const char *colour)
{
	ChooseItem item = { g_strdup(label), picture, g_strdup(colour) };

	g_array_append_val(items, item);
}

static guint
fit(double room_mm, double tile_mm)
{
	return MAX((guint)((room_mm + GAP_MM) / (tile_mm + GAP_MM)), 1);
}

/* The fewest rows and columns, near to the room's own shape, that hold n;
 * where none do, as many as go in, and pages. */
static Plan
make_plan(guint n)
{
	double width = frame_width_mm(), height = frame_height_mm();
	guint max_columns = fit(width, TILE_WIDTH_MM);
	guint max_rows = fit(height, TILE_HEIGHT_MM);
	Plan plan = { .paged = n > max_columns * max_rows };
	guint rows = 1;

	if (plan.paged) {
		if (ui_is_upright())
			height -= ARROW_MM;
		else
			width -= 2 * ARROW_MM;
		plan.columns = fit(width, TILE_WIDTH_MM);
		plan.rows = fit(height, TILE_HEIGHT_MM);
	} else {
		while (rows < max_rows &&
		       ((n + rows - 1) / rows > max_columns ||
			(n + rows - 1) / rows * height > rows * width * SHAPE))
			rows++;
		plan.rows = rows;
		plan.columns = (n + rows - 1) / rows;
	}
	plan.width_mm =
		MIN((width - (plan.columns - 1) * GAP_MM) / plan.columns,
		    TILE_MAX_MM);
	plan.height_mm = MIN((height - (plan.rows - 1) * GAP_MM) / plan.rows,
			     TILE_MAX_MM);
	return plan;
}

static double
picture_mm(const Plan *plan)
{
	return MAX(MIN(plan->width_mm - 4, plan->height_mm - LABEL_MM), 10);
}

double
choose_picture_mm(guint n)
{
	Plan plan = make_plan(n);

	return picture_mm(&plan);
}

static void
on_chosen(GtkButton *button, void *data)
{
	Choose *choose = data;
	guint i = GPOINTER_TO_UINT(
		g_object_get_data(G_OBJECT(button), "cairn-index"));

	choose->spec.chosen(i, choose->spec.data);
}

static GtkWidget *
colour_band(const char *colour)
{
	GtkWidget *band = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
	GtkCssProvider *css = gtk_css_provider_new();
	g_autofree char *text =
		g_strdup_printf("box { background: %s; border-radius: 1em; }",
				colour);

	gtk_css_provider_load_from_data(css, text, -1);
	gtk_style_context_add_provider(gtk_widget_get_style_context(band),
				       GTK_STYLE_PROVIDER(css),
				       GTK_STYLE_PROVIDER_PRIORITY_USER);
	g_object_unref(css);
	gtk_widget_set_size_request(band, ui_mm(10), ui_mm(1.2));
	gtk_widget_set_halign(band, GTK_ALIGN_CENTER);
	return band;
}

static GtkWidget *
make_tile(Choose *choose, guint i)
{
	const ChooseItem *item =
		&g_array_index(choose->spec.items, ChooseItem, i);
	double band_mm = item->colour != NULL ? CHOOSE_BAND_MM : 0;
	GtkWidget *tile = ui_button_new(item->picture,
					picture_mm(&choose->plan) - band_mm,
					item->label, item->label);

	gtk_widget_add_css_class(tile, "tile");
	if (choose->is_small)
		gtk_widget_add_css_class(tile, "small");
	gtk_widget_set_size_request(tile, ui_mm(choose->plan.width_mm),
				    ui_mm(choose->plan.height_mm));
	if (item->colour != NULL)
		gtk_box_append(GTK_BOX(gtk_button_get_child(GTK_BUTTON(tile))),
			       colour_band(item->colour));
	g_object_set_data(G_OBJECT(tile), "cairn-index", GUINT_TO_POINTER(i));
	g_signal_connect(tile, "clicked", G_CALLBACK(on_chosen), choose);
	return tile;
}

/* A tile is two columns of the grid wide, so that a last row that is not
 * full can stand in the middle. */
static void
place_tile(Choose *choose, guint i, guint place)
{
	const Plan *plan = &choose->plan;
	guint row = place / plan->columns;
	guint left = choose->spec.items->len - row * plan->columns;
	guint missing =
		plan->paged || left > plan->columns ? 0 : plan->columns - left;

	gtk_grid_attach(GTK_GRID(choose->grid), make_tile(choose, i),
			(int)(place % plan->columns * 2 + missing), (int)row, 2,
			1);
}

static void
show_page(Choose *choose)
{
	guint per_page = choose->plan.columns * choose->plan.rows;
	guint first = choose->page * per_page;
	guint n = choose->spec.items->len;
	GtkWidget *old;

	while ((old = gtk_widget_get_first_child(choose->grid)) != NULL)
		gtk_grid_remove(GTK_GRID(choose->grid), old);
	for (guint i = first; i < MIN(first + per_page, n); i++)
		place_tile(choose, i, i - first);
	gtk_widget_set_sensitive(choose->less, choose->page > 0);
	gtk_widget_set_sensitive(choose->more, first + per_page < n);
}

static void
on_less(Choose *choose)
{
	if (choose->page > 0)
		choose->page--;
	show_page(choose);
}

static void
on_more(Choose *choose)
{
	choose->page++;
	show_page(choose);
}

static GtkWidget *
make_arrow(Choose *choose, const char *icon, Word word, GCallback pressed)
{
	GtkWidget *arrow =
		ui_button_new(ui_icon(icon, 12), 12, NULL,
			      words_get(choose->spec.language, word));

	gtk_widget_set_valign(arrow, GTK_ALIGN_CENTER);
	gtk_widget_set_visible(arrow, choose->plan.paged);
	g_signal_connect_swapped(arrow, "clicked", pressed, choose);
	return arrow;
}

/* The arrows stand at both sides, or below where it is narrow. */
static void
add_parts(Choose *choose, GtkWidget *screen)
{
	GtkWidget *below;

	if (!ui_is_upright()) {
		gtk_box_append(GTK_BOX(screen), choose->less);
		gtk_box_append(GTK_BOX(screen), choose->grid);
		gtk_box_append(GTK_BOX(screen), choose->more);
		return;
	}
	below = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, ui_mm(ARROWS_APART_MM));
	gtk_orientable_set_orientation(GTK_ORIENTABLE(screen),
				       GTK_ORIENTATION_VERTICAL);
	gtk_widget_set_halign(below, GTK_ALIGN_CENTER);
	gtk_box_append(GTK_BOX(below), choose->less);
	gtk_box_append(GTK_BOX(below), choose->more);
	gtk_box_append(GTK_BOX(screen), choose->grid);
	gtk_box_append(GTK_BOX(screen), below);
}

/* Whether the label of any tile needs more than two lines. */
static bool
needs_small(const GArray *items, const Plan *plan)
{
	for (guint i = 0; i < items->len; i++)
		if (!ui_has_room(g_array_index(items, ChooseItem, i).label, 1,
				 plan->width_mm - EDGE_MM, LABEL_MM - EDGE_MM))
			return true;
	return false;
}

static void
choose_free(void *data)
{
	Choose *choose = data;

	g_array_unref(choose->spec.items);
	g_free(choose);
}

GtkWidget *
choose_screen_new(const ChooseSpec *spec)
{
	GtkWidget *screen =
		gtk_box_new(GTK_ORIENTATION_HORIZONTAL, ui_mm(GAP_MM));
	Choose *choose = g_new0(Choose, 1);

	choose->spec = *spec;
	choose->plan = make_plan(spec->items->len);
	choose->is_small = needs_small(spec->items, &choose->plan);
	g_object_set_data_full(G_OBJECT(screen), "cairn-choose", choose,
			       choose_free);
	choose->less =
		make_arrow(choose, "back", WORD_LESS, G_CALLBACK(on_less));
	choose->more =
		make_arrow(choose, "next", WORD_MORE, G_CALLBACK(on_more));
	choose->grid = gtk_grid_new();
	gtk_grid_set_row_spacing(GTK_GRID(choose->grid), (guint)ui_mm(GAP_MM));
	gtk_grid_set_column_homogeneous(GTK_GRID(choose->grid), TRUE);
	gtk_grid_set_column_spacing(GTK_GRID(choose->grid),
				    (guint)ui_mm(GAP_MM));
	gtk_widget_set_halign(choose->grid, GTK_ALIGN_CENTER);
	gtk_widget_set_valign(choose->grid, GTK_ALIGN_CENTER);
	gtk_widget_set_hexpand(choose->grid, TRUE);
	gtk_widget_set_vexpand(choose->grid, TRUE);
	add_parts(choose, screen);
	show_page(choose);
	return g_object_ref_sink(screen);
}
