/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/route.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/audit.h"
#include "sync/district/handlers.h"
#include "sync/district/lrs-request.h"
#include "sync/district/request-text.h"
#include "sync/district/session.h"

#define KIB       INT64_C(1024)
#define BATCH_MAX (INT64_C(1) << 40) /* the setting says less */
#define FORM_MAX  (4 * 1024 * KIB)
#define READERS \
	(TOOL_STATEMENTS_READ | TOOL_STATEMENTS_READ_MINE | TOOL_STATE | \
	 TOOL_DEFINE | TOOL_PROFILE | TOOL_ALL_READ)
#define DOCUMENT_MAX  (64 * 1024 * KIB) /* the setting says less */
#define UNREAD        (64 * KIB) /* some clients send a body with a GET */
#define SEEN_EVERY_US (INT64_C(60) * G_USEC_PER_SEC)

static const Route routes[] = {
	/* kiosks */
	{ "POST", "/kiosk/enrol", WHO_ANYONE, 4 * KIB, RUN_HERE, handle_enrol,
	  write_enrol, NULL, NULL, 0 },
	{ "POST", "/kiosk/fork", WHO_KIOSK, 4 * KIB, RUN_HERE, handle_fork,
	  write_fork, NULL, NULL, 0 },
	{ "POST", "/kiosk/aside", WHO_KIOSK, 4 * KIB, RUN_HERE, handle_aside,
	  write_aside, NULL, NULL, 0 },
	{ "GET", "/kiosk/time", WHO_KIOSK, 0, RUN_HERE, handle_time, NULL, NULL,
	  NULL, 0 },
	{ "GET", "/kiosk/receipt", WHO_KIOSK, 0, RUN_HERE, handle_receipt, NULL,
	  NULL, NULL, 0 },
	{ "GET", "/kiosk/bundle", WHO_KIOSK, 0, RUN_DISK, handle_bundle, NULL,
	  NULL, NULL, 0 },
	{ "GET", "/kiosk/files/*", WHO_KIOSK, 0, RUN_HERE, handle_pack_file,
	  NULL, NULL, NULL, 0 },

	/* tools, and kiosks with what they send */
	{ "POST", "/xapi/statements", WHO_SENDER, BATCH_MAX, RUN_HERE,
	  handle_statements, write_statements, begin_statements,
	  feed_statements, TOOL_STATEMENTS_WRITE },
	{ "PUT", "/xapi/statements", WHO_TOOL, BATCH_MAX, RUN_HERE,
	  handle_statements, write_statements, begin_statement, feed_statements,
	  TOOL_STATEMENTS_WRITE },
	{ "GET", "/xapi/statements", WHO_TOOL, UNREAD, RUN_DISK, handle_find,
	  NULL, NULL, NULL,
	  TOOL_STATEMENTS_READ | TOOL_STATEMENTS_READ_MINE | TOOL_ALL_READ },
	{ "GET", "/xapi/agents", WHO_TOOL, UNREAD, RUN_HERE, handle_agents,
	  NULL, NULL, NULL, READERS },
	{ "GET", "/xapi/activities/state", WHO_TOOL, UNREAD, RUN_HERE,
	  handle_get_document, NULL, NULL, NULL, TOOL_STATE | TOOL_ALL_READ },
	{ "PUT", "/xapi/activities/state", WHO_TOOL, DOCUMENT_MAX, RUN_HERE,
	  handle_put_document, write_put_document, NULL, NULL, TOOL_STATE },
	{ "POST", "/xapi/activities/state", WHO_TOOL, DOCUMENT_MAX, RUN_HERE,
	  handle_put_document, write_post_document, NULL, NULL, TOOL_STATE },
	{ "DELETE", "/xapi/activities/state", WHO_TOOL, UNREAD, RUN_HERE,
	  handle_delete_document, write_delete_document, NULL, NULL,
	  TOOL_STATE },
	{ "GET", "/xapi/agents/profile", WHO_TOOL, UNREAD, RUN_HERE,
	  handle_get_document, NULL, NULL, NULL, TOOL_PROFILE | TOOL_ALL_READ },
	{ "PUT", "/xapi/agents/profile", WHO_TOOL, DOCUMENT_MAX, RUN_HERE,
	  handle_put_document, write_put_document, NULL, NULL, TOOL_PROFILE },
	{ "POST", "/xapi/agents/profile", WHO_TOOL, DOCUMENT_MAX, RUN_HERE,
	  handle_put_document, write_post_document, NULL, NULL, TOOL_PROFILE },
	{ "DELETE", "/xapi/agents/profile", WHO_TOOL, UNREAD, RUN_HERE,
	  handle_delete_document, write_delete_document, NULL, NULL,
	  TOOL_PROFILE },
	{ "GET", "/xapi/activities/profile", WHO_TOOL, UNREAD, RUN_HERE,
	  handle_get_document, NULL, NULL, NULL, TOOL_PROFILE | TOOL_ALL_READ },
	{ "PUT", "/xapi/activities/profile", WHO_TOOL, DOCUMENT_MAX, RUN_HERE,
	  handle_put_document, write_put_document, NULL, NULL, TOOL_PROFILE },
	{ "POST", "/xapi/activities/profile", WHO_TOOL, DOCUMENT_MAX, RUN_HERE,
	  handle_put_document, write_post_document, NULL, NULL, TOOL_PROFILE },
	{ "DELETE", "/xapi/activities/profile", WHO_TOOL, UNREAD, RUN_HERE,
	  handle_delete_document, write_delete_document, NULL, NULL,
	  TOOL_PROFILE },
	{ "GET", "/xapi/activities", WHO_TOOL, UNREAD, RUN_DISK,
	  handle_activities, NULL, NULL, NULL, READERS },
	{ "GET", "/xapi/about", WHO_ANYONE, UNREAD, RUN_HERE, handle_about,
	  NULL, NULL, NULL, 0 },
	{ "OPTIONS", "/xapi/**", WHO_ANYONE, 0, RUN_HERE, handle_preflight,
	  NULL, NULL, NULL, 0 },

	/* teachers */
	{ "POST", "/api/sign-in", WHO_ANYONE, 4 * KIB, RUN_PASSWORD,
	  handle_sign_in, write_sign_in, NULL, NULL, 0 },
	{ "GET", "/api/session", WHO_SIGNED_IN, 0, RUN_HERE, handle_session,
	  NULL, NULL, NULL, 0 },
	{ "POST", "/api/password", WHO_SIGNED_IN, 4 * KIB, RUN_PASSWORD,
	  handle_password, write_password, NULL, NULL, 0 },
	{ "POST", "/api/sign-out", WHO_SIGNED_IN, 4 * KIB, RUN_HERE, NULL,
	  write_sign_out, NULL, NULL, 0 },
	{ "GET", "/api/queue", WHO_TEACHER, 0, RUN_DISK, handle_queue, NULL,
	  NULL, NULL, 0 },
	{ "POST", "/api/entries/*/decision", WHO_TEACHER, 16 * KIB, RUN_HERE,
	  handle_decide, write_decision, NULL, NULL, 0 },
	{ "DELETE", "/api/entries/*/decision", WHO_TEACHER, 4 * KIB, RUN_HERE,
	  NULL, write_withdrawal, NULL, NULL, 0 },
	{ "GET", "/media/*", WHO_TEACHER, 0, RUN_MEDIA, handle_medium, NULL,
	  NULL, NULL, 0 },
	{ "GET", "/pack/**", WHO_TEACHER, 0, RUN_HERE, handle_pack_path, NULL,
	  NULL, NULL, 0 },

	/* administrators */
	{ "GET", "/api/admin/audit", WHO_ADMINISTRATOR, 0, RUN_DISK,
	  handle_admin_audit, NULL, NULL, NULL, 0 },
	{ "GET", "/api/admin/kiosks", WHO_ADMINISTRATOR, 0, RUN_DISK,
	  handle_admin_kiosks, NULL, NULL, NULL, 0 },
	{ "GET", "/api/admin/keys", WHO_ADMINISTRATOR, 0, RUN_DISK,
	  handle_admin_keys, NULL, NULL, NULL, 0 },
	{ "POST", "/api/admin/keys/rotate", WHO_ADMINISTRATOR, 4 * KIB,
	  RUN_PASSWORD, handle_admin_rotate, write_admin_rotate, NULL, NULL,
	  0 },
	{ "POST", "/api/admin/keys/revoke", WHO_ADMINISTRATOR, 4 * KIB,
	  RUN_DISK, handle_admin_revoke, write_admin_revoke, NULL, NULL, 0 },
	{ "POST", "/api/admin/enrol-code", WHO_ADMINISTRATOR, 4 * KIB, RUN_DISK,
	  handle_admin_code, write_admin_code, NULL, NULL, 0 },

	/* what watches the server */
	{ "GET", "/healthz", WHO_ANYONE, 0, RUN_HERE, handle_health, NULL, NULL,
	  NULL, 0 },
	{ "GET", "/metrics", WHO_ANYONE, 0, RUN_DISK, handle_metrics, NULL,
	  NULL, NULL, 0 },

	/* families, and the pages themselves */
	{ "GET", "/P/*", WHO_ANYONE, 0, RUN_HERE, handle_card, NULL, NULL, NULL,
	  0 },
	{ "GET", "/", WHO_ANYONE, 0, RUN_HERE, handle_page, NULL, NULL, NULL,
	  0 },
	{ "GET", "/**", WHO_ANYONE, 0, RUN_HERE, handle_page, NULL, NULL, NULL,
	  0 },
};

