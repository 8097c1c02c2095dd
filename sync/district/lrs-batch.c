/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/lrs-batch.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/archive-erased.h"
#include "sync/district/lrs-batch-private.h"
#include "sync/district/lrs-define.h"
#include "sync/district/lrs-stamp.h"
#include "sync/xapi/jws.h"
#include "sync/xapi/stored.h"

/* Checking a batch, and appending it.  All that can be made before the
 * writer's turn is; only the instants of storing are filled in then. */

static bool
invalid(GError **error, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", rule);
	return false;
}

static void
clear_ready(void *data)
{
	LrsReady *ready = data;

	g_clear_pointer(&ready->terms, g_free);
}

LrsBatch *
lrs_batch_new(const Received *received, XapiVersion version,
	      const XapiLimits *limits)
{
	LrsBatch *batch = g_new0(LrsBatch, 1);

	batch->received = received;
	batch->version = version;
	batch->limits = *limits;
	batch->ready = g_array_new(FALSE, FALSE, sizeof(LrsReady));
	g_array_set_clear_func(batch->ready, clear_ready);
	batch->texts = g_string_new(NULL);
	return batch;
}

void
lrs_batch_free(LrsBatch *batch)
{
	if (batch == NULL)
		return;

	xapi_batch_free(batch->xapi);
	g_array_unref(batch->ready);
	g_string_free(batch->texts, TRUE);
	g_free(batch);
}

/* --- attachments --- */

static ReceivedMedium *
find_part(const LrsBatch *batch, const char *sha2)
{
	for (size_t i = 0; i < received_n_media(batch->received); i++) {
		ReceivedMedium *part = received_medium(batch->received, i);

		if (g_str_equal(part->sha2, sha2))
			return part;
	}
	return NULL;
}

static bool
check_signature(const XapiStatement *statement, const ReceivedMedium *part,
		GError **error)
{
	g_autoptr(GBytes) jws = NULL;

	if (part->size > (int64_t)XAPI_JWS_BYTES_MAX)
		return invalid(error, "a signature is too large");
	jws = media_read(part->file, error);
	return jws != NULL &&
	       xapi_signature_check(statement, g_bytes_get_data(jws, NULL),
				    g_bytes_get_size(jws), error);
}

static bool
match_attachments(const LrsBatch *batch, const XapiStatement *statement,
		  size_t at, GError **error)
{
	XapiAttachment attachment;

	for (size_t i = 0; xapi_statement_attachment(statement, i, &attachment);
	     i++) {
		ReceivedMedium *part = find_part(batch, attachment.sha2);

		if (part == NULL && !attachment.has_file_url) {
			g_set_error(error, FAULT, FAULT_INVALID,
				    "$[%zu].attachments[%zu]: must have a "
				    "fileUrl, or come as a part of its own "
				    "(xAPI 1.0.3 Communication 1.5.1.s1.b2; "
				    "2.0.0 4.1.3)",
				    at, i);
			return false;
		}
		if (part == NULL)
			continue;
		part->named = true;
		if (attachment.is_signature &&
		    !check_signature(statement, part, error))
			return false;
	}
	return true;
}

static bool
check_parts(const LrsBatch *batch, GError **error)
{
	for (size_t i = 0; i < received_n_media(batch->received); i++)
		if (!received_medium(batch->received, i)->named)
			return invalid(error,
				       "a part is no attachment of any "
				       "statement (xAPI 1.0.3 Communication "
				       "1.5.2.s2.b2; 2.0.0 4.1.3)");
	return true;
}

/* --- each statement --- */

static void
find_stamps(const GString *texts, LrsReady *ready)
{
	const char *text = texts->str + ready->at;
	const char *end = text + ready->size;
	const char *stamp = lrs_stamp_blank();

	while (ready->n_stamps < G_N_ELEMENTS(ready->stamps)) {
		text = memmem(text, (size_t)(end - text), stamp,
			      LRS_STAMP_SIZE);
		if (text == NULL)
			return;
		ready->stamps[ready->n_stamps++] = (size_t)(text - texts->str);
		text += LRS_STAMP_SIZE;
	}
}

/* As lrs-index.c would draw it from the log. */
static LrsTerms *
find_terms(const XapiStatement *statement, const TapeValue *authority)
{
	g_autoptr(GArray) defined = lrs_define_list(statement);
	g_auto(XapiKeys) keys = { 0 };

	xapi_keys(statement, &keys);
	xapi_keys_add_authority(&keys, authority);
	return lrs_terms_new(&keys, defined);
}

