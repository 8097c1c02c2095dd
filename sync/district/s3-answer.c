/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/s3-answer.h"

#include <string.h>

#include "app/base/fault.h"

#define KEY_MAX   1024 /* what S3 allows */
#define TOKEN_MAX 8192
#define DEPTH_MAX 8 /* of elements; a list has four */

/* --- headers --- */

void
s3_headers_clear(S3Headers *headers)
{
	*headers = (S3Headers){
		.size = -1, .first = -1, .whole = -1, .retry_after_s = -1
	};
}

/* Digits and nothing else; *rest behind them. */
static bool
read_number(const char *text, int64_t *out, const char **rest)
{
	const char *end = text;

	while (g_ascii_isdigit(*end))
		end++;
	if (end == text || end - text > 18)
		return false;
	*out = g_ascii_strtoll(text, NULL, 10);
	*rest = end;
	return true;
}

static int64_t
number_of(const char *text)
{
	const char *rest;
	int64_t n;

	return read_number(text, &n, &rest) && *rest == '\0' ? n : -1;
}

/* "bytes 0-9/200" */
static void
read_range(S3Headers *headers, const char *text)
{
	int64_t first, last, whole;
	const char *at = text + strlen("bytes ");

	if (!g_str_has_prefix(text, "bytes ") ||
	    !read_number(at, &first, &at) || *at++ != '-' ||
	    !read_number(at, &last, &at) || *at++ != '/' ||
	    !read_number(at, &whole, &at) || *at != '\0' || first > last ||
	    last >= whole)
		return;
	headers->first = first;
	headers->whole = whole;
}

void
s3_headers_take(S3Headers *headers, const char *line, size_t size)
{
	g_autofree char *text = g_strndup(line, size);
	char *value = strchr(text, ':');

	if (g_str_has_prefix(text, "HTTP/"))
		s3_headers_clear(headers);
	if (value == NULL)
		return;
	*value++ = '\0';
	value = g_strstrip(value);
	if (g_ascii_strcasecmp(text, "Content-Length") == 0)
		headers->size = number_of(value);
	else if (g_ascii_strcasecmp(text, "Content-Range") == 0)
		read_range(headers, value);
	else if (g_ascii_strcasecmp(text, "Retry-After") == 0)
		headers->retry_after_s = number_of(value);
	else if (g_ascii_strcasecmp(text, "x-amz-checksum-sha256") == 0 &&
		 strlen(value) < sizeof(headers->checksum))
		g_strlcpy(headers->checksum, value, sizeof(headers->checksum));
}

/* --- XML --- */

/* The text of the innermost element, and what has been read of the whole. */
typedef struct {
	GString *text; /* owned */
	guint depth;
	bool root; /* it is what it should be */
	const char *root_name;

	char code[S3_CODE_MAX + 1]; /* of an error */

	S3ObjectFunc each; /* of a list */
	void *data;
	char *key;    /* owned */
	int64_t size; /* -1: not said */
	bool in_object, truncated;
	char *next; /* owned */
} Reading;

static bool
damaged(GError **error, const char *why)
{
	g_set_error(error, FAULT, FAULT_DAMAGED,
		    "the store's answer is not as S3 has it: %s", why);
	return false;
}

static void
on_start(GMarkupParseContext *context, const char *name, const char **names,
	 const char **values, void *data, GError **error)
{
	Reading *reading = data;

	if (++reading->depth > DEPTH_MAX) {
		damaged(error, "elements too deep");
		return;
	}
	if (reading->depth == 1)
		reading->root = g_str_equal(name, reading->root_name);
	if (reading->depth == 2 && g_str_equal(name, "Contents")) {
		reading->in_object = true;
		reading->size = -1;
		g_clear_pointer(&reading->key, g_free);
	}
	g_string_truncate(reading->text, 0);
}

static void
on_text(GMarkupParseContext *context, const char *text, size_t size, void *data,
	GError **error)
{
	Reading *reading = data;

	if (reading->text->len + size > TOKEN_MAX)
		damaged(error, "a text too long");
	else
		g_string_append_len(reading->text, text, (gssize)size);
}

static const GMarkupParser *
parser_of(GMarkupParser *out,
	  void (*end)(GMarkupParseContext *, const char *, void *, GError **))
{
	*out = (GMarkupParser){ .start_element = on_start,
				.end_element = end,
				.text = on_text };
	return out;
}

