/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "sync/xapi/query.h"

/*
 * The alternate request syntax of 1.0.3 (Communication 1.3): a POST with the
 * real method as its only query parameter, and in its form-encoded body the
 * headers, the parameters and the content.  2.0 has none: there `method` is a
 * parameter that nobody knows.
 */
#define XAPI_FORM_FIELDS_MAX 64

typedef enum {
	XAPI_HEADER_AUTHORIZATION,
	XAPI_HEADER_VERSION, /* X-Experience-API-Version */
	XAPI_HEADER_CONTENT_TYPE,
	XAPI_HEADER_CONTENT_LENGTH,
	XAPI_HEADER_IF_MATCH,
	XAPI_HEADER_IF_NONE_MATCH,
} XapiHeader;

#define XAPI_HEADERS (XAPI_HEADER_IF_NONE_MATCH + 1)

typedef struct {
	const char *method;                /* static: "GET", "PUT" … */
	const char *headers[XAPI_HEADERS]; /* NULL: not there */
	XapiParameter parameters[XAPI_FORM_FIELDS_MAX];
	size_t n;
	const char *content; /* UTF-8; NULL: none */
	size_t content_size; /* bytes */
	char *text;          /* owned: what all of these point into */
} XapiAlternate;

/*
 * query: all parameters of the URL.  body: as it came.  FAULT_INVALID, or
 * fills *out, which is the caller's to clear.  PUT and POST must have a
 * content, the others none.
 */
bool xapi_alternate_read(const XapiParameter *query, size_t n, const char *body,
			 size_t size, XapiAlternate *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
void xapi_alternate_clear(XapiAlternate *alternate);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(XapiAlternate, xapi_alternate_clear)
