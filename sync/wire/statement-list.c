/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/statement-list.h"

#include <string.h>

#include "app/base/fault.h"

/* Just behind the text that begins at bytes[0], a quote; 0: no end. */
static size_t
text_span(const char *bytes, size_t size)
{
	for (size_t i = 1; i < size; i++) {
		if (bytes[i] == '\\')
			i++;
		else if (bytes[i] == '"')
			return i + 1;
	}
	return 0;
}

size_t
json_span(const char *bytes, size_t size)
{
	size_t depth = 0;

	for (size_t i = 0; i < size; i++) {
		char c = bytes[i];

		if (c == '"') {
			size_t n = text_span(bytes + i, size - i);

			if (n == 0)
				return 0;
			i += n - 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
		if (depth == 0)
			return 0;
	}
	return 0;
}

static char
peek(StatementList *list)
{
	while (list->at < list->size &&
	       memchr(" \t\r\n", list->bytes[list->at], 4) != NULL)
		list->at++;
	return list->at < list->size ? list->bytes[list->at] : '\0';
}

static bool
fail(const StatementList *list, const char *rule, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "statements, byte %zu: %s",
		    list->at, rule);
	return false;
}

void
statement_list_init(StatementList *list, const void *bytes, size_t size)
{
	*list = (StatementList){ .bytes = bytes, .size = size };
	list->in_array = peek(list) == '[';
	if (list->in_array)
		list->at++;
}

/* Steps over what stands between two elements; sets done at the end. */
static bool
step(StatementList *list, GError **error)
{
	char c = peek(list);

	if (list->in_array && c == ']') {
		list->at++;
		list->done = true;
	} else if (!list->in_array && list->n > 0) {
		list->done = true;
	} else if (list->n > 0) {
		if (c != ',')
			return fail(list, "a comma or ] must follow", error);
		list->at++;
	}
	if (list->done && (peek(list) != '\0' || list->at < list->size))
		return fail(list, "nothing may follow the list", error);
	return true;
}

bool
statement_list_next(StatementList *list, const char **out, size_t *out_size,
		    GError **error)
{
	size_t n;

	*out = NULL;
	*out_size = 0;
	if (!list->done && !step(list, error))
		return false;
	if (list->done)
		return true;
	if (peek(list) != '{')
		return fail(list, "a statement must be an object", error);
	n = json_span(list->bytes + list->at, list->size - list->at);
	if (n == 0)
		return fail(list, "this statement does not end", error);
	*out = list->bytes + list->at;
	*out_size = n;
	list->at += n;
	list->n++;
	return true;
}
