/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "xapi"

#include "sync/xapi/jws.h"

#include <string.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "app/base/fault.h"
#include "sync/xapi/meaning.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

static bool
fail(GError **error, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID,
		    "signature: %s (xAPI Data 2.6, 2.0 4.2.6)", rule);
	return false;
}

/* --- base64 --- */

static int
value_of(char c, bool for_url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == (for_url ? '-' : '+'))
		return 62;
	return c == (for_url ? '_' : '/') ? 63 : -1;
}

/* RFC 4648, sections 4 and 5, without padding; bits that are over must be 0. */
static GBytes *
decode(const char *text, size_t size, bool for_url)
{
	g_autofree uint8_t *bytes = g_malloc(size / 4 * 3 + 3);
	size_t n = 0;
	uint32_t bits = 0;
	int have = 0;

	if (size % 4 == 1)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		int value = value_of(text[i], for_url);

		if (value < 0)
			return NULL;
		bits = (bits << 6 | (uint32_t)value) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			bytes[n++] = (uint8_t)(bits >> have);
		}
	}
	if ((bits & ((1u << have) - 1)) != 0)
		return NULL;
	return g_bytes_new_take(g_steal_pointer(&bytes), n);
}

/* A certificate's is the ordinary alphabet, padded (RFC 7515, 4.1.6). */
static GBytes *
decode_padded(const char *text, size_t size)
{
	size_t padding = 0;

	while (padding < 2 && padding < size && text[size - 1 - padding] == '=')
		padding++;
	return size % 4 == 0 ? decode(text, size - padding, false) : NULL;
}

/* --- certificates --- */

static X509 *
read_certificate(const TapeValue *text)
{
	g_autoptr(GBytes) der = NULL;
	g_autoptr(X509) certificate = NULL;
	const unsigned char *at, *end;
	gsize size;

	if (text->type != TAPE_TEXT)
		return NULL;
	der = decode_padded(text->text, text->size);
	if (der == NULL)
		return NULL;
	at = g_bytes_get_data(der, &size);
	if (at == NULL)
		return NULL;
	end = at + size;
	certificate = d2i_X509(NULL, &at, (long)size);
	return certificate != NULL && at == end ? g_steal_pointer(&certificate)
						: NULL;
}

/* The signer's certificate; each of the list must certify the one before. */
static X509 *
read_chain(const TapeValue *list, GError **error)
{
	g_autoptr(X509) signer = NULL, below = NULL;
	const TapeValue *at;

	if (list->type != TAPE_LIST || list->count == 0 ||
	    list->count > XAPI_JWS_CHAIN_MAX) {
		fail(error, "x5c must be a list of some certificates");
		return NULL;
	}
	at = tape_first(list);
	for (uint32_t i = 0; i < list->count; i++, at = tape_next(at)) {
		g_autoptr(X509) certificate = read_certificate(at);

		if (certificate == NULL) {
			fail(error, "x5c must be certificates in base64");
			return NULL;
		}
		if (below != NULL &&
		    X509_verify(below, X509_get0_pubkey(certificate)) != 1) {
			fail(error, "each certificate of x5c must certify the "
				    "one before");
			return NULL;
		}
		if (signer == NULL) {
			X509_up_ref(certificate);
			signer = certificate;
		}
		X509_free(below);
		below = g_steal_pointer(&certificate);
	}
	return g_steal_pointer(&signer);
}

/* --- the signature --- */

typedef struct {
	const char *text;                  /* borrowed */
	size_t header, payload, signature; /* bytes of each, dots between */
} Parts;

static bool
split(const char *jws, size_t size, Parts *out)
{
	const char *first = memchr(jws, '.', size);
	const char *second;

	if (first == NULL)
		return false;
	second = memchr(first + 1, '.', size - (size_t)(first + 1 - jws));
	if (second == NULL)
		return false;
	*out = (Parts){ jws, (size_t)(first - jws),
			(size_t)(second - first) - 1,
			size - (size_t)(second - jws) - 1 };
	return out->header > 0 && out->payload > 0 && out->signature > 0;
}

