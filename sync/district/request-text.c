/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/request-text.h"

#include <string.h>
#include <sodium.h>

#define TOKEN_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define BASIC_SIZE (BASIC_USER_MAX + 1 + BASIC_SECRET_MAX)

static bool
is_token(const char *text)
{
	return strlen(text) == ID_TOKEN &&
	       strspn(text, TOKEN_LETTERS) == ID_TOKEN;
}

/* --- Basic --- */

static bool
is_plain(const char *text, size_t max)
{
	if (text[0] == '\0' || strlen(text) > max ||
	    !g_utf8_validate(text, -1, NULL))
		return false;
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			return false;
	return true;
}

bool
basic_user_is_valid(const char *user)
{
	return is_plain(user, BASIC_USER_MAX) && strchr(user, ':') == NULL;
}

bool
basic_secret_is_valid(const char *secret)
{
	return is_plain(secret, BASIC_SECRET_MAX);
}

static bool
split(char *text, size_t size, char user[static BASIC_USER_MAX + 1],
      char secret[static BASIC_SECRET_MAX + 1])
{
	char *colon = strchr(text, ':');

	if (strlen(text) != size || colon == NULL)
		return false;
	*colon = '\0';
	if (!basic_user_is_valid(text) || !basic_secret_is_valid(colon + 1))
		return false;
	g_strlcpy(user, text, BASIC_USER_MAX + 1);
	g_strlcpy(secret, colon + 1, BASIC_SECRET_MAX + 1);
	return true;
}

bool
basic_parse(const char *header, char user[static BASIC_USER_MAX + 1],
	    char secret[static BASIC_SECRET_MAX + 1])
{
	char text[BASIC_SIZE + 1] = "";
	size_t size = 0;
	bool ok;

	if (header == NULL || g_ascii_strncasecmp(header, "Basic ", 6) != 0)
		return false;
	header += 6;
	ok = sodium_base642bin((unsigned char *)text, BASIC_SIZE, header,
			       strlen(header), " ", &size, NULL,
			       sodium_base64_VARIANT_ORIGINAL) == 0 &&
	     split(text, size, user, secret);
	sodium_memzero(text, sizeof(text));
	return ok;
}

/* --- cookies and tags --- */

bool
cookie_parse(const char *header, const char *name,
	     char token[static ID_TOKEN + 1])
{
	size_t length = strlen(name);

	while (header != NULL) {
		header += strspn(header, " \t;");
		if (strncmp(header, name, length) == 0 &&
		    header[length] == '=') {
			const char *value = header + length + 1;

			if (strcspn(value, "; \t") != ID_TOKEN)
				return false;
			g_strlcpy(token, value, ID_TOKEN + 1);
			return is_token(token);
		}
		header = strchr(header, ';');
	}
	return false;
}

bool
etag_matches(const char *header, const char *tag)
{
	size_t length = strlen(tag);

	while (header != NULL) {
		header += strspn(header, " \t,");
		if (header[0] == '*')
			return true;
		if (strncmp(header, "W/", 2) == 0)
			header += 2;
		if (header[0] == '"' && strncmp(header + 1, tag, length) == 0 &&
		    header[length + 1] == '"')
			return true;
		header = strchr(header, ',');
	}
	return false;
}

/* --- paths --- */

static bool
is_safe(const char *text)
{
	for (const char *at = text; *at != '\0'; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f || *at == '\\')
			return false;
	return text[0] != '\0' && text[0] != '.' && text[0] != '/' &&
	       strstr(text, "..") == NULL && strstr(text, "/.") == NULL &&
	       strstr(text, "//") == NULL;
}

bool
path_matches(const char *pattern, const char *path, char *argument, size_t size)
{
	const char *star = strchr(pattern, '*');
	size_t before = star != NULL ? (size_t)(star - pattern) : 0;
	const char *after;
	size_t n;

	if (star == NULL)
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, before) != 0)
		return false;
	path += before;
	after = star + (star[1] == '*' ? 2 : 1);
	n = star[1] == '*' ? strlen(path) : strcspn(path, "/");
	if (n >= size || strcmp(path + n, after) != 0)
		return false;
	memcpy(argument, path, n);
	argument[n] = '\0';
	return is_safe(argument);
}

char *
path_without_gaps(const char *path)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (const char *at = path; *at != '\0'; at++)
		if (*at != '/' || (at[1] != '/' && at[1] != '\0'))
			g_string_append_c(out, *at);
	if (out->len == 0)
		g_string_append_c(out, '/');
	return g_string_free(g_steal_pointer(&out), FALSE);
}

static bool
read_digits(const char **at, int64_t *out)
{
	char *end;

	if (!g_ascii_isdigit(**at))
		return false;
	*out = (int64_t)MIN(g_ascii_strtoull(*at, &end, 10), INT64_MAX);
	*at = end;
	return true;
}

/* Several ranges would be a multipart answer: whoever asks for such may have
 * the whole. */
Range
range_parse(const char *header, int64_t size, int64_t *first, int64_t *last)
{
	static const char unit[] = "bytes=";
	const char *at = header;
	int64_t from = 0, to = INT64_MAX;
	bool has_from, has_to;

	if (at == NULL || g_ascii_strncasecmp(at, unit, strlen(unit)) != 0)
		return RANGE_WHOLE;
	at += strlen(unit);
	has_from = read_digits(&at, &from);
	if (*at++ != '-')
		return RANGE_WHOLE;
	has_to = read_digits(&at, &to);
	if (*at != '\0' || (!has_from && !has_to) || (has_from && from > to))
		return RANGE_WHOLE;
	if (!has_from) { /* the last so many */
		from = to < size ? size - to : 0;
		to = to > 0 ? INT64_MAX : -1;
	}
	if (from >= size || to < from)
		return RANGE_NONE;
	*first = from;
	*last = MIN(to, size - 1);
	return RANGE_PART;
}

bool
header_name_is_valid(const char *name)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (const char *at = name; *at != '\0'; at++)
		if (!g_ascii_isalnum(*at) && strchr(others, *at) == NULL)
			return false;
	return name[0] != '\0';
}
