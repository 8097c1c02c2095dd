/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The input is the value of one header, read as each of those that say more
 * than a name.  The laws: a language that is chosen is one of the map's, and
 * the same of the header printed again; a version and a content type are read
 * as the same when they are printed plainly; a range lies within what there
 * is; whoever is not trusted names no address but its own.
 */
#include <gio/gio.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sync/district/proxies.h"
#include "sync/district/request-text.h"
#include "sync/xapi/language.h"
#include "sync/xapi/value.h"

#define PEER "192.0.2.1"
#define MAP \
	"{\"en\":\"a\",\"en-GB\":\"b\",\"es-MX\":\"c\",\"zh-Hant\":\"d\"," \
	"\"x-own\":\"e\"}"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const TapeValue *
choose(const char *header, const Tape *map)
{
	g_autoptr(XapiLanguages) languages = xapi_languages_read(header);

	return xapi_languages_choose(languages, tape_root(map));
}

/* What comes after is only looked at if nothing before it suits. */
static void
check_languages(const char *text)
{
	g_autoptr(Tape) map = tape_read(MAP, strlen(MAP), NULL);
	g_autoptr(Tape) none = tape_read("{}", 2, NULL);
	g_autofree char *best = g_strconcat("x-own;q=1,", text, NULL);
	const TapeValue *name = choose(text, map);
	g_autofree char *tag = NULL;

	g_assert_nonnull(name);
	tag = g_strndup(name->text, name->size);
	g_assert_true(tape_member(tape_root(map), tag) == tape_value_of(name));
	g_assert_true(choose(tag, map) == name);
	g_assert_null(choose(text, none));
	if (strpbrk(text, "xX") == NULL) /* q=0 behind it takes it back */
		g_assert_cmpuint(choose(best, map)->size, ==, strlen("x-own"));
}

static void
check_version(const char *text, size_t size)
{
	XapiVersion version, again;
	const char *name;

	if (!xapi_version_parse(text, size, &version))
		return;
	name = xapi_version_name(version);
	g_assert_true(xapi_version_parse(name, strlen(name), &again));
	g_assert_true(again == version && name[0] == text[0]);
}

static void
check_content_type(const char *text, size_t size)
{
	static const char *const types[] = { "application/json",
					     "multipart/mixed" };

	for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
		size_t n = strlen(types[i]);

		if (!xapi_media_type_is(text, size, types[i]))
			continue;
		g_assert_true(size >= n &&
			      g_ascii_strncasecmp(text + strspn(text, " \t"),
						  types[i], n) == 0);
		g_assert_false(xapi_media_type_is(text, size, types[1 - i]));
	}
}

static void
check_range(const char *text)
{
	static const int64_t sizes[] = { 0, 1, 1000, INT64_MAX };

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		int64_t first = -1, last = -1;

		if (range_parse(text, sizes[i], &first, &last) != RANGE_PART)
			continue;
		g_assert_cmpint(first, >=, 0);
		g_assert_cmpint(first, <=, last);
		g_assert_cmpint(last, <, sizes[i]);
	}
}

static void
check_client(const char *header, const char *text)
{
	g_autoptr(Proxies) ours = proxies_parse(PEER, header, NULL);
	g_autoptr(Proxies) nobody = proxies_parse("", header, NULL);
	ProxiesClient client;
	char key[PROXIES_ADDRESS_MAX + 1];

	proxies_find_client(nobody, PEER, text, text, &client);
	g_assert_cmpstr(client.address, ==, PEER);
	g_assert_false(client.https);
	proxies_find_client(ours, PEER, text, text, &client);
	g_assert_true(g_hostname_is_ip_address(client.address) ||
		      strcmp(client.address, "?") == 0);
	proxies_key(client.address, key, sizeof(key));
	g_assert_cmpstr(key, !=, "");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	g_autofree char *text = g_strndup((const char *)bytes, size);

	size = strlen(text);
	check_languages(text);
	check_version(text, size);
	check_content_type(text, size);
	check_range(text);
	check_client("X-Forwarded-For", text);
	check_client("Forwarded", text);
	return 0;
}
