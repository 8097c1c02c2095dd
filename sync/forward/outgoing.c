/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include "sync/forward/outgoing.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/wire/multipart.h"

#define STATEMENTS_TYPE "application/json"
#define OTHER_TYPE      "application/octet-stream"
#define IDS_MAX         (256 * 1024) /* bytes of an answer */

static void
outgoing_clear(void *data)
{
	Outgoing *one = data;

	g_clear_pointer(&one->actor, g_free);
	g_clear_pointer(&one->text, g_bytes_unref);
	g_clear_pointer(&one->wanted, g_array_unref);
	fetched_clear(&one->fetched);
}

GArray *
outgoing_new(void)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(Outgoing));

	g_array_set_clear_func(items, outgoing_clear);
	return items;
}

static const SourceMedium *
find_medium(const Outgoing *one, const char *sha2)
{
	const GArray *media = one->fetched.media;

	for (guint i = 0; media != NULL && i < media->len; i++) {
		const SourceMedium *medium =
			&g_array_index(media, SourceMedium, i);

		if (g_str_equal(medium->sha2, sha2))
			return medium;
	}
	return NULL;
}

bool
outgoing_is_whole(const Outgoing *one, GError **error)
{
	for (guint i = 0; i < one->wanted->len; i++) {
		const RedactedMedium *wanted =
			&g_array_index(one->wanted, RedactedMedium, i);

		if (wanted->has_file_url ||
		    find_medium(one, wanted->sha2) != NULL)
			continue;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "the source lacks a medium that is attached to it");
		return false;
	}
	return true;
}

int64_t
outgoing_bytes(const Outgoing *one)
{
	const GArray *media = one->fetched.media;
	int64_t all = (int64_t)g_bytes_get_size(one->text);

	for (guint i = 0; media != NULL && i < media->len; i++)
		all += g_array_index(media, SourceMedium, i).size;
	return all;
}

/* --- one request's body --- */

typedef struct {
	Body *body;           /* owned */
	GHashTable *included; /* owned: sha2 */
	char boundary[MULTIPART_BOUNDARY_MAX + 1];
} Draft;

static void
draft_clear(Draft *draft)
{
	g_clear_pointer(&draft->body, body_free);
	g_clear_pointer(&draft->included, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

static const Outgoing *
get(const GArray *items, guint i)
{
	return &g_array_index(items, Outgoing, i);
}

static void
add_text(Draft *draft, const char *text, size_t size)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, size);

	body_add_bytes(draft->body, bytes);
}

static void
add_head(Draft *draft, const MultipartHeaders *headers)
{
	g_autoptr(GString) text = g_string_new(NULL);

	multipart_print_head(text, draft->boundary, headers);
	add_text(draft, text->str, text->len);
}

static void
add_statements(Draft *draft, const GArray *items, guint first, guint n)
{
	for (guint i = 0; i < n; i++) {
		add_text(draft, i == 0 ? "[" : ",", 1);
		body_add_bytes(draft->body, get(items, first + i)->text);
	}
	add_text(draft, "]", 1);
}

static bool
add_medium(Draft *draft, const RedactedMedium *wanted,
	   const SourceMedium *medium, GError **error)
{
	MultipartHeaders headers = { .encoding = "binary" };

	if (!g_hash_table_add(draft->included, g_strdup(wanted->sha2)))
		return true;
	g_strlcpy(headers.content_type,
		  wanted->content_type[0] != '\0' ? wanted->content_type
						  : OTHER_TYPE,
		  sizeof(headers.content_type));
	g_strlcpy(headers.sha256, wanted->sha2, sizeof(headers.sha256));
	add_head(draft, &headers);
	return body_add_file(draft->body, medium->path, medium->size, error);
}

static bool
add_media(Draft *draft, const Outgoing *one, GError **error)
{
	for (guint i = 0; i < one->wanted->len; i++) {
		const RedactedMedium *wanted =
			&g_array_index(one->wanted, RedactedMedium, i);
		const SourceMedium *medium = find_medium(one, wanted->sha2);

		if (medium != NULL && !add_medium(draft, wanted, medium, error))
			return false;
	}
	return true;
}

static bool
has_media(const GArray *items, guint first, guint n)
{
	for (guint i = 0; i < n; i++) {
		const GArray *media = get(items, first + i)->fetched.media;

		if (media != NULL && media->len > 0)
			return true;
	}
	return false;
}

static bool
make_multipart(Draft *draft, const GArray *items, guint first, guint n,
	       GError **error)
{
	const MultipartHeaders headers = { .content_type = STATEMENTS_TYPE };
	g_autoptr(GString) end = g_string_new(NULL);

	multipart_new_boundary(draft->boundary);
	add_head(draft, &headers);
	add_statements(draft, items, first, n);
	for (guint i = 0; i < n; i++)
		if (!add_media(draft, get(items, first + i), error))
			return false;
	multipart_print_end(end, draft->boundary);
	add_text(draft, end->str, end->len);
	return true;
}

/* --- sending --- */

static bool
send(Lrs *target, Draft *draft, const char *type, Answer *answer,
     GError **error)
{
	g_autofree char *path = lrs_path(target, "/statements");
	Request request = { .path = path,
			    .post = true,
			    .content_type = type,
			    .body = draft->body,
			    .answer_max = IDS_MAX };

	return lrs_ask(target, &request, answer, error);
}

/* A 200 is also what a network's sign-in page says. */
static bool
is_held(const Lrs *target, const Answer *answer, guint n, GError **error)
{
	g_autoptr(json_t) ids = NULL;

	if (answer->headers.version[0] != '\0' && answer->status == 204)
		return true;
	ids = json_read(g_bytes_get_data(answer->body, NULL),
			g_bytes_get_size(answer->body), NULL);
	if (answer->headers.version[0] != '\0' && json_is_array(ids) &&
	    json_array_size(ids) == n)
		return true;
	g_set_error(error, FAULT, FAULT_OFFLINE,
		    "[%s] %d, but not as an LRS answers: a network's sign-in "
		    "page, or a wrong address?",
		    target->name, answer->status);
	return false;
}

bool
outgoing_post(Lrs *target, const GArray *items, guint first, guint n,
	      GError **error)
{
	g_auto(Draft) draft = { .body = body_new() };
	g_auto(Answer) answer = { 0 };
	g_autofree char *type = NULL;

	draft.included =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (has_media(items, first, n)) {
		if (!make_multipart(&draft, items, first, n, error))
			return false;
		type = g_strdup_printf("multipart/mixed; boundary=%s",
				       draft.boundary);
	} else {
		add_statements(&draft, items, first, n);
		type = g_strdup(STATEMENTS_TYPE);
	}
	return send(target, &draft, type, &answer, error) &&
	       is_held(target, &answer, n, error);
}
