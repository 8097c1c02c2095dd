/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <glib.h>

#include "sync/line/transport.h"

/*
 * Transport over libcurl, one blocking request at a time on one connection
 * that is kept open.  HTTPS only, but for http to this very machine; no
 * redirects, no proxy but the one named, no credentials in an address.
 *
 * Certificates are checked against the time as best known (Request.now), not
 * the system's clock, which may say 1970; while no time is known at all, by
 * whom and for which name, but not until when.
 */
typedef struct {
	const char *base;        /* "https://…", no slash at the end */
	const char *group, *key; /* the setting it is from, for messages */
	const char *ca_file;     /* "": the system's */
	const char *proxy;       /* "": none, whatever the environment says */
	const char *proxy_ca_file;
	int64_t connect_s; /* until a connection is given up */
	int64_t stall_s;   /* until a transfer that stands still is */
	const volatile sig_atomic_t *stop; /* borrowed; 2: abort the request */
} CurlSettings;

typedef struct CurlTransport CurlTransport;

/* FAULT_INVALID if the base is no address that we may talk to. */
CurlTransport *curl_transport_new(const CurlSettings *settings, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* Lives as long as the CurlTransport. */
Transport curl_transport_get(CurlTransport *transport);

/* https with a host, or http to 127.0.0.1, [::1] or localhost. */
bool curl_address_is_allowed(const char *address, const char *setting,
			     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void curl_transport_free(CurlTransport *transport);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CurlTransport, curl_transport_free)
