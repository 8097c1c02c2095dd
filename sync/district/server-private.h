/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"
#include "sync/district/listen.h"
#include "sync/district/server.h"
#include "sync/district/tls.h"
#include "sync/district/watch.h"

/* What server.c and dispatch.c share; nobody else includes this. */
struct Server {
	Service *service; /* borrowed */
	struct MHD_Daemon *daemon;
	char *address;                        /* owned */
	Listener listener;                    /* owned */
	Tls *tls;                             /* owned; NULL: plain HTTP */
	Watch *watch;                         /* owned: every connection */
	GThreadPool *disk, *media, *password; /* owned */

	/* what happens by itself, each second */
	GThread *ticker;
	GMainContext *ticks; /* owned */
	GMainLoop *ticking;  /* owned */

	gint in_hand;  /* atomic: exchanges begun and not ended */
	gint set_down; /* atomic: of those, the ones that wait for us */
	gint stopping; /* atomic: no new request is taken */
};

/* The callbacks of libmicrohttpd. */
enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url,
	   const char *method, const char *version, const char *upload_data,
	   size_t *size, void **slot);
void on_connection(void *data, struct MHD_Connection *connection, void **slot,
		   enum MHD_ConnectionNotificationCode code);
void on_completed(void *data, struct MHD_Connection *connection, void **slot,
		  enum MHD_RequestTerminationCode code);

/* While an answer that is being sent waits for the rest of itself; going on, with it as data, is
 * for any thread. */
void dispatch_pause(Exchange *exchange);
void dispatch_go_on(void *data);

/* The work of the pools' threads: data is an Exchange. */
void dispatch_run(void *data, void *server);
