/* SPDX-License-Identifier: Apache-2.0 */
/* Signed statements; keys and certificates are made here. */
#include <string.h>
#include <glib.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "app/base/fault.h"
#include "sync/xapi/jws.h"
#include "tests/unit/xapi-fixture.h"

#define TEN_YEARS (10L * 365 * 24 * 3600)

static EVP_PKEY *signer_key, *issuer_key, *other_key, *curve_key;
static char *signer_x5c, *issuer_x5c, *other_x5c, *curve_x5c; /* base64 */

static char *
certify(EVP_PKEY *subject, EVP_PKEY *issuer)
{
	X509 *certificate = X509_new();
	unsigned char *der = NULL;
	char *text;
	int n;

	ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
	X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
	X509_gmtime_adj(X509_getm_notAfter(certificate), TEN_YEARS);
	X509_set_pubkey(certificate, subject);
	g_assert_cmpint(X509_sign(certificate, issuer, EVP_sha256()), >, 0);
	n = i2d_X509(certificate, &der);
	g_assert_cmpint(n, >, 0);
	text = g_base64_encode(der, (gsize)n);
	OPENSSL_free(der);
	X509_free(certificate);
	return text;
}

static void
make_keys(void)
{
	signer_key = EVP_RSA_gen(2048);
	issuer_key = EVP_RSA_gen(2048);
	other_key = EVP_RSA_gen(2048);
	signer_x5c = certify(signer_key, issuer_key);
	issuer_x5c = certify(issuer_key, issuer_key);
	other_x5c = certify(other_key, other_key);
	curve_key = EVP_EC_gen("P-256");
	curve_x5c = certify(curve_key, issuer_key);
}

static void
free_keys(void)
{
	EVP_PKEY_free(signer_key);
	EVP_PKEY_free(issuer_key);
	EVP_PKEY_free(other_key);
	EVP_PKEY_free(curve_key);
	g_free(curve_x5c);
	g_free(signer_x5c);
	g_free(issuer_x5c);
	g_free(other_x5c);
}

static char *
base64url(const void *bytes, size_t size)
{
	char *text = g_base64_encode(bytes, size);

	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	while (g_str_has_suffix(text, "="))
		text[strlen(text) - 1] = '\0';
	return text;
}

static char *
sign(const char *header, const char *payload, const EVP_MD *hash)
{
	g_autofree char *first = base64url(header, strlen(header));
	g_autofree char *second = base64url(payload, strlen(payload));
	g_autofree char *text = g_strconcat(first, ".", second, NULL);
	g_autofree char *third = NULL;
	unsigned char signature[512];
	size_t size = sizeof(signature);
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	EVP_DigestSignInit(context, NULL, hash, NULL, signer_key);
	g_assert_cmpint(EVP_DigestSign(context, signature, &size,
				       (const unsigned char *)text,
				       strlen(text)),
			==, 1);
	EVP_MD_CTX_free(context);
	third = base64url(signature, size);
	return g_strconcat(text, ".", third, NULL);
}

/* The algorithm and the certificates, if any, each in quotes. */
static char *
header_of(const char *algorithm, const char *first, const char *second)
{
	if (first == NULL)
		return g_strdup_printf("{\"alg\":\"%s\"}", algorithm);
	if (second == NULL)
		return g_strdup_printf("{\"alg\":\"%s\",\"x5c\":[\"%s\"]}",
				       algorithm, first);
	return g_strdup_printf("{\"alg\":\"%s\",\"x5c\":[\"%s\",\"%s\"]}",
			       algorithm, first, second);
}

#define BEFORE "{" AVO ",'id':'" UUID_A "'}"
#define AFTER \
	"{" AVO ",'id':'" UUID_A \
	"','attachments':[{'usageType':'" XAPI_SIGNATURE \
	"','display':{'en':'s'},'length':1,'contentType':" \
	"'application/octet-stream','sha2':'" SHA256_A "'}]}"

static bool
check(const char *statement, XapiVersion version, const char *jws,
      GError **error)
{
	g_autofree char *json = NULL;
	g_autoptr(XapiBatch) batch = xapi_read(statement, version, &json, NULL);
	XapiStatement first = xapi_batch_get(batch, 0);

	return xapi_signature_check(&first, jws, strlen(jws), error);
}

