/* SPDX-License-Identifier: Apache-2.0 */
#include "app/cards/sheet-private.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/cards/code.h"
#include "app/cards/qr.h"

/*
 * A prompt's card hangs on a wall or stands on a table: four on a page.  The
 * competency is told by its colour, its picture and its name, never by the
 * colour alone; the four letters are for people and for typing.
 */
#define CARD_MARGIN 6.0
#define HEAD_HEIGHT 27.0
#define QR_SIZE     42.0 /* mm, quiet zone included */
#define QR_MODULE   1.2  /* mm, at most */

static const SheetGrid grid = { 92, 124, 2, 2 };

static const char *
first_language(const Sheet *sheet)
{
	return portrait_get_default_language(sheet->portrait);
}

static const char *
word(const Sheet *sheet, const char *language, const char *pattern,
     const char *id)
{
	g_autofree char *key = g_strconcat(pattern, id, NULL);
	const char *text = portrait_word(sheet->portrait, language, key);

	return text != NULL ? text : "";
}

static void
put_words(Sheet *sheet, const char *tag, const Box *box, const Words *words,
	  const char *text)
{
	cairo_tag_begin(sheet->cr, tag, NULL);
	draw_words(sheet->cr, box, words, text);
	cairo_tag_end(sheet->cr, tag);
}

/* The competency's name in the languages beside the first: "Liderazgo". */
static char *
join_other_names(const Sheet *sheet, const PortraitCompetency *competency)
{
	g_autofree char *id = g_strconcat(competency->id, ".name", NULL);
	const char *const *language = portrait_get_languages(sheet->portrait);
	const char *first =
		word(sheet, first_language(sheet), "competency.", id);
	GString *names = g_string_new(NULL);

	for (; *language != NULL; language++) {
		const char *name = word(sheet, *language, "competency.", id);

		if (g_strcmp0(name, first) != 0)
			g_string_append_printf(names, "%s%s",
					       names->len > 0 ? " · " : "",
					       name);
	}
	return g_string_free(names, FALSE);
}

/* Name, name in the other languages, I can; in the ink that reads best. */
static void
draw_head_words(Sheet *sheet, const Box *head,
		const PortraitStatement *statement)
{
	const PortraitCompetency *competency = statement->competency;
	double ink = draw_is_dark(competency->colour) ? 1 : 0;
	Words words = { 6, 2.5, true, PANGO_ALIGN_LEFT, ink, ink, ink };
	Box line = { head->x + 26, head->y + 2, head->width - 28, 8 };
	g_autofree char *name = g_strconcat(competency->id, ".name", NULL);
	g_autofree char *others = join_other_names(sheet, competency);

	put_words(sheet, "H2", &line, &words,
		  word(sheet, first_language(sheet), "competency.", name));
	words.bold = false;
	words.largest = 4;
	if (others[0] != '\0') {
		line.y += line.height - 0.5;
		line.height = 5.5;
		put_words(sheet, "P", &line, &words, others);
	}
	words.largest = 3.6;
	line.y += line.height;
	line.height = head->y + head->height - 1.5 - line.y;
	put_words(sheet, "P", &line, &words,
		  word(sheet, first_language(sheet), "statement.",
		       statement->id));
}

static bool
draw_head(Sheet *sheet, const Box *card, const PortraitStatement *statement,
	  GError **error)
{
	const PortraitCompetency *competency = statement->competency;
	Box head = { card->x + 2, card->y + 2, card->width - 4, HEAD_HEIGHT };
	Box disc = { head.x + 3, head.y + 3.5, 20, 20 };
	Box picture = { disc.x + 2, disc.y + 2, 16, 16 };
	GBytes *svg = portrait_peek_file(sheet->portrait, competency->icon);

	draw_set_colour(sheet->cr, competency->colour);
	draw_round_box(sheet->cr, &head, 4);
	cairo_fill(sheet->cr);
	cairo_set_source_rgb(sheet->cr, 1, 1, 1);
	draw_round_box(sheet->cr, &disc, 10);
	cairo_fill(sheet->cr);
	draw_head_words(sheet, &head, statement);
	return draw_picture(sheet->cr, &picture, svg, error);
}

static bool
draw_code(Sheet *sheet, const Box *card, const char *id, GError **error)
{
	g_autofree char *text = code_format_prompt(sheet->host, id);
	g_autoptr(Qr) qr = NULL;
	double size;

	if (text == NULL) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "\"%s\" is no host name for a card", sheet->host);
		return false;
	}
	qr = qr_new(text, error);
	if (qr == NULL)
		return false;
	size = MIN(QR_SIZE, QR_MODULE * qr_modules(qr));
	qr_paint(qr, sheet->cr,
		 card->x + card->width - CARD_MARGIN - (QR_SIZE + size) / 2 + 2,
		 card->y + HEAD_HEIGHT + 4 + (QR_SIZE - size) / 2, size);
	return true;
}

