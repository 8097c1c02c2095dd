/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/fault.h"
#include "sync/district/proxies.h"

#define OURS  "10.0.0.0/8, 192.0.2.1,2001:db8:1::/48"
#define OLDER "X-Forwarded-For"
#define NEWER "Forwarded"

/* peer NULL: a unix socket. */
static const struct {
	const char *claim, *header, *peer, *forwarded, *proto, *client;
	bool https;
} cases[] = {
	{ "nobody-in-front", OLDER, "203.0.113.9", NULL, NULL, "203.0.113.9",
	  false },
	{ "a-stranger-is-not-believed", OLDER, "203.0.113.9", "198.51.100.1",
	  "https", "203.0.113.9", false },
	{ "a-proxy-is-believed", OLDER, "10.1.2.3", "198.51.100.1", "https",
	  "198.51.100.1", true },
	{ "what-a-client-wrote-before-is-not", OLDER, "10.1.2.3",
	  "127.0.0.1, 198.51.100.1", "https", "198.51.100.1", true },
	{ "two-proxies-of-ours", OLDER, "10.1.2.3", "198.51.100.1, 192.0.2.1",
	  "http", "198.51.100.1", false },
	{ "a-client-that-is-a-proxy", OLDER, "10.1.2.3", "10.9.9.9", NULL,
	  "10.9.9.9", false },
	{ "a-proxy-that-says-nothing", OLDER, "10.1.2.3", NULL, NULL,
	  "10.1.2.3", false },
	{ "rubbish-stops-at-the-proxy", OLDER, "10.1.2.3",
	  "198.51.100.1, <script>", NULL, "10.1.2.3", false },
	{ "a-port-is-no-part-of-it", OLDER, "10.1.2.3", "198.51.100.1:4711",
	  NULL, "198.51.100.1", false },
	{ "the-last-proto-is-the-nearest-proxy's", OLDER, "10.1.2.3",
	  "198.51.100.1", "https, http", "198.51.100.1", false },
	{ "a-unix-socket-is-a-proxy", OLDER, NULL, "198.51.100.1", "https",
	  "198.51.100.1", true },
	{ "nobody-knows", OLDER, NULL, NULL, NULL, "?", false },
	{ "ipv6", OLDER, "2001:db8:1::7", "2001:db8:ffff::1", NULL,
	  "2001:db8:ffff::1", false },
	{ "ipv4-as-ipv6", OLDER, "::ffff:10.1.2.3", "::ffff:198.51.100.1", NULL,
	  "198.51.100.1", false },
	{ "the-other-header-is-not-read", NEWER, "10.1.2.3", NULL, "https",
	  "10.1.2.3", false },
	{ "rfc-7239", NEWER, "10.1.2.3",
	  "for=127.0.0.1, for=\"[2001:db8:cafe::17]:4711\" ;proto=HTTPS; by=_x",
	  NULL, "2001:db8:cafe::17", true },
	{ "rfc-7239-a-hidden-client", NEWER, "10.1.2.3",
	  "for=198.51.100.1, for=_hidden;proto=https", NULL, "10.1.2.3", true },
	{ "rfc-7239-two-of-ours", NEWER, "10.1.2.3",
	  "for=198.51.100.1;proto=https, For=10.4.4.4;proto=http", NULL,
	  "198.51.100.1", true },
};

static void
test_client(const void *data)
{
	size_t i = GPOINTER_TO_SIZE(data);
	g_autoptr(GError) error = NULL;
	g_autoptr(Proxies) proxies =
		proxies_parse(OURS, cases[i].header, &error);
	ProxiesClient client;

	g_assert_no_error(error);
	proxies_find_client(proxies, cases[i].peer, cases[i].forwarded,
			    cases[i].proto, &client);
	g_assert_cmpstr(client.address, ==, cases[i].client);
	g_assert_true(client.https == cases[i].https);
}

static void
test_long(void)
{
	g_autoptr(Proxies) proxies = proxies_parse("0.0.0.0/0", OLDER, NULL);
	GString *list = g_string_new("198.51.100.1");
	ProxiesClient client;

	for (int i = 0; i < 1000; i++)
		g_string_append(list, ",10.0.0.1");
	proxies_find_client(proxies, "10.0.0.1", list->str, NULL, &client);
	g_assert_cmpstr(client.address, ==, "10.0.0.1");
	g_string_free(list, TRUE);
}

static void
test_settings(void)
{
	static const char *const bad[] = { "10.0.0.0/33", "proxy.example",
					   "10.0.0.1;10.0.0.2" };

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(proxies_parse(bad[i], OLDER, &error));
		g_assert_error(error, FAULT, FAULT_INVALID);
	}
	g_assert_null(proxies_parse("", "X-Real-IP", NULL));
}

static void
test_key(void)
{
	char key[PROXIES_ADDRESS_MAX + 1];

	proxies_key("198.51.100.1", key, sizeof(key));
	g_assert_cmpstr(key, ==, "198.51.100.1");
	proxies_key("2001:db8:1:2:3:4:5:6", key, sizeof(key));
	g_assert_cmpstr(key, ==, "2001:db8:1:2::");
	proxies_key("?", key, sizeof(key));
	g_assert_cmpstr(key, ==, "?");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *path =
			g_strconcat("/proxies/", cases[i].claim, NULL);

		g_test_add_data_func(path, GSIZE_TO_POINTER(i), test_client);
	}
	g_test_add_func("/proxies/a-long-list-is-not-followed-to-its-end",
			test_long);
	g_test_add_func("/proxies/a-setting-that-is-no-address-is-refused",
			test_settings);
	g_test_add_func("/proxies/an-ipv6-client-is-its-network", test_key);
	return g_test_run();
}
