/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "app/base/fault.h"
#include "sync/district/handlers.h"
#include "sync/district/ingest.h"
#include "sync/district/receipt.h"
#include "sync/district/route.h"

#define XAPI_VERSION_HEADER "X-Experience-API-Version"
#define XAPI_VERSION        "1.0.3"

/* FAULT_FULL is our own disk: 507, "later", and nothing the agent would set
 * its record aside for. */
static bool
fail(Exchange *exchange, const GError *error)
{
	if (g_error_matches(error, FAULT, FAULT_REFUSED))
		reply_problem(exchange, 413, "too-large", 0, error->message);
	else
		reply_error(exchange, error);
	return false;
}

static void
free_ingest(void *ingest)
{
	ingest_free(ingest);
}

/* 1.0 and 1.0.x are one version to a reader of statements. */
static bool
check_version(Exchange *exchange)
{
	const char *version = exchange_header(exchange, XAPI_VERSION_HEADER);

	reply_header(exchange, XAPI_VERSION_HEADER, XAPI_VERSION);
	if (version != NULL &&
	    (g_str_equal(version, "1.0") || g_str_has_prefix(version, "1.0.")))
		return true;
	reply_problem(exchange, 400, "version", 0,
		      "send " XAPI_VERSION_HEADER ": " XAPI_VERSION);
	return false;
}

bool
begin_statements(Exchange *exchange)
{
	const Service *service = exchange->service;
	IngestLimits limits = {
		.media = service->media,
		.statements_max =
			(size_t)settings_number(service->settings, "limits",
						"statements_bytes"),
		.batch_max = (size_t)settings_number(service->settings,
						     "limits", "batch_bytes"),
		.records_max =
			(size_t)settings_number(service->settings, "limits",
						"batch_records"),
	};
	g_autoptr(GError) error = NULL;

	if (!check_version(exchange))
		return false;
	exchange->state = ingest_new(exchange_header(exchange, "Content-Type"),
				     &limits, &error);
	exchange->state_free = free_ingest;
	return exchange->state != NULL || fail(exchange, error);
}

bool
feed_statements(Exchange *exchange, const void *bytes, size_t size)
{
	g_autoptr(GError) error = NULL;

	return ingest_feed(exchange->state, bytes, size, &error) ||
	       fail(exchange, error);
}

static void
reply_refusal(Exchange *exchange, const Problem *refusal)
{
	reply_problem(exchange, refusal->status, refusal->code, refusal->number,
		      refusal->detail);
}

void
handle_statements(Exchange *exchange, Archive *archive)
{
	Ingest *ingest = exchange->state;
	g_autoptr(GError) error = NULL;

	if (!ingest_read(ingest))
		reply_refusal(exchange, ingest_get_refusal(ingest));
	else if (!ingest_keep_media(ingest, &error))
		reply_error(exchange, error);
}

static void
reply_ids(Exchange *exchange, const Ingest *ingest)
{
	json_t *ids = json_array();

	for (size_t i = 0; i < ingest_count(ingest); i++)
		json_array_append_new(ids,
				      json_string(ingest_get_id(ingest, i)));
	receipt_add_header(exchange);
	reply_json(exchange, 200, ids);
}

bool
write_statements(Archive *archive, Exchange *exchange, GError **error)
{
	Ingest *ingest = exchange->state;
	const Problem *refusal = ingest_get_refusal(ingest);

	if (ingest_write(ingest, archive, &exchange->kiosk,
			 service_now(exchange->service), error)) {
		reply_ids(exchange, ingest);
		return true;
	}
	if (refusal->status != 0)
		reply_refusal(exchange, refusal);
	return false;
}
