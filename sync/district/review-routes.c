/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/district/archive-log.h"
#include "sync/district/archive-review.h"
#include "sync/district/audit.h"
#include "sync/district/entry-json.h"
#include "sync/district/handlers.h"
#include "sync/district/review-statement.h"
#include "sync/district/route.h"

/* Entries shown at once, and decided ones counted; the other counts tell of
 * all.  A class of 25 that lays five
 * stones a day fills the first in two months without its teacher. */
#define QUEUE_MAX   5000
#define DECIDED_MAX 1000

/* --- the queue --- */

typedef struct {
	const Portrait *portrait; /* borrowed; or NULL */
	const char *language;
	json_t *list; /* owned by the caller */
} Listing;

static bool
list_entry(const ArchiveEntry *entry, void *data, GError **error)
{
	Listing *listing = data;
	json_t *value = entry_to_json(entry, listing->portrait,
				      listing->language, error);

	if (value == NULL)
		return false;
	json_array_append_new(listing->list, value);
	return true;
}

static bool
may_see_class(Archive *archive, const ArchiveStaff *staff, const char *id,
	      bool *may, GError **error)
{
	g_autoptr(GPtrArray) classes =
		archive_list_staff_classes(archive, staff, error);

	if (classes == NULL)
		return false;
	*may = false;
	for (guint i = 0; i < classes->len; i++)
		*may |= g_strcmp0(((const RosterClass *)classes->pdata[i])->id,
				  id) == 0;
	return true;
}

static bool
parse_state(const char *text, EntryState *out)
{
	static const char *const names[] = {
		[ENTRY_WAITING] = "waiting",
		[ENTRY_LATER] = "later",
		[ENTRY_DECIDED] = "decided",
	};

	for (int i = ENTRY_WAITING; i <= ENTRY_DECIDED; i++)
		if (g_strcmp0(text, names[i]) == 0) {
			*out = (EntryState)i;
			return true;
		}
	return text == NULL;
}

/* A language tag, or English. */
static const char *
asked_language(const Exchange *exchange)
{
	const char *language = exchange_query(exchange, "lang");

	return language != NULL && strlen(language) <= EVIDENCE_ID_MAX
		       ? language
		       : "en";
}

/* All that the answer is made of, so that asking again costs no reading. */
static bool
make_tag(Archive *archive, const Exchange *exchange, const char *class_id,
	 EntryState state, char tag[static ID_SHA256 + 1], GError **error)
{
	ArchiveDistrict district;
	int64_t entries, reviews;
	g_autofree char *text = NULL;

	if (!archive_get_district(archive, &district, error) ||
	    !archive_get_review_version(archive, &entries, &reviews, error))
		return false;
	text = g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT
			       " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
			       " %d %s %s",
			       (gint64)entries, (gint64)reviews,
			       (gint64)district.roster_version,
			       (gint64)district.pack_version, (int)state,
			       asked_language(exchange), class_id);
	id_sha256(text, strlen(text), tag);
	return true;
}

static json_t *
read_queue(Service *service, Archive *archive, const char *class_id,
	   EntryState state, const char *language, GError **error)
{
	g_autoptr(Pack) pack = service_get_pack(service, archive, error);
	g_autoptr(json_t) list = json_array();
	Listing listing = { .language = language, .list = list };
	ArchiveCounts counts;

	if (pack == NULL)
		return NULL;
	listing.portrait = pack->portrait;
	if (!archive_count_entries(archive, class_id, DECIDED_MAX, &counts,
				   error) ||
	    !archive_each_entry(archive, class_id, state,
				state == ENTRY_DECIDED ? DECIDED_MAX
						       : QUEUE_MAX,
				list_entry, &listing, error))
		return NULL;
	return json_pack("{s:I,s:I,s:I,s:O}", "waiting",
			 (json_int_t)counts.waiting, "later",
			 (json_int_t)counts.later, "decided",
			 (json_int_t)counts.decided, "entries", list);
}

