/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/tls.h"

#include <string.h>
#include <gnutls/x509.h>

#include "app/base/fault.h"
#include "app/base/file.h"

#define FILE_MAX  (256 * 1024)
#define CHAIN_MAX 16

typedef struct {
	gnutls_pcert_st chain[CHAIN_MAX];
	unsigned int n_chain;
	gnutls_privkey_t key;
	WallTime end;
} Pair;

struct Tls {
	char *certificate, *key; /* owned: paths */
	Pair *current;           /* atomic */
	/* owned: all there were, since a handshake may be using one; a server
	 * reloads a few times a year. */
	GPtrArray *pairs;
};

static void
free_pair(void *data)
{
	Pair *pair = data;

	for (unsigned int i = 0; i < pair->n_chain; i++)
		gnutls_pcert_deinit(&pair->chain[i]);
	if (pair->key != NULL)
		gnutls_privkey_deinit(pair->key);
	g_free(pair);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, free_pair)

static bool
invalid(const char *path, const char *why, GError **error)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s: %s", path, why);
	return false;
}

static gnutls_datum_t
datum_of(GBytes *bytes)
{
	gsize size;
	const void *data = g_bytes_get_data(bytes, &size);

	return (gnutls_datum_t){ (unsigned char *)(uintptr_t)data,
				 (unsigned int)size };
}

static bool
read_chain(Pair *pair, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = file_read(path, FILE_MAX, error);
	unsigned int n = CHAIN_MAX;
	gnutls_x509_crt_t first;
	gnutls_datum_t datum;
	int rc;

	if (bytes == NULL)
		return false;
	datum = datum_of(bytes);
	rc = gnutls_pcert_list_import_x509_raw(
		pair->chain, &n, &datum, GNUTLS_X509_FMT_PEM,
		GNUTLS_X509_CRT_LIST_FAIL_IF_UNSORTED);
	if (rc < 0)
		return invalid(path, gnutls_strerror(rc), error);
	pair->n_chain = n;
	rc = gnutls_pcert_export_x509(&pair->chain[0], &first);
	if (rc < 0)
		return invalid(path, gnutls_strerror(rc), error);
	pair->end.us = (int64_t)gnutls_x509_crt_get_expiration_time(first) *
		       G_USEC_PER_SEC;
	gnutls_x509_crt_deinit(first);
	return true;
}

static bool
read_key(Pair *pair, const char *path, GError **error)
{
	g_autoptr(GBytes) bytes = file_read_secret(path, FILE_MAX, error);
	gnutls_datum_t datum;
	int rc;

	if (bytes == NULL)
		return false;
	datum = datum_of(bytes);
	gnutls_privkey_init(&pair->key);
	rc = gnutls_privkey_import_x509_raw(pair->key, &datum,
					    GNUTLS_X509_FMT_PEM, NULL, 0);
	return rc >= 0 || invalid(path, gnutls_strerror(rc), error);
}

static bool
is_pair(const Pair *pair)
{
	unsigned char ours[64], theirs[64];
	size_t n_ours = sizeof(ours), n_theirs = sizeof(theirs);
	gnutls_pubkey_t public;
	bool same;

	gnutls_pubkey_init(&public);
	same = gnutls_pubkey_import_privkey(public, pair->key, 0, 0) >= 0 &&
	       gnutls_pubkey_get_key_id(public, 0, ours, &n_ours) >= 0 &&
	       gnutls_pubkey_get_key_id(pair->chain[0].pubkey, 0, theirs,
					&n_theirs) >= 0 &&
	       n_ours == n_theirs && memcmp(ours, theirs, n_ours) == 0;
	gnutls_pubkey_deinit(public);
	return same;
}

bool
tls_reload(Tls *tls, GError **error)
{
	g_autoptr(Pair) pair = g_new0(Pair, 1);

	if (!read_chain(pair, tls->certificate, error) ||
	    !read_key(pair, tls->key, error))
		return false;
	if (!is_pair(pair))
		return invalid(tls->key, "is not the certificate's key", error);
	g_atomic_pointer_set(&tls->current, pair);
	g_ptr_array_add(tls->pairs, g_steal_pointer(&pair));
	return true;
}

Tls *
tls_open(const char *certificate, const char *key, GError **error)
{
	g_autoptr(Tls) tls = g_new0(Tls, 1);

	tls->certificate = g_strdup(certificate);
	tls->key = g_strdup(key);
	tls->pairs = g_ptr_array_new_with_free_func(free_pair);
	return tls_reload(tls, error) ? g_steal_pointer(&tls) : NULL;
}

WallTime
tls_get_end(Tls *tls)
{
	const Pair *pair = g_atomic_pointer_get(&tls->current);

	return pair->end;
}

int
on_tls_certificate(gnutls_session_t session, const gnutls_datum_t *authorities,
		   int n_authorities, const gnutls_pk_algorithm_t *algorithms,
		   int n_algorithms, gnutls_pcert_st **chain,
		   unsigned int *n_chain, gnutls_privkey_t *key)
{
	Tls *tls = gnutls_session_get_ptr(session);
	Pair *pair = g_atomic_pointer_get(&tls->current);

	*chain = pair->chain;
	*n_chain = pair->n_chain;
	*key = pair->key;
	return 0;
}

void
tls_free(Tls *tls)
{
	if (tls == NULL)
		return;

	g_ptr_array_unref(tls->pairs);
	g_free(tls->certificate);
	g_free(tls->key);
	g_free(tls);
}