/* Any of the above in a form (Communication 1.3). */
static const Route form_row = { "POST",     LRS_PATH "**?method=*",
				WHO_ANYONE, FORM_MAX,
				RUN_DISK,   handle_form,
				NULL,       begin_form,
				NULL,       0 };

const Route *
route_get_all(size_t *n)
{
	*n = G_N_ELEMENTS(routes);
	return routes;
}

static bool
is_form(const Exchange *exchange, const char *method)
{
	return exchange->xapi.is && exchange->xapi.form == NULL &&
	       g_str_equal(method, "POST") &&
	       exchange_query(exchange, "method") != NULL;
}

/* The methods of the rows before the last, which takes any path. */
static void
refuse_method(Exchange *exchange, GString *allowed)
{
	if (allowed->len == 0) {
		reply_problem(exchange, 404, "not-found", 0,
			      "there is nothing at this path");
		return;
	}
	reply_header(exchange, "Allow", allowed->str);
	reply_problem(exchange, 405, "method", 0,
		      "this path does not take that method");
}

void
route_find(Exchange *exchange, const char *method, const char *path)
{
	const char *as = g_str_equal(method, "HEAD") ? "GET" : method;
	g_autoptr(GString) allowed = g_string_new(NULL);

	if (is_form(exchange, method)) {
		exchange->route = &form_row;
		return;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
		const Route *route = &routes[i];
		bool last = i + 1 == G_N_ELEMENTS(routes);

		if (!path_matches(route->path, path, exchange->argument,
				  sizeof(exchange->argument)))
			continue;
		if (g_str_equal(route->method, as)) {
			exchange->route = route;
			return;
		}
		if (!last && !g_str_equal(route->method, "OPTIONS"))
			g_string_append_printf(allowed, "%s%s",
					       allowed->len > 0 ? ", " : "",
					       g_str_equal(route->method, "GET")
						       ? "GET, HEAD"
						       : route->method);
	}
	refuse_method(exchange, allowed);
}

