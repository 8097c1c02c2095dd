/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/sheet-private.h"

#include <string.h>

#include "app/cards/qr.h"

/*
 * A badge is what a business card is (88.9 × 50.8 mm): ten on a page of A4
 * as of Letter, and pouches for it are sold everywhere.  Ahead of the code
 * stand the child's picture and name, large; no surname beyond what tells
 * two apart, no school, no number.
 */
#define BADGE_MODULE 0.9 /* mm; a code of 18.9 mm, 26.1 with quiet zone */
#define BADGE_MARGIN 5.0

static const SheetGrid grid = { 88.9, 50.8, 2, 5 };

/* Each class has its frame's colour, to sort by; nothing depends on it. */
static const char *const frames[] = { "#1b6ca8", "#a8541b", "#2f7a3b",
				      "#8a3a8f", "#b03a48", "#3d4a5c" };

static void
draw_name(Sheet *sheet, const Box *box, const char *name)
{
	static const Words words = { .largest = 10,
				     .smallest = 3.2,
				     .bold = true,
				     .align = PANGO_ALIGN_CENTER,
				     WORDS_BLACK };

	cairo_tag_begin(sheet->cr, "P", NULL);
	draw_words(sheet->cr, box, &words, name);
	cairo_tag_end(sheet->cr, "P");
}

static GBytes *
find_picture(const Sheet *sheet, const char *name)
{
	g_autofree char *path = g_strdup_printf("icons/pictures/%s.svg", name);

	return sheet->portrait != NULL
		       ? portrait_peek_file(sheet->portrait, path)
		       : NULL;
}

static bool
draw_face(Sheet *sheet, const Box *card, const RosterLearner *learner,
	  double width, GError **error)
{
	Box name = { card->x + BADGE_MARGIN, card->y + 27, width, 19.5 };
	Box picture = { name.x + width / 2 - 11, card->y + 5, 22, 22 };
	GBytes *svg = find_picture(sheet, learner->picture);

	if (svg == NULL) {
		name.y = card->y + BADGE_MARGIN;
		name.height = card->height - 2 * BADGE_MARGIN;
	} else if (!draw_picture(sheet->cr, &picture, svg, error)) {
		return false;
	}
	draw_name(sheet, &name, learner->name);
	return true;
}

static bool
draw_badge(Sheet *sheet, const Box *card, const RosterLearner *learner,
	   const char *colour, GError **error)
{
	Box frame = { card->x + 2, card->y + 2, card->width - 4,
		      card->height - 4 };
	g_autoptr(Qr) qr = qr_new(learner->badges[0], error);
	double size, x;
	bool drawn;

	if (qr == NULL)
		return false;
	size = qr_modules(qr) * BADGE_MODULE;
	x = card->x + card->width - BADGE_MARGIN - size;

	draw_set_colour(sheet->cr, colour);
	cairo_set_line_width(sheet->cr, 1.2);
	draw_round_box(sheet->cr, &frame, 4);
	cairo_stroke(sheet->cr);
	drawn = draw_face(sheet, card, learner, x - card->x - BADGE_MARGIN - 1,
			  error);
	qr_paint(qr, sheet->cr, x, card->y + (card->height - size) / 2, size);
	sheet->n_cards++;
	return drawn;
}

/* Learners of the class (NULL: of none that is known) who have a badge. */
static GPtrArray *
list_learners(const Sheet *sheet, const RosterClass *class)
{
	GPtrArray *learners = g_ptr_array_new();
	const Roster *roster = sheet->roster;

	for (size_t i = 0; i < roster->n_learners; i++) {
		RosterLearner *at = &roster->learners[i];

		if (at->badges[0][0] != '\0' &&
		    g_strcmp0(at->class_id, class != NULL ? class->id : "") ==
			    0)
			g_ptr_array_add(learners, at);
	}
	return learners;
}

static bool
draw_class(Sheet *sheet, const RosterClass *class, const char *colour,
	   GError **error)
{
	g_autoptr(GPtrArray) learners = list_learners(sheet, class);
	const guint on_page = (guint)(grid.columns * grid.rows);
	guint n_pages = (learners->len + on_page - 1) / on_page;

	for (guint i = 0; i < learners->len; i++) {
		Box card = sheet_place_card(sheet, &grid, (int)(i % on_page));

		if (i % on_page == 0)
			sheet_begin_page(sheet, &grid,
					 class != NULL ? class->title : "",
					 i / on_page + 1, n_pages);
		if (!draw_badge(sheet, &card, g_ptr_array_index(learners, i),
				colour, error))
			return false;
		if ((i + 1) % on_page == 0 || i + 1 == learners->len)
			sheet_end_page(sheet);
	}
	return true;
}

bool
sheet_draw_badges(Sheet *sheet, GError **error)
{
	for (size_t i = 0; i < sheet->roster->n_classes; i++)
		if (!draw_class(sheet, &sheet->roster->classes[i],
				frames[i % G_N_ELEMENTS(frames)], error))
			return false;
	return draw_class(sheet, NULL, frames[0], error);
}