static void
prepare(LrsBatch *batch, const XapiStatement *statement, const char *put,
	const char *authority, const Tape *agent)
{
	LrsReady ready = { .at = batch->texts->len };
	XapiLrs lrs = { ready.id, lrs_stamp_blank(), authority, false };

	if (!xapi_statement_id(statement, ready.id)) {
		if (put != NULL)
			g_strlcpy(ready.id, put, sizeof(ready.id));
		else
			id_new_uuid(ready.id);
	}
	xapi_meaning(statement, &ready.meaning);
	sodium_bin2hex(ready.hash, sizeof(ready.hash), ready.meaning.statement,
		       XAPI_HASH_SIZE);
	xapi_stored(batch->texts, statement, &lrs);
	ready.size = batch->texts->len - ready.at;
	find_stamps(batch->texts, &ready);
	ready.terms = find_terms(statement, tape_root(agent));
	g_array_append_val(batch->ready, ready);
}

static bool
check_put(const LrsBatch *batch, const char *put, GError **error)
{
	XapiStatement statement;
	char id[ID_UUID + 1];

	if (put == NULL)
		return true;
	if (xapi_batch_is_list(batch->xapi) ||
	    xapi_batch_count(batch->xapi) != 1)
		return invalid(error, "$: PUT takes one statement, not a list "
				      "(xAPI 1.0.3 Communication 2.1.1)");
	statement = xapi_batch_get(batch->xapi, 0);
	return !xapi_statement_id(&statement, id) || g_str_equal(id, put) ||
	       invalid(error, "$.id: must be the statementId (xAPI 1.0.3 "
			      "Communication 2.1.1)");
}

bool
lrs_batch_read(LrsBatch *batch, const char *put, const char *authority,
	       GError **error)
{
	g_autoptr(Tape) agent = tape_read(authority, strlen(authority), error);
	const char *text;
	size_t size;

	if (agent == NULL)
		return false;
	text = received_statements(batch->received, &size);
	batch->xapi = xapi_batch_read(text, size, batch->version,
				      &batch->limits, error);
	if (batch->xapi == NULL || !check_put(batch, put, error))
		return false;
	for (size_t i = 0; i < xapi_batch_count(batch->xapi); i++) {
		XapiStatement statement = xapi_batch_get(batch->xapi, i);

		if (!match_attachments(batch, &statement, i, error))
			return false;
		prepare(batch, &statement, put, authority, agent);
	}
	return check_parts(batch, error);
}

/* --- writing --- */

/* Of what was erased, whole or in part, only the hash of its meaning tells. */
static bool
is_same_erased(Archive *archive, const LrsReady *ready, bool *same,
	       GError **error)
{
	char hash[ID_SHA256 + 1];

	if (!archive_find_statement(archive, ready->id, hash, error))
		return false;
	*same = g_str_equal(hash, ready->hash);
	return true;
}

/* What is held under the id of one that came. */
static bool
is_same_held(const LrsBatch *batch, Archive *archive, const LrsReady *ready,
	     bool *same, GError **error)
{
	g_auto(ArchiveStatement) held = { 0 };
	g_autoptr(Tape) tape = NULL;
	const TapeValue *timestamp, *stored;
	XapiStatement statement;
	XapiMeaning meaning;
	size_t size;
	const char *bytes;

	if (!archive_get_statement(archive, ready->id, &held, error))
		return false;
	bytes = g_bytes_get_data(held.body, &size);
	tape = tape_read(bytes, size, error);
	if (tape == NULL)
		return false;
	statement = xapi_statement_on(tape);
	xapi_meaning(&statement, &meaning);
	/* No client knows to the microsecond when it will be stored. */
	timestamp = tape_member(tape_root(tape), "timestamp");
	stored = tape_member(tape_root(tape), "stored");
	if (held.tool != 0 && timestamp != NULL && stored != NULL &&
	    tape_is(timestamp, stored->text, stored->size))
		meaning.has_timestamp = false;
	*same = xapi_meaning_is_same(&meaning, &ready->meaning, batch->version);
	return true;
}

static bool
is_same(const LrsBatch *batch, Archive *archive, const LrsReady *ready,
	bool *same, GError **error)
{
	g_autoptr(GError) cause = NULL;
	bool lost;

	if (!is_same_held(batch, archive, ready, same, &cause)) {
		if (g_error_matches(cause, FAULT, FAULT_NOT_FOUND))
			return is_same_erased(archive, ready, same, error);
		g_propagate_error(error, g_steal_pointer(&cause));
		return false;
	}
	if (*same)
		return true;
	return archive_lost_name(archive, ready->id, &lost, error) &&
	       (!lost || is_same_erased(archive, ready, same, error));
}

