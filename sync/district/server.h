/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/service.h"

/*
 * The HTTP server: libmicrohttpd with a few threads over epoll.  A request
 * that waits for the disk, for a password or for its group's commit is set
 * down meanwhile, so that a thread talks to thousands of clients.
 */
typedef struct Server Server;

/* listen: see listen.h.  FAULT_REFUSED for plain HTTP where other machines
 * could hear it. */
Server *server_start(Service *service, const char *listen, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* "http://127.0.0.1:8080", "https://…" with a certificate, "unix:/…". */
const char *server_get_address(const Server *server);
/* Reads the certificate again; on failure the old one stays in use. */
bool server_reload(Server *server, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Takes no more requests, finishes those at hand, for `stop_s` at most. */
void server_stop(Server *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_stop)
