/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/value.h"

#include <limits.h>
#include <string.h>

#define SUBTAG_MAX 8 /* RFC 5646, section 2.1 */

/* --- versions --- */

bool
xapi_version_parse(const char *text, size_t size, XapiVersion *out)
{
	if (size < 3 ||
	    (memcmp(text, "1.0", 3) != 0 && memcmp(text, "2.0", 3) != 0))
		return false;
	if (size > 3 && (text[3] != '.' || size == 4))
		return false;
	for (size_t i = 4; i < size; i++)
		if (!g_ascii_isdigit(text[i]))
			return false;
	*out = text[0] == '1' ? XAPI_1_0 : XAPI_2_0;
	return true;
}

const char *
xapi_version_name(XapiVersion version)
{
	return version == XAPI_1_0 ? "1.0.3" : "2.0.0";
}

const char *
xapi_version_of_statement(XapiVersion version)
{
	return version == XAPI_1_0 ? "1.0.0" : "2.0.0";
}

/* --- IRIs --- */

/* Neither a control, a blank, nor what RFC 3987 has no place for. */
static bool
is_iri_character(char c)
{
	static const bool refused[128] = {
		['<'] = true, ['>'] = true,  ['"'] = true,
		['{'] = true, ['}'] = true,  ['|'] = true,
		['^'] = true, ['\\'] = true, ['`'] = true,
	};
	unsigned char u = (unsigned char)c;

	return u > 0x7f || (u > ' ' && u != 0x7f && !refused[u]);
}

static bool
are_iri_characters(const char *text, size_t size)
{
	size_t fragments = 0;

	for (size_t i = 0; i < size; i++) {
		if (!is_iri_character(text[i]))
			return false;
		if (text[i] == '#' && ++fragments > 1)
			return false;
		if (text[i] == '%' &&
		    (size - i < 3 || !g_ascii_isxdigit(text[i + 1]) ||
		     !g_ascii_isxdigit(text[i + 2])))
			return false;
	}
	return true;
}

/* Bytes of the scheme without its colon; 0 if there is none. */
static size_t
scheme_size(const char *text, size_t size)
{
	size_t n = 0;

	if (size == 0 || !g_ascii_isalpha(text[0]))
		return 0;
	while (n < size && (g_ascii_isalnum(text[n]) || text[n] == '+' ||
			    text[n] == '-' || text[n] == '.'))
		n++;
	return n < size && text[n] == ':' ? n : 0;
}

/* RFC 9110, section 4.2: these two have an authority. */
static bool
is_http(const char *text, size_t scheme)
{
	return (scheme == 4 || scheme == 5) &&
	       g_ascii_strncasecmp(text, "https", scheme) == 0;
}

bool
xapi_is_iri(const char *text, size_t size)
{
	size_t scheme = scheme_size(text, size);
	const char *rest = text + scheme + 1;
	size_t left;

	if (scheme == 0 || size == scheme + 1)
		return false;
	left = size - scheme - 1;
	if (is_http(text, scheme) && (left < 3 || memcmp(rest, "//", 2) != 0 ||
				      memchr("/?#", rest[2], 3) != NULL))
		return false;
	return are_iri_characters(rest, left);
}

static bool
is_domain(const char *text, size_t size)
{
	if (size == 0 || text[0] == '.' || text[size - 1] == '.')
		return false;
	for (size_t i = 0; i < size; i++) {
		bool ok = g_ascii_isalnum(text[i]) ||
			  (unsigned char)text[i] > 0x7f ||
			  strchr("-.[]:", text[i]) != NULL;

		if (!ok || text[i] == '\0' ||
		    (text[i] == '.' && text[i - 1] == '.'))
			return false;
	}
	return true;
}

bool
xapi_is_mbox(const char *text, size_t size)
{
	static const char scheme[] = "mailto:";
	size_t begin = strlen(scheme);
	const char *at;
	size_t local;

	if (size <= begin || memcmp(text, scheme, begin) != 0)
		return false;
	at = memchr(text + begin, '@', size - begin);
	if (at == NULL || at == text + begin)
		return false;
	local = (size_t)(at - text) - begin;
	return are_iri_characters(text + begin, local) &&
	       memchr(text + begin, '?', local) == NULL &&
	       memchr(text + begin, ',', local) == NULL &&
	       is_domain(at + 1, size - begin - local - 1);
}

/* --- digits --- */

static bool
are_hex(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!g_ascii_isxdigit(text[i]))
			return false;
	return true;
}

bool
xapi_is_sha1(const char *text, size_t size)
{
	return size == 40 && are_hex(text, size);
}

bool
xapi_is_sha2(const char *text, size_t size)
{
	return (size == 56 || size == 64 || size == 96 || size == 128) &&
	       are_hex(text, size);
}

bool
xapi_is_uuid(const char *text, size_t size)
{
	return size == 36 && text[8] == '-' && text[13] == '-' &&
	       text[18] == '-' && text[23] == '-' && are_hex(text, 8) &&
	       are_hex(text + 9, 4) && are_hex(text + 14, 4) &&
	       are_hex(text + 19, 4) && are_hex(text + 24, 12);
}

/* --- language tags: RFC 5646, section 2.1 --- */

typedef struct {
	const char *at;
	size_t size; /* of this subtag */
	size_t left; /* behind it, with the hyphen */
	bool ok;
} Subtag;

static bool
are_alpha(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!g_ascii_isalpha(text[i]))
			return false;
	return true;
}

static bool
are_digits(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!g_ascii_isdigit(text[i]))
			return false;
	return true;
}

