/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "sync/district/handlers.h"
#include "sync/district/lrs-request.h"
#include "sync/xapi/document.h"

/* What needs no statement: about (Communication 2.8), agents (2.4), and what
 * a browser asks before it asks. */

void
handle_about(Exchange *exchange, Archive *archive)
{
	g_auto(XapiQuery) query = { 0 };

	if (!lrs_read_query(exchange, XAPI_ABOUT_GET, &query))
		return;
	reply_json(exchange, 200,
		   json_pack("{s:[s,s,s,s,s]}", "version", "1.0.0", "1.0.1",
			     "1.0.2", "1.0.3", "2.0.0"));
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
