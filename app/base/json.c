/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/json.h"

#include <string.h>

#include "app/base/fault.h"

static bool
refuse(GError **error, const char *name, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "\"%s\" %s", name, rule);
	return false;
}

/* --- reading --- */

static bool check_value(const json_t *value, int depth, GError **error);

static bool
check_object(const json_t *object, int depth, GError **error)
{
	void *at = json_object_iter((json_t *)(uintptr_t)object);

	for (; at != NULL;
	     at = json_object_iter_next((json_t *)(uintptr_t)object, at))
		if (!check_value(json_object_iter_value(at), depth + 1, error))
			return false;
	return true;
}

static bool
check_array(const json_t *array, int depth, GError **error)
{
	for (size_t i = 0; i < json_array_size(array); i++)
		if (!check_value(json_array_get(array, i), depth + 1, error))
			return false;
	return true;
}

static bool
check_value(const json_t *value, int depth, GError **error)
{
	if (depth > JSON_DEPTH) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "JSON deeper than %d levels", JSON_DEPTH);
		return false;
	}
	if (json_is_integer(value) &&
	    (json_integer_value(value) > JSON_INTEGER_MAX ||
	     json_integer_value(value) < -JSON_INTEGER_MAX)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "JSON integer beyond 2^53 - 1 (RFC 7493)");
		return false;
	}
	if (json_is_object(value))
		return check_object(value, depth, error);
	if (json_is_array(value))
		return check_array(value, depth, error);
	return true;
}

json_t *
json_read(const void *bytes, size_t size, GError **error)
{
	json_error_t where;
	g_autoptr(json_t) value = NULL;

	/* jansson takes a NUL between values for the end of the text. */
	if (size > 0 && memchr(bytes, '\0', size) != NULL) {
		g_set_error(error, FAULT, FAULT_INVALID, "JSON has a NUL");
		return NULL;
	}
	value = json_loadb(bytes != NULL ? bytes : "", size,
			   JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
	if (value == NULL) {
		/* It quotes what it was given, whatever that was. */
		g_autofree char *text = g_strescape(where.text, "\"");

		g_set_error(error, FAULT, FAULT_INVALID,
			    "JSON, line %d, column %d: %s", where.line,
			    where.column, text);
		return NULL;
	}
	if (!check_value(value, 0, error))
		return NULL;
	return g_steal_pointer(&value);
}

/* --- canonical bytes, RFC 8785 --- */

static bool print_value(GString *out, const json_t *value, GError **error);

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && c != '"' && c != '\\';
}

static void
print_escaped(GString *out, unsigned char c)
{
	static const char shorts[] = "btn\vfr"; /* \b \t \n . \f \r */

	if (c == '"' || c == '\\')
		g_string_append_printf(out, "\\%c", c);
	else if (c >= '\b' && c <= '\r' && c != '\v')
		g_string_append_printf(out, "\\%c", shorts[c - '\b']);
	else
		g_string_append_printf(out, "\\u%04x", c);
}

/* RFC 8785, section 3.2.2.2. */
void
json_print_text(GString *out, const char *text, size_t size)
{
	size_t start = 0;

	g_string_append_c(out, '"');
	for (size_t i = 0; i < size; i++) {
		if (is_plain(text[i]))
			continue;
		g_string_append_len(out, text + start, (gssize)(i - start));
		print_escaped(out, (unsigned char)text[i]);
		start = i + 1;
	}
	g_string_append_len(out, text + start, (gssize)(size - start));
	g_string_append_c(out, '"');
}

/*
 * By UTF-16 code units (RFC 8785, section 3.2.3).  UTF-8 bytes order as these
 * do, except that what UTF-16 writes as surrogates (lead bytes from F0) comes
 * before U+E000 … U+FFFF (lead bytes EE and EF).
 */
static int
compare_names(const void *a, const void *b)
{
	const unsigned char *first = *(const unsigned char *const *)a;
	const unsigned char *second = *(const unsigned char *const *)b;

	while (*first != 0 && *first == *second) {
		first++;
		second++;
	}
	if (*first >= 0xee && *second >= 0xee &&
	    (*first >= 0xf0) != (*second >= 0xf0))
		return *first >= 0xf0 ? -1 : 1;
	return (int)*first - (int)*second;
}