/* --- who asks: kiosks and tools --- */

typedef struct {
	bool (*see)(Archive *archive, int64_t key, WallTime now,
		    GError **error);
	int64_t key;
	WallTime now;
} Visit;

static bool
write_visit(Archive *archive, void *data, GError **error)
{
	const Visit *visit = data;

	return visit->see(archive, visit->key, visit->now, error);
}

static void
forget_visit(void *data, bool committed, const GError *error)
{
	g_free(data);
}

static void
note_visit(Exchange *exchange, WallTime last, Visit visit)
{
	Visit *kept;

	visit.now = service_now(exchange->service);
	if (visit.now.us - last.us < SEEN_EVERY_US)
		return;
	kept = g_new(Visit, 1);
	*kept = visit;
	if (!writer_add(exchange->service->writer, write_visit, forget_visit,
			kept))
		g_free(kept); /* too busy for a courtesy */
}

/* A user and a secret, and what being wrong is counted by. */
typedef struct {
	char id[BASIC_USER_MAX + 1], secret[BASIC_SECRET_MAX + 1];
	char address[PROXIES_ADDRESS_MAX + 1];
	Attempt attempt;
	Archive *archive; /* borrowed: to ask who was wrong */
} Claim;

static void
refuse_secret(Exchange *exchange, const Claim *claim)
{
	Attempts *attempts = exchange->service->attempts;
	int64_t wait = attempts_wait(attempts, claim->archive, &claim->attempt);
	bool kiosk = claim->attempt.kind == ATTEMPT_KIOSK;

	if (wait > 0) {
		reply_retry(exchange, 429, "too-often", wait,
			    "too many wrong secrets: wait");
		return;
	}
	attempts_fail(attempts, &claim->attempt);
	reply_header(exchange, "WWW-Authenticate",
		     kiosk ? "Basic realm=\"kiosk\""
			   : "Basic realm=\"xAPI\", charset=\"UTF-8\"");
	if (kiosk)
		reply_problem(exchange, 401, "unknown-kiosk", 0,
			      "the kiosk's id or secret is unknown: enrol it "
			      "again; it keeps what it recorded");
	else
		reply_problem(exchange, 401, "unknown-key", 0,
			      "the key or its secret is unknown");
}

