/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/entry-json.h"

#include <string.h>

#include "app/base/json.h"
#include "sync/wire/statement.h"

typedef struct {
	const Evidence *evidence;
	const Portrait *portrait; /* or NULL */
	const char *language;
} View;

static const char *
word(const View *view, const char *kind, const char *id, const char *suffix)
{
	g_autofree char *key = g_strconcat(kind, id, suffix, NULL);

	return view->portrait != NULL
		       ? portrait_word(view->portrait, view->language, key)
		       : NULL;
}

/* A picture of the pack, if it has it. */
static json_t *
icon(const View *view, const char *path)
{
	g_autofree char *url = NULL;

	if (view->portrait == NULL || path == NULL ||
	    portrait_peek_file(view->portrait, path) == NULL)
		return json_null();
	url = g_strconcat("/pack/", path, NULL);
	return json_string(url);
}

static json_t *
icon_of(const View *view, const char *kind, const char *id)
{
	g_autofree char *path = g_strdup_printf("icons/%s/%s.svg", kind, id);

	return icon(view, path);
}

static json_t *
text_or_null(const char *text)
{
	return text != NULL && text[0] != '\0' ? json_string(text)
					       : json_null();
}

static json_t *
learner_to_json(const View *view, const ArchiveEntry *entry)
{
	return json_pack("{s:s,s:o,s:o}", "id", entry->learner, "name",
			 text_or_null(entry->name), "picture",
			 icon_of(view, "pictures", entry->picture));
}

static json_t *
prompt_to_json(const View *view)
{
	const Evidence *evidence = view->evidence;
	const char *ask = word(view, "prompt.", evidence->prompt, ".ask");
	const PortraitPrompt *prompt =
		view->portrait != NULL
			? portrait_find_prompt(view->portrait, evidence->prompt)
			: NULL;

	return json_pack("{s:s,s:s,s:o}", "id", evidence->prompt, "ask",
			 ask != NULL ? ask : evidence->asked, "icon",
			 icon(view, prompt != NULL ? prompt->icon : NULL));
}

static const PortraitStatement *
find_statement(const View *view)
{
	return view->portrait != NULL
		       ? portrait_find_statement(view->portrait,
						 view->evidence->statement)
		       : NULL;
}

static json_t *
competency_to_json(const View *view, const PortraitStatement *statement)
{
	const PortraitCompetency *competency =
		statement != NULL ? statement->competency : NULL;

	if (competency == NULL)
		return json_pack("{s:s,s:s,s:n}", "name", "", "colour",
				 "#666666", "icon");
	return json_pack("{s:o,s:s,s:o}", "name",
			 text_or_null(word(view, "competency.", competency->id,
					   ".name")),
			 "colour", competency->colour, "icon",
			 icon(view, competency->icon));
}

static json_t *
level_to_json(const View *view)
{
	const Evidence *evidence = view->evidence;
	const PortraitScale *scale =
		view->portrait != NULL
			? portrait_find_scale(view->portrait, evidence->scale)
			: NULL;
	bool known = scale != NULL && evidence->level <= (int)scale->n_levels;

	if (evidence->level == 0)
		return json_null();
	return json_pack(
		"{s:i,s:i,s:o,s:o}", "level", evidence->level, "levels",
		evidence->levels, "word",
		known ? text_or_null(word(view, "scale.self.",
					  scale->levels[evidence->level - 1],
					  ""))
		      : json_null(),
		"icon",
		known ? icon_of(view, "level",
				scale->levels[evidence->level - 1])
		      : json_null());
}

/* Where its picture or sound is: a choice has one in the pack. */
static json_t *
url_of(const View *view, const Piece *piece)
{
	g_autofree char *url = g_strconcat("/media/", piece->sha256, NULL);

	if (piece_is_media(piece))
		return json_string(url);
	return piece->kind == PIECE_CHOICE
		       ? icon_of(view, "choice", piece->text)
		       : json_null();
}

static json_t *
piece_to_json(const View *view, const Piece *piece)
{
	const char *choice = piece->kind == PIECE_CHOICE
				     ? word(view, "choice.", piece->text, "")
				     : NULL;

	return json_pack("{s:s,s:o,s:o,s:o}", "kind",
			 piece_kind_name(piece->kind), "url",
			 url_of(view, piece), "type", text_or_null(piece->type),
			 "word",
			 text_or_null(choice != NULL ? choice : piece->text));
}

static json_t *
pieces_to_json(const View *view)
{
	json_t *list = json_array();

	for (size_t i = 0; i < view->evidence->n_pieces; i++)
		json_array_append_new(
			list, piece_to_json(view, &view->evidence->pieces[i]));
	return list;
}

static json_t *
decision_to_json(const ArchiveEntry *entry)
{
	const ArchiveReview *review = &entry->review;

	if (!entry->decided)
		return json_null();
	return json_pack("{s:s,s:o,s:o,s:I,s:s}", "decision",
			 review_decision_name(review->decision), "reason",
			 text_or_null(review->reason), "note",
			 text_or_null(review->note), "us",
			 (json_int_t)review->at.us, "by", review->by);
}

static json_t *
view_to_json(const View *view, const ArchiveEntry *entry, const ShownTime *time)
{
	const PortraitStatement *statement = find_statement(view);
	const char *text = statement != NULL
				   ? word(view, "statement.", statement->id, "")
				   : NULL;

	return json_pack("{s:s,s:o,s:o,s:{s:o},s:o,s:o,s:{s:I,s:I},s:o,s:o}",
			 "id", entry->id, "learner",
			 learner_to_json(view, entry), "prompt",
			 prompt_to_json(view), "statement", "text",
			 text_or_null(text), "competency",
			 competency_to_json(view, statement), "level",
			 level_to_json(view), "time", "us",
			 (json_int_t)time->wall.us, "about_us",
			 (json_int_t)time->about_us, "pieces",
			 pieces_to_json(view), "decision",
			 decision_to_json(entry));
}

json_t *
entry_to_json(const ArchiveEntry *entry, const Portrait *portrait,
	      const char *language, GError **error)
{
	g_autofree Evidence *evidence = g_new(Evidence, 1);
	const View view = { evidence, portrait, language };
	ShownTime time;
	size_t size;
	const void *body = g_bytes_get_data(entry->body, &size);

	if (!statement_parse(body, size, evidence, &time, error))
		return NULL;
	return view_to_json(&view, entry, &time);
}
