/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/query.h"

#include <string.h>

#include "app/base/fault.h"
#include "sync/xapi/check.h"
#include "sync/xapi/keys.h"

#define NAME_SHOWN_MAX 40
#define REQUESTS       (XAPI_ABOUT_GET + 1)
#define ON(request)    (1u << (request))
#define STATE          (ON(XAPI_STATE_PUT) | ON(XAPI_STATE_GET) | ON(XAPI_STATE_DELETE))
#define AGENT_PROFILE  (ON(XAPI_AGENT_PROFILE_PUT) | ON(XAPI_AGENT_PROFILE_GET))
#define ACTIVITY_PROFILE \
	(ON(XAPI_ACTIVITY_PROFILE_PUT) | ON(XAPI_ACTIVITY_PROFILE_GET))

typedef struct {
	XapiRequest request;
	XapiVersion version;
	XapiQuery *query;
	GError **error; /* of an agent that is refused */
} Reading;

/* Whether the value is what the parameter may be; keeps it. */
typedef bool (*Reader)(const Reading *reading, const char *value);

/* --- each parameter --- */

static bool
read_uuid(const char *value, char out[static 37])
{
	if (!xapi_is_uuid(value, strlen(value)))
		return false;
	for (int i = 0; i <= 36; i++)
		out[i] = g_ascii_tolower(value[i]);
	return true;
}

static bool
read_flag(const char *value, bool *out)
{
	*out = strcmp(value, "true") == 0;
	return *out || strcmp(value, "false") == 0;
}

static bool
read_iri(const char *value, char **out)
{
	if (!xapi_is_iri(value, strlen(value)))
		return false;
	*out = g_strdup(value);
	return true;
}

static bool
read_statement_id(const Reading *reading, const char *value)
{
	return read_uuid(value, reading->query->statement_id);
}

static bool
read_voided_id(const Reading *reading, const char *value)
{
	reading->query->is_voided = true;
	return read_uuid(value, reading->query->statement_id);
}

static bool
read_registration(const Reading *reading, const char *value)
{
	return read_uuid(value, reading->query->registration);
}

/* Says itself what is wrong, with the path within the agent. */
static bool
read_agent(const Reading *reading, const char *value)
{
	XapiQuery *query = reading->query;
	bool agent_only = reading->request == XAPI_AGENTS_GET;
	g_autoptr(Tape) tape = tape_read(value, strlen(value), reading->error);

	if (tape == NULL) {
		g_prefix_error(reading->error, "agent: ");
		return false;
	}
	if (!xapi_check_actor(tape_root(tape), reading->version, agent_only,
			      "agent", reading->error))
		return false;
	query->agent = xapi_agent_key(tape_root(tape));
	query->agent_json = g_strdup(value);
	return true;
}

static bool
read_verb(const Reading *reading, const char *value)
{
	return read_iri(value, &reading->query->verb);
}

static bool
read_activity(const Reading *reading, const char *value)
{
	return read_iri(value, &reading->query->activity);
}

static bool
read_document(const Reading *reading, const char *value)
{
	reading->query->document = g_strdup(value);
	return value[0] != '\0';
}

static bool
read_related_agents(const Reading *reading, const char *value)
{
	return read_flag(value, &reading->query->related_agents);
}

static bool
read_related_activities(const Reading *reading, const char *value)
{
	return read_flag(value, &reading->query->related_activities);
}

static bool
read_ascending(const Reading *reading, const char *value)
{
	return read_flag(value, &reading->query->ascending);
}

static bool
read_attachments(const Reading *reading, const char *value)
{
	return read_flag(value, &reading->query->attachments);
}

static bool
read_since(const Reading *reading, const char *value)
{
	reading->query->has_since = true;
	return xapi_timestamp_parse(value, strlen(value), reading->version,
				    &reading->query->since);
}

static bool
read_until(const Reading *reading, const char *value)
{
	reading->query->has_until = true;
	return xapi_timestamp_parse(value, strlen(value), reading->version,
				    &reading->query->until);
}

/* More than there ever is counts as that. */
static bool
read_limit(const Reading *reading, const char *value)
{
	int64_t limit = 0;

	for (const char *c = value; *c != '\0'; c++) {
		if (!g_ascii_isdigit(*c))
			return false;
		limit = MIN(limit * 10 + (*c - '0'), INT32_MAX);
	}
	reading->query->limit = limit;
	return value[0] != '\0';
}

