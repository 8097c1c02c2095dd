/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <microhttpd.h>

#include "app/base/json.h"
#include "sync/district/archive-audit.h"
#include "sync/district/archive-kiosk.h"
#include "sync/district/archive-staff.h"
#include "sync/district/archive-tool.h"
#include "sync/district/proxies.h"
#include "sync/district/reply.h"
#include "sync/district/service.h"
#include "sync/xapi/alternate.h"

/*
 * A request and the answer to it, from its first header to the last byte
 * sent.  One thread at a time has it: the network's, a worker's, the
 * writer's.
 */
#define EXCHANGE_ARGUMENT_MAX 255

typedef struct Route Route;

/* Of a request to an xAPI resource; see lrs-request.h. */
typedef struct {
	bool is;
	XapiVersion version;
	XapiAlternate *form; /* owned; NULL: no alternate syntax */
	char through[40];    /* Consistent-Through; "" if not known */
} ExchangeXapi;

/* What the audit log will say; see audit.h. */
typedef struct {
	char object[AUDIT_OBJECT_MAX + 1];
	char about[AUDIT_ABOUT_MAX + 1];
	int64_t n;
	bool is_written; /* with the change itself */
} ExchangeAudit;

struct Exchange {
	Service *service; /* borrowed */
	struct MHD_Connection *connection;
	const Route *route; /* NULL: none fits */
	char *path;         /* owned */
	char argument[EXCHANGE_ARGUMENT_MAX + 1];

	/* who asks, by the route's rule */
	AuditWho known; /* AUDIT_NOBODY until then */
	ArchiveKiosk kiosk;
	ArchiveTool tool;           /* key 0: it is none */
	ArchiveStaff *staff;        /* owned */
	char session[ID_TOKEN + 1]; /* the cookie */
	char session_hash[ID_SHA256 + 1];

	GByteArray *body; /* owned */
	size_t body_size; /* so far; also of a streamed one */
	bool has_media;   /* on the disk already, and to be synced */
	void *state;      /* a handler's own */
	GDestroyNotify state_free;

	ExchangeXapi xapi;
	ExchangeAudit audit;
	Reply reply;

	/* the server's own */
	struct Server *server;
	struct Link *link;
	ProxiesClient client; /* address "": not looked at yet */
	int64_t begun_us;     /* since boot */
	int64_t statements;   /* that its answer acknowledges */
	bool begun, finished, suspended;
};

/* The request's own words; NULL if not given. */
const char *exchange_header(const Exchange *exchange, const char *name);
const char *exchange_query(const Exchange *exchange, const char *name);
/* Who asks, as far as a proxy of ours can tell. */
const ProxiesClient *exchange_client(Exchange *exchange);
/* What failures of this client are counted by. */
void exchange_address(Exchange *exchange, char *out, size_t size);
/* Did the client come by https? */
bool exchange_is_secure(Exchange *exchange);

/* The body as a JSON object, or NULL with the reply set. */
json_t *exchange_read_json(Exchange *exchange);

Exchange *exchange_new(Service *service, struct MHD_Connection *connection);
void exchange_free(Exchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_free)
