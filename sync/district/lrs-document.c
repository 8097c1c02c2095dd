/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/archive-document.h"
#include "sync/district/archive-erased.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/lrs-request.h"
#include "sync/district/request-text.h"
#include "sync/xapi/document.h"

/* Documents of tools (Communication 2.2, 2.3, 2.6, 2.7; 2.0 4.1.6.2, 4.1.6.5,
 * 4.1.6.6): each state or profile is one, and all follow the same rules but
 * that of 1.0.3 for a PUT that says nothing of what it writes over. */

#define HASH_SHOWN 16

static const struct {
	const char *path;
	DocumentKind kind;
	const char *name;
	XapiRequest put, get, delete;
} resources[] = {
	{ LRS_PATH "activities/state", DOCUMENT_STATE, "state", XAPI_STATE_PUT,
	  XAPI_STATE_GET, XAPI_STATE_DELETE },
	{ LRS_PATH "agents/profile", DOCUMENT_AGENT_PROFILE, "agent-profile",
	  XAPI_AGENT_PROFILE_PUT, XAPI_AGENT_PROFILE_GET,
	  XAPI_AGENT_PROFILE_PUT },
	{ LRS_PATH "activities/profile", DOCUMENT_ACTIVITY_PROFILE,
	  "activity-profile", XAPI_ACTIVITY_PROFILE_PUT,
	  XAPI_ACTIVITY_PROFILE_GET, XAPI_ACTIVITY_PROFILE_PUT },
};

static size_t
resource_of(const Exchange *exchange)
{
	size_t i = 0;

	while (!g_str_equal(resources[i].path, exchange->path))
		i++;
	return i;
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static DocumentName
name_of(const Exchange *exchange, const XapiQuery *query)
{
	return (DocumentName){ .kind = resources[resource_of(exchange)].kind,
			       .activity = or_empty(query->activity),
			       .agent = or_empty(query->agent),
			       .registration = query->registration,
			       .id = or_empty(query->document) };
}

/* A tool may put anything into a name, a child's too: what the log has of it
 * is a hash, the same for the same document. */
static void
note_document(Exchange *exchange, const XapiQuery *query)
{
	DocumentName name = name_of(exchange, query);
	g_autofree char *text =
		g_strdup_printf("%s\n%s\n%s\n%s", name.activity, name.agent,
				name.registration, name.id);
	char hash[ID_SHA256 + 1];

	id_sha256(text, strlen(text), hash);
	hash[HASH_SHOWN] = '\0';
	audit_object(exchange, resources[resource_of(exchange)].name, hash);
	audit_agent(exchange, query->agent);
}

/* --- reading --- */

static GBytes *
print_ids(const GPtrArray *ids)
{
	g_autoptr(json_t) list = json_array();
	char *text;

	for (guint i = 0; i < ids->len; i++)
		json_array_append_new(list, json_string(ids->pdata[i]));
	text = json_dumps(list, JSON_COMPACT);
	return g_bytes_new_with_free_func(text, strlen(text), free, text);
}

static void
reply_ids(Exchange *exchange, Archive *archive, const XapiQuery *query)
{
	DocumentName name = name_of(exchange, query);
	WallTime since = { query->has_since ? query->since.us : INT64_MIN };
	WallTime newest = { 0 };
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) ids =
		archive_list_documents(archive, &name, since, &newest, &error);
	g_autofree char *tag = NULL;
	g_autoptr(GBytes) text = NULL;

	if (ids == NULL) {
		lrs_fail(exchange, error);
		return;
	}
	text = print_ids(ids);
	tag = g_compute_checksum_for_bytes(G_CHECKSUM_SHA1, text);
	if (ids->len > 0)
		lrs_add_modified(exchange, newest);
	if (!reply_not_modified(exchange, tag))
		reply_bytes(exchange, 200, "application/json", text);
}

void
handle_get_document(Exchange *exchange, Archive *archive)
{
	g_auto(XapiQuery) query = { 0 };
	g_auto(ArchiveDocument) document = { 0 };
	g_autoptr(GError) error = NULL;
	DocumentName name;

	if (!lrs_read_query(exchange, resources[resource_of(exchange)].get,
			    &query))
		return;
	note_document(exchange, &query);
	if (query.document == NULL) {
		reply_ids(exchange, archive, &query);
		return;
	}
	name = name_of(exchange, &query);
	if (!archive_get_document(archive, &name, &document, &error)) {
		lrs_fail(exchange, error);
		return;
	}
	if (document.body == NULL) {
		reply_problem(exchange, 404, "not-found", 0,
			      "no such document");
		return;
	}
	lrs_add_modified(exchange, document.stored);
	if (reply_not_modified(exchange, document.etag))
		return;
	reply_header(exchange, "Content-Type", document.type);
	reply_bytes(exchange, 200, NULL, document.body);
}

