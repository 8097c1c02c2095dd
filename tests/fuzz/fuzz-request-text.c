/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is one text of a request to the district: a credential, a
 * cookie, an ETag, a path, a header's name, a time of the audit log.  The
 * laws: what is taken prints as one that is taken for the same, and nothing
 * is taken that is not there.
 */
#include <sodium.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sync/district/audit-json.h"
#include "sync/district/request-text.h"
#include "sync/district/route.h"

#define COOKIE "cairn"
#define TAG    "b94d27b9"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void
check_basic(const char *text)
{
	char user[BASIC_USER_MAX + 1], secret[BASIC_SECRET_MAX + 1];
	char user_again[BASIC_USER_MAX + 1];
	char secret_again[BASIC_SECRET_MAX + 1];
	g_autofree char *both = NULL, *coded = NULL, *printed = NULL;

	if (!basic_parse(text, user, secret))
		return;
	g_assert_true(basic_user_is_valid(user));
	g_assert_true(basic_secret_is_valid(secret));
	both = g_strconcat(user, ":", secret, NULL);
	coded = g_base64_encode((const guchar *)both, strlen(both));
	printed = g_strconcat("Basic ", coded, NULL);
	g_assert_true(basic_parse(printed, user_again, secret_again));
	g_assert_cmpstr(user_again, ==, user);
	g_assert_cmpstr(secret_again, ==, secret);
}

static void
check_cookie(const char *text)
{
	char token[ID_TOKEN + 1], again[ID_TOKEN + 1];
	g_autofree char *printed = NULL;

	if (!cookie_parse(text, COOKIE, token))
		return;
	printed = g_strconcat(COOKIE "=", token, NULL);
	g_assert_nonnull(strstr(text, printed));
	g_assert_true(cookie_parse(printed, COOKIE, again));
	g_assert_cmpstr(again, ==, token);
}

static void
check_etag(const char *text)
{
	g_autofree char *with = g_strconcat(text, ", \"" TAG "\"", NULL);

	if (etag_matches(text, TAG))
		g_assert_true(strchr(text, '*') != NULL ||
			      strstr(text, "\"" TAG "\"") != NULL);
	g_assert_true(etag_matches(with, TAG));
}

/* The pattern with its star written out is the path. */
static void
check_path(const char *pattern, const char *path)
{
	char argument[EXCHANGE_ARGUMENT_MAX + 1] = "";
	g_auto(GStrv) around = g_strsplit(pattern, "*", -1);
	size_t n = g_strv_length(around);
	g_autofree char *printed = NULL;

	if (!path_matches(pattern, path, argument, sizeof(argument)))
		return;
	printed = g_strconcat(around[0], argument, n > 1 ? around[n - 1] : NULL,
			      NULL);
	g_assert_cmpstr(printed, ==, path);
	g_assert_null(strstr(argument, ".."));
	g_assert_true(n < 2 || argument[0] != '\0');
	g_assert_true(n == 3 || strchr(argument, '/') == NULL);
	g_assert_true(argument[0] != '/' && argument[0] != '.');
}

static void
check_paths(const char *text)
{
	size_t n;
	const Route *routes = route_get_all(&n);

	for (size_t i = 0; i < n; i++)
		check_path(routes[i].path, text);
}

/* Without gaps twice is without gaps. */
static void
check_gaps(const char *text)
{
	g_autofree char *once = path_without_gaps(text);
	g_autofree char *twice = path_without_gaps(once);

	g_assert_cmpstr(once, ==, twice);
	g_assert_null(strstr(once, "//"));
}

static void
check_when(const char *text)
{
	const WallTime now = { INT64_C(1795000000) * G_USEC_PER_SEC };
	g_autoptr(GError) error = NULL;
	WallTime at = { INT64_MIN };
	char printed[CLOCK_TIMESTAMP_SIZE];
	WallTime again;

	if (!audit_parse_when(text, now, &at, &error)) {
		g_assert_nonnull(error);
		return;
	}
	clock_format(at, printed);
	g_assert_true(clock_parse(printed, &again));
	g_assert_cmpint(ABS(again.us - at.us), <, 1000);
}

static void
check_name(const char *text)
{
	g_autofree char *with = g_strconcat("X-", text, NULL);

	if (header_name_is_valid(text))
		g_assert_null(strpbrk(text, " \t\r\n:,;()<>@\\\"/[]?={}"));
	g_assert_true(text[0] == '\0' ||
		      header_name_is_valid(with) == header_name_is_valid(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree char *text = g_strndup((const char *)bytes, size);

	check_basic(text);
	check_cookie(text);
	check_etag(text);
	check_paths(text);
	check_gaps(text);
	check_name(text);
	check_when(text);
	return 0;
}