static void
accept_signed(const char *header, const char *payload, const EVP_MD *hash)
{
	g_autofree char *json = xapi_json(payload);
	g_autofree char *jws = sign(header, json, hash);
	g_autoptr(GError) error = NULL;

	g_assert_true(check(AFTER, XAPI_1_0, jws, &error));
	g_assert_no_error(error);
	g_assert_true(check(AFTER, XAPI_2_0, jws, &error));
	g_assert_no_error(error);
}

static void
refuse(const char *jws, const char *said)
{
	g_autoptr(GError) error = NULL;

	g_assert_false(check(AFTER, XAPI_1_0, jws, &error));
	g_assert_error(error, FAULT, FAULT_INVALID);
	g_test_message("%s", error->message);
	g_assert_nonnull(strstr(error->message, said));
}

static void
refuse_signed(const char *header, const char *payload, const EVP_MD *hash,
	      const char *said)
{
	g_autofree char *json = xapi_json(payload);
	g_autofree char *jws = sign(header, json, hash);

	refuse(jws, said);
}

static void
test_algorithms(void)
{
	static const char *const names[] = { "RS256", "RS384", "RS512" };
	const EVP_MD *hashes[] = { EVP_sha256(), EVP_sha384(), EVP_sha512() };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *plain = header_of(names[i], NULL, NULL);
		g_autofree char *one = header_of(names[i], signer_x5c, NULL);
		g_autofree char *chain =
			header_of(names[i], signer_x5c, issuer_x5c);

		accept_signed(plain, BEFORE, hashes[i]);
		accept_signed(one, BEFORE, hashes[i]);
		accept_signed(chain, BEFORE, hashes[i]);
	}
}

static void
test_other_algorithms(void)
{
	static const char *const names[] = { "HS256", "ES256", "PS256",
					     "none",  "rs256", "" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *header = header_of(names[i], NULL, NULL);

		refuse_signed(header, BEFORE, EVP_sha256(), "alg must be");
	}
	refuse_signed("{}", BEFORE, EVP_sha256(), "alg must be");
	refuse_signed("[]", BEFORE, EVP_sha256(), "alg must be");
	refuse_signed("{\"alg\":256}", BEFORE, EVP_sha256(), "alg must be");
	refuse_signed("{\"alg\":\"RS256\",\"alg\":\"none\"}", BEFORE,
		      EVP_sha256(), "name twice");
	refuse_signed("{\"alg\":\"RS256\",\"crit\":[\"b64\"],\"b64\":false}",
		      BEFORE, EVP_sha256(), "extensions");
}

static void
test_certificates(void)
{
	g_autofree char *anothers = header_of("RS256", other_x5c, NULL);
	g_autofree char *unlinked = header_of("RS256", signer_x5c, other_x5c);
	g_autofree char *curve = header_of("RS256", curve_x5c, NULL);
	g_autofree char *wrong_hash = header_of("RS512", signer_x5c, NULL);
	g_autofree char *damaged = header_of("RS256", "AAAA", NULL);
	g_autofree char *no_base64 = header_of("RS256", "-_-_", NULL);

	refuse_signed(anothers, BEFORE, EVP_sha256(), "not the certificate");
	refuse_signed(wrong_hash, BEFORE, EVP_sha256(), "not the certificate");
	refuse_signed(unlinked, BEFORE, EVP_sha256(), "must certify");
	refuse_signed(curve, BEFORE, EVP_sha256(), "must have an RSA key");
	refuse_signed(damaged, BEFORE, EVP_sha256(), "in base64");
	refuse_signed(no_base64, BEFORE, EVP_sha256(), "in base64");
	refuse_signed("{\"alg\":\"RS256\",\"x5c\":[]}", BEFORE, EVP_sha256(),
		      "x5c must be");
	refuse_signed("{\"alg\":\"RS256\",\"x5c\":\"a\"}", BEFORE, EVP_sha256(),
		      "x5c must be");
	refuse_signed("{\"alg\":\"RS256\",\"x5c\":[1]}", BEFORE, EVP_sha256(),
		      "in base64");
}

