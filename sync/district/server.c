/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/server.h"

#include <sys/socket.h>
#include <unistd.h>
#include <gio/gio.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/server-private.h"

/* Of one connection: its headers and a piece of its body.  An idle one costs
 * this much. */
#define CONNECTION_BYTES (16 * 1024)
#define DISK_THREADS     2
#define PASSWORD_THREADS 2
#define CERTIFICATE_MAX  (256 * 1024)
#define STOP_LOOKS       500   /* for requests at hand to be answered … */
#define STOP_LOOK_US     20000 /* … each so long */

static int64_t
number(const Service *service, const char *key)
{
	return settings_number(service->settings, "server", key);
}

/* --- where to listen --- */

static bool
parse_listen(const char *listen, struct sockaddr_storage *out, GError **error)
{
	const char *colon = strrchr(listen, ':');
	g_autofree char *host = NULL;
	g_autoptr(GSocketAddress) address = NULL;
	guint64 port;

	if (colon != NULL &&
	    g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &port, NULL)) {
		size_t n = (size_t)(colon - listen);
		bool brackets = n > 2 && listen[0] == '[';

		host = g_strndup(listen + brackets, n - 2 * brackets);
		address = g_inet_socket_address_new_from_string(host,
								(guint)port);
	}
	if (address != NULL &&
	    g_socket_address_to_native(address, out, sizeof(*out), NULL))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "--listen must be an address and a port, as in "
		    "127.0.0.1:8080 or [::1]:8080, not \"%s\"",
		    listen);
	return false;
}

static void
set_address(Server *server, const struct sockaddr_storage *at)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
	struct sockaddr_storage copy = *at;
	g_autoptr(GSocketAddress) address =
		g_socket_address_new_from_native(&copy, sizeof(copy));
	g_autofree char *host =
		g_inet_address_to_string(g_inet_socket_address_get_address(
			G_INET_SOCKET_ADDRESS(address)));
	bool six = at->ss_family == AF_INET6;

	server->address =
		g_strdup_printf("http%s://%s%s%s:%u",
				server->certificate != NULL ? "s" : "",
				six ? "[" : "", host, six ? "]" : "",
				info->port);
}

/* --- TLS --- */

static char *
read_pem(const char *path, bool secret, GError **error)
{
	g_autoptr(GBytes) bytes =
		secret ? file_read_secret(path, CERTIFICATE_MAX, error)
		       : file_read(path, CERTIFICATE_MAX, error);

	if (bytes == NULL)
		return NULL;
	return g_strndup(g_bytes_get_data(bytes, NULL),
			 g_bytes_get_size(bytes));
}

static bool
read_certificate(Server *server, GError **error)
{
	const Settings *settings = server->service->settings;
	const char *certificate =
		settings_text(settings, "server", "certificate");
	const char *key = settings_text(settings, "server", "certificate_key");

	if (certificate[0] == '\0')
		return true;
	server->certificate = read_pem(certificate, false, error);
	if (server->certificate == NULL)
		return false;
	server->certificate_key = read_pem(key, true, error);
	return server->certificate_key != NULL;
}

/* --- starting --- */

G_GNUC_PRINTF(2, 0)
static void
log_trouble(void *data, const char *format, va_list arguments)
{
	g_autofree char *text = g_strdup_vprintf(format, arguments);

	g_debug("%s", g_strchomp(text));
}

static bool
start_daemon(Server *server, const struct sockaddr_storage *at, GError **error)
{
	const Service *service = server->service;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	unsigned threads = (unsigned)number(service, "threads");
	struct MHD_OptionItem options[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, server->certificate },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, server->certificate_key },
		{ MHD_OPTION_END, 0, NULL },
	};

	if (server->certificate != NULL)
		flags |= MHD_USE_TLS;
	else
		options[0].option = MHD_OPTION_END;
	if (at->ss_family == AF_INET6)
		flags |= MHD_USE_IPv6;
	server->daemon =
		MHD_start_daemon(flags, 0, NULL, NULL, on_request, server,
				 MHD_OPTION_EXTERNAL_LOGGER, log_trouble, NULL,
				 MHD_OPTION_NOTIFY_COMPLETED, on_completed,
				 server, MHD_OPTION_SOCK_ADDR,
				 (const struct sockaddr *)at,
				 MHD_OPTION_LISTENING_ADDRESS_REUSE, 1U,
				 MHD_OPTION_CONNECTION_LIMIT,
				 (unsigned)number(service, "connections"),
				 MHD_OPTION_PER_IP_CONNECTION_LIMIT,
				 (unsigned)number(service,
						  "connections_per_address"),
				 MHD_OPTION_CONNECTION_TIMEOUT,
				 (unsigned)number(service, "timeout_s"),
				 MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				 (size_t)CONNECTION_BYTES,
				 MHD_OPTION_THREAD_POOL_SIZE,
				 threads > 1 ? threads : 0U,
				 MHD_OPTION_STRICT_FOR_CLIENT, 1,
				 MHD_OPTION_ARRAY, options, MHD_OPTION_END);
	if (server->daemon != NULL)
		return true;
	g_set_error(error, FAULT, FAULT_SYSTEM,
		    "cannot listen: is the address another program's, or the "
		    "certificate unreadable?");
	return false;
}

Server *
server_start(Service *service, const char *listen, GError **error)
{
	g_autoptr(Server) server = g_new0(Server, 1);
	struct sockaddr_storage at = { 0 };

	server->service = service;
	server->disk = g_thread_pool_new(dispatch_run, server, DISK_THREADS,
					 FALSE, NULL);
	server->password = g_thread_pool_new(dispatch_run, server,
					     PASSWORD_THREADS, FALSE, NULL);
	if (!parse_listen(listen, &at, error) ||
	    !read_certificate(server, error) ||
	    !start_daemon(server, &at, error))
		return NULL;
	set_address(server, &at);
	return g_steal_pointer(&server);
}

const char *
server_get_address(const Server *server)
{
	return server->address;
}

static void
stop_daemon(Server *server)
{
	int socket = MHD_quiesce_daemon(server->daemon);

	for (int i = 0;
	     i < STOP_LOOKS && g_atomic_int_get(&server->in_hand) > 0; i++)
		g_usleep(STOP_LOOK_US);
	MHD_stop_daemon(server->daemon);
	if (socket >= 0)
		close(socket);
}

void
server_stop(Server *server)
{
	if (server == NULL)
		return;

	if (server->daemon != NULL)
		stop_daemon(server);
	g_thread_pool_free(server->disk, FALSE, TRUE);
	g_thread_pool_free(server->password, FALSE, TRUE);
	g_free(server->certificate);
	g_free(server->certificate_key);
	g_free(server->address);
	g_free(server);
}