static bool
print_object(GString *out, const json_t *value, GError **error)
{
	json_t *object = (json_t *)(uintptr_t)value;
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (void *at = json_object_iter(object); at != NULL;
	     at = json_object_iter_next(object, at))
		g_ptr_array_add(names,
				(void *)(uintptr_t)json_object_iter_key(at));
	g_ptr_array_sort(names, compare_names);

	g_string_append_c(out, '{');
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);

		if (i > 0)
			g_string_append_c(out, ',');
		json_print_text(out, name, strlen(name));
		g_string_append_c(out, ':');
		if (!print_value(out, json_object_get(object, name), error))
			return false;
	}
	g_string_append_c(out, '}');
	return true;
}

static bool
print_array(GString *out, const json_t *array, GError **error)
{
	g_string_append_c(out, '[');
	for (size_t i = 0; i < json_array_size(array); i++) {
		if (i > 0)
			g_string_append_c(out, ',');
		if (!print_value(out, json_array_get(array, i), error))
			return false;
	}
	g_string_append_c(out, ']');
	return true;
}

static bool
print_value(GString *out, const json_t *value, GError **error)
{
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return print_object(out, value, error);
	case JSON_ARRAY:
		return print_array(out, value, error);
	case JSON_STRING:
		json_print_text(out, json_string_value(value),
				json_string_length(value));
		return true;
	case JSON_INTEGER:
		g_string_append_printf(out, "%" JSON_INTEGER_FORMAT,
				       json_integer_value(value));
		return true;
	case JSON_TRUE:
		g_string_append(out, "true");
		return true;
	case JSON_FALSE:
		g_string_append(out, "false");
		return true;
	case JSON_NULL:
		g_string_append(out, "null");
		return true;
	case JSON_REAL:
		g_set_error(error, FAULT, FAULT_INVALID,
			    "JSON: canonical bytes have integers only");
		return false;
	}
	return false;
}

GBytes *
json_canonical(const json_t *value, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);

	if (!print_value(out, value, error))
		return NULL;
	return g_string_free_to_bytes(g_steal_pointer(&out));
}

/* --- members --- */

const char *
json_text(const json_t *object, const char *name, size_t min, size_t max,
	  GError **error)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_string(value)) {
		refuse(error, name, "must be a text");
		return NULL;
	}
	if (json_string_length(value) > max ||
	    json_string_length(value) < min) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "\"%s\" must have %zu to %zu bytes", name, min,
			    max);
		return NULL;
	}
	return json_string_value(value);
}

bool
json_number(const json_t *object, const char *name, int64_t min, int64_t max,
	    int64_t *out, GError **error)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_integer(value))
		return refuse(error, name, "must be an integer");
	if (json_integer_value(value) < min ||
	    json_integer_value(value) > max) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "\"%s\" must be %" G_GINT64_FORMAT
			    " to %" G_GINT64_FORMAT,
			    name, (gint64)min, (gint64)max);
		return false;
	}
	*out = json_integer_value(value);
	return true;
}

bool
json_flag(const json_t *object, const char *name, bool *out, GError **error)
{
	const json_t *value = json_object_get(object, name);

	if (!json_is_boolean(value))
		return refuse(error, name, "must be true or false");
	*out = json_is_true(value);
	return true;
}

json_t *
json_list(const json_t *object, const char *name, size_t max, GError **error)
{
	json_t *value = json_object_get(object, name);

	if (!json_is_array(value)) {
		refuse(error, name, "must be a list");
		return NULL;
	}
	if (json_array_size(value) > max) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "\"%s\" has more than %zu entries", name, max);
		return NULL;
	}
	return value;
}

bool
json_only(const json_t *object, const char *const *names, GError **error)
{
	json_t *all = (json_t *)(uintptr_t)object;

	if (!json_is_object(object)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "must be a JSON object");
		return false;
	}
	for (void *at = json_object_iter(all); at != NULL;
	     at = json_object_iter_next(all, at))
		if (!g_strv_contains(names, json_object_iter_key(at)))
			return refuse(error, json_object_iter_key(at),
				      "is not known here");
	return true;
}
