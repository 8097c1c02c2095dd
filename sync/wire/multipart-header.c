/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "wire"

#include "sync/wire/multipart-header.h"

#include <string.h>

#include "app/base/fault.h"

/* RFC 9110, section 5.6.2. */
#define TOKEN_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"!#$%&'*+-.^_`|~"
/* RFC 2046, section 5.1.1: bchars. */
#define BOUNDARY_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"'()+_,-./:=? "

static bool
invalid(GError **error, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", rule);
	return false;
}

/* --- Content-Type of the request --- */

static const char *
skip_blank(const char *at)
{
	return at + strspn(at, " \t");
}

/* A token or a quoted string; NULL if there is neither. */
static const char *
read_value(const char *at, GString *out)
{
	size_t n = strspn(at, TOKEN_LETTERS);

	g_string_truncate(out, 0);
	if (*at != '"') {
		g_string_append_len(out, at, (gssize)n);
		return n > 0 ? at + n : NULL;
	}
	for (at++; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if (*at == '\0')
			return NULL;
		g_string_append_c(out, *at);
	}
	return at + 1;
}

/* One ";name=value"; NULL if it is none. */
static const char *
read_parameter(const char *at, GString *name, GString *value)
{
	size_t n;

	if (*at != ';')
		return NULL;
	at = skip_blank(at + 1);
	n = strspn(at, TOKEN_LETTERS);
	g_string_truncate(name, 0);
	g_string_append_len(name, at, (gssize)n);
	at += n;
	if (n == 0 || *at != '=')
		return NULL;
	at = read_value(at + 1, value);
	return at != NULL ? skip_blank(at) : NULL;
}

static bool
is_boundary(const GString *text)
{
	return text->len > 0 && text->len <= MULTIPART_BOUNDARY_MAX &&
	       strspn(text->str, BOUNDARY_LETTERS) == text->len &&
	       text->str[text->len - 1] != ' ';
}

static bool
find_boundary(const char *at, GString *out)
{
	g_autoptr(GString) name = g_string_new(NULL);
	g_autoptr(GString) value = g_string_new(NULL);
	bool found = false;

	while (at != NULL && *at != '\0') {
		at = read_parameter(at, name, value);
		if (at == NULL ||
		    g_ascii_strcasecmp(name->str, "boundary") != 0)
			continue;
		if (found)
			return false;
		g_string_assign(out, value->str);
		found = true;
	}
	return found && at != NULL;
}

bool
multipart_boundary_parse(const char *content_type,
			 char out[static MULTIPART_BOUNDARY_MAX + 1],
			 GError **error)
{
	static const char type[] = "multipart/mixed";
	g_autoptr(GString) boundary = g_string_new(NULL);

	if (content_type == NULL ||
	    g_ascii_strncasecmp(content_type, type, strlen(type)) != 0)
		return invalid(error, "Content-Type must be multipart/mixed");
	if (!find_boundary(skip_blank(content_type + strlen(type)), boundary) ||
	    !is_boundary(boundary))
		return invalid(error, "Content-Type: multipart/mixed must have "
				      "one boundary of 1 to 70 characters");
	g_strlcpy(out, boundary->str, MULTIPART_BOUNDARY_MAX + 1);
	return true;
}

/* --- headers of a part --- */

static bool
keep(const char *value, char *out, size_t size, GError **error)
{
	if (out[0] != '\0')
		return invalid(error, "a header is there twice");
	if (!g_str_is_ascii(value) || g_strlcpy(out, value, size) >= size)
		return invalid(error, "a header's value is too long or not "
				      "ASCII");
	return true;
}

static bool
read_header(const char *line, MultipartHeaders *out, GError **error)
{
	size_t n = strspn(line, TOKEN_LETTERS);
	g_autofree char *name = g_strndup(line, n);
	g_autofree char *value = NULL;

	if (n == 0 || line[n] != ':')
		return invalid(error, "a header must be \"name: value\"");
	for (const char *at = line; *at != '\0'; at++)
		if (g_ascii_iscntrl(*at) && *at != '\t')
			return invalid(error,
				       "a header has a control character");
	value = g_strstrip(g_strdup(line + n + 1));
	if (g_ascii_strcasecmp(name, "Content-Type") == 0)
		return keep(value, out->content_type, sizeof(out->content_type),
			    error);
	if (g_ascii_strcasecmp(name, "Content-Transfer-Encoding") == 0)
		return keep(value, out->encoding, sizeof(out->encoding), error);
	if (g_ascii_strcasecmp(name, "X-Experience-API-Hash") == 0)
		return keep(value, out->sha256, sizeof(out->sha256), error);
	return true;
}

/* A line that begins with a blank goes on with the one before it. */
static char *
unfold(const char *text)
{
	GString *out = g_string_new(text);

	g_string_replace(out, "\r\n ", "  ", 0);
	g_string_replace(out, "\r\n\t", "  ", 0);
	return g_string_free(out, FALSE);
}

bool
multipart_headers_parse(const char *text, MultipartHeaders *out, GError **error)
{
	g_autofree char *unfolded = unfold(text);
	g_auto(GStrv) lines = g_strsplit(unfolded, "\r\n", -1);
	MultipartHeaders headers = { 0 };

	for (char **line = lines; *line != NULL; line++)
		if ((*line)[0] != '\0' && !read_header(*line, &headers, error))
			return false;
	*out = headers;
	return true;
}