/* Each with its instant in its text. */
static ArchiveAppend *
list_appends(LrsBatch *batch, int64_t tool, WallTime first)
{
	ArchiveAppend *list = g_new0(ArchiveAppend, batch->ready->len);

	for (guint i = 0; i < batch->ready->len; i++) {
		const LrsReady *ready =
			&g_array_index(batch->ready, LrsReady, i);
		WallTime stored = { first.us + i };

		for (size_t k = 0; k < ready->n_stamps; k++)
			lrs_stamp(stored, batch->texts->str + ready->stamps[k]);
		list[i] =
			(ArchiveAppend){ .tool = tool,
					 .id = ready->id,
					 .hash = ready->hash,
					 .stored = stored,
					 .body = batch->texts->str + ready->at,
					 .size = ready->late ? 0
							     : ready->size };
	}
	return list;
}

/* One that was appended, or was there. */
static bool
settle(const LrsBatch *batch, Archive *archive, const LrsReady *ready,
       const ArchiveAppend *appended, const char **conflict, GError **error)
{
	bool same;

	if (appended->added)
		return !ready->late ||
		       archive_note_late(archive, ready->id, appended->stored,
					 error);
	if (!is_same(batch, archive, ready, &same, error))
		return false;
	if (!same)
		*conflict = ready->id;
	return same;
}

/* As it was appended; otherwise the terms are of no use. */
static void
note_row(LrsReady *ready, const ArchiveAppend *appended)
{
	LrsTerms *terms = ready->terms;

	if (!appended->added || ready->late) {
		g_clear_pointer(&ready->terms, g_free);
		return;
	}
	terms->stored = appended->stored;
	terms->tool = appended->tool;
	g_strlcpy(terms->id, ready->id, sizeof(terms->id));
	g_strlcpy(terms->hash, ready->hash, sizeof(terms->hash));
}

static bool
append(LrsBatch *batch, Archive *archive, int64_t tool, WallTime first,
       const char **conflict, GError **error)
{
	guint n = batch->ready->len;
	g_autofree ArchiveAppend *list = list_appends(batch, tool, first);

	if (!archive_append(archive, list, n, error))
		return false;
	for (guint i = 0; i < n; i++) {
		LrsReady *ready = &g_array_index(batch->ready, LrsReady, i);

		if (!settle(batch, archive, ready, &list[i], conflict, error))
			return false;
		note_row(ready, &list[i]);
	}
	return true;
}

static bool
add_media(const LrsBatch *batch, Archive *archive, WallTime now, GError **error)
{
	for (size_t i = 0; i < received_n_media(batch->received); i++) {
		const ReceivedMedium *part =
			received_medium(batch->received, i);

		if (!part->wanted) {
			if (!archive_add_gone(archive, part->sha256, error))
				return false;
			continue;
		}
		if (!archive_add_medium(archive, part->sha256, part->size, now,
					error))
			return false;
		if (!g_str_equal(part->sha2, part->sha256) &&
		    !archive_name_medium(archive, part->sha2, part->sha256,
					 error))
			return false;
	}
	return true;
}

bool
lrs_batch_write(LrsBatch *batch, Archive *archive, int64_t tool, WallTime now,
		const char **conflict, GError **error)
{
	WallTime first = { 0 };

	*conflict = NULL;
	if (batch->ready->len == 0)
		return true;
	return lrs_batch_find_late(batch, archive, error) &&
	       add_media(batch, archive, now, error) &&
	       archive_allot(archive, now, batch->ready->len, &first, error) &&
	       append(batch, archive, tool, first, conflict, error);
}

void
lrs_batch_hand_over(LrsBatch *batch, LrsIndex *index)
{
	Term sender = 0;

	for (guint i = 0; i < batch->ready->len; i++) {
		LrsReady *ready = &g_array_index(batch->ready, LrsReady, i);

		if (ready->terms == NULL)
			continue;
		if (sender == 0)
			sender = lrs_terms_sender(ready->terms->tool);
		ready->terms->sender = sender;
		lrs_index_take(index, g_steal_pointer(&ready->terms));
	}
}

size_t
lrs_batch_count(const LrsBatch *batch)
{
	return batch->ready->len;
}

const char *
lrs_batch_get_id(const LrsBatch *batch, size_t i)
{
	return g_array_index(batch->ready, LrsReady, i).id;
}
