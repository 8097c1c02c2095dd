/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <microhttpd.h>

#include "app/base/json.h"
#include "sync/district/archive-kiosk.h"
#include "sync/district/archive-staff.h"
#include "sync/district/archive-tool.h"
#include "sync/district/proxies.h"
#include "sync/district/service.h"
#include "sync/xapi/alternate.h"

/*
 * A request and the answer to it, from its first header to the last byte
 * sent.  One thread at a time has it: the network's, a worker's, the
 * writer's.
 */
#define EXCHANGE_ARGUMENT_MAX 255

typedef struct Exchange Exchange;
typedef struct Route Route;

/* A piece of an answer that is sent as it is read. */
typedef struct {
	GBytes *bytes; /* owned; NULL: a file */
	char *path;    /* owned */
	int64_t size;
} ReplyPart;

typedef struct {
	int status;   /* 0: none yet */
	GBytes *body; /* owned; NULL: none, or a file */
	int file;     /* owned: sent instead of body; -1: none */
	int64_t file_size;
	GPtrArray *parts;   /* owned: ReplyPart, instead of body */
	const char *type;   /* static; NULL: perhaps among headers */
	GPtrArray *headers; /* owned: name, value, name, value … */
} Reply;

/* Of a request to an xAPI resource; see lrs-request.h. */
typedef struct {
	bool is;
	XapiVersion version;
	XapiAlternate *form; /* owned; NULL: no alternate syntax */
	char through[40];    /* Consistent-Through; "" if not known */
} ExchangeXapi;

struct Exchange {
	Service *service; /* borrowed */
	struct MHD_Connection *connection;
	const Route *route; /* NULL: none fits */
	char *path;         /* owned */
	char argument[EXCHANGE_ARGUMENT_MAX + 1];

	/* who asks, by the route's rule */
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

/* --- answers; the first one given holds --- */

void reply_empty(Exchange *exchange, int status);
void reply_json(Exchange *exchange, int status, json_t *value); /* takes it */
/* type is static. */
void
reply_bytes(Exchange *exchange, int status, const char *type, GBytes *bytes);
/* Takes the descriptor. */
void reply_file(Exchange *exchange, const char *type, int file, int64_t size);
/* Takes parts, of ReplyPart; see reply-parts.h. */
void reply_parts(Exchange *exchange, int status, GPtrArray *parts);
void reply_header(Exchange *exchange, const char *name, const char *value);
/* Sets the ETag; true, with 304 set, if the client has it already. */
bool reply_not_modified(Exchange *exchange, const char *tag);

/* code and detail as in sync/README.md; number 0: no record. */
void reply_problem(Exchange *exchange, int status, const char *code,
		   int64_t number, const char *detail);
/* What the error's fault stands for in HTTP. */
void reply_error(Exchange *exchange, const GError *error);
void reply_retry(Exchange *exchange, int status, const char *code,
		 int64_t after_s, const char *detail);

Exchange *exchange_new(Service *service, struct MHD_Connection *connection);
void exchange_free(Exchange *exchange);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Exchange, exchange_free)