static void
test_payloads(void)
{
	g_autofree char *header = header_of("RS256", signer_x5c, NULL);

	accept_signed(
		header,
		" {'id':'12345678-1234-5678-1234-56781234567A','verb':{"
		"'id':'http://example.org/did','display':{'en':'did'}}," OBJECT
		"," ACTOR "}",
		EVP_sha256());
	accept_signed(header, "{" AVO "}", EVP_sha256());
	accept_signed(header, "{" AVO ",'timestamp':'2013-05-18T05:32:34Z'}",
		      EVP_sha256());
	refuse_signed(header, "{" AVO ",'id':'" UUID_B "'}", EVP_sha256(),
		      "must be the statement");
	refuse_signed(header, "{" AVO ",'result':{'success':true}}",
		      EVP_sha256(), "must be the statement");
	refuse_signed(header, "{" AVO, EVP_sha256(), "payload: JSON");
	refuse_signed(header, "[{" AVO "}]", EVP_sha256(), "payload: $");
	refuse_signed(header, "{" ACTOR "}", EVP_sha256(), "payload: $.verb");
}

static void
test_form(void)
{
	g_autofree char *header = header_of("RS256", NULL, NULL);
	g_autofree char *json = xapi_json(BEFORE);
	g_autofree char *jws = sign(header, json, EVP_sha256());
	g_autofree char *padded = g_strconcat(jws, "=", NULL);
	g_autofree char *line = g_strconcat(jws, "\n", NULL);
	g_autofree char *more = g_strconcat(jws, ".a", NULL);

	refuse("", "compact form");
	refuse("a", "compact form");
	refuse("a.b", "compact form");
	refuse("..", "compact form");
	refuse("{\"payload\":\"\",\"signatures\":[]}", "compact form");
	refuse("a.b.c", "base64url");
	refuse("YQ.YQ.YQ", "header: JSON");
	refuse("YR.YQ.YQ", "base64url");
	refuse(padded, "base64url");
	refuse(line, "base64url");
	refuse(more, "base64url");
}

/* Every bit of header and payload is signed. */
static void
test_damage(void)
{
	g_autofree char *header = header_of("RS256", signer_x5c, NULL);
	g_autofree char *json = xapi_json(BEFORE);
	g_autofree char *jws = sign(header, json, EVP_sha256());
	size_t size = strlen(jws);

	for (size_t i = 0; i < size; i += 13) {
		char was = jws[i];

		if (was == '.')
			continue;
		jws[i] = was == 'A' ? 'B' : 'A';
		g_assert_null(xapi_jws_open(jws, size, NULL));
		jws[i] = was;
	}
}

/* Data, Appendix D. */
static void
test_example(void)
{
	g_autofree char *statement_file =
		g_test_build_filename(G_TEST_DIST, "fixtures", "xapi",
				      "signed.json", NULL);
	g_autofree char *jws_file =
		g_test_build_filename(G_TEST_DIST, "fixtures", "xapi",
				      "signature.jws", NULL);
	g_autofree char *statement = NULL;
	g_autofree char *jws = NULL;
	g_autoptr(GError) error = NULL;

	g_file_get_contents(statement_file, &statement, NULL, &error);
	g_assert_no_error(error);
	g_file_get_contents(jws_file, &jws, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(check(statement, XAPI_1_0, jws, &error));
	g_assert_no_error(error);
}

int
main(int argc, char *argv[])
{
	int failed;

	g_test_init(&argc, &argv, NULL);
	make_keys();
	g_test_add_func("/xapi/jws/data-2.6.s4.b4-rs256-rs384-rs512",
			test_algorithms);
	g_test_add_func("/xapi/jws/data-2.6.s4.b4-no-other-algorithm",
			test_other_algorithms);
	g_test_add_func("/xapi/jws/data-2.6.s5.b3.b3-x5c", test_certificates);
	g_test_add_func("/xapi/jws/data-2.6.s5.b3.b2-payload", test_payloads);
	g_test_add_func("/xapi/jws/data-2.6.s5.b1-malformed", test_form);
	g_test_add_func("/xapi/jws/data-2.6.s5.b3.b3-damaged", test_damage);
	g_test_add_func("/xapi/jws/data-appendix-d-the-example", test_example);
	failed = g_test_run();
	free_keys();
	return failed;
}
