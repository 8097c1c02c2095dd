/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>
#include <glib/gstdio.h>

#include "app/base/fault.h"
#include "app/base/id.h"
#include "sync/district/s3-sign.h"

/*
 * Vectors that AWS publishes: those of "Signature Calculations for the
 * Authorization Header" in the S3 API reference, and of its Signature
 * Version 4 test suite.
 */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define LIST(...) \
	(const S3Header[]){ __VA_ARGS__ }, \
		sizeof((const S3Header[]){ __VA_ARGS__ }) / sizeof(S3Header)
#define HOST \
	{ \
		"host", "examplebucket.s3.amazonaws.com" \
	}
#define DATE \
	{ \
		"x-amz-date", "20130524T000000Z" \
	}

#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

typedef struct {
	const char *name, *method, *path;
	const S3Header *query;
	size_t n_query;
	const S3Header *headers;
	size_t n_headers;
	const char *payload, *signature;
} Vector;

static const Vector of_s3[] = {
	{ "get an object", "GET", "/test.txt", NULL, 0,
	  LIST(HOST, { "range", "bytes=0-9" },
	       { "x-amz-content-sha256", EMPTY }, DATE),
	  EMPTY,
	  "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41" },
	{ "put an object", "PUT", "/test%24file.text", NULL, 0,
	  LIST(DATE, HOST, { "date", "Fri, 24 May 2013 00:00:00 GMT" },
	       { "x-amz-storage-class", "REDUCED_REDUNDANCY" },
	       { "x-amz-content-sha256",
		 "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b"
		 "072" }),
	  "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
	  "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd" },
	{ "a query without a value", "GET", "/", LIST({ "lifecycle", "" }),
	  LIST(HOST, { "x-amz-content-sha256", EMPTY }, DATE), EMPTY,
	  "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543" },
	{ "list", "GET", "/", LIST({ "prefix", "J" }, { "max-keys", "2" }),
	  LIST(HOST, { "x-amz-content-sha256", EMPTY }, DATE), EMPTY,
	  "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7" },
};

#define PLAIN \
	{ "host", "example.amazonaws.com" }, \
	{ \
		"x-amz-date", "20150830T123600Z" \
	}

static const Vector of_suite[] = {
	{ "get-vanilla", "GET", "/", NULL, 0, LIST(PLAIN), EMPTY,
	  "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31" },
	{ "get-vanilla-query-order-key-case", "GET", "/",
	  LIST({ "Param2", "value2" }, { "Param1", "value1" }), LIST(PLAIN),
	  EMPTY,
	  "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500" },
	{ "get-utf8", "GET", "/%E1%88%B4", NULL, 0, LIST(PLAIN), EMPTY,
	  "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85" },
	{ "get-vanilla-query-unreserved", "GET", "/",
	  LIST({ "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
		 "vwxyz",
		 "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
		 "vwxyz" }),
	  LIST(PLAIN), EMPTY,
	  "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197" },
	{ "get-header-value-trim", "GET", "/", NULL, 0,
	  LIST({ "my-header1", " value1" }, { "my-header2", " \"a   b   c\"" },
	       PLAIN),
	  EMPTY,
	  "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736" },
	{ "post-vanilla", "POST", "/", NULL, 0, LIST(PLAIN), EMPTY,
	  "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b" },
};

static void
check(const Vector *v, const char *access, const char *service,
      const char *stamp)
{
	char secret[] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
	char suite[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
	g_autofree char *name = g_strdup(access);
	S3Key key = { name, g_str_equal(service, "s3") ? secret : suite, NULL };
	S3Signing what = { .method = v->method,
			   .path = v->path,
			   .query = v->query,
			   .n_query = v->n_query,
			   .headers = v->headers,
			   .n_headers = v->n_headers,
			   .payload = v->payload,
			   .region = "us-east-1",
			   .service = service,
			   .stamp = stamp };
	g_autofree char *is = s3_sign(&what, &key);
	g_autofree char *scope =
		g_strdup_printf("AWS4-HMAC-SHA256 Credential=%s/%.8s/us-east-1/"
				"%s/aws4_request, SignedHeaders=",
				access, stamp, service);

	g_test_message("%s: %s", v->name, is);
	g_assert_true(g_str_has_prefix(is, scope));
	g_assert_cmpstr(strstr(is, "Signature=") + strlen("Signature="), ==,
			v->signature);
}

static void
test_s3(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(of_s3); i++)
		check(&of_s3[i], "AKIAIOSFODNN7EXAMPLE", "s3",
		      "20130524T000000Z");
}

