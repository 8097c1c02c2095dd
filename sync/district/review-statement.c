/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/review-statement.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/district/archive-tool.h"
#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-request.h"
#include "sync/xapi/check.h"

#define VERB_CONFIRMED "https://w3id.org/xapi/tla/verbs/validated"
#define VERB_RETURNED  "http://activitystrea.ms/return"
#define REASON         "https://w3id.org/xapi/tla/extensions/reason"

/* Whom these statements are from.  Its secret is made and thrown away: nobody
 * signs in as it. */
#define REVIEWS_ID   "63616972-6e00-8000-8000-726576696577"
#define REVIEWS_NAME "reviews"

static bool
find_tool(Archive *archive, WallTime now, ArchiveTool *out, GError **error)
{
	g_autoptr(GError) cause = NULL;
	char secret[ID_TOKEN + 1];

	if (archive_find_tool(archive, REVIEWS_ID, out, &cause))
		return true;
	if (!g_error_matches(cause, FAULT, FAULT_NOT_FOUND)) {
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	*out = (ArchiveTool){ .id = REVIEWS_ID, .name = REVIEWS_NAME };
	id_new_token(secret);
	id_sha256(secret, strlen(secret), out->secret_hash);
	sodium_memzero(secret, sizeof(secret));
	return archive_add_tool(archive, out, now, error) &&
	       archive_find_tool(archive, REVIEWS_ID, out, error);
}

/* The same for the same review: UUID version 8 (RFC 9562) of a hash. */
static void
make_id(const char *entry, int64_t seq, char out[static ID_UUID + 1])
{
	g_autofree char *text =
		g_strdup_printf("cairn-review %s %" G_GINT64_FORMAT, entry,
				(gint64)seq);
	char hash[ID_SHA256 + 1];

	id_sha256(text, strlen(text), hash);
	g_snprintf(out, ID_UUID + 1, "%.8s-%.4s-8%.3s-8%.3s-%.12s", hash,
		   hash + 8, hash + 12, hash + 15, hash + 18);
}

/* --- the text --- */

static void
print_member(GString *out, const char *name, const char *text)
{
	g_string_append_printf(out, ",\"%s\":", name);
	json_print_text(out, text, strlen(text));
}

/* What is said, of which statement. */
typedef struct {
	char id[ID_UUID + 1];
	const char *verb, *target;
	const char *reason; /* "": none */
	WallTime at;
} Word;

static char *
make_text(const char *base, const ArchiveStaff *staff, const Word *word)
{
	g_autofree char *home = g_strconcat(base, "/staff", NULL);
	GString *out = g_string_new("{\"actor\":{\"account\":{\"homePage\":");
	char time[CLOCK_TIMESTAMP_SIZE];

	json_print_text(out, home, strlen(home));
	print_member(out, "name", staff->login);
	g_string_append(out, "}}");
	print_member(out, "id", word->id);
	clock_format(word->at, time);
	print_member(out, "timestamp", time);
	g_string_append_printf(out, ",\"verb\":{\"id\":\"%s\"}", word->verb);
	g_string_append_printf(out,
			       ",\"object\":{\"objectType\":\"StatementRef\","
			       "\"id\":\"%s\"}",
			       word->target);
	if (word->reason[0] != '\0') {
		g_string_append(out, ",\"context\":{\"extensions\":{\"" REASON
				     "\":");
		json_print_text(out, word->reason, strlen(word->reason));
		g_string_append(out, "}}");
	}
	g_string_append_c(out, '}');
	return g_string_free(out, FALSE);
}

static bool
append(Archive *archive, const char *text, const ArchiveTool *tool,
       const char *authority, WallTime now, GError **error)
{
	g_autoptr(Received) received = received_text(text, strlen(text));
	g_autoptr(LrsBatch) batch =
		lrs_batch_new(received, XAPI_1_0, &xapi_limits);
	const char *conflict = NULL;

	if (!lrs_batch_read(batch, NULL, authority, error) ||
	    (!lrs_batch_write(batch, archive, tool->key, now, &conflict,
			      error) &&
	     conflict == NULL))
		return false;
	if (conflict == NULL)
		return true;
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "statement %s is another one than a review", conflict);
	return false;
}

static bool
say(Archive *archive, const ArchiveStaff *staff, const Word *word,
    GError **error)
{
	ArchiveDistrict district;
	ArchiveTool tool;
	g_autofree char *text = NULL, *authority = NULL;

	if (!archive_get_district(archive, &district, error) ||
	    !find_tool(archive, word->at, &tool, error))
		return false;
	text = make_text(district.base, staff, word);
	authority = lrs_authority(&district, tool.id, tool.name);
	return append(archive, text, &tool, authority, word->at, error);
}

/* --- the two --- */

static const char *
verb_of(ReviewDecision decision)
{
	switch (decision) {
	case REVIEW_CONFIRMED:
		return VERB_CONFIRMED;
	case REVIEW_RETURNED:
		return VERB_RETURNED;
	case REVIEW_LATER:
	case REVIEW_WITHDRAWN:
		return NULL;
	}
	return NULL;
}

bool
review_statement_add(Archive *archive, const ArchiveStaff *staff,
		     const char *entry, const ArchiveReview *review,
		     GError **error)
{
	Word word = { .verb = verb_of(review->decision),
		      .target = entry,
		      .reason = review->reason,
		      .at = review->at };
	int64_t seq;

	if (word.verb == NULL)
		return true;
	if (!archive_find_review(archive, entry, &seq, error))
		return false;
	make_id(entry, seq, word.id);
	return say(archive, staff, &word, error);
}

bool
review_statement_void(Archive *archive, const ArchiveStaff *staff,
		      const char *entry, int64_t seq, WallTime now,
		      GError **error)
{
	g_auto(ArchiveStatement) said = { 0 };
	g_autoptr(GError) cause = NULL;
	char target[ID_UUID + 1];
	Word word = { .verb = XAPI_VERB_VOIDED,
		      .target = target,
		      .reason = "",
		      .at = now };

	make_id(entry, seq, target);
	if (!archive_get_statement(archive, target, &said, &cause)) {
		if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
			return true;
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	id_new_uuid(word.id);
	return say(archive, staff, &word, error);
}