static bool
answer_queue(Exchange *exchange, Archive *archive, const char *class_id,
	     EntryState state, GError **error)
{
	char tag[ID_SHA256 + 1];
	json_t *queue;

	if (!make_tag(archive, exchange, class_id, state, tag, error))
		return false;
	if (reply_not_modified(exchange, tag))
		return true;
	queue = read_queue(exchange->service, archive, class_id, state,
			   asked_language(exchange), error);
	if (queue == NULL)
		return false;
	reply_json(exchange, 200, queue);
	return true;
}

void
handle_queue(Exchange *exchange, Archive *archive)
{
	const char *class_id = exchange_query(exchange, "class");
	EntryState state = ENTRY_WAITING;
	g_autoptr(GError) error = NULL;
	bool may;

	if (class_id != NULL)
		audit_about(exchange, class_id);
	if (!parse_state(exchange_query(exchange, "state"), &state)) {
		reply_problem(exchange, 400, "invalid", 0,
			      "state is waiting, later or decided");
		return;
	}
	if (!may_see_class(archive, exchange->staff, class_id, &may, &error)) {
		reply_error(exchange, error);
		return;
	}
	if (!may) {
		reply_problem(exchange, 404, "not-found", 0,
			      "this is none of your classes");
		return;
	}
	if (!answer_queue(exchange, archive, class_id, state, &error))
		reply_error(exchange, error);
}

/* --- decisions --- */

static bool
is_reason(const char *reason)
{
	static const char *const reasons[] = { "tell-more", "show-again",
					       "other-card", "talk", NULL };

	return g_strv_contains(reasons, reason);
}

static const char *
optional_text(const json_t *object, const char *name, size_t max,
	      GError **error)
{
	const json_t *value = json_object_get(object, name);

	if (value == NULL || json_is_null(value))
		return "";
	return json_text(object, name, 0, max, error);
}

static bool
read_decision(const json_t *object, ArchiveReview *out, GError **error)
{
	const char *decision = json_text(object, "decision", 1, 16, error);
	const char *reason = NULL, *note = NULL;

	if (decision != NULL)
		reason =
			optional_text(object, "reason", EVIDENCE_ID_MAX, error);
	if (reason != NULL)
		note = optional_text(object, "note", EVIDENCE_TEXT_MAX, error);
	if (note == NULL)
		return false;
	if (!review_decision_parse(decision, &out->decision) ||
	    (out->decision == REVIEW_RETURNED) != is_reason(reason)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "the decision is confirmed, later or returned, and "
			    "a return has one of its four reasons");
		return false;
	}
	g_strlcpy(out->reason, reason, sizeof(out->reason));
	g_strlcpy(out->note, note, sizeof(out->note));
	return true;
}

void
handle_decide(Exchange *exchange, Archive *archive)
{
	ArchiveReview *review = g_new0(ArchiveReview, 1);
	g_autoptr(json_t) object = exchange_read_json(exchange);
	g_autoptr(GError) error = NULL;

	exchange->state = review;
	exchange->state_free = g_free;
	if (object != NULL && !read_decision(object, review, &error))
		reply_error(exchange, error);
	review->at = service_now(exchange->service);
}

typedef struct {
	Exchange *exchange;
	const Portrait *portrait; /* borrowed; or NULL */
	const char *language;
	json_t *value;
} One;

static bool
take_entry(const ArchiveEntry *entry, void *data, GError **error)
{
	One *one = data;

	audit_about(one->exchange, entry->learner);
	one->value = entry_to_json(entry, one->portrait, one->language, error);
	return one->value != NULL;
}

static bool
reply_entry(Exchange *exchange, Archive *archive, GError **error)
{
	g_autoptr(Pack) pack =
		service_get_pack(exchange->service, archive, error);
	One one = { .exchange = exchange,
		    .language = asked_language(exchange) };

	audit_object(exchange, "entry", exchange->argument);
	if (pack == NULL)
		return false;
	one.portrait = pack->portrait;
	if (!archive_with_entry(archive, exchange->staff, exchange->argument,
				take_entry, &one, error))
		return false;
	reply_json(exchange, 200, one.value);
	return true;
}

