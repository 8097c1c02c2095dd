/* SPDX-License-Identifier: Apache-2.0 */
/* The law: feeding in any split gives the same events, and the same answer,
 * as feeding at once.  Input: the content type, a line feed, the body. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/wire/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool
on_begin(const MultipartHeaders *headers, void *data, GError **error)
{
	g_string_append_printf(data, "[%s|%s|%s]", headers->content_type,
			       headers->encoding, headers->sha256);
	return true;
}

static bool
on_bytes(const void *bytes, size_t size, void *data, GError **error)
{
	g_assert_true(size > 0);
	g_string_append_len(data, bytes, (gssize)size);
	return true;
}

static bool
on_end(void *data, GError **error)
{
	g_string_append_c(data, '|');
	return true;
}

/* Split by a little generator: seed 0 feeds at once. */
static bool
read_all(const char *type, const char *body, size_t size, uint32_t seed,
	 GString *said)
{
	static const MultipartEvents events = { on_begin, on_bytes, on_end };
	g_autoptr(GError) error = NULL;
	g_autoptr(MultipartReader) reader =
		multipart_reader_new(type, &events, said, &error);
	bool ok = reader != NULL;
	uint32_t state = seed;

	for (size_t at = 0, n; ok && at < size; at += n) {
		state = state * 1664525 + 1013904223;
		n = seed == 0 ? size : MIN(1 + (state >> 24) % 9, size - at);
		ok = multipart_reader_feed(reader, body + at, n, &error);
	}
	ok = ok && multipart_reader_finish(reader, &error);
	g_assert_true(ok == (error == NULL));
	g_assert_true(ok || error->domain == FAULT);
	return ok;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const uint8_t *feed = size > 0 ? memchr(bytes, '\n', size) : NULL;
	g_autofree char *type = NULL;
	g_autoptr(GString) once = g_string_new(NULL);
	bool ok;

	if (feed == NULL)
		return 0;
	type = g_strndup((const char *)bytes, (size_t)(feed - bytes));

	const char *body = (const char *)feed + 1;
	size_t n = size - (size_t)(feed + 1 - bytes);

	ok = read_all(type, body, n, 0, once);
	for (uint32_t seed = 1; seed <= 4; seed++) {
		g_autoptr(GString) said = g_string_new(NULL);

		g_assert_true(read_all(type, body, n, seed, said) == ok);
		g_assert_cmpmem(said->str, said->len, once->str, once->len);
	}
	return 0;
}
