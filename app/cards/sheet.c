/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/sheet.h"

#include <cairo-pdf.h>

#include "app/base/fault.h"
#include "app/cards/sheet-private.h"

#define MM           (72 / 25.4) /* PDF counts in 1/72 inch */
#define CUT_OVERHANG 4.0         /* mm that a line to cut along stands out */

/* --- a page --- */

static Box
place_grid(const Sheet *sheet, const SheetGrid *grid)
{
	double width = grid->columns * grid->width;
	double height = grid->rows * grid->height;

	return (Box){ (sheet->width - width) / 2, (sheet->height - height) / 2,
		      width, height };
}

Box
sheet_place_card(const Sheet *sheet, const SheetGrid *grid, int i)
{
	Box all = place_grid(sheet, grid);

	return (Box){ all.x + i % grid->columns * grid->width,
		      all.y + i / grid->columns * grid->height, grid->width,
		      grid->height };
}

static void
draw_cuts(cairo_t *cr, const SheetGrid *grid, const Box *all)
{
	static const double dashes[] = { 1.5, 1.5 };

	cairo_save(cr);
	cairo_set_source_rgb(cr, 0.55, 0.55, 0.55);
	cairo_set_line_width(cr, 0.15);
	cairo_set_dash(cr, dashes, G_N_ELEMENTS(dashes), 0);
	for (int i = 0; i <= grid->columns; i++) {
		double x = all->x + i * grid->width;

		cairo_move_to(cr, x, all->y - CUT_OVERHANG);
		cairo_line_to(cr, x, all->y + all->height + CUT_OVERHANG);
	}
	for (int i = 0; i <= grid->rows; i++) {
		double y = all->y + i * grid->height;

		cairo_move_to(cr, all->x - CUT_OVERHANG, y);
		cairo_line_to(cr, all->x + all->width + CUT_OVERHANG, y);
	}
	cairo_stroke(cr);
	cairo_restore(cr);
}

void
sheet_begin_page(const Sheet *sheet, const SheetGrid *grid, const char *title,
		 size_t page, size_t n_pages)
{
	static const Words words = { .largest = 4,
				     .smallest = 2.5,
				     .align = PANGO_ALIGN_LEFT,
				     WORDS_GREY };
	Box all = place_grid(sheet, grid);
	Box left = { all.x + 2, all.y - 7.5, all.width * 0.6, 7 };
	Box right = { all.x + all.width * 0.6 + 2, left.y, all.width * 0.4 - 4,
		      7 };
	Words how = words;
	g_autofree char *head =
		g_strdup_printf("%s   %zu / %zu", title, page, n_pages);

	cairo_tag_begin(sheet->cr, "Sect", NULL);
	cairo_tag_begin(sheet->cr, "H1", NULL);
	draw_words(sheet->cr, &left, &words, head);
	cairo_tag_end(sheet->cr, "H1");
	how.align = PANGO_ALIGN_RIGHT;
	how.largest = 3;
	cairo_tag_begin(sheet->cr, "P", NULL);
	draw_words(sheet->cr, &right, &how,
		   "Print at 100 % on matt paper; cut on the dashes");
	cairo_tag_end(sheet->cr, "P");
	draw_cuts(sheet->cr, grid, &all);
}

void
sheet_end_page(const Sheet *sheet)
{
	cairo_tag_end(sheet->cr, "Sect");
	cairo_show_page(sheet->cr);
}

/* --- the whole --- */

static cairo_status_t
append_bytes(void *closure, const unsigned char *bytes, unsigned int size)
{
	g_byte_array_append(closure, bytes, size);
	return CAIRO_STATUS_SUCCESS;
}

static bool
draw_all(Sheet *sheet, GError **error)
{
	if (sheet->roster != NULL && !sheet_draw_badges(sheet, error))
		return false;
	if (sheet->portrait != NULL && sheet->host != NULL &&
	    !sheet_draw_prompts(sheet, error))
		return false;
	if (sheet->n_cards > 0)
		return true;
	g_set_error(error, FAULT, FAULT_NOT_FOUND,
		    "there is no card to print: nobody has a badge and there "
		    "is no prompt");
	return false;
}

/* Whether cairo drew it all; closes both. */
static bool
finish(cairo_t *cr, cairo_surface_t *surface, GError **error)
{
	cairo_status_t status = cairo_status(cr);

	cairo_destroy(cr);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		return true;
	if (error != NULL && *error == NULL)
		g_set_error(error, FAULT, FAULT_SYSTEM, "drawing cards: %s",
			    cairo_status_to_string(status));
	return false;
}

GBytes *
sheet_print(const Roster *roster, const Portrait *portrait, const char *host,
	    SheetPaper paper, GError **error)
{
	Sheet sheet = { .width = paper == SHEET_A4 ? 210 : 215.9,
			.height = paper == SHEET_A4 ? 297 : 279.4,
			.roster = roster,
			.portrait = portrait,
			.host = host };
	g_autoptr(GByteArray) pdf = g_byte_array_new();
	cairo_surface_t *surface =
		cairo_pdf_surface_create_for_stream(append_bytes, pdf,
						    sheet.width * MM,
						    sheet.height * MM);
	bool drawn;

	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE,
				       "Cairn: badges and prompt cards");
	sheet.cr = cairo_create(surface);
	cairo_scale(sheet.cr, MM, MM);
	drawn = draw_all(&sheet, error);
	if (!finish(sheet.cr, surface, drawn ? error : NULL) || !drawn)
		return NULL;
	return g_byte_array_free_to_bytes(g_steal_pointer(&pdf));
}
