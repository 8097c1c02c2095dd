/* SPDX-License-Identifier: Apache-2.0 */
#include "app/kiosk/health-told.h"

#include <string.h>

#include "app/screens/words.h"

#define MB            INT64_C(1000000)
#define DETAIL_SHORT  160 /* bytes that every screen shows whole */
#define VERSION_SHOWN 12  /* digits of a bundle's hash */
#define KIOSK_SHOWN   8   /* digits of a kiosk's id, as the district lists it */

/* A list under way, in one language. */
typedef struct {
	const HealthKnown *known;
	const char *language;
	HealthTold *told;
} Telling;

static const char *
word(const Telling *t, Word which)
{
	return words_get(t->language, which);
}

/* Each takes the text over. */
static void
add_named(Telling *t, const char *name, char *text)
{
	const HealthLine line = { .name = name, .text = text };

	g_array_append_val(t->told->lines, line);
}

static void
add(Telling *t, Word name, char *text)
{
	add_named(t, word(t, name), text);
}

static void
add_short(Telling *t, Word name, char *text)
{
	const HealthLine line = { .name = word(t, name),
				  .text = text,
				  .is_short = true };

	g_array_append_val(t->told->lines, line);
}

static void
add_word(Telling *t, Word name, Word text)
{
	add(t, name, g_strdup(word(t, text)));
}

/* --- times and sizes, as they are read in both languages --- */

static char *
time_text(WallTime at)
{
	g_autoptr(GDateTime) local =
		g_date_time_new_from_unix_local(at.us / G_USEC_PER_SEC);

	return local != NULL ? g_date_time_format(local, "%Y-%m-%d %H:%M")
			     : g_strdup("?");
}

static char *
size_text(const Telling *t, int64_t bytes)
{
	const int64_t tenths = bytes / (100 * MB);
	const char *point = g_str_has_prefix(t->language, "es") ? "," : ".";

	if (bytes < 1000 * MB)
		return g_strdup_printf("%" G_GINT64_FORMAT " MB",
				       (gint64)(bytes / MB));
	return g_strdup_printf("%" G_GINT64_FORMAT "%s%d GB",
			       (gint64)(tenths / 10), point,
			       (int)(tenths % 10));
}

/* Of an address only who is meant: no path, and no name that signs in. */
static char *
host_of(const char *address)
{
	g_autoptr(GUri) uri = g_uri_parse(address, G_URI_FLAGS_NONE, NULL);
	const char *host = uri != NULL ? g_uri_get_host(uri) : NULL;

	return g_strdup(host != NULL ? host : address);
}

/* --- what matters most --- */

static char *
tell_first(const Telling *t, const StoreHealth *store)
{
	const bool has_lrs = t->known->lrs[0] != '\0';

	if (store_is_safe(&store->counts, &store->link, has_lrs))
		return g_strdup(word(t, WORD_SAFE));
	if (store->counts.waiting > 0)
		return words_with_number(t->language, WORD_HEALTH_WAITING,
					 (int)store->counts.waiting);
	return g_strdup(word(t, store->counts.sent > 0
					? WORD_HEALTH_SENT
					: WORD_HEALTH_NONE_WAITS));
}

/* --- line by line --- */

static void
tell_oldest(Telling *t, const StoreHealth *store)
{
	if (store->counts.waiting == 0)
		return;
	add_short(t, WORD_HEALTH_OLDEST,
		  store->waiting_since.us != 0
			  ? time_text(store->waiting_since)
			  : g_strdup(word(t, WORD_HEALTH_UNKNOWN)));
}

static void
tell_where(Telling *t, const StoreHealth *store)
{
	const bool has_lrs = t->known->lrs[0] != '\0';
	g_autofree char *host =
		host_of(has_lrs ? t->known->lrs : t->known->address);
	const char *name = store->district[0] != '\0' ? store->district : host;

	if (has_lrs)
		add(t, WORD_HEALTH_SENDS_TO,
		    words_with(t->language, WORD_HEALTH_LRS, host));
	else if (t->known->address[0] == '\0')
		add_word(t, WORD_HEALTH_SENDS_TO, WORD_HEALTH_NOBODY);
	else
		add(t, WORD_HEALTH_SENDS_TO,
		    words_with(t->language, WORD_HEALTH_DISTRICT, name));
}

