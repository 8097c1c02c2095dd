/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-request.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/lrs-spoken.h"
#include "sync/district/lrs-stamp.h"
#include "sync/district/request-text.h"
#include "sync/district/route.h"

/* --- version --- */

static XapiVersion
version_otherwise(const Exchange *exchange)
{
	const char *text =
		settings_text(exchange->service->settings, "xapi", "version");
	XapiVersion version;

	return xapi_version_parse(text, strlen(text), &version) ? version
								: XAPI_2_0;
}

/* A form may yet bring its version along. */
static bool
needs_version(const Exchange *exchange)
{
	return exchange->route != NULL && exchange->route->who != WHO_ANYONE &&
	       settings_flag(exchange->service->settings, "xapi",
			     "version_required");
}

/* Whoever says that it is this key learns no more than a version. */
static void
refuse_in_version_spoken(Exchange *exchange)
{
	char key[BASIC_USER_MAX + 1], secret[BASIC_SECRET_MAX + 1];

	if (basic_parse(exchange_header(exchange, "Authorization"), key,
			secret))
		(void)lrs_spoken_find(exchange->service->spoken, key,
				      &exchange->xapi.version);
	sodium_memzero(secret, sizeof(secret));
}

void
lrs_note_version(Exchange *exchange)
{
	if (exchange_header(exchange, LRS_VERSION_HEADER) != NULL)
		lrs_spoken_note(exchange->service->spoken, exchange->tool.id,
				exchange->xapi.version);
}

void
lrs_negotiate(Exchange *exchange)
{
	const char *text = exchange_header(exchange, LRS_VERSION_HEADER);
	bool anyone =
		exchange->route == NULL || exchange->route->who == WHO_ANYONE;

	exchange->xapi.version = version_otherwise(exchange);
	if (text != NULL &&
	    xapi_version_parse(text, strlen(text), &exchange->xapi.version))
		return;
	if (text == NULL && !needs_version(exchange))
		return;
	if (text == NULL)
		refuse_in_version_spoken(exchange);
	if (!anyone || exchange->xapi.form != NULL)
		reply_problem(exchange, 400, "version", 0,
			      "send " LRS_VERSION_HEADER ": 1.0.3 or 2.0.0");
}

/* --- parameters --- */

static enum MHD_Result
take_parameter(void *data, enum MHD_ValueKind kind, const char *name,
	       size_t name_size, const char *value, size_t value_size)
{
	LrsParameters *out = data;

	out->is_bad |= out->n == LRS_PARAMETERS_MAX ||
		       strlen(name) != name_size ||
		       (value != NULL && strlen(value) != value_size);
	if (out->is_bad)
		return MHD_NO;
	out->list[out->n++] =
		(XapiParameter){ name, value != NULL ? value : "" };
	return MHD_YES;
}

bool
lrs_list_parameters(const Exchange *exchange, LrsParameters *out)
{
	const XapiAlternate *form = exchange->xapi.form;

	out->n = 0;
	out->is_bad = false;
	if (form == NULL)
		MHD_get_connection_values_n(exchange->connection,
					    MHD_GET_ARGUMENT_KIND,
					    take_parameter, out);
	for (size_t i = 0; form != NULL && i < form->n; i++)
		out->list[out->n++] = form->parameters[i];
	return !out->is_bad;
}

int64_t
lrs_get_more(const Exchange *exchange)
{
	const char *text = exchange->xapi.form == NULL
				   ? exchange_query(exchange, LRS_MORE)
				   : NULL;
	guint64 seq;

	return text != NULL && g_ascii_string_to_unsigned(text, 10, 0,
							  INT64_MAX, &seq, NULL)
		       ? (int64_t)seq
		       : -1;
}

/* Ours is no parameter of xAPI's. */
static void
drop_more(const Exchange *exchange, LrsParameters *parameters)
{
	size_t n = 0;

	for (size_t i = 0; i < parameters->n; i++)
		if (!g_str_equal(parameters->list[i].name, LRS_MORE))
			parameters->list[n++] = parameters->list[i];
	parameters->n = n;
}

bool
lrs_read_query(Exchange *exchange, XapiRequest request, XapiQuery *out)
{
	g_autofree LrsParameters *parameters = g_new0(LrsParameters, 1);
	g_autoptr(GError) error = NULL;

	if (!lrs_list_parameters(exchange, parameters)) {
		reply_problem(exchange, 400, "invalid", 0,
			      "too many parameters, or a zero byte in one");
		return false;
	}
	if (request == XAPI_STATEMENTS_GET && lrs_get_more(exchange) >= 0)
		drop_more(exchange, parameters);
	if (xapi_query_read(request, parameters->list, parameters->n,
			    exchange->xapi.version, out, &error))
		return true;
	lrs_fail(exchange, error);
	return false;
}

