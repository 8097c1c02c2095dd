/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/media-s3.h"

#include <string.h>
#include <unistd.h>

#include "app/base/fault.h"
#include "sync/district/media-private.h"
#include "sync/district/s3-line.h"

/* Media as objects: prefix/ab/<hash> for a hash that begins with ab. */

#define KEY_MAX 80 /* of "ab/<hash>" */

typedef struct {
	S3Line *line;  /* owned */
	S3Call *probe; /* owned: the last one; NULL */
} Store;

static void
make_key(const char *sha256, char out[static KEY_MAX])
{
	g_snprintf(out, KEY_MAX, "%.2s/%s", sha256, sha256);
}

/* --- keeping --- */

static bool
says_other(const char *checksum, const char *sha256)
{
	gsize size = 0;
	g_autofree guchar *bytes = g_base64_decode(checksum, &size);
	char hex[ID_SHA256 + 1] = "";

	for (gsize i = 0; i < size && i < ID_SHA256 / 2; i++)
		g_snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return !g_str_equal(hex, sha256);
}

static bool find(void *self, const char *sha256, int64_t *size, GError **error);

/* The store has checked the body against the hash that we signed.  It says so
 * by the checksum; one that knows none is asked what it has. */
static bool
confirm(Store *store, const S3Call *call, const MediaFile *file, GError **error)
{
	const char *checksum = s3_call_get_headers(call)->checksum;
	int64_t size;

	if (checksum[0] != '\0') {
		if (!says_other(checksum, file->sha256))
			return true;
		g_set_error(error, FAULT, FAULT_BUSY,
			    "the media's store took other bytes for %s",
			    file->sha256);
		return false;
	}
	if (!find(store, file->sha256, &size, error))
		return false;
	if (size == file->size)
		return true;
	g_set_error(error, FAULT, FAULT_BUSY,
		    "the media's store has %" G_GINT64_FORMAT
		    " bytes of %s, not %" G_GINT64_FORMAT,
		    (gint64)size, file->sha256, (gint64)file->size);
	return false;
}

static void *
begin_keep(void *self, const MediaFile *file)
{
	Store *store = self;
	char key[KEY_MAX];
	S3Ask ask = { .method = "PUT",
		      .key = key,
		      .file = file->path,
		      .sha256 = file->sha256,
		      .size = file->size };

	make_key(file->sha256, key);
	return s3_call_new(store->line, &ask);
}

static bool
end_keep(void *self, void *state, MediaFile *file, bool ok, GError **error)
{
	Store *store = self;
	g_autoptr(S3Call) call = state;

	if (!ok || !s3_call_finish(call, error) ||
	    !confirm(store, call, file, error))
		return false;
	unlink(file->path);
	g_clear_pointer(&file->path, g_free);
	return true;
}

/* --- one --- */

static bool
find(void *self, const char *sha256, int64_t *size, GError **error)
{
	Store *store = self;
	char key[KEY_MAX];
	S3Ask ask = { .method = "HEAD", .key = key };
	g_autoptr(S3Call) call = NULL;
	g_autoptr(GError) cause = NULL;

	make_key(sha256, key);
	*size = -1;
	call = s3_call_new(store->line, &ask);
	if (s3_call_finish(call, &cause)) {
		*size = s3_call_get_headers(call)->size;
		if (*size >= 0)
			return true;
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "the media's store tells no size of %s", sha256);
		return false;
	}
	if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return true;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

