/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/handlers.h"
#include "sync/district/lrs-request.h"
#include "sync/district/route.h"

/* The alternate request syntax of 1.0.3: a form that stands for another
 * request (Communication 1.3).  What it says takes the exchange's place, and
 * that goes on as if it had come so. */

typedef struct {
	XapiParameter list[2];
	size_t n; /* a second one is wrong already */
} UrlParameters;

static enum MHD_Result
take(void *data, enum MHD_ValueKind kind, const char *name, const char *value)
{
	UrlParameters *out = data;

	if (out->n == G_N_ELEMENTS(out->list))
		return MHD_NO;
	out->list[out->n++] =
		(XapiParameter){ name, value != NULL ? value : "" };
	return MHD_YES;
}

bool
begin_form(Exchange *exchange)
{
	if (exchange->xapi.version == XAPI_1_0 ||
	    exchange_header(exchange, LRS_VERSION_HEADER) == NULL)
		return true;
	reply_problem(exchange, 400, "invalid", 0,
		      "method: no parameter of this name is known here (xAPI "
		      "2.0.0 4.1.5)");
	return false;
}

static bool
read_form(Exchange *exchange)
{
	const GByteArray *body = exchange->body;
	XapiAlternate *form = g_new0(XapiAlternate, 1);
	g_autoptr(GError) error = NULL;
	UrlParameters url = { .n = 0 };

	MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND,
				  take, &url);
	if (!xapi_alternate_read(url.list, url.n,
				 body != NULL ? (const char *)body->data : "",
				 body != NULL ? body->len : 0, form, &error)) {
		g_free(form);
		lrs_fail(exchange, error);
		return false;
	}
	exchange->xapi.form = form;
	return true;
}

/* The row that the form means, and whether it may be asked. */
static bool
find_row(Exchange *exchange, Archive *archive)
{
	route_find(exchange, exchange->xapi.form->method, exchange->path);
	if (exchange->reply.status == 0)
		lrs_negotiate(exchange);
	if (exchange->reply.status == 0)
		(void)begin_form(exchange);
	if (exchange->reply.status == 0)
		route_authorize(exchange, archive);
	return exchange->reply.status == 0;
}

static bool
give_content(Exchange *exchange)
{
	const XapiAlternate *form = exchange->xapi.form;
	const Route *route = exchange->route;

	if (form->content_size > (uint64_t)route->limit) {
		reply_problem(exchange, 413, "too-large", 0,
			      "the content is larger than it may be");
		return false;
	}
	if (route->begin != NULL && !route->begin(exchange))
		return false;
	if (route->feed != NULL)
		return route->feed(exchange, form->content, form->content_size);
	g_clear_pointer(&exchange->body, g_byte_array_unref);
	exchange->body = g_byte_array_new();
	g_byte_array_append(exchange->body, (const guint8 *)form->content,
			    (guint)form->content_size);
	return true;
}

/* The writer's part, if there is any, follows as for any request. */
void
handle_form(Exchange *exchange, Archive *archive)
{
	if (!read_form(exchange) || !find_row(exchange, archive) ||
	    !give_content(exchange))
		return;
	if (exchange->route->handle != NULL)
		exchange->route->handle(exchange, archive);
	if (g_str_equal(exchange->xapi.form->method, "HEAD"))
		g_clear_pointer(&exchange->reply.body, g_bytes_unref);
}