bool
write_decision(Archive *archive, Exchange *exchange, GError **error)
{
	return archive_add_review(archive, exchange->staff, exchange->argument,
				  exchange->state, error) &&
	       review_statement_add(archive, exchange->staff,
				    exchange->argument, exchange->state,
				    error) &&
	       reply_entry(exchange, archive, error);
}

bool
write_withdrawal(Archive *archive, Exchange *exchange, GError **error)
{
	WallTime now = service_now(exchange->service);
	g_autoptr(GError) cause = NULL;
	int64_t seq;

	if (archive_find_review(archive, exchange->argument, &seq, &cause) &&
	    archive_withdraw_review(archive, exchange->staff,
				    exchange->argument, now, &cause))
		return review_statement_void(archive, exchange->staff,
					     exchange->argument, seq, now,
					     error) &&
		       reply_entry(exchange, archive, error);
	if (g_error_matches(cause, FAULT, FAULT_REFUSED))
		reply_problem(exchange, 409, "undecided", 0, cause->message);
	else
		g_propagate_error(error, g_steal_pointer(&cause));
	return false;
}

/* --- pictures and sounds --- */

/* Only what browsers show or play and never run. */
static const char *
safe_type(const char *type)
{
	static const char *const types[] = {
		"image/jpeg", "image/png", "image/webp", "audio/ogg",
		"audio/webm", "audio/wav", "audio/mpeg",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
		if (g_str_equal(type, types[i]))
			return types[i];
	return "application/octet-stream";
}

/* Named by its hash: it never changes. */
#define FOR_GOOD "private, max-age=86400, immutable"

void
handle_medium(Exchange *exchange, Archive *archive)
{
	char type[EVIDENCE_ID_MAX + 1];
	g_autoptr(GError) error = NULL;
	int64_t size;
	bool held;

	if (!id_is_sha256(exchange->argument)) {
		reply_problem(exchange, 404, "not-found", 0, "no such medium");
		return;
	}
	audit_object(exchange, "medium", exchange->argument);
	if (!archive_find_medium(archive, exchange->staff, exchange->argument,
				 type, &error) ||
	    !archive_has_medium(archive, exchange->argument, &size, &held,
				&error)) {
		reply_error(exchange, error);
		return;
	}
	if (reply_not_modified(exchange, exchange->argument))
		return;
	reply_medium(exchange, safe_type(type), exchange->argument, size);
	if (exchange->reply.status < 400)
		reply_header(exchange, "Cache-Control", FOR_GOOD);
}

static const char *
pack_type(const char *path)
{
	if (g_str_has_suffix(path, ".svg"))
		return "image/svg+xml";
	if (g_str_has_suffix(path, ".png"))
		return "image/png";
	if (g_str_has_suffix(path, ".ogg"))
		return "audio/ogg";
	return NULL;
}

void
handle_pack_path(Exchange *exchange, Archive *archive)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(Pack) pack =
		service_get_pack(exchange->service, archive, &error);
	const char *type = pack_type(exchange->argument);
	char tag[ID_SHA256 + 1];
	GBytes *bytes;

	if (pack == NULL) {
		reply_error(exchange, error);
		return;
	}
	bytes = pack->portrait != NULL && type != NULL
			? portrait_peek_file(pack->portrait, exchange->argument)
			: NULL;
	if (bytes == NULL) {
		reply_problem(exchange, 404, "not-found", 0,
			      "the pack has no such picture");
		return;
	}
	id_sha256_bytes(bytes, tag);
	if (reply_not_modified(exchange, tag))
		return;
	reply_header(exchange, "Cache-Control", "private, max-age=3600");
	reply_bytes(exchange, 200, type, bytes);
}
