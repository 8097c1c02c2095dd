/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/exchange.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>
#include <sodium.h>

#include "app/base/json.h"

Exchange *
exchange_new(Service *service, struct MHD_Connection *connection)
{
	Exchange *exchange = g_new0(Exchange, 1);

	exchange->service = service;
	exchange->connection = connection;
	exchange->reply.file = -1;
	return exchange;
}

void
exchange_free(Exchange *exchange)
{
	if (exchange == NULL)
		return;

	if (exchange->state != NULL && exchange->state_free != NULL)
		exchange->state_free(exchange->state);
	reply_clear(&exchange->reply);
	g_clear_pointer(&exchange->body, g_byte_array_unref);
	g_free(exchange->path);
	if (exchange->xapi.form != NULL)
		xapi_alternate_clear(exchange->xapi.form);
	g_free(exchange->xapi.form);
	g_free(exchange->staff);
	sodium_memzero(exchange->session, sizeof(exchange->session));
	g_free(exchange);
}

/* --- the request --- */

/* What the fields of a form stand for. */
static const char *
form_header(const XapiAlternate *form, const char *name)
{
	static const char *const names[] = {
		[XAPI_HEADER_AUTHORIZATION] = "Authorization",
		[XAPI_HEADER_VERSION] = "X-Experience-API-Version",
		[XAPI_HEADER_CONTENT_TYPE] = "Content-Type",
		[XAPI_HEADER_CONTENT_LENGTH] = "Content-Length",
		[XAPI_HEADER_IF_MATCH] = "If-Match",
		[XAPI_HEADER_IF_NONE_MATCH] = "If-None-Match",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_equal(names[i], name))
			return form->headers[i];
	return NULL;
}

const char *
exchange_header(const Exchange *exchange, const char *name)
{
	const char *value = exchange->xapi.form != NULL
				    ? form_header(exchange->xapi.form, name)
				    : NULL;

	if (value != NULL)
		return value;
	return MHD_lookup_connection_value(exchange->connection,
					   MHD_HEADER_KIND, name);
}

const char *
exchange_query(const Exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->connection,
					   MHD_GET_ARGUMENT_KIND, name);
}

/* NULL for a unix socket. */
static const char *
peer_of(const Exchange *exchange, char *out, size_t size)
{
	const struct sockaddr *at =
		MHD_get_connection_info(exchange->connection,
					MHD_CONNECTION_INFO_CLIENT_ADDRESS)
			->client_addr;
	const void *address;

	if (at->sa_family == AF_INET)
		address = &((const struct sockaddr_in *)(const void *)at)
				   ->sin_addr;
	else if (at->sa_family == AF_INET6)
		address = &((const struct sockaddr_in6 *)(const void *)at)
				   ->sin6_addr;
	else
		return NULL;
	return inet_ntop(at->sa_family, address, out, (socklen_t)size);
}

typedef struct {
	const char *name;
	GString *text;
} Join;

static enum MHD_Result
join(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
	Join *lines = data;

	if (g_ascii_strcasecmp(name, lines->name) == 0 && value != NULL) {
		g_string_append(lines->text, lines->text->len > 0 ? "," : "");
		g_string_append(lines->text, value);
	}
	return MHD_YES;
}

/* A header that comes in several lines is one list. */
static char *
join_header(const Exchange *exchange, const char *name)
{
	Join lines = { name, g_string_new(NULL) };

	MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, join,
				  &lines);
	return g_string_free(lines.text, FALSE);
}

const ProxiesClient *
exchange_client(Exchange *exchange)
{
	const Proxies *proxies = exchange->service->proxies;
	char peer[INET6_ADDRSTRLEN];

	if (exchange->client.address[0] == '\0') {
		g_autofree char *forwarded =
			join_header(exchange, proxies_header(proxies));
		g_autofree char *proto =
			join_header(exchange, "X-Forwarded-Proto");

		proxies_find_client(proxies,
				    peer_of(exchange, peer, sizeof(peer)),
				    forwarded, proto, &exchange->client);
	}
	return &exchange->client;
}

void
exchange_address(Exchange *exchange, char *out, size_t size)
{
	proxies_key(exchange_client(exchange)->address, out, size);
}

bool
exchange_is_secure(Exchange *exchange)
{
	return service_is_secure(exchange->service) ||
	       exchange_client(exchange)->https;
}

static bool
says_json(const Exchange *exchange)
{
	const char *type = exchange_header(exchange, "Content-Type");

	return type != NULL &&
	       g_ascii_strncasecmp(type, "application/json", 16) == 0 &&
	       strchr(";\t ", type[16]) != NULL; /* or its end */
}

json_t *
exchange_read_json(Exchange *exchange)
{
	g_autoptr(GError) error = NULL;
	json_t *value;

	if (!says_json(exchange)) {
		reply_problem(exchange, 415, "type", 0,
			      "send Content-Type: application/json");
		return NULL;
	}
	value = exchange->body == NULL ? NULL
				       : json_read(exchange->body->data,
						   exchange->body->len, &error);
	if (json_is_object(value))
		return value;
	json_decref(value);
	reply_problem(exchange, 400, "invalid", 0,
		      error != NULL ? error->message
				    : "the body must be a JSON object");
	return NULL;
}
