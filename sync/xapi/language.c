/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/language.h"

#include <stdlib.h>
#include <string.h>

#include "sync/xapi/value.h"

#define WEIGHT_FULL 1000 /* q=1.000 */

typedef struct {
	const char *text; /* of the copy; a tag, or "*" */
	size_t size;
	int weight; /* 0 … WEIGHT_FULL; 0: not wanted */
	size_t index;
} Range;

struct XapiLanguages {
	char *header; /* owned */
	Range ranges[XAPI_LANGUAGES_MAX];
	size_t n;
};

/* --- the header --- */

/* "0.8" and the like; -1: no weight. */
static int
read_weight(const char *text)
{
	int weight = 0, digits = 0;

	if (text[0] != '0' && text[0] != '1')
		return -1;
	weight = (text[0] - '0') * WEIGHT_FULL;
	if (text[1] == '\0')
		return weight;
	if (text[1] != '.')
		return -1;
	for (const char *c = text + 2; *c != '\0'; c++) {
		static const int places[] = { 100, 10, 1 };

		if (!g_ascii_isdigit(*c) || digits == 3)
			return -1;
		weight += (*c - '0') * places[digits++];
	}
	return weight <= WEIGHT_FULL ? weight : -1;
}

/* Splits "tag ; q=0.8"; element ends with a NUL. */
static void
add_range(XapiLanguages *languages, char *element)
{
	Range range = { .weight = WEIGHT_FULL, .index = languages->n };
	char *semicolon = strchr(element, ';');

	if (semicolon != NULL) {
		char *weight = semicolon + 1;

		*semicolon = '\0';
		g_strstrip(weight);
		if (g_ascii_strncasecmp(weight, "q=", 2) != 0)
			return;
		range.weight = read_weight(weight + 2);
	}
	range.text = g_strstrip(element);
	range.size = strlen(range.text);
	if (range.weight >= 0 && (strcmp(range.text, "*") == 0 ||
				  xapi_is_language(range.text, range.size)))
		languages->ranges[languages->n++] = range;
}

static int
compare_ranges(const void *a, const void *b)
{
	const Range *first = a, *second = b;

	if (first->weight != second->weight)
		return first->weight > second->weight ? -1 : 1;
	return first->index < second->index ? -1 : 1;
}

XapiLanguages *
xapi_languages_read(const char *header)
{
	XapiLanguages *languages = g_new0(XapiLanguages, 1);
	char *at;

	languages->header = g_strdup(header != NULL ? header : "");
	at = languages->header;
	while (at != NULL && languages->n < XAPI_LANGUAGES_MAX) {
		char *comma = strchr(at, ',');

		if (comma != NULL)
			*comma = '\0';
		add_range(languages, at);
		at = comma != NULL ? comma + 1 : NULL;
	}
	qsort(languages->ranges, languages->n, sizeof(Range), compare_ranges);
	return languages;
}

void
xapi_languages_free(XapiLanguages *languages)
{
	if (languages == NULL)
		return;
	g_free(languages->header);
	g_free(languages);
}

/* --- choosing --- */

static bool
begins_with(const TapeValue *tag, const char *text, size_t size)
{
	return tag->size >= size &&
	       g_ascii_strncasecmp(tag->text, text, size) == 0 &&
	       (tag->size == size || tag->text[size] == '-');
}

/* The tag that is the range, else the first that begins with it. */
static const TapeValue *
find(const TapeValue *map, const char *text, size_t size)
{
	const TapeValue *name = tape_first(map);
	const TapeValue *longer = NULL;

	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name)) {
		if (!begins_with(name, text, size))
			continue;
		if (name->size == size)
			return name;
		if (longer == NULL)
			longer = name;
	}
	return longer;
}

/* Without its last subtag, and without a singleton before that (RFC 4647,
 * section 3.4). */
static size_t
shorten(const char *text, size_t size)
{
	while (size > 0 && text[size - 1] != '-')
		size--;
	size -= size > 0 ? 1 : 0;
	if (size >= 2 && text[size - 2] == '-')
		size -= 2;
	return size;
}

/* A tag that a range with q=0 names. */
static bool
is_unwanted(const XapiLanguages *languages, const TapeValue *name)
{
	for (size_t i = 0; i < languages->n; i++) {
		const Range *range = &languages->ranges[i];

		if (range->weight == 0 &&
		    begins_with(name, range->text, range->size))
			return true;
	}
	return false;
}

static const TapeValue *
choose_any(const XapiLanguages *languages, const TapeValue *map)
{
	const TapeValue *name = tape_first(map);

	for (uint32_t i = 0; i < map->count; i++, name = tape_next_name(name))
		if (!is_unwanted(languages, name))
			return name;
	return map->count > 0 ? tape_first(map) : NULL;
}

const TapeValue *
xapi_languages_choose(const XapiLanguages *languages, const TapeValue *map)
{
	for (size_t i = 0; i < languages->n; i++) {
		const Range *range = &languages->ranges[i];

		if (range->weight == 0)
			break;
		if (range->text[0] == '*')
			continue; /* says nothing about which */
		for (size_t size = range->size; size > 0;
		     size = shorten(range->text, size)) {
			const TapeValue *name = find(map, range->text, size);

			if (name != NULL && !is_unwanted(languages, name))
				return name;
		}
	}
	return choose_any(languages, map);
}
