/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include "sync/forward/source.h"

#include <string.h>

#include "app/base/fault.h"

#define PAGES_MAX 1000 /* of one instant, before an LRS is thought astray */

static bool
misread(const Lrs *lrs, const char *what, GError **error)
{
	g_set_error(error, FAULT, FAULT_OFFLINE,
		    "[%s] %s: this is not how an LRS answers", lrs->name, what);
	return false;
}

static bool
parse_time(const char *text, size_t size, WallTime *out)
{
	return xapi_timestamp_parse(text, size, XAPI_1_0, out);
}

static bool
is_same(WallTime a, WallTime b)
{
	return a.us == b.us;
}

/* --- one page --- */

static bool
add_statement(const Lrs *lrs, Listing *listing, const char *bytes,
	      const TapeValue *value, GError **error)
{
	const TapeValue *stored = tape_member(value, "stored");
	SourceStatement one = { .value = value, .bytes = bytes };

	if (stored == NULL || stored->type != TAPE_TEXT ||
	    stored->size >= sizeof(one.stored) ||
	    !parse_time(stored->text, stored->size, &one.at))
		return misread(lrs, "a statement without `stored`", error);
	memcpy(one.stored, stored->text, stored->size);
	if (listing->list->len > 0 &&
	    g_array_index(listing->list, SourceStatement,
			  listing->list->len - 1)
			    .at.us > one.at.us)
		return misread(lrs, "statements that are not ascending", error);
	g_array_append_val(listing->list, one);
	return true;
}

static bool
add_page(const Lrs *lrs, Listing *listing, GBytes *body, char **more,
	 GError **error)
{
	size_t size;
	const char *bytes = g_bytes_get_data(body, &size);
	Tape *tape = tape_read(bytes, size, NULL);
	const TapeValue *list, *at, *next;

	if (tape == NULL)
		return misread(lrs, "no JSON", error);
	g_ptr_array_add(listing->tapes, tape);
	g_ptr_array_add(listing->bodies, g_bytes_ref(body));
	list = tape_member(tape_root(tape), "statements");
	if (list == NULL || list->type != TAPE_LIST)
		return misread(lrs, "no list of statements", error);
	at = tape_first(list);
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at))
		if (!add_statement(lrs, listing, bytes, at, error))
			return false;
	next = tape_member(tape_root(tape), "more");
	*more = next != NULL && next->type == TAPE_TEXT && next->size > 0
			? g_strndup(next->text, next->size)
			: NULL;
	return true;
}

static bool
ask_page(Lrs *lrs, const char *path, size_t room, Listing *listing, char **more,
	 GError **error)
{
	g_auto(Answer) answer = { 0 };
	Request request = { .path = path, .answer_max = room };

	if (!lrs_ask(lrs, &request, &answer, error))
		return false;
	if (answer.headers.consistent_through[0] == '\0')
		return misread(lrs, "no Consistent-Through", error);
	/* The first page's promise is the one that holds for all. */
	if (listing->through[0] == '\0')
		g_strlcpy(listing->through, answer.headers.consistent_through,
			  sizeof(listing->through));
	return add_page(lrs, listing, answer.body, more, error);
}

/* --- where it ends --- */

static const SourceStatement *
get(const Listing *listing, guint i)
{
	return &g_array_index(listing->list, SourceStatement, i);
}

static bool
has_two_instants(const Listing *listing)
{
	guint n = listing->list->len;

	return n > 0 && !is_same(get(listing, 0)->at, get(listing, n - 1)->at);
}

/* What may still grow is left for the next listing. */
static bool
cut(const Lrs *lrs, Listing *listing, bool has_more, GError **error)
{
	guint n = listing->list->len;
	WallTime through, last;

	if (!parse_time(listing->through, strlen(listing->through), &through))
		return misread(lrs, "no time in Consistent-Through", error);
	while (n > 0 && get(listing, n - 1)->at.us > through.us)
		n--;
	listing->is_end = !has_more || n < listing->list->len;
	if (!listing->is_end) {
		last = get(listing, n - 1)->at;
		while (n > 0 && is_same(get(listing, n - 1)->at, last))
			n--;
	}
	g_array_set_size(listing->list, n);
	return true;
}

static size_t
count_bytes(const Listing *listing)
{
	size_t all = 0;

	for (guint i = 0; i < listing->bodies->len; i++)
		all += g_bytes_get_size(g_ptr_array_index(listing->bodies, i));
	return all;
}

static char *
first_path(const Lrs *lrs, const char *since, size_t limit)
{
	g_autofree char *escaped = g_uri_escape_string(since, NULL, FALSE);
	g_autofree char *resource =
		g_strdup_printf("/statements?ascending=true&limit=%zu%s%s",
				limit, since[0] != '\0' ? "&since=" : "",
				escaped);

	return lrs_path(lrs, resource);
}

static void
listing_init(Listing *listing)
{
	*listing = (Listing){
		.tapes = g_ptr_array_new_with_free_func(
			(GDestroyNotify)tape_free),
		.bodies = g_ptr_array_new_with_free_func(
			(GDestroyNotify)g_bytes_unref),
		.list = g_array_new(FALSE, TRUE, sizeof(SourceStatement)),
	};
}

bool
source_list(Lrs *lrs, const char *since, size_t limit, Listing *out,
	    GError **error)
{
	g_autofree char *path = first_path(lrs, since, limit);
	g_autofree char *more = NULL;

	listing_init(out);
	do {
		size_t held = count_bytes(out);

		g_clear_pointer(&more, g_free);
		if (held >= SOURCE_LISTING_MAX || out->bodies->len >= PAGES_MAX)
			return misread(lrs,
				       "too many statements of one instant",
				       error);
		if (!ask_page(lrs, path, SOURCE_LISTING_MAX - held, out, &more,
			      error))
			return false;
		g_free(path);
		path = more != NULL ? lrs_path_of_more(lrs, more, error)
				    : g_strdup("");
		if (path == NULL)
			return false;
	} while (more != NULL && !has_two_instants(out));
	return cut(lrs, out, more != NULL, error);
}

void
listing_clear(Listing *listing)
{
	g_clear_pointer(&listing->list, g_array_unref);
	g_clear_pointer(&listing->tapes, g_ptr_array_unref);
	g_clear_pointer(&listing->bodies, g_ptr_array_unref);
}
