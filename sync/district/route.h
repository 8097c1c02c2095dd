/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"

/*
 * Every request has a row in one table: method, path, who may, how large its
 * body, where it runs, and by what.
 *
 * handle() reads and checks; it gives the reply, or leaves it to write(),
 * which runs on the writer's thread: what it wrote is durable before its
 * reply is sent.  write() returning false undoes what it wrote.
 */
typedef enum {
	WHO_ANYONE,
	WHO_KIOSK,     /* id and secret */
	WHO_SIGNED_IN, /* a person, also one who must change the password */
	WHO_TEACHER,   /* or an administrator: their classes say what of */
	WHO_ADMINISTRATOR,
	WHO_TOOL,   /* key and secret, with one of the row's scopes */
	WHO_SENDER, /* that, or a kiosk */
} Who;

typedef enum {
	RUN_HERE,     /* on the network's thread: quick, never blocks */
	RUN_DISK,     /* waits for disks */
	RUN_MEDIA,    /* waits for media: here if they are files */
	RUN_PASSWORD, /* computes for long */
} RunOn;

struct Route {
	const char *method, *path; /* `*`, `**`: see path_matches() */
	Who who;
	int64_t limit; /* bytes of the body; 0: none may come */
	RunOn run;
	void (*handle)(Exchange *exchange, Archive *archive);
	bool (*write)(Archive *archive, Exchange *exchange, GError **error);

	/* A body that is not kept in memory: begin() when the headers are
	 * known, feed() for each piece; false with the reply set. */
	bool (*begin)(Exchange *exchange);
	bool (*feed)(Exchange *exchange, const void *bytes, size_t size);

	ToolScopes scopes; /* of a tool: any of these */
};

/* Finds the row; if there is none, says in the reply what is wrong. */
void route_find(Exchange *exchange, const char *method, const char *path);

/* Sets who asks, or the reply that refuses. */
void route_authorize(Exchange *exchange, Archive *archive);

/* The rows, for the README's table to be checked against. */
const Route *route_get_all(size_t *n);