static bool
remove_one(void *self, const char *sha256, GError **error)
{
	Store *store = self;
	char key[KEY_MAX];
	S3Ask ask = { .method = "DELETE", .key = key };
	g_autoptr(S3Call) call = NULL;
	g_autoptr(GError) cause = NULL;

	make_key(sha256, key);
	call = s3_call_new(store->line, &ask);
	if (s3_call_finish(call, &cause) ||
	    g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
		return true;
	g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

/* --- all of them --- */

typedef struct {
	size_t skip; /* letters of the prefix */
	MediaFunc each;
	void *data;
} Listing;

/* What others may have put there is theirs. */
static bool
list_one(const char *key, int64_t size, void *data, GError **error)
{
	const Listing *listing = data;
	const char *sha256;
	char must[KEY_MAX];

	if (strlen(key) < listing->skip + strlen("ab/"))
		return true;
	sha256 = key + listing->skip + strlen("ab/");
	if (!id_is_sha256(sha256))
		return true;
	make_key(sha256, must);
	if (!g_str_equal(key + listing->skip, must))
		return true;
	return listing->each(sha256, size, listing->data, error);
}

static bool
list_some(Store *store, Listing *listing, char **token, GError **error)
{
	const S3Config *config = s3_line_get_config(store->line);
	const S3Header query[] = { { "list-type", "2" },
				   { "prefix", config->prefix },
				   { "continuation-token",
				     *token != NULL ? *token : "" } };
	S3Ask ask = { .method = "GET",
		      .query = query,
		      .n_query = *token != NULL ? 3 : 2 };
	g_autoptr(S3Call) call = s3_call_new(store->line, &ask);
	const GString *text;
	char *next = NULL;

	if (!s3_call_finish(call, error))
		return false;
	text = s3_call_get_text(call);
	if (!s3_list_read(text->str, text->len, list_one, listing, &next,
			  error))
		return false;
	g_free(*token);
	*token = next;
	return true;
}

static bool
each_one(void *self, MediaFunc each, void *data, GError **error)
{
	Store *store = self;
	Listing listing = { strlen(s3_line_get_config(store->line)->prefix),
			    each, data };
	g_autofree char *token = NULL;

	do
		if (!list_some(store, &listing, &token, error))
			return false;
	while (token != NULL);
	return true;
}

/* --- streams --- */

static void *
open_stream(void *self, const MediaRange *range)
{
	Store *store = self;
	char key[KEY_MAX];
	S3Ask ask = { .method = "GET",
		      .key = key,
		      .streams = true,
		      .whole = range->whole,
		      .from = range->from,
		      .size = range->size };

	make_key(range->sha256, key);
	return s3_call_new(store->line, &ask);
}

static bool
wait_stream(void *call, GError **error)
{
	return s3_call_wait(call, error);
}

static ssize_t
take_stream(void *call, void *out, size_t max, GError **error)
{
	return s3_call_take(call, out, max, error);
}

static void
arm_stream(void *call, void (*wake)(void *data), void *data)
{
	s3_call_arm(call, wake, data);
}

static int
steal_stream(void *call)
{
	return -1;
}

static void
close_stream(void *call)
{
	s3_call_free(call);
}

/* --- the place --- */

static void
get_state(void *self, MediaState *out)
{
	s3_line_get_state(((Store *)self)->line, out);
}

/* A list of one: it needs the bucket, the key and what check needs. */
static void
probe(void *self)
{
	Store *store = self;
	const S3Config *config = s3_line_get_config(store->line);
	const S3Header query[] = { { "list-type", "2" },
				   { "max-keys", "1" },
				   { "prefix", config->prefix } };
	const S3Ask ask = { .method = "GET",
			    .query = query,
			    .n_query = G_N_ELEMENTS(query) };
	int64_t now = clock_read(clock_system()).since_boot_us;
	MediaState state;

	s3_line_get_state(store->line, &state);
	if (state.is_known &&
	    now - state.answered_us < config->probe_s * G_USEC_PER_SEC)
		return;
	if (store->probe != NULL && !s3_call_is_done(store->probe))
		return;
	s3_call_free(store->probe);
	store->probe = s3_call_new(store->line, &ask);
}

static void
abandon(void *self)
{
	s3_line_abandon(((Store *)self)->line);
}

static void
free_store(void *self)
{
	Store *store = self;

	s3_call_free(store->probe);
	s3_line_free(store->line);
	g_free(store);
}

Media *
media_new_s3(S3Config *config, const char *incoming, int64_t incoming_max,
	     GError **error)
{
	static const MediaPlace place = {
		.begin_keep = begin_keep,
		.end_keep = end_keep,
		.find = find,
		.remove = remove_one,
		.each = each_one,
		.get_state = get_state,
		.probe = probe,
		.abandon = abandon,
		.free = free_store,
		.open = open_stream,
		.wait = wait_stream,
		.take = take_stream,
		.arm = arm_stream,
		.steal = steal_stream,
		.close = close_stream,
	};
	size_t at_once = (size_t)config->keep_at_once;
	S3Line *line = s3_line_new(config, error);
	Media *media;
	Store *store;

	if (line == NULL)
		return NULL;
	store = g_new0(Store, 1);
	store->line = line;
	media = media_new(&place, store, incoming, incoming_max);
	media->at_once = at_once;
	return media;
}
