/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "store"

#include "app/store/log-index.h"

#include <string.h>

#include "app/base/file.h"
#include "app/base/json.h"

#define GAP_MAX 10000 /* numbers that may be missing in a row */

/* --- lines --- */

void
log_line_free(LogLine *line)
{
	if (line == NULL)
		return;
	g_clear_pointer(&line->body, g_bytes_unref);
	g_free(line);
}

static bool
read_member(const json_t *about, const char *name, size_t max, char *out)
{
	const char *text = json_text(about, name, 0, max, NULL);

	if (text == NULL)
		return false;
	g_strlcpy(out, text, max + 1);
	return true;
}

static LogLine *
read_forgotten(const char *bytes, size_t size)
{
	g_autoptr(json_t) value = json_read(bytes, size, NULL);
	const json_t *about = json_object_get(value, "forgotten");
	g_autoptr(LogLine) line = g_new0(LogLine, 1);

	if (!json_number(about, "number", 1, JSON_INTEGER_MAX, &line->number,
			 NULL) ||
	    !read_member(about, "id", ID_UUID, line->id) ||
	    !read_member(about, "hash", ID_SHA256, line->hash) ||
	    !read_member(about, "learner", EVIDENCE_ID_MAX, line->learner) ||
	    !read_member(about, "badge", EVIDENCE_ID_MAX, line->badge) ||
	    !read_member(about, "prompt", EVIDENCE_ID_MAX, line->prompt) ||
	    !id_is_uuid(line->id) || !id_is_sha256(line->hash))
		return NULL;
	line->erased = json_is_true(json_object_get(about, "erased"));
	return g_steal_pointer(&line);
}

static LogLine *
read_record(const char *bytes, size_t size)
{
	g_autofree Evidence *e = g_new0(Evidence, 1);
	LogLine *line;

	if (!evidence_parse(bytes, size, e, NULL))
		return NULL;
	line = g_new0(LogLine, 1);
	line->number = e->number;
	line->body = g_bytes_new(bytes, size);
	id_sha256_bytes(line->body, line->hash);
	memcpy(line->previous, e->previous, sizeof(e->previous));
	return line;
}

LogLine *
log_line_read(const void *bytes, size_t size)
{
	static const char forgotten[] = "{\"forgotten\":";

	if (size == 0)
		return NULL;
	if (size > strlen(forgotten) &&
	    memcmp(bytes, forgotten, strlen(forgotten)) == 0)
		return read_forgotten(bytes, size);
	return read_record(bytes, size);
}

/* --- the whole log --- */

void
log_index_free(LogIndex *log)
{
	if (log == NULL)
		return;
	g_clear_pointer(&log->lines, g_hash_table_unref);
	g_free(log);
}

const LogLine *
log_index_find(const LogIndex *log, int64_t number)
{
	return g_hash_table_lookup(log->lines, &number);
}

LogIndex *
log_index_new(void)
{
	LogIndex *log = g_new0(LogIndex, 1);

	log->lines = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL,
					   (GDestroyNotify)log_line_free);
	return log;
}

void
log_index_add(LogIndex *log, LogLine *line)
{
	const LogLine *known = log_index_find(log, line->number);

	if (known != NULL && !g_str_equal(known->hash, line->hash))
		log->odd = true;
	if (known != NULL ||
	    (log->last != 0 && line->number > log->last + GAP_MAX)) {
		log->odd = log->odd || known == NULL;
		log_line_free(line);
		return;
	}
	if (log->first == 0 || line->number < log->first)
		log->first = line->number;
	log->last = MAX(log->last, line->number);
	g_hash_table_insert(log->lines, &line->number, line);
}

LogIndex *
log_index_read(Store *store, GError **error)
{
	g_autofree char *path = store_path(store, STORE_LOG);
	g_autoptr(GBytes) bytes = file_read(path, LOG_BYTES_MAX, error);
	g_autoptr(LogIndex) log = log_index_new();
	size_t size;

	if (bytes == NULL)
		return NULL;

	const char *at = g_bytes_get_data(bytes, &size);
	const char *end;

	if (size == 0)
		at = ""; /* and not NULL */
	end = at + size;
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((stop != NULL ? stop : end) - at);
		LogLine *line = log_line_read(at, n);

		if (line != NULL)
			log_index_add(log, line);
		at += n + 1;
	}
	return g_steal_pointer(&log);
}

static bool
is_confirmed(const LogLine *line, const LogLine *next)
{
	return line != NULL && (next == NULL || next->body == NULL ||
				g_str_equal(next->previous, line->hash));
}

const LogLine *
log_pick(const LogLine *first, const LogLine *second, const LogLine *next)
{
	if (is_confirmed(first, next))
		return first;
	return is_confirmed(second, next) ? second : NULL;
}
