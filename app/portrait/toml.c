/* SPDX-License-Identifier: Apache-2.0 */
#include "app/portrait/toml.h"

#include <stdbool.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"

#define BARE_KEY \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
	"0123456789_-"

typedef struct {
	const char *at, *end;   /* NUL-terminated at end; UTF-8 */
	const char *line_start; /* for messages */
	int line, depth;
	json_t *root;       /* owned by toml_read() */
	json_t *table;      /* borrowed: the one being filled */
	GHashTable *opened; /* owned by toml_read(): tables with a [header] */
	GHashTable *closed; /* owned by toml_read(): values; nothing may be
			       added to them later */
	GError **error;
} Reader;

static bool
refuse(Reader *r, const char *what)
{
	glong column = g_utf8_strlen(r->line_start, r->at - r->line_start) + 1;

	if (r->error != NULL && *r->error == NULL)
		g_set_error(r->error, FAULT, FAULT_INVALID,
			    "line %d, column %ld: %s", r->line, column, what);
	return false;
}

static json_t *read_value(Reader *r);

/* --- white space --- */

static void
skip_blanks(Reader *r)
{
	while (*r->at == ' ' || *r->at == '\t')
		r->at++;
}

static void
skip_comment(Reader *r)
{
	skip_blanks(r);
	if (*r->at == '#')
		r->at += strcspn(r->at, "\n");
}

/* Blanks, comments and line ends. */
static void
skip_lines(Reader *r)
{
	for (;;) {
		skip_comment(r);
		if (*r->at == '\r' && r->at[1] == '\n')
			r->at++;
		if (*r->at != '\n')
			return;
		r->line_start = ++r->at;
		r->line++;
	}
}

static bool
end_line(Reader *r)
{
	skip_comment(r);
	if (*r->at == '\r')
		r->at++;
	if (*r->at != '\n' && r->at != r->end)
		return refuse(r, "something follows the value");
	return true;
}

/* --- strings --- */

static bool
read_unicode(Reader *r, int digits, GString *out)
{
	gunichar c = 0;

	for (int i = 0; i < digits; i++, r->at++) {
		if (!g_ascii_isxdigit(*r->at))
			return refuse(r, "\\u needs hex digits");
		c = c * 16 + (gunichar)g_ascii_xdigit_value(*r->at);
	}
	if (c == 0 || !g_unichar_validate(c))
		return refuse(r, "\\u is no character");
	g_string_append_unichar(out, c);
	return true;
}

static bool
read_escape(Reader *r, GString *out)
{
	static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
	char c = *r->at;
	const char *known = c != '\0' ? strchr(from, c) : NULL;

	if (c == '\0')
		return refuse(r, "a string must end on its line");
	if (known == NULL && c != 'u' && c != 'U')
		return refuse(r, "unknown escape in a string");
	r->at++;
	if (known == NULL)
		return read_unicode(r, c == 'u' ? 4 : 8, out);
	g_string_append_c(out, to[known - from]);
	return true;
}

static char *
read_string(Reader *r)
{
	g_autoptr(GString) out = g_string_new(NULL);
	char quote = *r->at++;

	if (r->at[0] == quote && r->at[1] == quote) {
		refuse(r, "multi-line strings are not read here");
		return NULL;
	}
	while (*r->at != quote) {
		unsigned char c = (unsigned char)*r->at;

		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			refuse(r, "a string must end on its line");
			return NULL;
		}
		r->at++;
		if (quote == '"' && c == '\\') {
			if (!read_escape(r, out))
				return NULL;
		} else {
			g_string_append_c(out, (char)c);
		}
	}
	r->at++;
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* --- keys and tables --- */

static char *
read_key_part(Reader *r)
{
	size_t n = strspn(r->at, BARE_KEY);
	char *key;

	if (*r->at == '"' || *r->at == '\'')
		return read_string(r);
	if (n == 0) {
		refuse(r, "a key is missing");
		return NULL;
	}
	key = g_strndup(r->at, n);
	r->at += n;
	return key;
}

/* The table that name leads to in parent, made if need be; of an array of
 * tables, its last. */
static json_t *
step_into(Reader *r, json_t *parent, const char *name)
{
	json_t *child = json_object_get(parent, name);

	if (child == NULL) {
		child = json_object();
		json_object_set_new(parent, name, child);
	}
	if (g_hash_table_contains(r->closed, child)) {
		refuse(r, "a key is used for a value and a table");
		return NULL;
	}
	if (json_is_array(child))
		child = json_array_get(child, json_array_size(child) - 1);
	return child;
}

/* Reads a.b.c: leaves the table of a.b in *table, returns c. */
static char *
read_key(Reader *r, json_t **table)
{
	g_autofree char *part = read_key_part(r);
	int depth = 0;

	skip_blanks(r);
	while (part != NULL && *r->at == '.') {
		if (++depth > TOML_DEPTH) {
			refuse(r, "a key has too many parts");
			return NULL;
		}
		r->at++;
		skip_blanks(r);
		*table = step_into(r, *table, part);
		g_free(part);
		part = *table != NULL ? read_key_part(r) : NULL;
		skip_blanks(r);
	}
	return g_steal_pointer(&part);
}

static bool
read_pair(Reader *r, json_t *table)
{
	g_autofree char *key = read_key(r, &table);
	g_autoptr(json_t) value = NULL;

	if (key == NULL)
		return false;
	if (*r->at != '=')
		return refuse(r, "= is missing after a key");
	r->at++;
	skip_blanks(r);
	value = read_value(r);
	if (value == NULL)
		return false;
	if (json_object_get(table, key) != NULL)
		return refuse(r, "a key is given twice");
	json_object_set(table, key, value);
	g_hash_table_add(r->closed, value);
	return true;
}

