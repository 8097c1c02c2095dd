/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/exchange.h"
#include "sync/district/server.h"

/* What server.c and dispatch.c share; nobody else includes this. */
struct Server {
	Service *service; /* borrowed */
	struct MHD_Daemon *daemon;
	char *address;                       /* owned */
	char *certificate, *certificate_key; /* owned; PEM, or NULL */
	GThreadPool *disk, *password;        /* owned */
	gint in_hand; /* atomic: exchanges begun and not ended */
};

/* The callbacks of libmicrohttpd. */
enum MHD_Result
on_request(void *data, struct MHD_Connection *connection, const char *url,
	   const char *method, const char *version, const char *upload_data,
	   size_t *size, void **slot);
void on_completed(void *data, struct MHD_Connection *connection, void **slot,
		  enum MHD_RequestTerminationCode code);

/* The work of the pools' threads: data is an Exchange. */
void dispatch_run(void *data, void *server);
