/* SPDX-License-Identifier: Apache-2.0 */
#include "app/roster/roster.h"

#include "app/base/fault.h"
#include "app/base/json.h"

void
roster_free(Roster *roster)
{
	if (roster == NULL)
		return;
	for (size_t i = 0; i < roster->n_teachers; i++)
		g_strfreev(roster->teachers[i].class_ids);
	g_free(roster->classes);
	g_free(roster->learners);
	g_free(roster->teachers);
	g_strfreev(roster->skipped);
	g_free(roster);
}

/* --- pictures --- */

static char *
make_key(const RosterLearner *learner, const char *picture)
{
	return g_strconcat(learner->class_id, "\n", picture, NULL);
}

/* Classes with their pictures, as keys. */
static GHashTable *
list_taken(const Roster *roster)
{
	GHashTable *taken =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (size_t i = 0; i < roster->n_learners; i++)
		if (roster->learners[i].picture[0] != '\0')
			g_hash_table_add(taken,
					 make_key(&roster->learners[i],
						  roster->learners[i].picture));
	return taken;
}

static const char *
next_picture(GHashTable *taken, const RosterLearner *learner,
	     const char *const *pictures, size_t n, size_t *from)
{
	for (size_t k = 0; k < n; k++) {
		const char *picture = pictures[(*from + k) % n];
		char *key = make_key(learner, picture);
		bool held = g_hash_table_contains(taken, key);

		g_hash_table_add(taken, key);
		if (held)
			continue;
		*from += k + 1;
		return picture;
	}
	return pictures[(*from)++ % n];
}

void
roster_assign_pictures(Roster *roster, const char *const *pictures, size_t n)
{
	g_autoptr(GHashTable) taken = list_taken(roster);
	size_t from = 0;

	for (size_t i = 0; n > 0 && i < roster->n_learners; i++) {
		RosterLearner *at = &roster->learners[i];

		if (at->picture[0] == '\0')
			g_strlcpy(at->picture,
				  next_picture(taken, at, pictures, n, &from),
				  sizeof(at->picture));
	}
}

/* --- to and from JSON --- */

static json_t *
class_to_json(const RosterClass *class)
{
	return json_pack("{s:s,s:s,s:s}", "id", class->id, "title",
			 class->title, "grade", class->grade);
}

static json_t *
learner_to_json(const RosterLearner *learner)
{
	json_t *badges = json_array();

	for (size_t i = 0;
	     i < ROSTER_BADGES_MAX && learner->badges[i][0] != '\0'; i++)
		json_array_append_new(badges, json_string(learner->badges[i]));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "id", learner->id, "name",
			 learner->name, "class", learner->class_id, "grade",
			 learner->grade, "picture", learner->picture, "badges",
			 badges);
}

json_t *
roster_to_json(const Roster *roster)
{
	json_t *classes = json_array();
	json_t *learners = json_array();

	for (size_t i = 0; i < roster->n_classes; i++)
		json_array_append_new(classes,
				      class_to_json(&roster->classes[i]));
	for (size_t i = 0; i < roster->n_learners; i++)
		json_array_append_new(learners,
				      learner_to_json(&roster->learners[i]));
	return json_pack("{s:o,s:o}", "classes", classes, "learners", learners);
}

static bool
read_text(const json_t *object, const char *name, size_t min, char *out,
	  size_t size, GError **error)
{
	const char *text = json_text(object, name, min, size - 1, error);

	if (text == NULL)
		return false;
	g_strlcpy(out, text, size);
	return true;
}

static bool
read_class(const json_t *value, RosterClass *out, GError **error)
{
	return read_text(value, "id", 1, out->id, sizeof(out->id), error) &&
	       read_text(value, "title", 1, out->title, sizeof(out->title),
			 error) &&
	       read_text(value, "grade", 0, out->grade, sizeof(out->grade),
			 error);
}

static bool
read_badges(const json_t *value, RosterLearner *out, GError **error)
{
	json_t *list = json_list(value, "badges", ROSTER_BADGES_MAX, error);

	if (list == NULL)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *digits = json_string_value(json_array_get(list, i));

		if (digits == NULL || digits[0] == '\0' ||
		    g_strlcpy(out->badges[i], digits, sizeof(out->badges[i])) >=
			    sizeof(out->badges[i])) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "\"badges\" must be texts");
			return false;
		}
	}
	return true;
}

static bool
read_learner(const json_t *value, RosterLearner *out, GError **error)
{
	return read_text(value, "id", 1, out->id, sizeof(out->id), error) &&
	       read_text(value, "name", 1, out->name, sizeof(out->name),
			 error) &&
	       read_text(value, "class", 0, out->class_id,
			 sizeof(out->class_id), error) &&
	       read_text(value, "grade", 0, out->grade, sizeof(out->grade),
			 error) &&
	       read_text(value, "picture", 0, out->picture,
			 sizeof(out->picture), error) &&
	       read_badges(value, out, error);
}

static bool
read_classes(const json_t *list, Roster *out, GError **error)
{
	out->n_classes = json_array_size(list);
	out->classes = g_new0(RosterClass, MAX(out->n_classes, 1));
	for (size_t i = 0; i < out->n_classes; i++)
		if (!read_class(json_array_get(list, i), &out->classes[i],
				error)) {
			g_prefix_error(error, "classes[%zu]: ", i);
			return false;
		}
	return true;
}

static bool
read_learners(const json_t *list, Roster *out, GError **error)
{
	out->n_learners = json_array_size(list);
	out->learners = g_new0(RosterLearner, MAX(out->n_learners, 1));
	for (size_t i = 0; i < out->n_learners; i++)
		if (!read_learner(json_array_get(list, i), &out->learners[i],
				  error)) {
			g_prefix_error(error, "learners[%zu]: ", i);
			return false;
		}
	return true;
}

Roster *
roster_from_json(const json_t *value, GError **error)
{
	g_autoptr(Roster) roster = g_new0(Roster, 1);
	json_t *classes =
		json_list(value, "classes", ROSTER_CLASSES_MAX, error);
	json_t *learners = classes != NULL
				   ? json_list(value, "learners",
					       ROSTER_LEARNERS_MAX, error)
				   : NULL;

	if (learners == NULL || !read_classes(classes, roster, error) ||
	    !read_learners(learners, roster, error))
		return NULL;
	return g_steal_pointer(&roster);
}