static bool
open_table(Reader *r, json_t *parent, const char *name)
{
	if (json_is_array(json_object_get(parent, name)))
		return refuse(r, "an array of tables is used as a table");
	r->table = step_into(r, parent, name);
	if (r->table == NULL)
		return false;
	if (!g_hash_table_add(r->opened, r->table))
		return refuse(r, "a table is opened twice");
	return true;
}

static bool
open_element(Reader *r, json_t *parent, const char *name)
{
	json_t *list = json_object_get(parent, name);

	if (list == NULL) {
		list = json_array();
		json_object_set_new(parent, name, list);
	}
	if (!json_is_array(list) || g_hash_table_contains(r->closed, list))
		return refuse(r, "a key is used for something else and an "
				 "array of tables");
	r->table = json_object();
	json_array_append_new(list, r->table);
	return true;
}

static bool
read_header(Reader *r)
{
	bool element = r->at[1] == '[';
	json_t *parent = r->root;
	g_autofree char *name = NULL;
	size_t n = element ? 2 : 1;

	r->at += n;
	skip_blanks(r);
	name = read_key(r, &parent);
	if (name == NULL)
		return false;
	if (strncmp(r->at, "]]", n) != 0)
		return refuse(r, "] is missing after a table's name");
	r->at += n;
	return element ? open_element(r, parent, name)
		       : open_table(r, parent, name);
}

/* --- values --- */

static json_t *
read_array(Reader *r)
{
	g_autoptr(json_t) list = json_array();

	r->at++;
	for (skip_lines(r); *r->at != ']'; skip_lines(r)) {
		json_t *value = read_value(r);

		if (value == NULL)
			return NULL;
		json_array_append_new(list, value);
		skip_lines(r);
		if (*r->at == ',')
			r->at++;
		else if (*r->at != ']') {
			refuse(r, "an array needs , or ]");
			return NULL;
		}
	}
	r->at++;
	return g_steal_pointer(&list);
}

static json_t *
read_inline_table(Reader *r)
{
	g_autoptr(json_t) table = json_object();
	bool more;

	r->at++;
	skip_blanks(r);
	for (more = *r->at != '}'; more; skip_blanks(r)) {
		if (!read_pair(r, table))
			return NULL;
		skip_blanks(r);
		if (*r->at != ',' && *r->at != '}') {
			refuse(r, "an inline table needs , or }");
			return NULL;
		}
		more = *r->at == ',';
		r->at += more;
	}
	r->at++;
	return g_steal_pointer(&table);
}

/* "01" would be a grade that lost its quotes. */
static bool
has_needless_zero(const char *number)
{
	number += *number == '-' || *number == '+';
	return number[0] == '0' && number[1] != '\0';
}

static json_t *
read_integer(Reader *r)
{
	size_t n = strspn(r->at, "+-0123456789");
	g_autofree char *text = g_strndup(r->at, n);
	gint64 value;

	if (n == 0 || strchr("._eExob:", r->at[n] != '\0' ? r->at[n] : '\n') ||
	    has_needless_zero(text) ||
	    !g_ascii_string_to_signed(text, 10, -JSON_INTEGER_MAX,
				      JSON_INTEGER_MAX, &value, NULL)) {
		refuse(r, "not a string, integer, true, false, array or table");
		return NULL;
	}
	r->at += n;
	return json_integer(value);
}

static json_t *
read_text_value(Reader *r)
{
	g_autofree char *text = read_string(r);

	return text != NULL ? json_string(text) : NULL;
}

static json_t *
read_plain_value(Reader *r)
{
	if (*r->at == '"' || *r->at == '\'')
		return read_text_value(r);
	if (g_str_has_prefix(r->at, "true")) {
		r->at += strlen("true");
		return json_true();
	}
	if (g_str_has_prefix(r->at, "false")) {
		r->at += strlen("false");
		return json_false();
	}
	return read_integer(r);
}

static json_t *
read_value(Reader *r)
{
	json_t *value = NULL;

	if (r->depth >= TOML_DEPTH) {
		refuse(r, "too deep");
		return NULL;
	}
	r->depth++;
	if (*r->at == '[')
		value = read_array(r);
	else if (*r->at == '{')
		value = read_inline_table(r);
	else
		value = read_plain_value(r);
	r->depth--;
	return value;
}

static bool
read_all(Reader *r)
{
	for (skip_lines(r); r->at != r->end; skip_lines(r)) {
		bool ok =
			*r->at == '[' ? read_header(r) : read_pair(r, r->table);

		if (!ok || !end_line(r))
			return false;
	}
	return true;
}

json_t *
toml_read(const char *text, size_t size, GError **error)
{
	g_autofree char *copy = NULL;
	g_autoptr(json_t) root = json_object();
	g_autoptr(GHashTable) opened = g_hash_table_new(NULL, NULL);
	g_autoptr(GHashTable) closed = g_hash_table_new(NULL, NULL);
	Reader r = { .line = 1,
		     .root = root,
		     .table = root,
		     .opened = opened,
		     .closed = closed,
		     .error = error };

	if (size > TOML_BYTES_MAX ||
	    (size > 0 && !g_utf8_validate_len(text, size, NULL))) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "larger than %d bytes, or not UTF-8",
			    TOML_BYTES_MAX);
		return NULL;
	}
	copy = g_strndup(size > 0 ? text : "", size);
	r.at = copy;
	r.end = copy + size;
	/* Notepad begins a file with a byte order mark. */
	if (g_str_has_prefix(copy, "\xef\xbb\xbf"))
		r.at += strlen("\xef\xbb\xbf");
	r.line_start = r.at;
	return read_all(&r) ? g_steal_pointer(&root) : NULL;
}
