/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/route.h"

#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "sync/district/handlers.h"
#include "sync/district/request-text.h"
#include "sync/district/session.h"

#define KIB           INT64_C(1024)
#define BATCH_MAX     (INT64_C(1) << 40) /* the setting says less */
#define SEEN_EVERY_US (INT64_C(60) * G_USEC_PER_SEC)

static const Route routes[] = {
	/* kiosks */
	{ "POST", "/kiosk/enrol", WHO_ANYONE, 4 * KIB, RUN_HERE, handle_enrol,
	  write_enrol, NULL, NULL },
	{ "POST", "/kiosk/fork", WHO_KIOSK, 4 * KIB, RUN_HERE, handle_fork,
	  write_fork, NULL, NULL },
	{ "POST", "/kiosk/aside", WHO_KIOSK, 4 * KIB, RUN_HERE, handle_aside,
	  write_aside, NULL, NULL },
	{ "GET", "/kiosk/time", WHO_KIOSK, 0, RUN_HERE, handle_time, NULL, NULL,
	  NULL },
	{ "GET", "/kiosk/receipt", WHO_KIOSK, 0, RUN_HERE, handle_receipt, NULL,
	  NULL, NULL },
	{ "GET", "/kiosk/bundle", WHO_KIOSK, 0, RUN_DISK, handle_bundle, NULL,
	  NULL, NULL },
	{ "GET", "/kiosk/files/*", WHO_KIOSK, 0, RUN_HERE, handle_pack_file,
	  NULL, NULL, NULL },
	{ "POST", "/xapi/statements", WHO_KIOSK, BATCH_MAX, RUN_HERE,
	  handle_statements, write_statements, begin_statements,
	  feed_statements },

	/* teachers */
	{ "POST", "/api/sign-in", WHO_ANYONE, 4 * KIB, RUN_PASSWORD,
	  handle_sign_in, write_sign_in, NULL, NULL },
	{ "GET", "/api/session", WHO_SIGNED_IN, 0, RUN_HERE, handle_session,
	  NULL, NULL, NULL },
	{ "POST", "/api/password", WHO_SIGNED_IN, 4 * KIB, RUN_PASSWORD,
	  handle_password, write_password, NULL, NULL },
	{ "POST", "/api/sign-out", WHO_SIGNED_IN, 4 * KIB, RUN_HERE, NULL,
	  write_sign_out, NULL, NULL },
	{ "GET", "/api/queue", WHO_TEACHER, 0, RUN_DISK, handle_queue, NULL,
	  NULL, NULL },
	{ "POST", "/api/entries/*/decision", WHO_TEACHER, 16 * KIB, RUN_HERE,
	  handle_decide, write_decision, NULL, NULL },
	{ "DELETE", "/api/entries/*/decision", WHO_TEACHER, 4 * KIB, RUN_HERE,
	  NULL, write_withdrawal, NULL, NULL },
	{ "GET", "/media/*", WHO_TEACHER, 0, RUN_HERE, handle_medium, NULL,
	  NULL, NULL },
	{ "GET", "/pack/**", WHO_TEACHER, 0, RUN_HERE, handle_pack_path, NULL,
	  NULL, NULL },

	/* families, and the pages themselves */
	{ "GET", "/P/*", WHO_ANYONE, 0, RUN_HERE, handle_card, NULL, NULL,
	  NULL },
	{ "GET", "/", WHO_ANYONE, 0, RUN_HERE, handle_page, NULL, NULL, NULL },
	{ "GET", "/**", WHO_ANYONE, 0, RUN_HERE, handle_page, NULL, NULL,
	  NULL },
};

const Route *
route_get_all(size_t *n)
{
	*n = G_N_ELEMENTS(routes);
	return routes;
}

