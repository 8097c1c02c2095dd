/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/proxies.h"

#include <string.h>
#include <gio/gio.h>

#include "app/base/fault.h"

#define X_FORWARDED "X-Forwarded-For"
#define FORWARDED   "Forwarded"
#define HOPS_MAX    16 /* of a header that anyone may have begun */

struct Proxies {
	GPtrArray *trusted; /* owned: GInetAddressMask */
	bool forwarded;     /* RFC 7239's header, not the older ones */
};

/* --- the settings --- */

static bool
add_trusted(Proxies *proxies, const char *text, GError **error)
{
	g_autoptr(GError) cause = NULL;
	GInetAddressMask *mask =
		g_inet_address_mask_new_from_string(text, &cause);

	if (mask != NULL) {
		g_ptr_array_add(proxies->trusted, mask);
		return true;
	}
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[proxy] trusted: \"%s\" is no address or network: %s",
		    text, cause->message);
	return false;
}

Proxies *
proxies_parse(const char *trusted, const char *header, GError **error)
{
	g_autoptr(Proxies) proxies = g_new0(Proxies, 1);
	g_auto(GStrv) words = g_strsplit_set(trusted, ", ", -1);

	proxies->trusted = g_ptr_array_new_with_free_func(g_object_unref);
	proxies->forwarded = g_ascii_strcasecmp(header, FORWARDED) == 0;
	if (!proxies->forwarded &&
	    g_ascii_strcasecmp(header, X_FORWARDED) != 0) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "[proxy] header is " X_FORWARDED " or " FORWARDED
			    ", not \"%s\"",
			    header);
		return NULL;
	}
	for (char **word = words; *word != NULL; word++)
		if (**word != '\0' && !add_trusted(proxies, *word, error))
			return NULL;
	return g_steal_pointer(&proxies);
}

const char *
proxies_header(const Proxies *proxies)
{
	return proxies->forwarded ? FORWARDED : X_FORWARDED;
}

/* --- addresses --- */

/* An IPv4 client of an IPv6 socket is ::ffff:192.0.2.7. */
static GInetAddress *
parse_address(const char *text)
{
	static const char mapped[] = "::ffff:";
	GInetAddress *address = NULL;

	if (g_ascii_strncasecmp(text, mapped, strlen(mapped)) == 0)
		address = g_inet_address_new_from_string(text + strlen(mapped));
	return address != NULL ? address : g_inet_address_new_from_string(text);
}

/* "192.0.2.7", "192.0.2.7:47011", "[2001:db8::1]:47011", "2001:db8::1". */
static GInetAddress *
parse_node(const char *text)
{
	g_autofree char *host = g_strdup(text);
	char *end = host[0] == '[' ? strchr(host, ']') : NULL;
	char *colon = strchr(host, ':');

	if (end != NULL) {
		*end = '\0';
		return parse_address(host + 1);
	}
	if (colon != NULL && strchr(colon + 1, ':') == NULL)
		*colon = '\0';
	return parse_address(host);
}

static bool
is_trusted(const Proxies *proxies, GInetAddress *address)
{
	for (guint i = 0; i < proxies->trusted->len; i++)
		if (g_inet_address_mask_matches(proxies->trusted->pdata[i],
						address))
			return true;
	return false;
}

/* --- what a header says --- */

typedef struct {
	char *node;
	bool https;
} Hop;

static void
clear_hop(void *hop)
{
	g_free(((Hop *)hop)->node);
}

static char *
unquote(const char *text)
{
	size_t n = strlen(text);

	return n >= 2 && text[0] == '"' && text[n - 1] == '"'
		       ? g_strndup(text + 1, n - 2)
		       : g_strdup(text);
}

