/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <gio/gio.h>

#include "app/base/fault.h"

#define UNIX_PREFIX "unix:"
/* The proxy is another user, and in our group. */
#define UNIX_MODE 0660

static bool
fail(const char *place, int code, const char *why, GError **error)
{
	g_set_error(error, FAULT, code, "--listen %s: %s", place, why);
	return false;
}

static bool
start(Listener *out, const struct sockaddr *at, socklen_t size,
      const char *place, GError **error)
{
	static const int on = 1;

	out->socket = socket(at->sa_family,
			     SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (out->socket >= 0 &&
	    setsockopt(out->socket, SOL_SOCKET, SO_REUSEADDR, &on,
		       sizeof(on)) == 0 &&
	    bind(out->socket, at, size) == 0 &&
	    listen(out->socket, SOMAXCONN) == 0)
		return true;
	return fail(place, FAULT_SYSTEM, g_strerror(errno), error);
}

/* --- unix sockets --- */

/* A socket that nobody listens at was left by a server that was killed. */
static bool
is_left_over(const struct sockaddr_un *at)
{
	int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool refused =
		connect(probe, (const struct sockaddr *)at, sizeof(*at)) != 0 &&
		errno == ECONNREFUSED;

	close(probe);
	return refused;
}

static bool
open_unix(const char *place, Listener *out, GError **error)
{
	const char *path = place + strlen(UNIX_PREFIX);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	if (path[0] != '/' ||
	    g_strlcpy(at.sun_path, path, sizeof(at.sun_path)) >=
		    sizeof(at.sun_path))
		return fail(place, FAULT_INVALID,
			    "a path from / on, not too long", error);
	if (is_left_over(&at))
		unlink(path);
	if (!start(out, (const struct sockaddr *)&at, sizeof(at), place, error))
		return false;
	out->path = g_strdup(path);
	out->name = g_strdup(place);
	out->local = true;
	if (chmod(path, UNIX_MODE) == 0)
		return true;
	return fail(place, FAULT_SYSTEM, g_strerror(errno), error);
}

/* --- addresses --- */

static GSocketAddress *
parse_address(const char *place)
{
	const char *colon = strrchr(place, ':');
	g_autofree char *host = NULL;
	guint64 port;

	if (colon == NULL ||
	    !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL))
		return NULL;

	size_t n = (size_t)(colon - place);
	bool brackets = n > 2 && place[0] == '[' && place[n - 1] == ']';

	host = g_strndup(place + brackets, n - 2 * brackets);
	return g_inet_socket_address_new_from_string(host, (guint)port);
}

/* With the port that the kernel chose. */
static char *
name_of(int handle)
{
	struct sockaddr_storage at = { 0 };
	socklen_t size = sizeof(at);
	g_autoptr(GSocketAddress) address = NULL;
	g_autofree char *host = NULL;
	GInetSocketAddress *inet;
	bool six;

	getsockname(handle, (struct sockaddr *)&at, &size);
	address = g_socket_address_new_from_native(&at, size);
	inet = G_INET_SOCKET_ADDRESS(address);
	host = g_inet_address_to_string(
		g_inet_socket_address_get_address(inet));
	six = at.ss_family == AF_INET6;
	return g_strdup_printf("%s%s%s:%u", six ? "[" : "", host,
			       six ? "]" : "",
			       g_inet_socket_address_get_port(inet));
}

static bool
open_address(const char *place, Listener *out, GError **error)
{
	g_autoptr(GSocketAddress) address = parse_address(place);
	struct sockaddr_storage at = { 0 };
	GInetAddress *host;

	if (address == NULL ||
	    !g_socket_address_to_native(address, &at, sizeof(at), NULL))
		return fail(place, FAULT_INVALID,
			    "give an address and a port, as in 127.0.0.1:8080 "
			    "or [::1]:8080, or unix:/a/path",
			    error);
	host = g_inet_socket_address_get_address(
		G_INET_SOCKET_ADDRESS(address));
	out->local = g_inet_address_get_is_loopback(host);
	out->six = at.ss_family == AF_INET6;
	if (!start(out, (const struct sockaddr *)&at,
		   (socklen_t)g_socket_address_get_native_size(address), place,
		   error))
		return false;
	out->name = name_of(out->socket);
	return true;
}

bool
listen_open(const char *place, Listener *out, GError **error)
{
	*out = (Listener){ .socket = -1 };
	if (g_str_has_prefix(place, UNIX_PREFIX))
		return open_unix(place, out, error);
	return open_address(place, out, error);
}

void
listener_clear(Listener *listener)
{
	if (listener->path != NULL)
		unlink(listener->path);
	if (listener->socket >= 0)
		close(listener->socket);
	listener->socket = -1;
	g_clear_pointer(&listener->path, g_free);
	g_clear_pointer(&listener->name, g_free);
}
