/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/measures.h"

#include "app/base/json.h"
#include "app/portrait/portrait-private.h"

/*
 * A measure says in advance what is asked of the evidence, how much is needed
 * before anything is shown, and what it may not be used for; words.c sees to
 * it that its why and how are written.  One that lacks any of these does not
 * load.
 */
#define NEEDS_MAX 100

static bool
is_one_of(const char *text, const char *const *allowed)
{
	return text != NULL && g_strv_contains(allowed, text);
}

static bool
check_who(Portrait *portrait, const json_t *entry)
{
	static const char *const people[] = { "learner", "teacher", "family",
					      "peer", NULL };
	size_t n;
	const char *const *who = portrait_read_list(portrait, entry, "who", &n);

	for (size_t i = 0; who != NULL && i < n; i++)
		if (!is_one_of(who[i], people))
			return false;
	return who != NULL && n > 0;
}

static bool
check_purpose(Portrait *portrait, const json_t *entry, PortraitMeasure *measure)
{
	size_t n_uses, n_not_for;

	measure->uses = portrait_read_list(portrait, entry, "uses", &n_uses);
	measure->not_for =
		portrait_read_list(portrait, entry, "not_for", &n_not_for);
	return measure->uses != NULL && measure->not_for != NULL &&
	       n_uses > 0 && n_not_for > 0;
}

static bool
read_measure(Portrait *portrait, json_t *entry, void *slot, GError **error)
{
	static const char *const known[] = { "id",   "competency", "question",
					     "who",  "needs",      "window",
					     "show", "uses",       "not_for",
					     NULL };
	static const char *const questions[] = { "growth", "breadth",
						 "agreement", "participation",
						 NULL };
	PortraitMeasure *measure = slot;
	int64_t needs;

	measure->id = portrait_read_id(entry, "measure", error);
	if (measure->id == NULL)
		return false;
	measure->competency = portrait_find_competency(
		portrait,
		json_string_value(json_object_get(entry, "competency")));
	measure->question =
		json_string_value(json_object_get(entry, "question"));
	if (measure->competency == NULL)
		return portrait_refuse(error, "measure", measure->id,
				       "competency is none of the pack's");
	if (!is_one_of(measure->question, questions))
		return portrait_refuse(error, "measure", measure->id,
				       "question must be growth, breadth, "
				       "agreement or participation");
	if (!json_number(entry, "needs", 1, NEEDS_MAX, &needs, error))
		return g_clear_error(error),
		       portrait_refuse(error, "measure", measure->id,
				       "needs must be 1 to 100 pieces");
	measure->needs = (int)needs;
	if (!check_who(portrait, entry) ||
	    !check_purpose(portrait, entry, measure))
		return portrait_refuse(error, "measure", measure->id,
				       "who, uses and not_for must each name "
				       "somebody or something");
	portrait_warn_unknown(portrait, entry, "[[measure]]", known);
	return true;
}

bool
portrait_read_measures(Portrait *portrait, GError **error)
{
	/* Many a pack begins without any. */
	if (json_object_get(portrait->structure, "measure") == NULL)
		return true;
	return portrait_read_table(portrait, "measure",
				   sizeof(*portrait->measures),
				   (void **)&portrait->measures,
				   &portrait->n_measures, read_measure, error);
}

size_t
portrait_count_measures(const Portrait *portrait)
{
	return portrait->n_measures;
}

const PortraitMeasure *
portrait_get_measure(const Portrait *portrait, size_t i)
{
	g_return_val_if_fail(i < portrait->n_measures, NULL);
	return &portrait->measures[i];
}