void
route_find(Exchange *exchange, const char *method, const char *path)
{
	const char *as = g_str_equal(method, "HEAD") ? "GET" : method;
	bool known = false;

	for (size_t i = 0; i < G_N_ELEMENTS(routes); i++) {
		const Route *route = &routes[i];

		if (!path_matches(route->path, path, exchange->argument,
				  sizeof(exchange->argument)))
			continue;
		if (g_str_equal(route->method, as)) {
			exchange->route = route;
			return;
		}
		/* The last row takes any path, but says nothing of it. */
		known = known || i + 1 < G_N_ELEMENTS(routes);
	}
	if (known)
		reply_problem(exchange, 405, "method", 0,
			      "this path does not take that method");
	else
		reply_problem(exchange, 404, "not-found", 0,
			      "there is nothing at this path");
}

/* --- who asks: kiosks --- */

typedef struct {
	int64_t kiosk;
	WallTime now;
} Visit;

static bool
write_visit(Archive *archive, void *data, GError **error)
{
	const Visit *visit = data;

	return archive_see_kiosk(archive, visit->kiosk, visit->now, error);
}

static void
forget_visit(void *data, bool committed, const GError *error)
{
	g_free(data);
}

static void
note_visit(Exchange *exchange)
{
	WallTime now = service_now(exchange->service);
	Visit *visit;

	if (now.us - exchange->kiosk.seen.us < SEEN_EVERY_US)
		return;
	visit = g_new0(Visit, 1);
	*visit = (Visit){ exchange->kiosk.key, now };
	if (!writer_add(exchange->service->writer, write_visit, forget_visit,
			visit))
		g_free(visit); /* too busy for a courtesy */
}

static void
refuse_kiosk(Exchange *exchange, const char *who)
{
	Limit *limit = exchange->service->by_kiosk;
	int64_t wait = limit_wait(limit, who);

	if (wait > 0) {
		reply_retry(exchange, 429, "too-often", wait,
			    "too many wrong secrets: wait");
		return;
	}
	limit_fail(limit, who);
	reply_header(exchange, "WWW-Authenticate", "Basic realm=\"kiosk\"");
	reply_problem(exchange, 401, "unknown-kiosk", 0,
		      "the kiosk's id or secret is unknown: enrol it");
}

/* The same work for a kiosk that there is not. */
static bool
knows_secret(const ArchiveKiosk *kiosk, bool found, const char *secret)
{
	char hash[ID_SHA256 + 1];

	id_sha256(secret, strlen(secret), hash);
	return sodium_memcmp(hash, found ? kiosk->secret_hash : ID_NO_HASH,
			     ID_SHA256) == 0 &&
	       found;
}

static void
authorize_kiosk(Exchange *exchange, Archive *archive)
{
	char id[ID_UUID + 1] = "", secret[ID_TOKEN + 1] = "";
	char address[64];
	g_autoptr(GError) error = NULL;
	bool found;

	exchange_address(exchange, address, sizeof(address));
	if (!basic_parse(exchange_header(exchange, "Authorization"), id,
			 secret)) {
		refuse_kiosk(exchange, address);
		return;
	}
	found = archive_find_kiosk(archive, id, &exchange->kiosk, &error);
	if (!found && !g_error_matches(error, FAULT, FAULT_NOT_FOUND))
		reply_error(exchange, error);
	else if (knows_secret(&exchange->kiosk, found, secret))
		note_visit(exchange);
	else
		refuse_kiosk(exchange, found ? id : address);
	sodium_memzero(secret, sizeof(secret));
}

void
route_authorize(Exchange *exchange, Archive *archive)
{
	switch (exchange->route->who) {
	case WHO_ANYONE:
		return;
	case WHO_KIOSK:
		authorize_kiosk(exchange, archive);
		return;
	case WHO_SIGNED_IN:
		session_authorize(exchange, archive);
		return;
	case WHO_TEACHER:
		session_authorize(exchange, archive);
		if (exchange->reply.status == 0 && exchange->staff->must_change)
			reply_problem(exchange, 403, "change-password", 0,
				      "choose a password of your own first");
		return;
	}
}