static bool
read_format(const Reading *reading, const char *value)
{
	static const char *const formats[] = {
		[XAPI_FORMAT_EXACT] = "exact",
		[XAPI_FORMAT_IDS] = "ids",
		[XAPI_FORMAT_CANONICAL] = "canonical",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
		if (strcmp(value, formats[i]) == 0) {
			reading->query->format = (XapiFormat)i;
			return true;
		}
	return false;
}

/* --- all of them --- */

typedef struct {
	const char *name;
	Reader read;
	const char *rule;
	unsigned allowed, required; /* bits of XapiRequest */
} Known;

#define GET_MANY ON(XAPI_STATEMENTS_GET)

static const Known known[] = {
	{ "statementId", read_statement_id, "must be a UUID",
	  GET_MANY | ON(XAPI_STATEMENTS_PUT), ON(XAPI_STATEMENTS_PUT) },
	{ "voidedStatementId", read_voided_id, "must be a UUID", GET_MANY, 0 },
	{ "agent", read_agent, NULL,
	  GET_MANY | STATE | AGENT_PROFILE | ON(XAPI_AGENTS_GET),
	  STATE | AGENT_PROFILE | ON(XAPI_AGENTS_GET) },
	{ "verb", read_verb, "must be an IRI", GET_MANY, 0 },
	{ "activity", read_activity, "must be an IRI", GET_MANY, 0 },
	{ "registration", read_registration, "must be a UUID", GET_MANY | STATE,
	  0 },
	{ "related_activities", read_related_activities,
	  "must be true or false", GET_MANY, 0 },
	{ "related_agents", read_related_agents, "must be true or false",
	  GET_MANY, 0 },
	{ "since", read_since, "must be a timestamp",
	  GET_MANY | ON(XAPI_STATE_GET) | ON(XAPI_AGENT_PROFILE_GET) |
		  ON(XAPI_ACTIVITY_PROFILE_GET),
	  0 },
	{ "until", read_until, "must be a timestamp", GET_MANY, 0 },
	{ "limit", read_limit, "must be a whole number, 0 or more", GET_MANY,
	  0 },
	{ "format", read_format, "must be exact, ids or canonical", GET_MANY,
	  0 },
	{ "attachments", read_attachments, "must be true or false", GET_MANY,
	  0 },
	{ "ascending", read_ascending, "must be true or false", GET_MANY, 0 },
	{ "activityId", read_activity, "must be an IRI",
	  STATE | ACTIVITY_PROFILE | ON(XAPI_ACTIVITIES_GET),
	  STATE | ACTIVITY_PROFILE | ON(XAPI_ACTIVITIES_GET) },
	{ "stateId", read_document, "must not be empty", STATE,
	  ON(XAPI_STATE_PUT) },
	{ "profileId", read_document, "must not be empty",
	  AGENT_PROFILE | ACTIVITY_PROFILE,
	  ON(XAPI_AGENT_PROFILE_PUT) | ON(XAPI_ACTIVITY_PROFILE_PUT) },
};

static const char *const sections[REQUESTS][2] = {
	[XAPI_STATEMENTS_GET] = { "Communication 2.1.3", "4.1.6.1" },
	[XAPI_STATEMENTS_PUT] = { "Communication 2.1.1", "4.1.6.1" },
	[XAPI_STATEMENTS_POST] = { "Communication 2.1.2", "4.1.6.1" },
	[XAPI_STATE_PUT] = { "Communication 2.3", "4.1.6.2" },
	[XAPI_STATE_GET] = { "Communication 2.3", "4.1.6.2" },
	[XAPI_STATE_DELETE] = { "Communication 2.3", "4.1.6.2" },
	[XAPI_AGENTS_GET] = { "Communication 2.4", "4.1.6.3" },
	[XAPI_ACTIVITIES_GET] = { "Communication 2.5", "4.1.6.4" },
	[XAPI_AGENT_PROFILE_PUT] = { "Communication 2.6", "4.1.6.5" },
	[XAPI_AGENT_PROFILE_GET] = { "Communication 2.6", "4.1.6.5" },
	[XAPI_ACTIVITY_PROFILE_PUT] = { "Communication 2.7", "4.1.6.6" },
	[XAPI_ACTIVITY_PROFILE_GET] = { "Communication 2.7", "4.1.6.6" },
	[XAPI_ABOUT_GET] = { "Communication 2.8", "4.1.6.7" },
};

static bool
fail(const Reading *reading, GError **error, const char *name, const char *rule)
{
	/* The agent may have said so itself, and better. */
	if (error == NULL || *error == NULL)
		g_set_error(error, FAULT, FAULT_INVALID, "%s: %s (xAPI %s %s)",
			    name, rule, xapi_version_name(reading->version),
			    sections[reading->request][reading->version]);
	return false;
}

static bool
fail_unknown(const Reading *reading, GError **error, const char *name)
{
	g_autofree char *shown =
		g_utf8_make_valid(name,
				  (gssize)MIN(strlen(name), NAME_SHOWN_MAX));
	bool is_new = reading->version == XAPI_2_0;

	for (char *c = shown; *c != '\0'; c++)
		if (g_ascii_iscntrl(*c))
			*c = '?';
	g_set_error(error, FAULT, FAULT_INVALID,
		    "%s: no parameter of this name is known here (xAPI %s "
		    "%s)",
		    shown, xapi_version_name(reading->version),
		    is_new ? "4.1.5" : "Communication 3.2.s3.b7");
	return false;
}

static const Known *
find_known(XapiRequest request, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (strcmp(known[i].name, name) == 0 &&
		    (known[i].allowed & ON(request)) != 0)
			return &known[i];
	return NULL;
}

static bool
read_one(const Reading *reading, const XapiParameter *parameter, unsigned *seen,
	 GError **error)
{
	const Known *of = find_known(reading->request, parameter->name);
	unsigned bit;

	if (of == NULL)
		return fail_unknown(reading, error, parameter->name);
	bit = 1u << (of - known);
	if ((*seen & bit) != 0)
		return fail(reading, error, of->name, "must be there once");
	*seen |= bit;
	if (!g_utf8_validate(parameter->value, -1, NULL))
		return fail(reading, error, of->name, "must be UTF-8");
	return of->read(reading, parameter->value) ||
	       fail(reading, error, of->name, of->rule);
}

static bool
has(unsigned seen, const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (strcmp(known[i].name, name) == 0)
			return (seen & (1u << i)) != 0;
	return false;
}

/* Communication 2.1.3.s2.b1 and b2; 2.0 4.1.6.1 and 4.1.6.2. */
static bool
check_together(const Reading *reading, unsigned seen, GError **error)
{
	static const char *const with_id[] = { "statementId",
					       "voidedStatementId",
					       "attachments", "format" };
	unsigned others = seen;
	bool one = has(seen, "statementId"),
	     voided = has(seen, "voidedStatementId");

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(with_id); k++)
			if (strcmp(known[i].name, with_id[k]) == 0)
				others &= ~(1u << i);
	if (one && voided)
		return fail(reading, error, "voidedStatementId",
			    "must not be there with statementId");
	if ((one || voided) && others != 0)
		return fail(reading, error,
			    one ? "statementId" : "voidedStatementId",
			    "only attachments and format may be with it");
	if (reading->request == XAPI_STATE_GET &&
	    reading->version == XAPI_2_0 && has(seen, "stateId") &&
	    has(seen, "since"))
		return fail(reading, error, "since",
			    "must not be there with stateId");
	return true;
}

