/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>
#include <gnutls/abstract.h>

#include "app/base/clock.h"

/*
 * The server's certificate, which can be replaced while connections live:
 * a new one is for handshakes from then on.  Any thread.
 */
typedef struct Tls Tls;

/* TLS 1.2 and 1.3, as libmicrohttpd wants it said. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* PEM files: the chain, the server's own first; its key, which nobody but
 * the owner may read.  FAULT_REFUSED, FAULT_NOT_FOUND, FAULT_INVALID. */
Tls *tls_open(const char *certificate, const char *key, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
/* Reads both files again; if that fails, what was there stays. */
bool tls_reload(Tls *tls, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* When the certificate in use ends. */
WallTime tls_get_end(Tls *tls);

/* For GnuTLS, when the session's pointer is a Tls. */
int
on_tls_certificate(gnutls_session_t session, const gnutls_datum_t *authorities,
		   int n_authorities, const gnutls_pk_algorithm_t *algorithms,
		   int n_algorithms, gnutls_pcert_st **chain,
		   unsigned int *n_chain, gnutls_privkey_t *key);

/* After the last connection's end. */
void tls_free(Tls *tls);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Tls, tls_free)
