/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "sync/forward/rules-private.h"
#include "sync/xapi/keys.h"

/* What a statement is, as far as rules ask. */
typedef struct {
	XapiKeys keys;          /* owned */
	GPtrArray *people;      /* owned: TapeValue; who did it, one by one */
	const Classes *classes; /* borrowed; NULL: nobody's is known */
	bool confirmed;
} Facts;

static void
facts_clear(Facts *facts)
{
	xapi_keys_clear(&facts->keys);
	g_ptr_array_unref(facts->people);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Facts, facts_clear)

static void
add_person(GPtrArray *people, const TapeValue *actor)
{
	g_autofree char *key = xapi_agent_key(actor);

	if (key != NULL)
		g_ptr_array_add(people, (void *)(uintptr_t)actor);
}

static void
add_people(GPtrArray *people, const TapeValue *actor)
{
	const TapeValue *members, *at;

	if (actor == NULL)
		return;
	add_person(people, actor);
	members = tape_member(actor, "member");
	if (members == NULL)
		return;
	at = tape_first(members);
	for (uint32_t i = 0; i < members->count; i++, at = tape_next(at))
		add_person(people, at);
}

/* --- one condition --- */

static bool
fits_text(const RuleCondition *condition, const char *text, size_t size)
{
	size_t wanted = strlen(condition->value);

	return condition->prefix
		       ? size >= wanted &&
				 memcmp(text, condition->value, wanted) == 0
		       : size == wanted &&
				 memcmp(text, condition->value, size) == 0;
}

static bool
fits_value(const RuleCondition *condition, const TapeValue *text)
{
	g_autofree char *name = NULL;

	if (text == NULL)
		return false;
	if (condition->names == NULL)
		return fits_text(condition, text->text, text->size);
	name = g_strndup(text->text, text->size);
	return g_hash_table_contains(condition->names, name);
}

static bool
fits_key(const RuleCondition *condition, const char *key)
{
	return condition->names != NULL
		       ? g_hash_table_contains(condition->names, key)
		       : fits_text(condition, key, strlen(key));
}

static bool
fits_person(const RuleCondition *condition, const TapeValue *person)
{
	const TapeValue *account = tape_member(person, "account");
	g_autofree char *key = NULL;

	if (condition->key == RULE_HOME)
		return account != NULL &&
		       fits_value(condition, tape_member(account, "homePage"));
	if (account != NULL)
		return fits_value(condition, tape_member(account, "name"));
	key = xapi_agent_key(person);
	return key != NULL && fits_key(condition, key);
}

/* Who must not be sent is kept back by any of a group; who may be sent needs
 * all of it. */
static bool
fits_people(const RuleCondition *condition, const Facts *facts, bool all)
{
	bool found = false;

	for (guint i = 0; i < facts->people->len; i++) {
		bool fits = fits_person(condition,
					g_ptr_array_index(facts->people, i));

		if (fits != all)
			return fits;
		found = found || fits;
	}
	return found;
}

/* --- class and grade --- */

/* Of whom nobody knows it, what keeps fits and what sends does not. */
static bool
fits_class(const RuleCondition *condition, const Facts *facts,
	   const TapeValue *person, bool send)
{
	const TapeValue *account = tape_member(person, "account");
	const TapeValue *name =
		account != NULL ? tape_member(account, "name") : NULL;
	g_autofree char *learner =
		name != NULL ? g_strndup(name->text, name->size) : NULL;

	if (learner == NULL || facts->classes == NULL ||
	    !classes_knows(facts->classes, learner))
		return !send;
	return classes_fit(facts->classes, learner,
			   condition->key == RULE_CLASS ? CLASSES_CLASS
							: CLASSES_GRADE,
			   condition->value, condition->prefix);
}

static bool
fits_classes(const RuleCondition *condition, const Facts *facts, bool send)
{
	for (guint i = 0; i < facts->people->len; i++) {
		bool fits =
			fits_class(condition, facts,
				   g_ptr_array_index(facts->people, i), send);

		if (fits != send)
			return fits;
	}
	return facts->people->len > 0 ? send : !send;
}

/* --- activities --- */

static bool
fits_activity(const RuleCondition *condition, const Facts *facts)
{
	unsigned roles =
		condition->key == RULE_ACTIVITY
			? XAPI_KEY_ACTIVITY
			: XAPI_KEY_ACTIVITY | XAPI_KEY_RELATED_ACTIVITY;

	for (guint i = 0; i < facts->keys.keys->len; i++) {
		const XapiKey *key =
			&g_array_index(facts->keys.keys, XapiKey, i);

		if ((key->roles & roles) != 0 &&
		    fits_text(condition, key->text, key->size))
			return true;
	}
	return false;
}

static bool
fits(const RuleCondition *condition, const Facts *facts, bool send)
{
	switch (condition->key) {
	case RULE_VERB:
		return fits_value(condition, facts->keys.verb);
	case RULE_ACTIVITY:
	case RULE_RELATED:
		return fits_activity(condition, facts);
	case RULE_ACTOR:
	case RULE_HOME:
		return fits_people(condition, facts, send);
	case RULE_CLASS:
	case RULE_GRADE:
		return fits_classes(condition, facts, send);
	case RULE_CONFIRMED:
		return facts->confirmed;
	}
	return false;
}

/* --- rules --- */

static bool
rule_fits(const Rule *rule, const Facts *facts)
{
	for (guint i = 0; i < rule->conditions->len; i++)
		if (!fits(&g_array_index(rule->conditions, RuleCondition, i),
			  facts, rule->send))
			return false;
	return true;
}

bool
rules_send(const Rules *rules, const XapiStatement *statement, bool confirmed)
{
	g_auto(Facts) facts = { .people = g_ptr_array_new(),
				.classes = rules->classes,
				.confirmed = confirmed };

	xapi_keys(statement, &facts.keys);
	add_people(facts.people, tape_member(statement->value, "actor"));
	for (guint i = 0; i < rules->list->len; i++) {
		const Rule *rule = &g_array_index(rules->list, Rule, i);

		if (rule_fits(rule, &facts))
			return rule->send;
	}
	return false;
}

static bool
asks(const Rules *rules, RuleKey key)
{
	for (guint i = 0; i < rules->list->len; i++) {
		const Rule *rule = &g_array_index(rules->list, Rule, i);

		for (guint k = 0; k < rule->conditions->len; k++)
			if (g_array_index(rule->conditions, RuleCondition, k)
				    .key == key)
				return true;
	}
	return false;
}

bool
rules_ask_confirmed(const Rules *rules)
{
	return asks(rules, RULE_CONFIRMED);
}

bool
rules_ask_classes(const Rules *rules)
{
	return asks(rules, RULE_CLASS) || asks(rules, RULE_GRADE);
}