/*
 * The right secret is never made to wait.  One that a person chose costs
 * some milliseconds to compare, once, and only for who may still try.
 */
static bool
knows_secret(Exchange *exchange, const Claim *claim, const char *hash)
{
	const Service *service = exchange->service;

	switch (secret_look(service->secrets, hash, claim->secret)) {
	case SECRET_RIGHT:
		return true;
	case SECRET_WRONG:
		return false;
	case SECRET_COSTLY:
		break;
	}
	return attempts_wait(service->attempts, claim->archive,
			     &claim->attempt) == 0 &&
	       secret_compute(service->secrets, hash, claim->secret);
}

/* Said only to who has the secret. */
static void
refuse_kiosk(Exchange *exchange, const ArchiveKiosk *kiosk)
{
	reply_header(exchange, "WWW-Authenticate", "Basic realm=\"kiosk\"");
	reply_problem(exchange, 401, "unknown-kiosk", 0,
		      kiosk->revoked.us != 0
			      ? "this kiosk was revoked: it keeps what it "
				"recorded; ask IT for a code to enrol it again"
			      : "this kiosk's secret has ended: enrol it again "
				"with a code of IT's; it keeps what it "
				"recorded");
}

static bool
has_ended(const Exchange *exchange, const ArchiveKiosk *kiosk)
{
	return kiosk->revoked.us != 0 ||
	       (kiosk->secret_until.us != 0 &&
		kiosk->secret_until.us <= service_now(exchange->service).us);
}

static void
authorize_kiosk(Exchange *exchange, Archive *archive, Claim *claim)
{
	g_autoptr(GError) error = NULL;
	ArchiveKiosk *kiosk = &exchange->kiosk;
	bool found = archive_find_kiosk(archive, claim->id, kiosk, &error);

	claim->attempt.kind = ATTEMPT_KIOSK;
	claim->attempt.account = found ? claim->id : NULL;
	if (found)
		audit_object(exchange, "kiosk", kiosk->id);
	if (!found && !g_error_matches(error, FAULT, FAULT_NOT_FOUND)) {
		reply_error(exchange, error);
	} else if (!knows_secret(exchange, claim,
				 found ? kiosk->secret_hash : "")) {
		refuse_secret(exchange, claim);
	} else if (has_ended(exchange, kiosk)) {
		refuse_kiosk(exchange, kiosk);
	} else {
		exchange->known = AUDIT_KIOSK;
		exchange->audit.object[0] = '\0';
		note_visit(exchange, kiosk->seen,
			   (Visit){ archive_see_kiosk, kiosk->key, { 0 } });
	}
}