static void
read_subtag(Subtag *tag, const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && g_ascii_isalnum(text[n]))
		n++;
	tag->at = text;
	tag->size = n;
	tag->left = size - n;
	tag->ok = n > 0 && n <= SUBTAG_MAX &&
		  (n == size || (text[n] == '-' && size - n > 1));
}

/* The next subtag, empty at the end. */
static void
step(Subtag *tag)
{
	if (tag->left == 0)
		*tag = (Subtag){ .at = tag->at + tag->size, .ok = true };
	else
		read_subtag(tag, tag->at + tag->size + 1, tag->left - 1);
}

static bool
is_variant(const Subtag *tag)
{
	return tag->size >= 5 ||
	       (tag->size == 4 && g_ascii_isdigit(tag->at[0]));
}

/* Whether it stands behind first already (RFC 5646, 2.2.5). */
static bool
is_again(const Subtag *tag, const char *first)
{
	for (const char *at = first; at < tag->at;) {
		const char *end = strchr(at, '-');

		if ((size_t)(end - at) == tag->size &&
		    g_ascii_strncasecmp(at, tag->at, tag->size) == 0)
			return true;
		at = end + 1;
	}
	return false;
}

/* Each once. */
static bool
read_variants(Subtag *tag)
{
	const char *first = tag->at;

	while (tag->ok && is_variant(tag)) {
		if (is_again(tag, first))
			return false;
		step(tag);
	}
	return true;
}

/* Extensions, a singleton and then subtags of two or more each, and no
 * singleton twice (2.2.6); and at last what is private, behind an x. */
static bool
read_extensions(Subtag *tag)
{
	bool seen[UCHAR_MAX + 1] = { false };

	while (tag->ok && tag->size == 1) {
		unsigned char singleton =
			(unsigned char)g_ascii_tolower(tag->at[0]);
		bool is_private = singleton == 'x';
		size_t n = 0;

		if (seen[singleton])
			return false;
		seen[singleton] = true;
		step(tag);
		while (tag->ok && tag->size >= (is_private ? 1 : 2)) {
			step(tag);
			n++;
		}
		if (n == 0)
			return false;
	}
	return tag->ok && tag->size == 0;
}

static bool
is_irregular(const char *text, size_t size)
{
	static const char *const known[] = {
		"en-gb-oed", "i-ami",     "i-bnn", "i-default", "i-enochian",
		"i-hak",     "i-klingon", "i-lux", "i-mingo",   "i-navajo",
		"i-pwn",     "i-tao",     "i-tay", "i-tsu",     "sgn-be-fr",
		"sgn-be-nl", "sgn-ch-de",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		if (strlen(known[i]) == size &&
		    g_ascii_strncasecmp(known[i], text, size) == 0)
			return true;
	return false;
}

bool
xapi_is_language(const char *text, size_t size)
{
	Subtag tag;

	read_subtag(&tag, text, size);
	if (!tag.ok)
		return false;
	if (tag.size == 1)
		return is_irregular(text, size) ||
		       (g_ascii_tolower(text[0]) == 'x' &&
			read_extensions(&tag));
	if (!are_alpha(tag.at, tag.size))
		return false;
	if (tag.size <= 3) {
		step(&tag);
		for (int i = 0;
		     i < 3 && tag.ok && tag.size == 3 && are_alpha(tag.at, 3);
		     i++)
			step(&tag);
	} else {
		step(&tag);
	}
	if (tag.ok && tag.size == 4 && are_alpha(tag.at, 4))
		step(&tag);
	if (tag.ok && ((tag.size == 2 && are_alpha(tag.at, 2)) ||
		       (tag.size == 3 && are_digits(tag.at, 3))))
		step(&tag);
	return (read_variants(&tag) && read_extensions(&tag)) ||
	       is_irregular(text, size);
}

/* --- media types: RFC 2045, section 5.1 --- */

static size_t
token_size(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && text[n] > ' ' && text[n] < 0x7f &&
	       strchr("()<>@,;:\\\"/[]?=", text[n]) == NULL)
		n++;
	return n;
}

static size_t
quoted_size(const char *text, size_t size)
{
	for (size_t i = 1; i < size; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '"')
			return i + 1;
		else if (g_ascii_iscntrl(text[i]))
			return 0;
	}
	return 0;
}

static size_t
blank_size(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && (text[n] == ' ' || text[n] == '\t'))
		n++;
	return n;
}

/* One "; name=value" from at on; just behind it, or 0. */
static size_t
parameter_end(const char *text, size_t size, size_t at)
{
	size_t n;

	at += blank_size(text + at, size - at);
	if (at >= size || text[at++] != ';')
		return 0;
	at += blank_size(text + at, size - at);
	n = token_size(text + at, size - at);
	if (n == 0 || at + n >= size || text[at + n] != '=')
		return 0;
	at += n + 1;
	n = at < size && text[at] == '"' ? quoted_size(text + at, size - at)
					 : token_size(text + at, size - at);
	return n > 0 ? at + n : 0;
}

/* Bytes of "type/subtype"; 0 if there is none. */
static size_t
type_size(const char *text, size_t size)
{
	size_t type = token_size(text, size);
	size_t subtype;

	if (type == 0 || type >= size || text[type] != '/')
		return 0;
	subtype = token_size(text + type + 1, size - type - 1);
	return subtype > 0 ? type + 1 + subtype : 0;
}

bool
xapi_is_media_type(const char *text, size_t size)
{
	size_t at = type_size(text, size);

	if (at == 0)
		return false;
	while (at < size) {
		at = parameter_end(text, size, at);
		if (at == 0)
			return false;
	}
	return true;
}

bool
xapi_media_type_is(const char *text, size_t size, const char *type)
{
	return type_size(text, size) == strlen(type) &&
	       g_ascii_strncasecmp(text, type, strlen(type)) == 0;
}