static bool
check_required(const Reading *reading, unsigned seen, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if ((known[i].required & ON(reading->request)) != 0 &&
		    (seen & (1u << i)) == 0)
			return fail(reading, error, known[i].name,
				    "is required");
	return true;
}

bool
xapi_query_read(XapiRequest request, const XapiParameter *parameters, size_t n,
		XapiVersion version, XapiQuery *out, GError **error)
{
	g_auto(XapiQuery) query = { 0 };
	g_autoptr(GError) fault = NULL;
	Reading reading = { request, version, &query, &fault };
	unsigned seen = 0;

	for (size_t i = 0; i < n; i++)
		if (!read_one(&reading, &parameters[i], &seen, &fault))
			break;
	if (fault != NULL || !check_required(&reading, seen, &fault) ||
	    !check_together(&reading, seen, &fault)) {
		g_propagate_error(error, g_steal_pointer(&fault));
		return false;
	}
	*out = query;
	query = (XapiQuery){ 0 };
	return true;
}

void
xapi_query_clear(XapiQuery *query)
{
	g_clear_pointer(&query->agent, g_free);
	g_clear_pointer(&query->agent_json, g_free);
	g_clear_pointer(&query->verb, g_free);
	g_clear_pointer(&query->activity, g_free);
	g_clear_pointer(&query->document, g_free);
}
