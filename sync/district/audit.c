/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/audit.h"

#include <string.h>

#include "sync/district/route.h"

/* --- what it was about --- */

void
audit_object(Exchange *exchange, const char *kind, const char *id)
{
	g_snprintf(exchange->audit.object, sizeof(exchange->audit.object),
		   "%s:%s", kind, id);
}

void
audit_about(Exchange *exchange, const char *about)
{
	g_strlcpy(exchange->audit.about, about, sizeof(exchange->audit.about));
}

void
audit_agent(Exchange *exchange, const char *key)
{
	g_autofree char *ours =
		g_strdup_printf("account:%s/learner ", exchange->service->base);

	if (key != NULL && g_str_has_prefix(key, ours) &&
	    strlen(key) - strlen(ours) <= AUDIT_ABOUT_MAX)
		audit_about(exchange, key + strlen(ours));
}

void
audit_count(Exchange *exchange, int64_t n)
{
	exchange->audit.n = n;
}

/* --- what is an event --- */

/* Of these, reading says nothing of anybody. */
static bool
is_of_nobody(const Route *route)
{
	static const char *const paths[] = {
		"/kiosk/time",      "/kiosk/receipt",
		"/kiosk/files/*",   "/pack/**",
		"/api/session",     "/xapi/agents",
		"/xapi/activities", NULL,
	};

	return route->who == WHO_ANYONE || g_strv_contains(paths, route->path);
}

static bool
is_secret_refused(const Exchange *exchange)
{
	int status = exchange->reply.status;
	Who who = exchange->route->who;
	bool by_cookie = who == WHO_SIGNED_IN || who == WHO_TEACHER ||
			 who == WHO_ADMINISTRATOR;

	/* A page that is open for longer than its session asks on. */
	return status == 403 || status == 429 || (status == 401 && !by_cookie);
}

static bool
is_event(const Exchange *exchange)
{
	const Route *route = exchange->route;

	if (route == NULL || exchange->audit.is_written ||
	    g_str_equal(route->method, "OPTIONS"))
		return false;
	if (is_secret_refused(exchange))
		return true;
	if (exchange->reply.status == 401 || exchange->reply.status == 304)
		return false;
	return !g_str_equal(route->method, "GET") || !is_of_nobody(route);
}

/* --- the event --- */

static const char *
who_of(const Exchange *exchange)
{
	switch (exchange->known) {
	case AUDIT_KIOSK:
		return exchange->kiosk.id;
	case AUDIT_TOOL:
		return exchange->tool.id;
	case AUDIT_TEACHER:
	case AUDIT_ADMINISTRATOR:
		return exchange->staff->login;
	case AUDIT_NOBODY:
	case AUDIT_COMMAND:
	case AUDIT_SERVER:
		break;
	}
	return "";
}

static void
fill(Exchange *exchange, AuditEvent *out)
{
	const Route *route = exchange->route;

	*out = (AuditEvent){ .at = service_now(exchange->service),
			     .kind = exchange->known,
			     .n = MAX(exchange->audit.n, 1),
			     .status = exchange->reply.status };
	g_strlcpy(out->who, who_of(exchange), sizeof(out->who));
	g_strlcpy(out->address, exchange_client(exchange)->address,
		  sizeof(out->address));
	g_snprintf(out->action, sizeof(out->action), "%s %s", route->method,
		   route->path);
	g_strlcpy(out->object, exchange->audit.object, sizeof(out->object));
	g_strlcpy(out->about, exchange->audit.about, sizeof(out->about));
}

bool
audit_change(Exchange *exchange, Archive *archive, GError **error)
{
	AuditEvent event;

	fill(exchange, &event);
	exchange->audit.is_written = true;
	return archive_add_audit(archive, &event, error);
}

void
audit_reply(Exchange *exchange)
{
	AuditEvent event;

	if (!is_event(exchange))
		return;
	fill(exchange, &event);
	trail_add(exchange->service->trail, &event);
}