const char *
lrs_content_type(const Exchange *exchange)
{
	const XapiAlternate *form = exchange->xapi.form;
	const char *type = form == NULL
				   ? exchange_header(exchange, "Content-Type")
				   : form->headers[XAPI_HEADER_CONTENT_TYPE];

	/* A form's own type says nothing of its content. */
	if (type == NULL)
		return form != NULL ? "application/json" : "";
	return type;
}

bool
lrs_is_type(const char *content_type, const char *type)
{
	return xapi_media_type_is(content_type, strlen(content_type), type);
}

/* --- refusals --- */

void
lrs_fail(Exchange *exchange, const GError *error)
{
	if (g_error_matches(error, FAULT, FAULT_REFUSED))
		reply_problem(exchange, 413, "too-large", 0, error->message);
	else
		reply_error(exchange, error);
}

void
lrs_fail_plainly(Exchange *exchange, int status, const char *detail)
{
	g_autoptr(GBytes) bytes = g_bytes_new(detail, strlen(detail));

	reply_bytes(exchange, status, "text/plain; charset=utf-8", bytes);
}

/* RFC 9110, 5.6.7: names of days and months are nobody's language. */
void
lrs_add_modified(Exchange *exchange, WallTime stored)
{
	g_autoptr(GDateTime) at =
		g_date_time_new_from_unix_utc(stored.us / G_USEC_PER_SEC);
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu",
					    "Fri", "Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
					      "May", "Jun", "Jul", "Aug",
					      "Sep", "Oct", "Nov", "Dec" };
	g_autofree char *text =
		g_strdup_printf("%s, %02d %s %d %02d:%02d:%02d GMT",
				days[g_date_time_get_day_of_week(at) - 1],
				g_date_time_get_day_of_month(at),
				months[g_date_time_get_month(at) - 1],
				g_date_time_get_year(at),
				g_date_time_get_hour(at),
				g_date_time_get_minute(at),
				g_date_time_get_second(at));

	reply_header(exchange, "Last-Modified", text);
}

/* --- authority --- */

static void
add_text(GString *out, const char *text)
{
	json_t *value = json_string(text);
	char *quoted = json_dumps(value, JSON_ENCODE_ANY);

	g_string_append(out, quoted != NULL ? quoted : "\"\"");
	free(quoted);
	json_decref(value);
}

char *
lrs_authority(const ArchiveDistrict *district, const char *id, const char *name)
{
	GString *out = g_string_new("{\"objectType\":\"Agent\",\"name\":");

	add_text(out, name);
	g_string_append(out, ",\"account\":{\"homePage\":");
	add_text(out, district->base);
	g_string_append(out, ",\"name\":");
	add_text(out, id);
	g_string_append(out, "}}");
	return g_string_free(out, FALSE);
}

/* --- headers --- */

static bool
is_allowed(const char *origins, const char *origin)
{
	g_auto(GStrv) list = g_strsplit(origins, " ", -1);

	return g_strv_contains((const char *const *)list, "*") ||
	       g_strv_contains((const char *const *)list, origin);
}

/* A page of another origin may only see what is named here; credentials it
 * sends itself, so that "*" gives nothing away. */
static void
add_cors(const Exchange *exchange, struct MHD_Response *response)
{
	const char *origin = exchange_header(exchange, "Origin");
	const char *origins =
		settings_text(exchange->service->settings, "xapi", "origins");

	if (origin == NULL || !is_allowed(origins, origin))
		return;
	MHD_add_response_header(response, "Access-Control-Allow-Origin",
				origin);
	MHD_add_response_header(response, "Vary", "Origin");
	MHD_add_response_header(
		response, "Access-Control-Expose-Headers",
		"ETag, Last-Modified, " LRS_VERSION_HEADER
		", X-Experience-API-Consistent-Through, X-Experience-API-Hash");
}

/* In every answer of this resource, whatever it says (2.1.3.s2.b5). */
static void
add_through(const Exchange *exchange, struct MHD_Response *response)
{
	const Service *service = exchange->service;
	char text[LRS_STAMP_SIZE + 1] = "";

	if (!g_str_equal(exchange->path, LRS_PATH "statements"))
		return;
	if (exchange->xapi.through[0] == '\0')
		lrs_stamp(writer_promise(service->writer, service_now(service)),
			  text);
	MHD_add_response_header(response, "X-Experience-API-Consistent-Through",
				text[0] != '\0' ? text
						: exchange->xapi.through);
}

void
lrs_add_headers(const Exchange *exchange, struct MHD_Response *response)
{
	if (!exchange->xapi.is)
		return;
	MHD_add_response_header(response, LRS_VERSION_HEADER,
				xapi_version_name(exchange->xapi.version));
	add_through(exchange, response);
	add_cors(exchange, response);
}
