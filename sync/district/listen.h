/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/*
 * Where the server listens: "127.0.0.1:8080", "[::1]:0" (port 0: the
 * kernel's choice), or "unix:/run/cairn/district" for a proxy on the same
 * machine.
 */
typedef struct {
	int socket; /* owned; -1: none */
	bool six;   /* IPv6 */
	bool local; /* nobody but this machine reaches it */
	char *name; /* owned: "127.0.0.1:41973", "unix:/…" */
	char *path; /* owned: of a unix socket, removed at the end */
} Listener;

/* FAULT_INVALID for a text that is no place, FAULT_SYSTEM if it is taken. */
bool listen_open(const char *place, Listener *out, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* libmicrohttpd closes the socket by itself: say so with socket = -1. */
void listener_clear(Listener *listener);