static Word
line_word(LinkState state)
{
	switch (state) {
	case LINK_NEVER:
		return WORD_HEALTH_ENROL;
	case LINK_OFFLINE:
		return WORD_HEALTH_OFFLINE;
	case LINK_ONLINE:
		return WORD_HEALTH_ONLINE;
	case LINK_REFUSED:
		return WORD_HEALTH_REFUSED;
	}
	return WORD_HEALTH_UNKNOWN;
}

/* What a program said, in English. */
static void
tell_detail(Telling *t, const char *text)
{
	const char *name =
		strlen(text) > DETAIL_SHORT ? "for-it-long" : "for-it";
	const HealthLine line = { .name = words_named(t->language, name),
				  .text = g_strdup(text),
				  .is_detail = true };

	g_array_append_val(t->told->lines, line);
}

/* What has no word here has another line of its own. */
static void
tell_why(Telling *t, const StoreLink *link)
{
	const char *why =
		words_named(t->language, link_reason_word(link->reason));

	if (link->state != LINK_OFFLINE && link->state != LINK_REFUSED)
		return;
	if (why[0] != '\0')
		add_named(t, words_named(t->language, "why"), g_strdup(why));
	if (link->message[0] != '\0')
		tell_detail(t, link->message);
}

static void
tell_line(Telling *t, const StoreHealth *store)
{
	const StoreLink *link = &store->link;
	g_autofree char *when = link->last_contact.us != 0
					? time_text(link->last_contact)
					: g_strdup(word(t, WORD_HEALTH_NEVER));

	add(t, WORD_HEALTH_LINE,
	    g_strdup_printf("%s. %s", when, word(t, line_word(link->state))));
	tell_why(t, link);
}

static void
tell_aside(Telling *t, const StoreHealth *store)
{
	if (store->counts.aside == 0)
		add_short(t, WORD_HEALTH_ASIDE,
			  g_strdup(word(t, WORD_HEALTH_NONE)));
	else
		add_short(t, WORD_HEALTH_ASIDE,
			  words_with_number(t->language, WORD_HEALTH_ASIDE_SOME,
					    (int)store->counts.aside));
}

static void
tell_room(Telling *t, const StoreHealth *store)
{
	g_autofree char *size = NULL;

	if (store->free_bytes < 0) {
		add_short(t, WORD_HEALTH_ROOM,
			  g_strdup(word(t, WORD_HEALTH_UNKNOWN)));
		return;
	}
	size = size_text(t, store->free_bytes);
	add_short(t, WORD_HEALTH_ROOM,
		  store->has_room
			  ? g_steal_pointer(&size)
			  : words_with(t->language, WORD_HEALTH_FULL, size));
}

static void
tell_bundle(Telling *t, const StoreHealth *store)
{
	g_autofree char *version = g_strndup(store->bundle, VERSION_SHOWN);
	g_autofree char *what =
		words_with(t->language, WORD_HEALTH_BUNDLE_IS, version);
	g_autofree char *when = time_text(store->bundle_at);
	g_autofree char *taken_in =
		words_with(t->language, WORD_HEALTH_TAKEN_IN, when);

	if (!store->has_bundle)
		add_word(t, WORD_HEALTH_BUNDLE, WORD_HEALTH_NO_BUNDLE);
	else
		add(t, WORD_HEALTH_BUNDLE,
		    store->bundle_at.us != 0
			    ? g_strdup_printf("%s, %s", what, taken_in)
			    : g_steal_pointer(&what));
}