static void
test_suite(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(of_suite); i++)
		check(&of_suite[i], "AKIDEXAMPLE", "service",
		      "20150830T123600Z");
}

/* A name that begins another is first, whatever follows it. */
static void
test_query(void)
{
	const S3Header query[] = { { "a-b", "1" },
				   { "a", "2+/= é" },
				   { "a", "1" },
				   { "a.b", "" },
				   { "a%", "x" } };
	g_autofree char *is = s3_query(query, G_N_ELEMENTS(query));

	g_assert_cmpstr(is, ==, "a=1&a=2%2B%2F%3D%20%C3%A9&a%25=x&a-b=1&a.b=");
}

static void
test_headers(void)
{
	const S3Header headers[] = { { "x-amz-date-more", "b" },
				     { "x-amz-date", "a" },
				     { "host", "h" } };
	char access[] = "test:tester", secret[] = "s";
	S3Key key = { access, secret, NULL };
	S3Signing what = { .method = "GET",
			   .path = "/",
			   .headers = headers,
			   .n_headers = G_N_ELEMENTS(headers),
			   .payload = EMPTY,
			   .region = "r",
			   .service = "s3",
			   .stamp = "20130524T000000Z" };
	g_autofree char *is = s3_sign(&what, &key);

	g_assert_nonnull(
		strstr(is, "SignedHeaders=host;x-amz-date;x-amz-date-more, "));
}

static void
test_stamp(void)
{
	char stamp[S3_STAMP + 1];

	s3_stamp((WallTime){ INT64_C(1369353600) * G_USEC_PER_SEC }, stamp);
	g_assert_cmpstr(stamp, ==, "20130524T000000Z");
}

/* --- the key's file --- */

static void
try_key(const char *text, mode_t mode, S3Key *out, int fault)
{
	g_autofree char *folder = g_dir_make_tmp("key-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(folder, "s3.key", NULL);
	g_autoptr(GError) error = NULL;
	bool ok = g_file_set_contents(path, text, -1, NULL) &&
		  chmod(path, mode) == 0;

	g_assert_true(ok);
	ok = s3_key_read(path, out, &error);
	if (fault < 0)
		g_assert_no_error(error);
	else
		g_assert_error(error, FAULT, fault);
	g_assert_true(ok == (fault < 0));
	g_assert_true(error == NULL || strstr(error->message, "hush") == NULL);
}

static void
test_key(void)
{
	g_auto(S3Key) two = { 0 }, three = { 0 };
	S3Key none;

	try_key("name\nhush\n", 0600, &two, -1);
	g_assert_cmpstr(two.access, ==, "name");
	g_assert_cmpstr(two.secret, ==, "hush");
	g_assert_null(two.token);
	try_key("name\r\nhush\r\ntoken", 0400, &three, -1);
	g_assert_cmpstr(three.secret, ==, "hush");
	g_assert_cmpstr(three.token, ==, "token");
	try_key("name\nhush\n", 0644, &none, FAULT_REFUSED);
	try_key("name\n", 0600, &none, FAULT_INVALID);
	try_key("name hush\n", 0600, &none, FAULT_INVALID);
	try_key("name\nhu sh\n", 0600, &none, FAULT_INVALID);
	try_key("name\nhush\ntoken\nmore\n", 0600, &none, FAULT_INVALID);
	try_key("", 0600, &none, FAULT_INVALID);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/s3-sign/as-amazon-documents-it", test_s3);
	g_test_add_func("/s3-sign/as-its-test-suite-has-it", test_suite);
	g_test_add_func("/s3-sign/a-query-is-escaped-and-sorted", test_query);
	g_test_add_func("/s3-sign/headers-are-sorted-by-name", test_headers);
	g_test_add_func("/s3-sign/an-instant-is-stamped", test_stamp);
	g_test_add_func("/s3-sign/a-key-is-a-secret-file", test_key);
	return g_test_run();
}
