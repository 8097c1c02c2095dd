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

static void
free_ingest(void *ingest)
{
	ingest_free(ingest);
}

static bool
begin_records(Exchange *exchange)
{
	IngestLimits limits = {
		.media = exchange->service->media,
		.medium_max = limit(exchange, "medium_bytes"),
		.statements_max = (size_t)limit(exchange, "statements_bytes"),
		.batch_max = (size_t)limit(exchange, "batch_bytes"),
		.records_max = (size_t)limit(exchange, "batch_records"),
		.media_max = (size_t)limit(exchange, "batch_media"),
	};
	g_autoptr(GError) error = NULL;

	exchange->state = ingest_new(exchange_header(exchange, "Content-Type"),
				     &limits, &error);
	exchange->state_free = free_ingest;
	return exchange->state != NULL || fail(exchange, error);
}

/* A tool's batch; put: the id that the URL of a PUT names. */
typedef struct {
	LrsBatch *batch; /* owned */
	char put[ID_UUID + 1];
} Sent;

static void
free_sent(void *data)
{
	Sent *sent = data;

	lrs_batch_free(sent->batch);
	g_free(sent);
}

static bool
begin_sent(Exchange *exchange, XapiRequest request)
{
	LrsLimits limits = {
		.media = exchange->service->media,
		.medium_max = limit(exchange, "medium_bytes"),
		.xapi = { .statements =
				  (size_t)limit(exchange, "batch_records"),
			  .statement_bytes = xapi_limits.statement_bytes,
			  .batch_bytes =
				  (size_t)limit(exchange, "statements_bytes") },
		.batch_bytes = (size_t)limit(exchange, "batch_bytes"),
		.media_max = (size_t)limit(exchange, "batch_media"),
	};
	g_auto(XapiQuery) query = { 0 };
	g_autoptr(GError) error = NULL;
	Sent *sent;

	if (!lrs_read_query(exchange, request, &query))
		return false;
	sent = g_new0(Sent, 1);
	exchange->state = sent;
	exchange->state_free = free_sent;
	g_strlcpy(sent->put, query.statement_id, sizeof(sent->put));
	sent->batch = lrs_batch_new(lrs_content_type(exchange),
				    exchange->xapi.version, &limits, &error);
	return sent->batch != NULL || fail(exchange, error);
}

bool
begin_statements(Exchange *exchange)
{
	return is_tool(exchange) ? begin_sent(exchange, XAPI_STATEMENTS_POST)
				 : begin_records(exchange);
}

bool
begin_statement(Exchange *exchange)
{
	return begin_sent(exchange, XAPI_STATEMENTS_PUT);
}

static bool
feed_sent(Exchange *exchange, const void *bytes, size_t size)
{
	Sent *sent = exchange->state;
	g_autoptr(GError) error = NULL;

	if (!lrs_batch_feed(sent->batch, bytes, size, &error))
		return fail(exchange, error);
	exchange->has_media = lrs_batch_has_media(sent->batch);
	return true;
}

bool
feed_statements(Exchange *exchange, const void *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;

	if (is_tool(exchange))
		return feed_sent(exchange, bytes, size);
	if (!ingest_feed(exchange->state, bytes, size, &error))
		return fail(exchange, error);
	exchange->has_media = ingest_has_media(exchange->state);
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
	Ingest *ingest = exchange->state;
	g_autoptr(GError) error = NULL;

	if (!ingest_read(ingest))
		reply_refusal(exchange, ingest_get_refusal(ingest));
	else if (!ingest_keep_media(ingest, &error))
		reply_error(exchange, error);
}

static void
read_sent(Exchange *exchange, Archive *archive)
{
	Sent *sent = exchange->state;
	const ArchiveTool *tool = &exchange->tool;
	g_autofree char *authority = NULL;
	g_autoptr(GError) error = NULL;
	ArchiveDistrict district;

	if (!archive_get_district(archive, &district, &error)) {
		lrs_fail(exchange, error);
		return;
	}
	authority = lrs_authority(&district, tool->id, tool->name);
	if (!lrs_batch_read(sent->batch,
			    sent->put[0] != '\0' ? sent->put : NULL, authority,
			    &error) ||
	    !lrs_batch_keep_media(sent->batch, &error))
		lrs_fail(exchange, error);
}

void
handle_statements(Exchange *exchange, Archive *archive)
{
	if (is_tool(exchange))
		read_sent(exchange, archive);
	else
		read_records(exchange);
}

/* --- writing --- */

static bool
write_records(Archive *archive, Exchange *exchange, GError **error)
{
	Ingest *ingest = exchange->state;
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
write_sent(Archive *archive, Exchange *exchange, GError **error)
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
	return is_tool(exchange) ? write_sent(archive, exchange, error)
				 : write_records(archive, exchange, error);
}
