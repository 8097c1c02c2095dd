/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-terms.h"

#include <string.h>

#define ORDINARY 32 /* terms of a statement */

/* What a term is of; capitals: what is only related to the statement. */
enum {
	OF_AGENT = 'a',
	OF_RELATED_AGENT = 'A',
	OF_ACTIVITY = 'o',
	OF_RELATED_ACTIVITY = 'O',
	OF_VERB = 'v',
	OF_REGISTRATION = 'r',
	OF_SENDER = 's',
};

static Term
term_of(char kind, const char *text)
{
	return archive_term(kind, text, strlen(text));
}

/* --- of a statement --- */

static void
add_term(GArray *terms, char kind, const char *text, size_t size)
{
	Term term = archive_term(kind, text, size);

	g_array_append_val(terms, term);
}

static void
add_key(GArray *terms, const XapiKey *key)
{
	static const struct {
		XapiKeyRoles role;
		char kind;
	} kinds[] = {
		{ XAPI_KEY_AGENT, OF_AGENT },
		{ XAPI_KEY_RELATED_AGENT, OF_RELATED_AGENT },
		{ XAPI_KEY_ACTIVITY, OF_ACTIVITY },
		{ XAPI_KEY_RELATED_ACTIVITY, OF_RELATED_ACTIVITY },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
		if ((key->roles & kinds[i].role) != 0)
			add_term(terms, kinds[i].kind, key->text, key->size);
}

LrsTerms *
lrs_terms_new(const XapiKeys *keys, const GArray *defined)
{
	g_autoptr(GArray) terms =
		g_array_sized_new(FALSE, FALSE, sizeof(Term), ORDINARY);
	guint n_defined = defined != NULL ? defined->len : 0;
	LrsTerms *out;

	for (guint i = 0; i < keys->keys->len; i++)
		add_key(terms, &g_array_index(keys->keys, XapiKey, i));
	if (keys->verb != NULL)
		add_term(terms, OF_VERB, keys->verb->text, keys->verb->size);
	if (keys->registration[0] != '\0')
		add_term(terms, OF_REGISTRATION, keys->registration,
			 strlen(keys->registration));
	out = g_malloc(sizeof(*out) + (terms->len + n_defined) * sizeof(Term));
	*out = (LrsTerms){ .n = terms->len, .n_defined = n_defined };
	g_strlcpy(out->target, keys->target, sizeof(out->target));
	out->voids = keys->is_voiding && keys->target[0] != '\0';
	memcpy(out->terms, terms->data, terms->len * sizeof(Term));
	if (n_defined > 0)
		memcpy(out->terms + out->n, defined->data,
		       n_defined * sizeof(Term));
	return out;
}

/* --- single ones --- */

Term
lrs_terms_sender(int64_t tool)
{
	return archive_term(OF_SENDER, (const char *)&tool, sizeof(tool));
}

Term
lrs_terms_agent(const char *key)
{
	return term_of(OF_RELATED_AGENT, key);
}

Term
lrs_terms_activity(const char *activity, bool related)
{
	return term_of(related ? OF_RELATED_ACTIVITY : OF_ACTIVITY, activity);
}

void
lrs_terms_asked(const XapiQuery *query, int64_t tool, ArchiveFind *out)
{
	size_t n = 0;

	if (query->agent != NULL)
		out->terms[n++] =
			term_of(query->related_agents ? OF_RELATED_AGENT
						      : OF_AGENT,
				query->agent);
	if (query->activity != NULL)
		out->terms[n++] = lrs_terms_activity(query->activity,
						     query->related_activities);
	if (query->verb != NULL)
		out->terms[n++] = term_of(OF_VERB, query->verb);
	if (query->registration[0] != '\0')
		out->terms[n++] = term_of(OF_REGISTRATION, query->registration);
	out->mine = tool != 0 ? lrs_terms_sender(tool) : 0;
}
