/* SPDX-License-Identifier: Apache-2.0 */
#include "app/roster/names.h"

#include <stdbool.h>
#include <string.h>

#define JOINER 0x200d /* ZERO WIDTH JOINER: what stands beside it is one */

char *
roster_tidy_name(const char *text)
{
	g_autofree char *composed = g_utf8_normalize(text, -1, G_NORMALIZE_NFC);

	return g_strdup(composed != NULL ? g_strstrip(composed) : "");
}

static const char *
next_character(const char *text)
{
	return text + g_utf8_skip[*(const unsigned char *)text];
}

/* Behind the letter at text, and behind the marks that belong to it. */
static const char *
next_letter(const char *text)
{
	gunichar c;

	do {
		c = g_utf8_get_char(text);
		text = next_character(text);
		if (c == JOINER && *text != '\0')
			text = next_character(text);
		c = g_utf8_get_char(text);
	} while (c != 0 && (g_unichar_ismark(c) || c == JOINER));
	return text;
}

/* An ʻokina is a letter, but nobody reads it alone. */
static bool
can_stand_alone(gunichar c)
{
	return g_unichar_isalnum(c) &&
	       g_unichar_type(c) != G_UNICODE_MODIFIER_LETTER;
}

/* How many bytes of text tell it from other: up to the first letter that
 * differs, an apostrophe or space being none. */
static size_t
count_telling(const char *text, const char *other)
{
	const char *at = text;

	while (*at != '\0') {
		const char *next = next_letter(at);
		size_t size = (size_t)(next - at);
		bool same = *other != '\0' &&
			    next_letter(other) == other + size &&
			    memcmp(at, other, size) == 0;
		bool letter = can_stand_alone(g_utf8_get_char(at));

		at = next;
		if (!same) {
			if (letter)
				break;
			other = ""; /* told apart, but not yet to be read */
		} else {
			other += size;
		}
	}
	return (size_t)(at - text);
}

static char *
show(const RosterName *name, size_t telling)
{
	g_autofree char *begin = NULL;

	if (telling == 0)
		return g_strdup(name->called);
	begin = g_strndup(name->rest, telling);
	return g_strdup_printf("%s %s%s", name->called, begin,
			       name->rest[telling] != '\0' &&
					       name->rest[telling] != ' '
				       ? "."
				       : "");
}

/* Indices of those who are called the same in the same group. */
static GHashTable *
group_names(const RosterName *names, size_t n)
{
	GHashTable *alike =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
				      (GDestroyNotify)g_array_unref);

	for (size_t i = 0; i < n; i++) {
		g_autofree char *folded = g_utf8_casefold(names[i].called, -1);
		g_autofree char *key =
			g_strconcat(names[i].group, "\n", folded, NULL);
		GArray *list = g_hash_table_lookup(alike, key);

		if (list == NULL) {
			list = g_array_new(FALSE, FALSE, sizeof(size_t));
			g_hash_table_insert(alike, g_steal_pointer(&key), list);
		}
		g_array_append_val(list, i);
	}
	return alike;
}

static size_t
count_telling_all(const RosterName *names, size_t i, const GArray *alike)
{
	size_t most = 0;

	for (guint k = 0; k < alike->len; k++) {
		size_t other = g_array_index(alike, size_t, k);

		if (other != i)
			most = MAX(most, count_telling(names[i].rest,
						       names[other].rest));
	}
	return most;
}

char **
roster_tell_apart(const RosterName *names, size_t n)
{
	g_autoptr(GHashTable) groups = group_names(names, n);
	char **shown = g_new0(char *, n + 1);
	GHashTableIter at;
	gpointer alike;

	g_hash_table_iter_init(&at, groups);
	while (g_hash_table_iter_next(&at, NULL, &alike)) {
		const GArray *list = alike;

		for (guint k = 0; k < list->len; k++) {
			size_t i = g_array_index(list, size_t, k);

			shown[i] = show(&names[i],
					count_telling_all(names, i, list));
		}
	}
	return shown;
}

void
roster_name_clear(RosterName *name)
{
	g_clear_pointer(&name->called, g_free);
	g_clear_pointer(&name->rest, g_free);
}