static const char *
sense_word(const Telling *t, Sense sense)
{
	switch (sense) {
	case SENSE_UNWANTED:
		return word(t, WORD_HEALTH_NOT_WANTED);
	case SENSE_MISSING:
		return word(t, WORD_HEALTH_NOT_FOUND);
	case SENSE_WORKS:
		return word(t, WORD_HEALTH_WORKS);
	}
	return "";
}

static void
tell_senses(Telling *t)
{
	const HealthKnown *known = t->known;

	add(t, WORD_HEALTH_SENSES,
	    g_strdup_printf("%s: %s · %s: %s · %s: %s",
			    word(t, WORD_HEALTH_CAMERA),
			    sense_word(t, known->camera),
			    word(t, WORD_HEALTH_SCANNER),
			    sense_word(t, known->scanner),
			    word(t, WORD_HEALTH_VOICE),
			    sense_word(t, known->voice)));
}

static void
tell_time(Telling *t, const StoreHealth *store)
{
	add_short(t, WORD_HEALTH_TIME,
		  g_strdup(word(t, store->knows_time
					   ? WORD_HEALTH_TIME_KNOWN
					   : WORD_HEALTH_TIME_UNKNOWN)));
}

static void
tell_store(Telling *t, const StoreHealth *store)
{
	tell_where(t, store);
	tell_line(t, store);
	tell_oldest(t, store);
	tell_aside(t, store);
	if (store->notice[0] != '\0') {
		add(t, WORD_HEALTH_NOTICE,
		    g_strdup(words_named(t->language, "repaired")));
		tell_detail(t, store->notice);
	}
	if (store->damaged > 0)
		add(t, WORD_HEALTH_DAMAGED,
		    words_with_number(t->language, WORD_HEALTH_DAMAGED_ARE,
				      store->damaged));
	tell_bundle(t, store);
	tell_time(t, store);
	tell_room(t, store);
}

static void
tell_names(Telling *t, const StoreHealth *store)
{
	const HealthKnown *known = t->known;
	g_autofree char *id =
		g_strndup(store != NULL ? store->identity.kiosk : "",
			  KIOSK_SHOWN);
	g_autofree char *record =
		words_with_number(t->language, WORD_HEALTH_STORE_IS,
				  store != NULL ? store->schema : 0);

	add_short(t, WORD_HEALTH_KIOSK,
		  g_strdup_printf("%s%s%s", known->host,
				  id[0] != '\0' ? " · " : "", id));
	add_short(t, WORD_HEALTH_PROGRAM,
		  g_strdup_printf("%s%s%s", known->version,
				  store != NULL ? " · " : "",
				  store != NULL ? record : ""));
}

static void
line_clear(void *data)
{
	HealthLine *line = data;

	g_free(line->text);
}

HealthTold *
health_tell(const HealthKnown *known, const char *language)
{
	HealthTold *told = g_new0(HealthTold, 1);
	Telling t = { known, language, told };

	told->lines = g_array_new(FALSE, FALSE, sizeof(HealthLine));
	g_array_set_clear_func(told->lines, line_clear);
	if (known->store != NULL) {
		told->headline = tell_first(&t, known->store);
		tell_store(&t, known->store);
	} else {
		told->headline = g_strdup(word(&t, WORD_HEALTH_NO_STORE));
		if (known->store_fault[0] != '\0')
			tell_detail(&t, known->store_fault);
	}
	tell_senses(&t);
	tell_names(&t, known->store);
	return told;
}

char *
health_told_text(const HealthTold *told)
{
	GString *text = g_string_new(told->headline);

	for (guint i = 0; i < told->lines->len; i++) {
		const HealthLine *line =
			&g_array_index(told->lines, HealthLine, i);

		g_string_append_printf(text, "\n%s: %s", line->name,
				       line->text);
	}
	return g_string_free(text, FALSE);
}

void
health_told_free(HealthTold *told)
{
	if (told == NULL)
		return;
	g_array_unref(told->lines);
	g_free(told->headline);
	g_free(told);
}