/* --- preconditions (Communication 3.1; 2.0 4.1.4) --- */

/* Some clients leave the quotes out. */
static bool
names_tag(const char *header, const ArchiveDocument *held)
{
	return held->body != NULL && (g_str_equal(header, held->etag) ||
				      etag_matches(header, held->etag));
}

static bool
must_say(const Exchange *exchange, DocumentKind kind)
{
	return exchange->xapi.version == XAPI_2_0 || kind != DOCUMENT_STATE;
}

/* 1.0.3 has whoever PUTs a profile name one of the two, a new one's too
 * (Communication 3.1.s3). */
static bool
must_say_of_new(const Exchange *exchange, DocumentKind kind)
{
	return exchange->xapi.version == XAPI_1_0 && kind != DOCUMENT_STATE;
}

/* A PUT with neither header. */
static bool
check_unseen(Exchange *exchange, const ArchiveDocument *held, DocumentKind kind)
{
	if (held->body != NULL && must_say(exchange, kind)) {
		lrs_fail_plainly(exchange, 409,
				 "There is a document already. Get it, and "
				 "send its ETag as If-Match to write over it; "
				 "or send If-None-Match: * to write only what "
				 "is new.\n");
		return false;
	}
	if (held->body == NULL && must_say_of_new(exchange, kind)) {
		lrs_fail_plainly(exchange, 400,
				 "A profile's PUT must say what it expects: "
				 "If-None-Match: * for a new one, or the ETag "
				 "of the one before as If-Match.\n");
		return false;
	}
	return true;
}

/* is_put: it would write over what is there. */
static bool
check_preconditions(Exchange *exchange, const ArchiveDocument *held,
		    DocumentKind kind, bool is_put)
{
	const char *match = exchange_header(exchange, "If-Match");
	const char *none = exchange_header(exchange, "If-None-Match");

	if (match != NULL && !names_tag(match, held)) {
		lrs_fail_plainly(exchange, 412,
				 "If-Match: the document is another by now; "
				 "get it again\n");
		return false;
	}
	if (none != NULL && names_tag(none, held)) {
		lrs_fail_plainly(exchange, 412,
				 "If-None-Match: there is such a document "
				 "already\n");
		return false;
	}
	return !is_put || match != NULL || none != NULL ||
	       check_unseen(exchange, held, kind);
}

/* --- writing --- */

static void
free_query(void *data)
{
	XapiQuery *query = data;

	xapi_query_clear(query);
	g_free(query);
}

static bool
keep_query(Exchange *exchange, XapiRequest request)
{
	XapiQuery *query = g_new0(XapiQuery, 1);

	exchange->state = query;
	exchange->state_free = free_query;
	if (!lrs_read_query(exchange, request, query))
		return false;
	note_document(exchange, query);
	return true;
}

void
handle_put_document(Exchange *exchange, Archive *archive)
{
	int64_t most = settings_number(exchange->service->settings, "limits",
				       "document_bytes");

	if (keep_query(exchange, resources[resource_of(exchange)].put) &&
	    exchange->body != NULL && exchange->body->len > most)
		reply_problem(exchange, 413, "too-large", 0,
			      "the document is larger than limits.document_"
			      "bytes");
}

/* Whether it may be is the writer's to say. */
void
handle_delete_document(Exchange *exchange, Archive *archive)
{
	if (!keep_query(exchange, resources[resource_of(exchange)].delete))
		g_assert(exchange->reply.status != 0);
}

static void
sign(ArchiveDocument *document)
{
	g_autofree char *hash =
		g_compute_checksum_for_bytes(G_CHECKSUM_SHA1, document->body);

	g_strlcpy(document->etag, hash, sizeof(document->etag));
}

/* What was sent. */
static void
take_body(const Exchange *exchange, ArchiveDocument *out)
{
	const GByteArray *body = exchange->body;
	const char *type = lrs_content_type(exchange);

	out->type =
		g_strdup(type[0] != '\0' ? type : "application/octet-stream");
	out->body = g_bytes_new(body != NULL ? body->data : NULL,
				body != NULL ? body->len : 0);
	out->stored = service_stamp(exchange->service);
}

static bool
is_json(const ArchiveDocument *document)
{
	return lrs_is_type(document->type, "application/json");
}

