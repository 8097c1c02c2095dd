/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-index.h"
#include "sync/district/handlers.h"
#include "sync/district/lrs-request.h"
#include "sync/xapi/document.h"

/* What needs no statement: about (Communication 2.8), agents (2.4),
 * activities (2.5), and what a browser asks before it asks. */

/* Whoever says that it is of 1.0 is told of what 1.0.3 has a name for (2.8:
 * "1.0.0" or "1.0.x"); all others hear of both. */
static bool
knows_1_0_alone(const Exchange *exchange)
{
	return exchange->xapi.version == XAPI_1_0 &&
	       exchange_header(exchange, LRS_VERSION_HEADER) != NULL;
}

void
handle_about(Exchange *exchange, Archive *archive)
{
	g_auto(XapiQuery) query = { 0 };
	json_t *versions;

	if (!lrs_read_query(exchange, XAPI_ABOUT_GET, &query))
		return;
	versions = json_pack("[s,s,s,s]", "1.0.0", "1.0.1", "1.0.2", "1.0.3");
	if (!knows_1_0_alone(exchange))
		json_array_append_new(versions, json_string("2.0.0"));
	reply_json(exchange, 200, json_pack("{s:o}", "version", versions));
}

void
handle_agents(Exchange *exchange, Archive *archive)
{
	g_auto(XapiQuery) query = { 0 };
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GBytes) bytes = NULL;
	g_autoptr(GError) error = NULL;
	g_autoptr(Tape) tape = NULL;

	if (!lrs_read_query(exchange, XAPI_AGENTS_GET, &query))
		return;
	tape = tape_read(query.agent_json, strlen(query.agent_json), &error);
	if (tape == NULL) {
		lrs_fail(exchange, error);
		return;
	}
	xapi_person(text, tape);
	bytes = g_string_free_to_bytes(g_steal_pointer(&text));
	reply_bytes(exchange, 200, "application/json", bytes);
}

/* What is known of one, after all that was committed before. */
void
handle_activities(Exchange *exchange, Archive *archive)
{
	const Service *service = exchange->service;
	g_auto(XapiQuery) query = { 0 };
	g_autofree char *definition = NULL;
	g_autoptr(GError) error = NULL;
	json_t *activity;

	if (!lrs_read_query(exchange, XAPI_ACTIVITIES_GET, &query))
		return;
	/* On a full disk, what is known so far. */
	if (writer_catch_up(service->writer, &error) ||
	    g_error_matches(error, FAULT, FAULT_FULL)) {
		g_clear_error(&error);
		definition =
			archive_get_definition(archive, query.activity, &error);
	}
	if (error != NULL) {
		lrs_fail(exchange, error);
		return;
	}
	activity = json_pack("{s:s,s:s}", "objectType", "Activity", "id",
			     query.activity);
	if (definition != NULL)
		json_object_set_new(activity, "definition",
				    json_loads(definition, JSON_ALLOW_NUL,
					       NULL));
	reply_json(exchange, 200, activity);
}

void
handle_preflight(Exchange *exchange, Archive *archive)
{
	reply_header(exchange, "Access-Control-Allow-Methods",
		     "GET, HEAD, PUT, POST, DELETE");
	reply_header(exchange, "Access-Control-Allow-Headers",
		     "Authorization, Content-Type, If-Match, If-None-Match, "
		     "Accept-Language, " LRS_VERSION_HEADER);
	reply_header(exchange, "Access-Control-Max-Age", "3600");
	reply_empty(exchange, 204);
}
