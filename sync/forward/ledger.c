/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include "sync/forward/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/json.h"

#define LEDGER_FILE  "sent.jsonl"
#define RECENT_BYTES (256 * 1024) /* of the end, read when it is opened */
#define RECENT_MAX   20000        /* ids that are remembered */
#define ACTOR_MAX    4096

struct Ledger {
	char *path, *folder; /* owned */
	int handle;
	GString *pending;   /* owned: lines to be written */
	GHashTable *recent; /* owned: ids */
};

static bool
fail(const char *path, const char *doing, GError **error)
{
	int saved = errno;

	g_set_error(error, FAULT, file_fault(saved), "%s %s: %s", doing, path,
		    g_strerror(saved));
	return false;
}

/* --- lines --- */

/* False for half a line that a power cut left. */
static bool
read_line(const char *text, size_t size, LedgerLine *out, json_t **value)
{
	const char *id;
	int64_t at_us;

	json_decref(*value);
	*value = json_read(text, size, NULL);
	*out = (LedgerLine){ 0 };
	if (*value == NULL)
		return false;
	id = json_text(*value, "id", ID_UUID, ID_UUID, NULL);
	out->actor = json_text(*value, "actor", 0, ACTOR_MAX, NULL);
	out->refused = json_object_get(*value, "refused") != NULL;
	if (id == NULL || out->actor == NULL ||
	    !json_number(*value, "at_us", 0, JSON_INTEGER_MAX, &at_us, NULL))
		return false;
	g_strlcpy(out->id, id, sizeof(out->id));
	out->at.us = at_us;
	return true;
}

typedef bool (*EachFunc)(const LedgerLine *line, void *data);

/* id: only lines that have it; NULL: all. */
static bool
each_line(const Ledger *ledger, const char *id, EachFunc func, void *data,
	  GError **error)
{
	FILE *file = fopen(ledger->path, "re");
	json_t *value = NULL;
	char *text = NULL;
	size_t room = 0;
	ssize_t n;
	LedgerLine line;
	bool ok, go_on = true;

	if (file == NULL)
		return fail(ledger->path, "opening", error);
	while (go_on && (n = getline(&text, &room, file)) > 0) {
		if (id != NULL && strstr(text, id) == NULL)
			continue;
		if (read_line(text, (size_t)n, &line, &value))
			go_on = func(&line, data);
	}
	ok = ferror(file) == 0 || fail(ledger->path, "reading", error);
	fclose(file);
	free(text);
	json_decref(value);
	return ok;
}

/* --- opening --- */

static void
remember(Ledger *ledger, const char *id)
{
	if (g_hash_table_size(ledger->recent) >= RECENT_MAX)
		g_hash_table_remove_all(ledger->recent);
	g_hash_table_add(ledger->recent, g_strdup(id));
}

static void
remember_end(Ledger *ledger, const char *text, size_t size)
{
	json_t *value = NULL;
	const char *end = text + size;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		LedgerLine line;

		stop = stop != NULL ? stop : end;
		if (read_line(text, (size_t)(stop - text), &line, &value)) {
			if (line.refused)
				g_hash_table_remove(ledger->recent, line.id);
			else
				remember(ledger, line.id);
		}
		text = stop + 1;
	}
	json_decref(value);
}

/* A torn line stays, and what comes next begins a line of its own. */
static bool
read_end(Ledger *ledger, GError **error)
{
	g_autofree char *text = g_malloc(RECENT_BYTES);
	off_t size = lseek(ledger->handle, 0, SEEK_END);
	off_t from = MAX(size - RECENT_BYTES, 0);
	ssize_t n =
		size < 0 ? -1 : pread(ledger->handle, text, RECENT_BYTES, from);

	if (n < 0)
		return fail(ledger->path, "reading", error);
	remember_end(ledger, text, (size_t)n);
	if (n > 0 && text[n - 1] != '\n')
		g_string_append_c(ledger->pending, '\n');
	return true;
}

