/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "sync/district/archive-audit.h"
#include "sync/district/archive-hold.h"
#include "sync/district/erase-private.h"
#include "sync/xapi/statement.h"

/* One act of erasing: its beginning, who is on hold, what the log alone
 * knows, and its certificate. */

#define SCAN_AT_ONCE 500 /* statements of the log in memory */

static guint
hash_seq(const void *seq)
{
	return g_int64_hash(seq);
}

static void
free_array(void *array)
{
	g_array_unref(array);
}

static GHashTable *
new_set(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static bool
draw_all(Eraser *eraser, GError **error)
{
	bool more = true;

	while (more)
		if (!lrs_index_some(eraser->index, eraser->archive, &more,
				    error))
			return false;
	return lrs_index_begin(eraser->index, eraser->archive, error);
}

bool
eraser_begin(Eraser *eraser, Archive *archive, const EraseRequest *request,
	     EraseReason reason, EraseResult *out, GError **error)
{
	ArchiveDistrict district;

	*out = (EraseResult){ .names = g_ptr_array_new_with_free_func(g_free) };
	*eraser = (Eraser){
		.archive = archive,
		.index = lrs_index_new(),
		.now = request->now,
		.reason = reason,
		.out = out,
		.who = { new_set(), g_ptr_array_new_with_free_func(g_free),
			 g_ptr_array_new_with_free_func(g_free) },
		.held = new_set(),
		.mentions = g_array_new(FALSE, FALSE, sizeof(int64_t)),
		.attached = g_hash_table_new_full(g_str_hash, g_str_equal,
						  g_free, free_array),
		.gone = g_hash_table_new_full(hash_seq, g_int64_equal, g_free,
					      NULL),
		.todo = g_queue_new(),
		.media = new_set(),
		.activities = new_set(),
		.digest = g_checksum_new(G_CHECKSUM_SHA256),
	};
	if (!archive_get_district(archive, &district, error))
		return false;
	id_new_uuid(out->certificate.id);
	g_strlcpy(out->certificate.base, district.base,
		  sizeof(out->certificate.base));
	g_strlcpy(out->certificate.learner, request->learner,
		  sizeof(out->certificate.learner));
	out->certificate.at = request->now;
	out->certificate.reason = reason == ERASE_RETENTION
					  ? CERTIFICATE_RETENTION
					  : CERTIFICATE_REQUEST;
	return draw_all(eraser, error);
}

void
eraser_clear(Eraser *eraser)
{
	lrs_index_free(eraser->index);
	g_clear_pointer(&eraser->who.keys, g_hash_table_unref);
	g_clear_pointer(&eraser->who.texts, g_ptr_array_unref);
	g_clear_pointer(&eraser->who.words, g_ptr_array_unref);
	g_clear_pointer(&eraser->held, g_hash_table_unref);
	g_clear_pointer(&eraser->mentions, g_array_unref);
	g_clear_pointer(&eraser->attached, g_hash_table_unref);
	g_clear_pointer(&eraser->gone, g_hash_table_unref);
	if (eraser->todo != NULL)
		g_queue_free_full(eraser->todo, g_free);
	g_clear_pointer(&eraser->media, g_hash_table_unref);
	g_clear_pointer(&eraser->activities, g_hash_table_unref);
	g_clear_pointer(&eraser->digest, g_checksum_free);
}

void
erase_result_clear(EraseResult *result)
{
	g_clear_pointer(&result->line, g_free);
	g_clear_pointer(&result->names, g_ptr_array_unref);
}

char *
eraser_agent(const Eraser *eraser, const char *kind, const char *name)
{
	return g_strdup_printf("account:%s/%s %s",
			       eraser->out->certificate.base, kind, name);
}

/* --- holds --- */

static bool
hold_agents(Eraser *eraser, const char *learner, GError **error)
{
	g_autoptr(GPtrArray) badges =
		archive_list_badges(eraser->archive, learner, error);

	if (badges == NULL)
		return false;
	g_hash_table_add(eraser->held,
			 eraser_agent(eraser, "learner", learner));
	for (guint i = 0; i < badges->len; i++)
		g_hash_table_add(eraser->held, eraser_agent(eraser, "badge",
							    badges->pdata[i]));
	return true;
}

bool
eraser_read_holds(Eraser *eraser, GError **error)
{
	g_autoptr(GArray) holds =
		archive_list_holds(eraser->archive, false, error);

	if (holds == NULL)
		return false;
	for (guint i = 0; i < holds->len; i++)
		if (!hold_agents(eraser,
				 g_array_index(holds, ArchiveHold, i).learner,
				 error))
			return false;
	return true;
}

/* --- the log, read through --- */

static void
note_attached(Eraser *eraser, int64_t seq, const char *sha2)
{
	GArray *seqs = g_hash_table_lookup(eraser->attached, sha2);

	if (seqs == NULL) {
		seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
		g_hash_table_insert(eraser->attached, g_strdup(sha2), seqs);
	}
	g_array_append_val(seqs, seq);
}

void
eraser_scan_attachments(Eraser *eraser, const ArchiveStatement *statement)
{
	size_t size;
	const char *bytes = g_bytes_get_data(statement->body, &size);
	g_autoptr(Tape) tape = tape_read(bytes, size, NULL);
	XapiAttachment attachment;
	XapiStatement at;

	if (tape == NULL)
		return;
	at = xapi_statement_on(tape);
	for (size_t i = 0; xapi_statement_attachment(&at, i, &attachment); i++)
		note_attached(eraser, statement->seq, attachment.sha2);
}

static void
scan_mentions(Eraser *eraser, const ArchiveStatement *statement)
{
	size_t size;
	const char *bytes = g_bytes_get_data(statement->body, &size);

	if (xapi_who_in_bytes(&eraser->who, bytes, size))
		g_array_append_val(eraser->mentions, statement->seq);
}

/* What a kiosk sent has its media listed; a tool's are only in its text. */
bool
eraser_scan(Eraser *eraser, GError **error)
{
	for (;;) {
		g_autoptr(GArray) some =
			archive_list_behind(eraser->archive, eraser->scanned,
					    SCAN_AT_ONCE, error);

		if (some == NULL)
			return false;
		if (some->len == 0)
			return true;
		for (guint i = 0; i < some->len; i++) {
			const ArchiveStatement *at =
				&g_array_index(some, ArchiveStatement, i);

			scan_mentions(eraser, at);
			if (at->tool != 0)
				eraser_scan_attachments(eraser, at);
			eraser->scanned = at->seq;
		}
	}
}

/* --- its word --- */

static bool
tell_by_itself(Eraser *eraser, const char *action, const char *object,
	       int64_t n, GError **error)
{
	AuditEvent event = {
		.at = eraser->now, .kind = AUDIT_SERVER, .n = n, .status = 200
	};

	g_strlcpy(event.action, action, sizeof(event.action));
	g_strlcpy(event.object, object, sizeof(event.object));
	return archive_add_audit(eraser->archive, &event, error);
}

/* In the transaction of what it tells. */
static bool
tell_audit(Eraser *eraser, const EraseRequest *request, GError **error)
{
	const Certificate *certificate = &eraser->out->certificate;
	const char *action =
		eraser->reason == ERASE_RETENTION ? "retention" : "erase";
	g_autofree char *object =
		g_strconcat("certificate:", certificate->id, NULL);
	int64_t all = certificate->counts[CERTIFIED_STATEMENTS];
	int64_t n = MAX(all - eraser->told, 1);

	eraser->told = all;
	if (request->by_itself)
		return tell_by_itself(eraser, action, object, n, error);
	return audit_command(eraser->archive, action, object,
			     request->learner[0] != '\0' ? request->learner
							 : NULL,
			     n, error);
}

bool
eraser_certify(Eraser *eraser, const EraseRequest *request, GError **error)
{
	EraseResult *out = eraser->out;

	g_free(out->line);
	out->line = certificate_format(&out->certificate, request->key);
	return archive_put_erasure(eraser->archive, out->certificate.id,
				   out->line, request->now, error) &&
	       tell_audit(eraser, request, error) &&
	       archive_renew_bundles(eraser->archive, error);
}