/* One element of Forwarded: for=192.0.2.43;proto=https;by=… */
static Hop
parse_element(const char *text)
{
	g_auto(GStrv) pairs = g_strsplit(text, ";", 8);
	Hop hop = { 0 };

	for (char **pair = pairs; *pair != NULL; pair++) {
		char *equals = strchr(g_strstrip(*pair), '=');
		g_autofree char *value = NULL;

		if (equals == NULL)
			continue;
		*equals = '\0';
		value = unquote(equals + 1);
		if (g_ascii_strcasecmp(*pair, "for") == 0 && hop.node == NULL)
			hop.node = g_steal_pointer(&value);
		else if (g_ascii_strcasecmp(*pair, "proto") == 0)
			hop.https = g_ascii_strcasecmp(value, "https") == 0;
	}
	return hop;
}

/* The nearest hop last.  A comma in quotes parts what no address contains. */
static GArray *
read_hops(const Proxies *proxies, const char *text)
{
	GArray *hops = g_array_new(FALSE, FALSE, sizeof(Hop));
	g_auto(GStrv) words = g_strsplit(text != NULL ? text : "", ",", -1);

	g_array_set_clear_func(hops, clear_hop);
	for (char **word = words; *word != NULL; word++) {
		Hop hop = { 0 };

		g_strstrip(*word);
		if (**word == '\0')
			continue;
		if (proxies->forwarded)
			hop = parse_element(*word);
		else
			hop.node = g_strdup(*word);
		g_array_append_val(hops, hop);
	}
	return hops;
}

static void
set_address(ProxiesClient *out, GInetAddress *address)
{
	g_autofree char *text = g_inet_address_to_string(address);

	g_strlcpy(out->address, text, sizeof(out->address));
}

/* From the nearest on, as long as who says it is a proxy of ours. */
static void
follow_hops(const Proxies *proxies, const GArray *hops, ProxiesClient *out)
{
	for (guint i = 0; i < MIN(hops->len, HOPS_MAX); i++) {
		const Hop *hop = &g_array_index(hops, Hop, hops->len - 1 - i);
		g_autoptr(GInetAddress) address =
			hop->node != NULL ? parse_node(hop->node) : NULL;

		if (proxies->forwarded)
			out->https = hop->https;
		if (address == NULL)
			return;
		set_address(out, address);
		if (!is_trusted(proxies, address))
			return;
	}
}

/* The last word is of the nearest proxy. */
static bool
says_https(const char *proto)
{
	const char *last = proto != NULL ? strrchr(proto, ',') : NULL;
	g_autofree char *word = g_strdup(last != NULL ? last + 1 : proto);

	return word != NULL &&
	       g_ascii_strcasecmp(g_strstrip(word), "https") == 0;
}

void
proxies_find_client(const Proxies *proxies, const char *peer,
		    const char *forwarded, const char *proto,
		    ProxiesClient *out)
{
	g_autoptr(GInetAddress) address =
		peer != NULL ? parse_address(peer) : NULL;
	g_autoptr(GArray) hops = NULL;

	*out = (ProxiesClient){ .address = "?" };
	if (address != NULL)
		set_address(out, address);
	if (peer != NULL && (address == NULL || !is_trusted(proxies, address)))
		return;
	hops = read_hops(proxies, forwarded);
	out->https = !proxies->forwarded && says_https(proto);
	follow_hops(proxies, hops, out);
}

void
proxies_key(const char *address, char *out, size_t size)
{
	g_autoptr(GInetAddress) parsed =
		g_inet_address_new_from_string(address);
	guint8 bytes[16] = { 0 };
	g_autoptr(GInetAddress) net = NULL;
	g_autofree char *text = NULL;

	if (parsed == NULL ||
	    g_inet_address_get_family(parsed) != G_SOCKET_FAMILY_IPV6) {
		g_strlcpy(out, address, size);
		return;
	}
	memcpy(bytes, g_inet_address_to_bytes(parsed), 8);
	net = g_inet_address_new_from_bytes(bytes, G_SOCKET_FAMILY_IPV6);
	text = g_inet_address_to_string(net);
	g_strlcpy(out, text, size);
}

void
proxies_free(Proxies *proxies)
{
	if (proxies == NULL)
		return;

	g_ptr_array_unref(proxies->trusted);
	g_free(proxies);
}