static bool
knows_tool(Exchange *exchange, const Claim *claim, const ArchiveTool *tool)
{
	bool overlap = tool->old_until.us > service_now(exchange->service).us;

	if (tool->revoked.us != 0)
		return false;
	return knows_secret(exchange, claim, tool->secret_hash) ||
	       (overlap && knows_secret(exchange, claim, tool->old_hash));
}

/* What of xAPI's scopes the row asks for. */
static void
check_scopes(Exchange *exchange, const ArchiveTool *tool)
{
	g_autofree char *has = NULL, *needs = NULL, *detail = NULL;
	ToolScopes scopes = exchange->route->scopes;

	if (tool_scopes_allow(tool->scopes, scopes))
		return;
	has = tool_scopes_print(tool->scopes);
	needs = tool_scopes_print(scopes | TOOL_ALL);
	detail = g_strdup_printf("this key's scopes (%s) do not allow that: it "
				 "needs one of %s",
				 has, needs);
	reply_problem(exchange, 403, "scope", 0, detail);
}

static void
authorize_tool(Exchange *exchange, Archive *archive, Claim *claim)
{
	g_autoptr(GError) error = NULL;
	ArchiveTool *tool = &exchange->tool;
	ArchiveTool found;

	if (archive_find_tool(archive, claim->id, &found, &error)) {
		claim->attempt.account = claim->id;
		audit_object(exchange, "tool", found.id);
		if (!knows_tool(exchange, claim, &found)) {
			refuse_secret(exchange, claim);
			return;
		}
		*tool = found;
		exchange->known = AUDIT_TOOL;
		exchange->audit.object[0] = '\0';
		check_scopes(exchange, tool);
		if (exchange->reply.status == 0)
			lrs_note_version(exchange);
		note_visit(exchange, tool->used,
			   (Visit){ archive_use_tool, tool->key, { 0 } });
	} else if (!g_error_matches(error, FAULT, FAULT_NOT_FOUND)) {
		reply_error(exchange, error);
	} else if (exchange->route->who == WHO_SENDER) {
		authorize_kiosk(exchange, archive, claim);
	} else if (!knows_secret(exchange, claim, "")) {
		refuse_secret(exchange, claim);
	}
}

static void
authorize_secret(Exchange *exchange, Archive *archive)
{
	bool kiosk = exchange->route->who == WHO_KIOSK;
	Claim claim = { .archive = archive };

	exchange_address(exchange, claim.address, sizeof(claim.address));
	claim.attempt = (Attempt){ .kind = kiosk ? ATTEMPT_KIOSK : ATTEMPT_TOOL,
				   .address = claim.address };
	if (!basic_parse(exchange_header(exchange, "Authorization"), claim.id,
			 claim.secret)) {
		refuse_secret(exchange, &claim);
		return;
	}
	if (kiosk)
		authorize_kiosk(exchange, archive, &claim);
	else
		authorize_tool(exchange, archive, &claim);
	sodium_memzero(&claim, sizeof(claim));
}

/* --- who asks: people --- */

static void
authorize_person(Exchange *exchange, Archive *archive)
{
	Who who = exchange->route->who;

	session_authorize(exchange, archive);
	if (exchange->reply.status != 0)
		return;
	exchange->known = exchange->staff->role == STAFF_ADMINISTRATOR
				  ? AUDIT_ADMINISTRATOR
				  : AUDIT_TEACHER;
	if (who != WHO_SIGNED_IN && exchange->staff->must_change)
		reply_problem(exchange, 403, "change-password", 0,
			      "choose a password of your own first");
	if (who == WHO_ADMINISTRATOR &&
	    exchange->staff->role != STAFF_ADMINISTRATOR)
		reply_problem(exchange, 403, "administrators", 0,
			      "this is for administrators");
}

void
route_authorize(Exchange *exchange, Archive *archive)
{
	switch (exchange->route->who) {
	case WHO_ANYONE:
		return;
	case WHO_KIOSK:
	case WHO_TOOL:
	case WHO_SENDER:
		authorize_secret(exchange, archive);
		return;
	case WHO_SIGNED_IN:
	case WHO_TEACHER:
	case WHO_ADMINISTRATOR:
		authorize_person(exchange, archive);
		return;
	}
}
