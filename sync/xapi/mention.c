/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/mention.h"

#include <string.h>

#define MBOX_SCHEME "mailto:"

bool
xapi_who_is(const XapiWho *who, const char *key)
{
	g_autofree char *small = NULL;

	if (g_hash_table_contains(who->keys, key))
		return true;
	if (!g_str_has_prefix(key, MBOX_SCHEME))
		return false;
	small = g_ascii_strdown(key, -1);
	return g_hash_table_contains(who->keys, small);
}

/* --- one name in one text --- */

typedef struct {
	const char *bytes;
	size_t size;
} Text;

/* The byte that %XX stands for, or -1. */
static int
read_percent(const Text *text, size_t at)
{
	int high, low;

	if (text->size < 3 || at > text->size - 3 || text->bytes[at] != '%')
		return -1;
	high = g_ascii_xdigit_value(text->bytes[at + 1]);
	low = g_ascii_xdigit_value(text->bytes[at + 2]);
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool
is_same(int a, int b)
{
	return a >= 0 && g_ascii_tolower((char)a) == g_ascii_tolower((char)b);
}

/* Where a name that begins there ends; 0: it does not. */
static size_t
end_of(const Text *text, size_t at, const char *name)
{
	for (; *name != '\0'; name++)
		if (at < text->size && is_same(text->bytes[at] & 0xff, *name))
			at++;
		else if (is_same(read_percent(text, at), *name))
			at += 3;
		else
			return 0;
	return at;
}

/* Would it go on an address, or a number? */
static bool
is_part(int c)
{
	return c >= 0x80 || g_ascii_isalnum((char)c) ||
	       (c > 0 && strchr("._+-", c) != NULL);
}

static bool
adjoins_before(const Text *text, size_t at)
{
	int escaped = at >= 3 ? read_percent(text, at - 3) : -1;

	if (at == 0)
		return false;
	return is_part(escaped >= 0 ? escaped : text->bytes[at - 1] & 0xff);
}

/* A full stop ends a sentence, unless something follows at once. */
static bool
adjoins_behind(const Text *text, size_t at)
{
	int c = at < text->size ? text->bytes[at] & 0xff : 0;

	if (c == '.')
		return at + 1 < text->size &&
		       g_ascii_isalnum(text->bytes[at + 1]);
	return is_part(c);
}

/* The first of them at or behind from. */
static bool
find(const Text *text, size_t from, const char *name, bool alone, size_t *start,
     size_t *end)
{
	char first = g_ascii_tolower(name[0]);

	for (size_t at = from; at < text->size; at++) {
		char c = g_ascii_tolower(text->bytes[at]);

		if (c != first && c != '%')
			continue;
		*end = end_of(text, at, name);
		if (*end == 0 || (alone && (adjoins_before(text, at) ||
					    adjoins_behind(text, *end))))
			continue;
		*start = at;
		return true;
	}
	return false;
}

/* Noughts could not be told from it. */
static bool
has_nothing_to_blot(const char *name)
{
	for (; *name != '\0'; name += g_utf8_skip[(guchar)*name])
		if (*name != '0' && g_unichar_isalnum(g_utf8_get_char(name)))
			return false;
	return true;
}

static char *
noughts_for(const char *name)
{
	GString *out = g_string_new(NULL);

	for (; *name != '\0'; name += g_utf8_skip[(guchar)*name]) {
		gunichar c = g_utf8_get_char(name);

		g_string_append_unichar(out, g_unichar_isalnum(c) ? '0' : c);
	}
	return g_string_free(out, FALSE);
}

static bool
has_any(const Text *text, const GPtrArray *names, bool alone)
{
	size_t start, end;

	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);

		if (!has_nothing_to_blot(name) &&
		    find(text, 0, name, alone, &start, &end))
			return true;
	}
	return false;
}

bool
xapi_who_in_text(const XapiWho *who, const char *text, size_t size)
{
	const Text in = { text, size };

	return has_any(&in, who->texts, false) ||
	       has_any(&in, who->words, true);
}

/* --- in JSON --- */

bool
xapi_who_in_value(const XapiWho *who, const TapeValue *value)
{
	for (uint32_t i = 0; i < value->span; i++)
		if ((value[i].type == TAPE_TEXT ||
		     value[i].type == TAPE_NUMBER) &&
		    xapi_who_in_text(who, value[i].text, value[i].size))
			return true;
	return false;
}

/* Without a backslash a text's bytes are what it says. */
bool
xapi_who_in_bytes(const XapiWho *who, const char *bytes, size_t size)
{
	g_autoptr(Tape) tape = NULL;

	if (size == 0)
		return false;
	if (memchr(bytes, '\\', size) != NULL)
		tape = tape_read(bytes, size, NULL);
	return tape != NULL ? xapi_who_in_value(who, tape_root(tape))
			    : xapi_who_in_text(who, bytes, size);
}

/* --- noughts --- */

static bool
blot_one(GString *text, const char *name, bool alone)
{
	const Text in = { text->str, text->len };
	g_autofree char *noughts = NULL;
	size_t start, end;

	if (has_nothing_to_blot(name) ||
	    !find(&in, 0, name, alone, &start, &end))
		return false;
	noughts = noughts_for(name);
	g_string_erase(text, (gssize)start, (gssize)(end - start));
	g_string_insert(text, (gssize)start, noughts);
	return true;
}

static bool
blot_some(GString *text, const GPtrArray *names, bool alone)
{
	bool any = false;

	for (guint i = 0; i < names->len; i++)
		while (blot_one(text, g_ptr_array_index(names, i), alone))
			any = true;
	return any;
}

void
xapi_who_blot(const XapiWho *who, GString *text)
{
	bool any = true;

	while (any) {
		any = blot_some(text, who->texts, false);
		any = blot_some(text, who->words, true) || any;
	}
}
