/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

/*
 * The proxies in front of us, and what they say of the client.  Nobody else
 * is believed: an address that anyone may write is no address.  One header
 * is read and one only, since a proxy that sets the one passes on what a
 * client wrote into the other.
 */
typedef struct Proxies Proxies;

#define PROXIES_ADDRESS_MAX 63

typedef struct {
	char address[PROXIES_ADDRESS_MAX +
		     1]; /* "192.0.2.7"; "?": nobody knows */
	bool https;      /* the proxy says that the client came by it */
} ProxiesClient;

/* trusted: addresses and networks with commas, "10.0.0.0/8, ::1".  header:
 * "X-Forwarded-For" (with X-Forwarded-Proto) or "Forwarded" (RFC 7239). */
Proxies *proxies_parse(const char *trusted, const char *header, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;

/* The name of the header to read. */
const char *proxies_header(const Proxies *proxies);

/* peer: who is connected, NULL: by a unix socket, which only proxies reach.
 * forwarded: the header's values in order, with commas; proto: that of
 * X-Forwarded-Proto; both may be NULL. */
void proxies_find_client(const Proxies *proxies, const char *peer,
			 const char *forwarded, const char *proto,
			 ProxiesClient *out);

/* The address as a key to count by: of IPv6 its /64, all of which one client
 * has. */
void proxies_key(const char *address, char *out, size_t size);

void proxies_free(Proxies *proxies);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Proxies, proxies_free)