/* --- errors --- */

static void
on_error_end(GMarkupParseContext *context, const char *name, void *data,
	     GError **error)
{
	Reading *reading = data;
	const char *text = reading->text->str;

	/* A word, whatever else it may be: it goes to the log. */
	if (reading->root && reading->depth == 2 && g_str_equal(name, "Code") &&
	    strlen(text) <= S3_CODE_MAX &&
	    text[strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS ".")] ==
		    '\0')
		g_strlcpy(reading->code, text, sizeof(reading->code));
	reading->depth--;
	g_string_truncate(reading->text, 0);
}

void
s3_error_code(const char *text, size_t size, char out[static S3_CODE_MAX + 1])
{
	Reading reading = { .text = g_string_new(NULL), .root_name = "Error" };
	GMarkupParser parser;
	GMarkupParseContext *context =
		g_markup_parse_context_new(parser_of(&parser, on_error_end), 0,
					   &reading, NULL);

	/* What was read before it broke off is good enough. */
	(void)g_markup_parse_context_parse(context, text, (gssize)size, NULL);
	g_strlcpy(out, reading.code, S3_CODE_MAX + 1);
	g_markup_parse_context_free(context);
	g_string_free(reading.text, TRUE);
}

/* --- lists --- */

static bool
end_object(Reading *reading, GError **error)
{
	reading->in_object = false;
	if (reading->key == NULL || reading->size < 0)
		return damaged(error, "an object without key or size");
	return reading->each(reading->key, reading->size, reading->data, error);
}

static void
take_object(Reading *reading, const char *name)
{
	const char *text = reading->text->str;

	if (g_str_equal(name, "Key") && strlen(text) <= KEY_MAX) {
		g_free(reading->key);
		reading->key = g_strdup(text);
	} else if (g_str_equal(name, "Size")) {
		reading->size = number_of(text);
	}
}

static void
on_list_end(GMarkupParseContext *context, const char *name, void *data,
	    GError **error)
{
	Reading *reading = data;
	const char *text = reading->text->str;

	if (reading->depth == 3 && reading->in_object) {
		take_object(reading, name);
	} else if (reading->depth == 2 && g_str_equal(name, "Contents")) {
		(void)end_object(reading, error);
	} else if (reading->depth == 2 && g_str_equal(name, "IsTruncated")) {
		reading->truncated = g_str_equal(text, "true");
	} else if (reading->depth == 2 &&
		   g_str_equal(name, "NextContinuationToken")) {
		g_free(reading->next);
		reading->next = g_strdup(text);
	}
	reading->depth--;
	g_string_truncate(reading->text, 0);
}

static bool
check_list(const Reading *reading, GError **error)
{
	if (!reading->root)
		return damaged(error, "no ListBucketResult");
	if (reading->truncated &&
	    (reading->next == NULL || reading->next[0] == '\0'))
		return damaged(error, "a list that goes on nowhere");
	return true;
}

/* The reader's own faults are the store's. */
static void
as_fault(GError *cause, GError **error)
{
	if (cause->domain == G_MARKUP_ERROR)
		damaged(error, cause->message);
	else
		g_propagate_error(error, g_error_copy(cause));
}

bool
s3_list_read(const char *text, size_t size, S3ObjectFunc each, void *data,
	     char **next, GError **error)
{
	Reading reading = { .text = g_string_new(NULL),
			    .root_name = "ListBucketResult",
			    .each = each,
			    .data = data };
	GMarkupParser parser;
	GMarkupParseContext *context =
		g_markup_parse_context_new(parser_of(&parser, on_list_end), 0,
					   &reading, NULL);
	g_autoptr(GError) cause = NULL;
	bool ok = g_markup_parse_context_parse(context, text, (gssize)size,
					       &cause) &&
		  g_markup_parse_context_end_parse(context, &cause);

	if (!ok)
		as_fault(cause, error);
	ok = ok && check_list(&reading, error);
	if (ok)
		*next = reading.truncated ? g_steal_pointer(&reading.next)
					  : NULL;
	g_markup_parse_context_free(context);
	g_string_free(reading.text, TRUE);
	g_free(reading.key);
	g_free(reading.next);
	return ok;
}