static const EVP_MD *
algorithm(const TapeValue *name)
{
	if (name == NULL || name->type != TAPE_TEXT)
		return NULL;
	if (tape_is(name, "RS256", 5))
		return EVP_sha256();
	if (tape_is(name, "RS384", 5))
		return EVP_sha384();
	return tape_is(name, "RS512", 5) ? EVP_sha512() : NULL;
}

static bool
verify(const Parts *parts, const EVP_MD *hash, X509 *signer, GBytes *signature,
       GError **error)
{
	g_autoptr(EVP_MD_CTX) context = EVP_MD_CTX_new();
	g_autoptr(EVP_PKEY) key = X509_get_pubkey(signer);
	const unsigned char *signed_text = (const unsigned char *)parts->text;
	gsize size;
	const unsigned char *bytes = g_bytes_get_data(signature, &size);

	if (key == NULL || EVP_PKEY_base_id(key) != EVP_PKEY_RSA)
		return fail(error, "the certificate must have an RSA key");
	if (EVP_DigestVerifyInit(context, NULL, hash, NULL, key) != 1 ||
	    EVP_DigestVerify(context, bytes, size, signed_text,
			     parts->header + 1 + parts->payload) != 1)
		return fail(error, "it is not the certificate's");
	return true;
}

/* header: a tape of it. */
static bool
check_header(const Parts *parts, const Tape *header, GBytes *signature,
	     GError **error)
{
	const TapeValue *root = tape_root(header);
	const EVP_MD *hash = algorithm(tape_member(root, "alg"));
	const TapeValue *certificates = tape_member(root, "x5c");
	g_autoptr(X509) signer = NULL;

	if (hash == NULL)
		return fail(error, "alg must be RS256, RS384 or RS512");
	/* RFC 7515, 4.1.11: whoever knows no extension must refuse. */
	if (tape_member(root, "crit") != NULL)
		return fail(error, "its header has extensions");
	if (certificates == NULL)
		return true;
	signer = read_chain(certificates, error);
	return signer != NULL && verify(parts, hash, signer, signature, error);
}

GBytes *
xapi_jws_open(const char *jws, size_t size, GError **error)
{
	g_autoptr(GBytes) header = NULL, payload = NULL, signature = NULL;
	g_autoptr(Tape) tape = NULL;
	Parts parts;
	gsize n;
	const char *text;

	if (size > XAPI_JWS_BYTES_MAX || !split(jws, size, &parts)) {
		fail(error, "must be a JWS in compact form");
		return NULL;
	}
	header = decode(jws, parts.header, true);
	payload = decode(jws + parts.header + 1, parts.payload, true);
	signature = decode(jws + size - parts.signature, parts.signature, true);
	if (header == NULL || payload == NULL || signature == NULL) {
		fail(error, "its parts must be base64url without padding");
		return NULL;
	}
	text = g_bytes_get_data(header, &n);
	tape = tape_read(text, n, error);
	if (tape == NULL) {
		g_prefix_error(error, "signature's header: ");
		return NULL;
	}
	return check_header(&parts, tape, signature, error)
		       ? g_steal_pointer(&payload)
		       : NULL;
}

bool
xapi_signature_check(const XapiStatement *statement, const char *jws,
		     size_t size, GError **error)
{
	g_autoptr(GBytes) payload = xapi_jws_open(jws, size, error);
	g_autoptr(Tape) tape = NULL;
	XapiMeaning here, there;
	XapiStatement was;
	char id[37], other[37];
	gsize n;
	const char *text;

	if (payload == NULL)
		return false;
	text = g_bytes_get_data(payload, &n);
	tape = tape_read(text, n, error);
	if (tape == NULL ||
	    !xapi_check_statement(tape_root(tape), statement->version, "$",
				  error)) {
		g_prefix_error(error, "signature's payload: ");
		return false;
	}
	was = (XapiStatement){ text, tape_root(tape), statement->version };
	xapi_meaning(statement, &here);
	xapi_meaning(&was, &there);
	if (!xapi_meaning_is_same(&there, &here, statement->version) ||
	    (xapi_statement_id(statement, id) &&
	     xapi_statement_id(&was, other) && strcmp(id, other) != 0))
		return fail(error, "its payload must be the statement");
	return true;
}
