/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <string.h>

#include "app/base/fault.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/lrs-index.h"
#include "sync/district/lrs-read.h"
#include "sync/district/lrs-request.h"

/* GET of statements: one by its id, or those that a query finds
 * (Communication 2.1.3; 2.0 4.1.6.1). */

#define ANSWER_BYTES (8 * 1024 * 1024) /* rather ask for more than wait */

static bool
sees_all(const Exchange *exchange)
{
	return tool_scopes_allow(exchange->tool.scopes,
				 TOOL_STATEMENTS_READ | TOOL_ALL_READ);
}

/* --- how far answers go --- */

/* A full disk keeps the index behind the log: what it has is still found, and
 * no more is promised. */
static bool
promise_less(Exchange *exchange, Archive *archive, ArchiveEnd *end,
	     GError **error)
{
	char *text = exchange->xapi.through;

	end->seq = end->indexed;
	if (!archive_get_stored(archive, end->seq, &end->stored, error))
		return false;
	lrs_stamp(end->stored, text);
	text[LRS_STAMP_SIZE] = '\0';
	return true;
}

/* Before anything is read: what is promised is committed by then. */
static bool
promise(Exchange *exchange, Archive *archive, ArchiveEnd *end, GError **error)
{
	const Service *service = exchange->service;
	WallTime through =
		writer_promise(service->writer, service_now(service));
	char *text = exchange->xapi.through;
	g_autoptr(GError) lag = NULL;

	if (!archive_get_end(archive, end, error))
		return false;
	through.us = MAX(through.us, end->stored.us);
	writer_heard(service->writer, end->stored);
	lrs_stamp(through, text);
	text[LRS_STAMP_SIZE] = '\0';
	if (end->indexed >= end->seq || writer_catch_up(service->writer, &lag))
		return true;
	if (g_error_matches(lag, FAULT, FAULT_FULL))
		return promise_less(exchange, archive, end, error);
	g_propagate_error(error, g_steal_pointer(&lag));
	return false;
}

/* --- one --- */

static void
reply_one(Exchange *exchange, Archive *archive, const XapiQuery *query,
	  LrsAnswer *answer)
{
	g_auto(ArchiveStatement) found = { 0 };
	g_autoptr(GError) error = NULL;
	GString *json;
	bool voided;

	if (!archive_get_statement(archive, query->statement_id, &found,
				   &error) ||
	    !archive_is_voided(archive, found.seq, &voided, &error)) {
		lrs_fail(exchange, error);
		return;
	}
	if (voided != query->is_voided ||
	    (!sees_all(exchange) && found.tool != exchange->tool.key)) {
		reply_problem(exchange, 404, "not-found", 0,
			      "no such statement");
		return;
	}
	json = g_string_new(NULL);
	if (!lrs_answer_add(answer, json, &found, &error)) {
		g_string_free(json, TRUE);
		lrs_fail(exchange, error);
		return;
	}
	lrs_add_modified(exchange, found.stored);
	lrs_answer_send(answer, exchange, json);
}

/* --- many --- */

/* What is asked for, once more, from here on. */
static void
print_more(GString *out, const Exchange *exchange, int64_t seq)
{
	g_autoptr(GString) url = g_string_new(LRS_PATH "statements?");
	g_autofree LrsParameters *all = g_new0(LrsParameters, 1);

	(void)lrs_list_parameters(exchange, all);
	for (size_t i = 0; i < all->n; i++) {
		g_autofree char *value =
			g_uri_escape_string(all->list[i].value, NULL, FALSE);

		if (!g_str_equal(all->list[i].name, LRS_MORE))
			g_string_append_printf(url, "%s=%s&", all->list[i].name,
					       value);
	}
	g_string_append_printf(url, LRS_MORE "=%" G_GINT64_FORMAT, (gint64)seq);
	g_string_append(out, url->str);
}

