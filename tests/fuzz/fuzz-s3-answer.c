/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is what a store that speaks S3 answers: headers, an empty line, a
 * body.  The laws: no number is less than nothing unless it was not said, and
 * a range lies within its whole; an error's code is a word; a list that is
 * read is read the same from its own print, and one that goes on says where.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/base/fault.h"
#include "sync/district/s3-answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *
end_of_line(const char *at, const char *end)
{
	const char *line = memchr(at, '\n', (size_t)(end - at));

	return line != NULL ? line + 1 : end;
}

static void
check_headers(const S3Headers *headers)
{
	g_assert_cmpint(headers->size, >=, -1);
	g_assert_cmpint(headers->retry_after_s, >=, -1);
	g_assert_true((headers->first < 0) == (headers->whole < 0));
	g_assert_true(headers->whole < 0 || headers->first < headers->whole);
	g_assert_cmpuint(strlen(headers->checksum), <,
			 sizeof(headers->checksum));
}

/* The body behind them. */
static const char *
read_headers(const char *at, const char *end)
{
	S3Headers headers;

	s3_headers_clear(&headers);
	while (at < end && *at != '\n' && *at != '\r') {
		const char *next = end_of_line(at, end);

		s3_headers_take(&headers, at, (size_t)(next - at));
		check_headers(&headers);
		at = next;
	}
	return at < end ? end_of_line(at, end) : at;
}

static void
check_code(const char *text, size_t size)
{
	char code[S3_CODE_MAX + 1];

	s3_error_code(text, size, code);
	for (const char *at = code; *at != '\0'; at++)
		g_assert_true(g_ascii_isalnum(*at) || *at == '.');
}

static bool
print_object(const char *key, int64_t size, void *data, GError **error)
{
	g_autofree char *escaped = g_markup_escape_text(key, -1);

	g_assert_cmpint(size, >=, 0);
	g_string_append_printf(data,
			       "<Contents><Key>%s</Key><Size>%" G_GINT64_FORMAT
			       "</Size></Contents>",
			       escaped, (gint64)size);
	return true;
}

/* What is read of a list, as a list; NULL: it is none. */
static GString *
print_list(const char *text, size_t size)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *next = NULL;
	GString *out = g_string_new("<ListBucketResult>");

	if (!s3_list_read(text, size, print_object, out, &next, &error)) {
		g_assert_error(error, FAULT, FAULT_DAMAGED);
		g_assert_true(g_utf8_validate(error->message, -1, NULL));
		g_string_free(out, TRUE);
		return NULL;
	}
	if (next != NULL) {
		g_autofree char *escaped = g_markup_escape_text(next, -1);

		g_assert_cmpstr(next, !=, "");
		g_string_append_printf(out,
				       "<IsTruncated>true</IsTruncated>"
				       "<NextContinuationToken>%s"
				       "</NextContinuationToken>",
				       escaped);
	}
	g_string_append(out, "</ListBucketResult>");
	return out;
}

static void
check_list(const char *text, size_t size)
{
	GString *first = print_list(text, size);
	GString *again;

	if (first == NULL)
		return;
	again = print_list(first->str, first->len);
	g_assert_nonnull(again);
	g_assert_cmpstr(first->str, ==, again->str);
	g_string_free(first, TRUE);
	g_string_free(again, TRUE);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	const char *end = text + size;
	const char *body = read_headers(text, end);

	check_code(body, (size_t)(end - body));
	check_list(body, (size_t)(end - body));
	return 0;
}