Ledger *
ledger_open(const char *folder, GError **error)
{
	g_autoptr(Ledger) ledger = g_new0(Ledger, 1);

	ledger->folder = g_strdup(folder);
	ledger->path = g_build_filename(folder, LEDGER_FILE, NULL);
	ledger->pending = g_string_new(NULL);
	ledger->recent =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	ledger->handle = open(ledger->path,
			      O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (ledger->handle < 0) {
		fail(ledger->path, "opening", error);
		return NULL;
	}
	if (!file_sync_folder(folder, error) || !read_end(ledger, error))
		return NULL;
	return g_steal_pointer(&ledger);
}

/* --- writing --- */

void
ledger_add(Ledger *ledger, const LedgerLine *line)
{
	g_autoptr(json_t) value = NULL;
	g_autoptr(GBytes) bytes = NULL;

	if (!line->refused && g_hash_table_contains(ledger->recent, line->id))
		return;
	if (line->refused)
		g_hash_table_remove(ledger->recent, line->id);
	else
		remember(ledger, line->id);
	value = json_pack("{s:s,s:I,s:s}", "id", line->id, "at_us",
			  (json_int_t)line->at.us, "actor",
			  strlen(line->actor) <= ACTOR_MAX ? line->actor : "");
	if (line->refused)
		json_object_set_new(value, "refused", json_true());
	bytes = json_canonical(value, NULL);
	g_string_append_len(ledger->pending, g_bytes_get_data(bytes, NULL),
			    (gssize)g_bytes_get_size(bytes));
	g_string_append_c(ledger->pending, '\n');
}

bool
ledger_sync(Ledger *ledger, GError **error)
{
	GString *pending = ledger->pending;

	if (pending->len == 0)
		return true;
	while (pending->len > 0) {
		ssize_t n = write(ledger->handle, pending->str, pending->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(ledger->path, "writing", error);
		g_string_erase(pending, 0, n);
	}
	return fdatasync(ledger->handle) == 0 ||
	       fail(ledger->path, "syncing", error);
}

/* --- asking --- */

static bool
on_last(const LedgerLine *line, void *data)
{
	*(bool *)data = !line->refused;
	return true;
}

bool
ledger_has(const Ledger *ledger, const char *id, bool *out, GError **error)
{
	*out = false;
	return each_line(ledger, id, on_last, out, error);
}

typedef struct {
	const char *actor;   /* borrowed; NULL: of everybody */
	GHashTable *refused; /* owned: ids */
	GHashTable *told;    /* owned: ids */
	LedgerFunc func;
	void *data;
} Listing;

static bool
on_verdict(const LedgerLine *line, void *data)
{
	Listing *listing = data;

	if (line->refused)
		g_hash_table_add(listing->refused, g_strdup(line->id));
	else
		g_hash_table_remove(listing->refused, line->id);
	return true;
}

static bool
on_tell(const LedgerLine *line, void *data)
{
	Listing *listing = data;

	if (line->refused ||
	    (listing->actor != NULL &&
	     !g_str_equal(line->actor, listing->actor)) ||
	    g_hash_table_contains(listing->refused, line->id) ||
	    !g_hash_table_add(listing->told, g_strdup(line->id)))
		return true;
	return listing->func(line, listing->data);
}

bool
ledger_each(const Ledger *ledger, const char *actor, LedgerFunc func,
	    void *data, GError **error)
{
	Listing listing = {
		.actor = actor,
		.refused = g_hash_table_new_full(g_str_hash, g_str_equal,
						 g_free, NULL),
		.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      NULL),
		.func = func,
		.data = data,
	};
	bool ok = each_line(ledger, NULL, on_verdict, &listing, error) &&
		  each_line(ledger, NULL, on_tell, &listing, error);

	g_hash_table_unref(listing.refused);
	g_hash_table_unref(listing.told);
	return ok;
}

void
ledger_close(Ledger *ledger)
{
	if (ledger == NULL)
		return;
	if (ledger->handle >= 0)
		close(ledger->handle);
	g_free(ledger->path);
	g_free(ledger->folder);
	g_string_free(ledger->pending, TRUE);
	g_hash_table_unref(ledger->recent);
	g_free(ledger);
}