static bool
set_bounds(Archive *archive, const XapiQuery *query, int64_t from,
	   const ArchiveEnd *end, ArchiveFind *find, GError **error)
{
	int64_t seq;

	find->after = 0;
	find->upto = end->seq;
	if (query->has_since) {
		if (!archive_seq_at(archive, query->since, &find->after, error))
			return false;
	}
	if (query->has_until) {
		if (!archive_seq_at(archive, query->until, &seq, error))
			return false;
		find->upto = MIN(find->upto, seq);
	}
	if (from >= 0 && query->ascending)
		find->after = MAX(find->after, from);
	if (from >= 0 && !query->ascending)
		find->upto = MIN(find->upto, from - 1);
	return true;
}

static bool
print_found(LrsAnswer *answer, Exchange *exchange, const GArray *found,
	    int64_t limit, GString *json, GError **error)
{
	int64_t last = 0;
	guint i;

	g_string_append(json, "{\"statements\":[");
	for (i = 0; i < found->len && i < limit && json->len < ANSWER_BYTES;
	     i++) {
		const ArchiveStatement *at =
			&g_array_index(found, ArchiveStatement, i);

		g_string_append(json, i > 0 ? "," : "");
		if (!lrs_answer_add(answer, json, at, error))
			return false;
		last = at->seq;
	}
	g_string_append(json, "],\"more\":\"");
	if (i < found->len)
		print_more(json, exchange, last);
	g_string_append(json, "\"}");
	return true;
}

static void
reply_many(Exchange *exchange, Archive *archive, const XapiQuery *query,
	   const ArchiveEnd *end, LrsAnswer *answer)
{
	int64_t most =
		settings_number(exchange->service->settings, "xapi", "results");
	int64_t limit = query->limit > 0 ? MIN(query->limit, most) : most;
	ArchiveFind find = { .ascending = query->ascending,
			     .limit = limit + 1 };
	g_autoptr(GArray) found = NULL;
	g_autoptr(GError) error = NULL;
	GString *json;

	lrs_terms_asked(query, sees_all(exchange) ? 0 : exchange->tool.key,
			&find);
	if (!set_bounds(archive, query, lrs_get_more(exchange), end, &find,
			&error)) {
		lrs_fail(exchange, error);
		return;
	}
	found = archive_find(archive, &find, &error);
	json = g_string_new(NULL);
	if (found == NULL ||
	    !print_found(answer, exchange, found, limit, json, &error)) {
		g_string_free(json, TRUE);
		lrs_fail(exchange, error);
		return;
	}
	audit_count(exchange, (int64_t)MIN(found->len, limit));
	if (found->len > 0)
		lrs_add_modified(exchange,
				 g_array_index(found, ArchiveStatement,
					       query->ascending
						       ? MIN(found->len,
							     limit) -
								 1
						       : 0)
					 .stored);
	lrs_answer_send(answer, exchange, json);
}

void
handle_find(Exchange *exchange, Archive *archive)
{
	const char *languages = exchange_header(exchange, "Accept-Language");
	g_auto(XapiQuery) query = { 0 };
	g_autoptr(LrsAnswer) answer = NULL;
	g_autoptr(GError) error = NULL;
	ArchiveEnd end;

	if (!promise(exchange, archive, &end, &error)) {
		lrs_fail(exchange, error);
		return;
	}
	if (!lrs_read_query(exchange, XAPI_STATEMENTS_GET, &query))
		return;
	audit_agent(exchange, query.agent);
	if (query.statement_id[0] != '\0')
		audit_object(exchange, "statement", query.statement_id);
	answer = lrs_answer_new(archive, exchange->service->media, &query,
				languages, &error);
	if (answer == NULL)
		lrs_fail(exchange, error);
	else if (query.statement_id[0] != '\0')
		reply_one(exchange, archive, &query, answer);
	else
		reply_many(exchange, archive, &query, &end, answer);
}
