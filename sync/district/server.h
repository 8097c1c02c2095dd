/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "sync/district/service.h"

/*
 * The HTTP server: libmicrohttpd with a few threads over epoll.  A request
 * that waits for the disk, for a password or for its group's commit is set
 * down meanwhile, so that a thread talks to thousands of clients.
 */
typedef struct Server Server;

/* listen: "127.0.0.1:8080", "[::1]:0"; port 0: the kernel's choice. */
Server *server_start(Service *service, const char *listen, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* "http://127.0.0.1:8080"; https if there is a certificate. */
const char *server_get_address(const Server *server);
/* Takes no more connections, finishes the requests at hand. */
void server_stop(Server *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Server, server_stop)