/* The question in the first language large, below it in the others. */
static void
draw_questions(Sheet *sheet, const Box *card, const char *prompt)
{
	static const Words first = { .largest = 7.2,
				     .smallest = 3,
				     .bold = true,
				     .align = PANGO_ALIGN_LEFT,
				     WORDS_BLACK };
	static const Words other = { .largest = 5,
				     .smallest = 2.5,
				     .align = PANGO_ALIGN_LEFT,
				     WORDS_GREY };
	const char *const *languages = portrait_get_languages(sheet->portrait);
	double n = g_strv_length((char **)(uintptr_t)languages);
	g_autofree char *ask = g_strconcat(prompt, ".ask", NULL);
	Box box = { card->x + CARD_MARGIN, card->y + 75,
		    card->width - 2 * CARD_MARGIN, n > 1 ? 22 : 36 };

	put_words(sheet, "P", &box, &first,
		  word(sheet, first_language(sheet), "prompt.", ask));
	box.y += box.height;
	box.height = n > 1 ? 14 / (n - 1) : 0;
	for (; *languages != NULL; languages++) {
		if (g_str_equal(*languages, first_language(sheet)))
			continue;
		put_words(sheet, "P", &box, &other,
			  word(sheet, *languages, "prompt.", ask));
		box.y += box.height;
	}
}

/* CEDS grades as a classroom writes them: "KG", "01" are K and 1. */
static char *
format_grades(const PortraitBand *band)
{
	GString *grades = g_string_new(NULL);

	for (const char *const *at = band->grades; *at != NULL; at++) {
		const char *grade = g_str_equal(*at, "KG") ? "K" : *at;

		if (grade[0] == '0' && grade[1] != '\0')
			grade++;
		g_string_append_printf(grades, "%s%s",
				       grades->len > 0 ? " · " : "", grade);
	}
	return g_string_free(grades, FALSE);
}

static void
draw_foot(Sheet *sheet, const Box *card, const PortraitPrompt *prompt)
{
	static const Words grey = { .largest = 4.5,
				    .smallest = 2.5,
				    .align = PANGO_ALIGN_LEFT,
				    WORDS_GREY };
	Words black = { .largest = 5.5,
			.smallest = 5.5,
			.bold = true,
			.align = PANGO_ALIGN_RIGHT,
			WORDS_BLACK };
	Box left = { card->x + CARD_MARGIN, card->y + 112, 40, 9 };
	Box right = { card->x + card->width - CARD_MARGIN - 40, left.y, 40, 9 };
	g_autofree char *grades = format_grades(prompt->statement->band);

	put_words(sheet, "P", &left, &grey, grades);
	put_words(sheet, "P", &right, &black, prompt->id);
}

static bool
draw_card(Sheet *sheet, const Box *card, const PortraitPrompt *prompt,
	  GError **error)
{
	Box picture = { card->x + CARD_MARGIN, card->y + HEAD_HEIGHT + 7, 36,
			36 };
	Box frame = { card->x + 2, card->y + 2, card->width - 4,
		      card->height - 4 };
	GBytes *svg = portrait_peek_file(sheet->portrait, prompt->icon);

	draw_set_colour(sheet->cr, prompt->statement->competency->colour);
	cairo_set_line_width(sheet->cr, 0.8);
	draw_round_box(sheet->cr, &frame, 4);
	cairo_stroke(sheet->cr);
	sheet->n_cards++;
	if (!draw_head(sheet, card, prompt->statement, error) ||
	    !draw_picture(sheet->cr, &picture, svg, error) ||
	    !draw_code(sheet, card, prompt->id, error))
		return false;
	draw_questions(sheet, card, prompt->id);
	draw_foot(sheet, card, prompt);
	return true;
}

bool
sheet_draw_prompts(Sheet *sheet, GError **error)
{
	const size_t on_page = (size_t)(grid.columns * grid.rows);
	size_t n = portrait_count_prompts(sheet->portrait);
	size_t n_pages = (n + on_page - 1) / on_page;
	const char *title =
		word(sheet, first_language(sheet), "portrait.title", "");

	for (size_t i = 0; i < n; i++) {
		const PortraitPrompt *prompt =
			portrait_get_prompt(sheet->portrait, i);
		Box card = sheet_place_card(sheet, &grid, (int)(i % on_page));

		if (i % on_page == 0)
			sheet_begin_page(sheet, &grid, title, i / on_page + 1,
					 n_pages);
		if (!draw_card(sheet, &card, prompt, error)) {
			g_prefix_error(error, "prompt %s: ", prompt->id);
			return false;
		}
		if ((i + 1) % on_page == 0 || i + 1 == n)
			sheet_end_page(sheet);
	}
	return true;
}