/* Into what is held (Communication 2.2.s7, s8); false with the reply set. */
static bool
merge(Exchange *exchange, const ArchiveDocument *held, ArchiveDocument *posted)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GError) error = NULL;
	size_t old_size, new_size;
	const char *old = g_bytes_get_data(held->body, &old_size);
	const char *new = g_bytes_get_data(posted->body, &new_size);

	if (!is_json(held) || !is_json(posted)) {
		reply_problem(exchange, 400, "invalid", 0,
			      "only documents of application/json can be "
			      "merged (xAPI 1.0.3 Communication 2.2.s8.b1; "
			      "2.0.0 4.1.6.2)");
		return false;
	}
	if (!xapi_document_merge(text, old, old_size, new != NULL ? new : "",
				 new_size, &error)) {
		lrs_fail(exchange, error);
		return false;
	}
	g_bytes_unref(posted->body);
	posted->body = g_string_free_to_bytes(g_steal_pointer(&text));
	return true;
}

/* What says that it is JSON and is none could never be merged with what comes
 * after it; and nothing, of no type, is no document. False with the reply
 * set. */
static bool
check_new(Exchange *exchange, const ArchiveDocument *posted)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Tape) tape = NULL;
	size_t size;
	const char *bytes = g_bytes_get_data(posted->body, &size);

	if (size == 0 && lrs_content_type(exchange)[0] == '\0') {
		reply_problem(exchange, 400, "invalid", 0,
			      "a document must be sent, with its Content-Type");
		return false;
	}
	if (!is_json(posted))
		return true;
	tape = tape_read(bytes != NULL ? bytes : "", size, &error);
	if (tape != NULL)
		return true;
	g_prefix_error(&error, "the posted document: ");
	lrs_fail(exchange, error);
	return false;
}

/* False with an error, or with the reply set. */
static bool
check_erased(Archive *archive, Exchange *exchange, const DocumentName *name,
	     GError **error)
{
	bool erased = false;

	if (name->agent[0] == '\0')
		return true;
	if (!archive_is_erased_agent(archive, name->agent, &erased, error))
		return false;
	if (erased)
		reply_problem(exchange, 403, "erased", 0,
			      "this learner was erased: nothing more is kept");
	return !erased;
}

static bool
write_document(Archive *archive, Exchange *exchange, bool is_post,
	       GError **error)
{
	DocumentName name = name_of(exchange, exchange->state);
	g_auto(ArchiveDocument) held = { 0 };
	g_auto(ArchiveDocument) sent = { 0 };

	if (!check_erased(archive, exchange, &name, error) ||
	    !archive_get_document(archive, &name, &held, error) ||
	    !check_preconditions(exchange, &held, name.kind, !is_post))
		return false;
	take_body(exchange, &sent);
	if (is_post && !(held.body != NULL ? merge(exchange, &held, &sent)
					   : check_new(exchange, &sent)))
		return false;
	sign(&sent);
	if (!archive_put_document(archive, &name, &sent, error))
		return false;
	reply_empty(exchange, 204);
	return true;
}

bool
write_put_document(Archive *archive, Exchange *exchange, GError **error)
{
	return write_document(archive, exchange, false, error);
}

bool
write_post_document(Archive *archive, Exchange *exchange, GError **error)
{
	return write_document(archive, exchange, true, error);
}

/* The list of a context's states is a document, too: whoever deletes all of
 * them may name the one that was read. */
static bool
check_list(Archive *archive, Exchange *exchange, const DocumentName *name,
	   GError **error)
{
	g_auto(ArchiveDocument) list = { 0 };
	WallTime newest;
	g_autoptr(GPtrArray) ids =
		archive_list_documents(archive, name, (WallTime){ INT64_MIN },
				       &newest, error);

	if (ids == NULL)
		return false;
	list.body = print_ids(ids);
	sign(&list);
	return check_preconditions(exchange, &list, name->kind, false);
}

bool
write_delete_document(Archive *archive, Exchange *exchange, GError **error)
{
	const XapiQuery *query = exchange->state;
	DocumentName name = name_of(exchange, query);
	g_auto(ArchiveDocument) held = { 0 };

	if (query->document == NULL) {
		if (!check_list(archive, exchange, &name, error) ||
		    !archive_delete_documents(archive, &name, error))
			return false;
	} else if (!archive_get_document(archive, &name, &held, error) ||
		   !check_preconditions(exchange, &held, name.kind, false) ||
		   !archive_delete_document(archive, &name, error)) {
		return false;
	}
	reply_empty(exchange, 204);
	return true;
}
