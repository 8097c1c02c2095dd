/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/alternate.h"

#include <string.h>

#include "app/base/fault.h"

typedef struct {
	char *name, *value; /* decoded in place, each with a NUL */
	size_t value_size;
} Field;

static bool
fail(GError **error, const char *section, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID,
		    "request: %s (xAPI 1.0.3 Communication 1.3.s3.%s)", rule,
		    section);
	return false;
}

/* --- the form --- */

/* %-decodes text of size bytes in place; -1: it is not encoded so. */
static gssize
decode(char *text, size_t size)
{
	size_t to = 0;

	for (size_t from = 0; from < size; from++, to++) {
		int high, low;

		text[to] = text[from] == '+' ? ' ' : text[from];
		if (text[from] != '%')
			continue;
		if (size - from < 3)
			return -1;
		high = g_ascii_xdigit_value(text[from + 1]);
		low = g_ascii_xdigit_value(text[from + 2]);
		if (high < 0 || low < 0)
			return -1;
		text[to] = (char)(high * 16 + low);
		from += 2;
	}
	text[to] = '\0';
	return (gssize)to;
}

/* One name=value, followed by a byte that may be overwritten. */
static bool
decode_field(char *text, size_t size, Field *out)
{
	char *equals = memchr(text, '=', size);
	size_t name_size = equals != NULL ? (size_t)(equals - text) : size;
	gssize n = decode(text, name_size);
	gssize value;

	if (n <= 0 || equals == NULL)
		return false;
	value = decode(equals + 1, size - name_size - 1);
	if (value < 0)
		return false;
	*out = (Field){ text, equals + 1, (size_t)value };
	/* Neither may have a NUL within. */
	return g_utf8_validate_len(text, (gsize)n, NULL) &&
	       g_utf8_validate_len(out->value, (gsize)value, NULL);
}

/* --- what a field is --- */

static bool
keep_header(const Field *field, XapiAlternate *out, bool *is_header)
{
	static const char *const names[] = {
		[XAPI_HEADER_AUTHORIZATION] = "Authorization",
		[XAPI_HEADER_VERSION] = "X-Experience-API-Version",
		[XAPI_HEADER_CONTENT_TYPE] = "Content-Type",
		[XAPI_HEADER_CONTENT_LENGTH] = "Content-Length",
		[XAPI_HEADER_IF_MATCH] = "If-Match",
		[XAPI_HEADER_IF_NONE_MATCH] = "If-None-Match",
	};

	*is_header = false;
	for (size_t i = 0; i < XAPI_HEADERS; i++) {
		if (g_ascii_strcasecmp(field->name, names[i]) != 0)
			continue;
		*is_header = true;
		if (out->headers[i] != NULL ||
		    strpbrk(field->value, "\r\n") != NULL)
			return false;
		out->headers[i] = field->value;
	}
	return true;
}

static bool
keep_field(const Field *field, XapiAlternate *out, GError **error)
{
	bool is_header;

	if (strcmp(field->name, "content") == 0) {
		if (out->content != NULL)
			return fail(error, "b4", "must have its content once");
		out->content = field->value;
		out->content_size = field->value_size;
		return true;
	}
	if (!keep_header(field, out, &is_header))
		return fail(error, "b7", "a header must be there once");
	if (is_header)
		return true;
	if (out->n == XAPI_FORM_FIELDS_MAX)
		return fail(error, "b14", "has too many parameters");
	out->parameters[out->n++] =
		(XapiParameter){ field->name, field->value };
	return true;
}

static bool
read_form(size_t size, XapiAlternate *out, GError **error)
{
	size_t at = 0;

	while (at < size) {
		char *begin = out->text + at;
		char *end = memchr(begin, '&', size - at);
		size_t n = end != NULL ? (size_t)(end - begin) : size - at;
		Field field;

		if (n > 0 && !decode_field(begin, n, &field))
			return fail(error, "b4",
				    "must be a form in UTF-8, URL-encoded");
		if (n > 0 && !keep_field(&field, out, error))
			return false;
		at += n + 1;
	}
	return true;
}

/* --- the request --- */

static bool
read_method(const XapiParameter *query, size_t n, XapiAlternate *out,
	    GError **error)
{
	static const char *const methods[] = { "GET", "PUT", "POST", "DELETE",
					       "HEAD" };

	if (n == 0 || strcmp(query[0].name, "method") != 0)
		return fail(error, "b2", "must have the parameter method");
	if (n > 1)
		return fail(error, "b3",
			    "must have no parameter but method in its URL");
	for (size_t i = 0; i < G_N_ELEMENTS(methods); i++)
		if (strcmp(query[0].value, methods[i]) == 0)
			out->method = methods[i];
	return out->method != NULL ||
	       fail(error, "b2",
		    "method must be GET, PUT, POST, DELETE or "
		    "HEAD");
}

static bool
check_content(const XapiAlternate *alternate, GError **error)
{
	bool sends = strcmp(alternate->method, "PUT") == 0 ||
		     strcmp(alternate->method, "POST") == 0;

	if (sends && alternate->content == NULL)
		return fail(error, "b4", "must have the parameter content");
	return sends || alternate->content_size == 0 ||
	       fail(error, "b4", "this method sends no content");
}

bool
xapi_alternate_read(const XapiParameter *query, size_t n, const char *body,
		    size_t size, XapiAlternate *out, GError **error)
{
	XapiAlternate read = { 0 };

	g_return_val_if_fail(body != NULL || size == 0, false);
	read.text = g_malloc(size + 1);
	if (size > 0)
		memcpy(read.text, body, size);
	read.text[size] = '\0';
	if (!read_method(query, n, &read, error) ||
	    !read_form(size, &read, error) || !check_content(&read, error)) {
		xapi_alternate_clear(&read);
		return false;
	}
	*out = read;
	return true;
}

void
xapi_alternate_clear(XapiAlternate *alternate)
{
	g_clear_pointer(&alternate->text, g_free);
}
