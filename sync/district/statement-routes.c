/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "app/base/fault.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/ingest.h"
#include "sync/district/lrs-batch.h"
#include "sync/district/lrs-request.h"
#include "sync/district/receipt.h"
#include "sync/district/route.h"

/* What kiosks send goes by sync/README.md, what tools send by xAPI. */

static int64_t
limit(const Exchange *exchange, const char *key)
{
	return settings_number(exchange->service->settings, "limits", key);
}

/* FAULT_FULL is our own disk: 507, "later", and nothing the agent would set
 * its record aside for. */
static bool
fail(Exchange *exchange, const GError *error)
{
	lrs_fail(exchange, error);
	return false;
}

static bool
is_tool(const Exchange *exchange)
{
	return exchange->tool.key != 0;
}

/* --- receiving --- */

typedef struct {
	Received *received;    /* owned */
	Ingest *ingest;        /* owned: a kiosk's */
	LrsBatch *batch;       /* owned: a tool's */
	char put[ID_UUID + 1]; /* the id that the URL of a PUT names */
} Sent;

static void
free_sent(void *data)
{
	Sent *sent = data;

	ingest_free(sent->ingest);
	lrs_batch_free(sent->batch);
	received_free(sent->received);
	g_free(sent);
}

static bool
begin_sent(Exchange *exchange, const char *put)
{
	const ReceiveLimits limits = {
		.media = exchange->service->media,
		.medium_bytes = limit(exchange, "medium_bytes"),
		.statements_bytes = (size_t)limit(exchange, "statements_bytes"),
		.batch_bytes = (size_t)limit(exchange, "batch_bytes"),
		.media_max = (size_t)limit(exchange, "batch_media"),
	};
	g_autoptr(GError) error = NULL;
	Sent *sent = g_new0(Sent, 1);

	exchange->state = sent;
	exchange->state_free = free_sent;
	g_strlcpy(sent->put, put, sizeof(sent->put));
	sent->received =
		received_new(lrs_content_type(exchange), &limits, &error);
	return sent->received != NULL || fail(exchange, error);
}

static bool
begin_tool(Exchange *exchange, XapiRequest request)
{
	g_auto(XapiQuery) query = { 0 };

	return lrs_read_query(exchange, request, &query) &&
	       begin_sent(exchange, query.statement_id);
}

bool
begin_statements(Exchange *exchange)
{
	return is_tool(exchange) ? begin_tool(exchange, XAPI_STATEMENTS_POST)
				 : begin_sent(exchange, "");
}

bool
begin_statement(Exchange *exchange)
{
	return begin_tool(exchange, XAPI_STATEMENTS_PUT);
}

bool
feed_statements(Exchange *exchange, const void *bytes, size_t size)
{
	Sent *sent = exchange->state;
	g_autoptr(GError) error = NULL;

	if (!received_feed(sent->received, bytes, size, &error))
		return fail(exchange, error);
	exchange->has_media = received_n_media(sent->received) > 0;
	return true;
}

/* --- reading --- */

static void
reply_refusal(Exchange *exchange, const Problem *refusal)
{
	reply_problem(exchange, refusal->status, refusal->code, refusal->number,
		      refusal->detail);
}

static void
read_records(Exchange *exchange)
{
	Sent *sent = exchange->state;
	size_t max = (size_t)limit(exchange, "batch_records");
	g_autoptr(GError) error = NULL;

	sent->ingest = ingest_new(sent->received);
	if (!ingest_read(sent->ingest, max))
		reply_refusal(exchange, ingest_get_refusal(sent->ingest));
	else if (!received_keep(sent->received, &error))
		reply_error(exchange, error);
}

static void
read_batch(Exchange *exchange, Archive *archive)
{
	Sent *sent = exchange->state;
	const ArchiveTool *tool = &exchange->tool;
	const XapiLimits limits = {
		.statements = (size_t)limit(exchange, "batch_records"),
		.statement_bytes = xapi_limits.statement_bytes,
		.batch_bytes = (size_t)limit(exchange, "statements_bytes"),
	};
	g_autofree char *authority = NULL;
	g_autoptr(GError) error = NULL;
	ArchiveDistrict district;

	if (!archive_get_district(archive, &district, &error)) {
		lrs_fail(exchange, error);
		return;
	}
	authority = lrs_authority(&district, tool->id, tool->name);
	sent->batch =
		lrs_batch_new(sent->received, exchange->xapi.version, &limits);
	if (!lrs_batch_read(sent->batch,
			    sent->put[0] != '\0' ? sent->put : NULL, authority,
			    &error) ||
	    !received_keep(sent->received, &error))
		lrs_fail(exchange, error);
}

void
handle_statements(Exchange *exchange, Archive *archive)
{
	Sent *sent = exchange->state;
	g_autoptr(GError) error = NULL;

	if (!received_end(sent->received, &error))
		lrs_fail(exchange, error);
	else if (is_tool(exchange))
		read_batch(exchange, archive);
	else
		read_records(exchange);
}

/* --- writing --- */

static bool
write_records(Archive *archive, Exchange *exchange, GError **error)
{
	Ingest *ingest = ((Sent *)exchange->state)->ingest;
	const Problem *refusal = ingest_get_refusal(ingest);

	if (ingest_write(ingest, archive, &exchange->kiosk,
			 service_stamp(exchange->service), error)) {
		json_t *ids = json_array();

		for (size_t i = 0; i < ingest_count(ingest); i++)
			json_array_append_new(ids,
					      json_string(ingest_get_id(ingest,
									i)));
		exchange->statements = (int64_t)ingest_count(ingest);
		audit_count(exchange, exchange->statements);
		if (ingest_count(ingest) > 0)
			audit_object(exchange, "statement",
				     ingest_get_id(ingest, 0));
		receipt_add_header(exchange);
		reply_json(exchange, 200, ids);
		return true;
	}
	if (refusal->status != 0)
		reply_refusal(exchange, refusal);
	return false;
}

static void
reply_conflict(Exchange *exchange, const char *id)
{
	g_autofree char *detail = g_strdup_printf(
		"another statement is held under the id %s; nothing was stored "
		"(xAPI 1.0.3 Communication 2.1.1.s2.b2; 2.0.0 4.1.6.1)",
		id);

	reply_problem(exchange, 409, "conflict", 0, detail);
}

static bool
write_batch(Archive *archive, Exchange *exchange, GError **error)
{
	Sent *sent = exchange->state;
	const LrsBatch *batch = sent->batch;
	const char *conflict;
	json_t *ids;

	if (!lrs_batch_write(sent->batch, archive, exchange->tool.key,
			     service_stamp(exchange->service), &conflict,
			     error)) {
		if (conflict != NULL)
			reply_conflict(exchange, conflict);
		return false;
	}
	lrs_batch_hand_over(sent->batch, exchange->service->index);
	exchange->statements = (int64_t)lrs_batch_count(batch);
	audit_count(exchange, exchange->statements);
	if (lrs_batch_count(batch) > 0)
		audit_object(exchange, "statement", lrs_batch_get_id(batch, 0));
	if (sent->put[0] != '\0') {
		reply_empty(exchange, 204);
		return true;
	}
	ids = json_array();
	for (size_t i = 0; i < lrs_batch_count(batch); i++)
		json_array_append_new(ids,
				      json_string(lrs_batch_get_id(batch, i)));
	reply_json(exchange, 200, ids);
	return true;
}

bool
write_statements(Archive *archive, Exchange *exchange, GError **error)
{
	return is_tool(exchange) ? write_batch(archive, exchange, error)
				 : write_records(archive, exchange, error);
}
