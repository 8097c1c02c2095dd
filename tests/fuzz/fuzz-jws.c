/* SPDX-License-Identifier: Apache-2.0 */
/* The law: what is taken for a signature has three parts of base64url, and
 * its payload is the second of them, to the last bit. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/xapi/jws.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_payload(const char *jws, size_t size, GBytes *payload)
{
	const char *begin = (const char *)memchr(jws, '.', size) + 1;
	const char *end = memchr(begin, '.', size - (size_t)(begin - jws));
	gsize n;
	const guchar *bytes = g_bytes_get_data(payload, &n);
	g_autofree char *text = g_base64_encode(bytes, n);

	g_strdelimit(text, "+", '-');
	g_strdelimit(text, "/", '_');
	g_strdelimit(text, "=", '\0');
	g_assert_cmpmem(text, strlen(text), begin, (size_t)(end - begin));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const char text[] =
		"{\"actor\":{\"mbox\":\"mailto:ada@example.org\"},\"verb\":{"
		"\"id\":\"http://example.org/did\"},\"object\":{\"id\":"
		"\"http://example.org/a\"}}";
	const char *jws = (const char *)bytes;
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) payload = xapi_jws_open(jws, size, &error);
	g_autoptr(XapiBatch) batch =
		xapi_batch_read(text, strlen(text), XAPI_1_0, &xapi_limits,
				NULL);
	XapiStatement statement = xapi_batch_get(batch, 0);

	if (payload != NULL)
		check_payload(jws, size, payload);
	else
		g_assert_true(error != NULL && error->domain == FAULT);
	if (!xapi_signature_check(&statement, jws, size, &why))
		g_assert_true(why != NULL && why->domain == FAULT);
	else
		g_assert_nonnull(payload);
	return 0;
}
