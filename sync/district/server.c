/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/server.h"

#include "app/base/fault.h"
#include "sync/district/server-private.h"

#define DISK_THREADS     2
#define PASSWORD_THREADS 2
#define TICK_MS          500
#define STOP_LOOK_US     20000

static int64_t
number(const Service *service, const char *key)
{
	return settings_number(service->settings, "server", key);
}

/* --- what must be there before it listens --- */

static bool
open_tls(Server *server, GError **error)
{
	const Settings *settings = server->service->settings;
	const char *certificate =
		settings_text(settings, "server", "tls_certificate");
	const char *key = settings_text(settings, "server", "tls_key");

	if (certificate[0] == '\0' && key[0] == '\0')
		return true;
	server->tls = tls_open(certificate, key, error);
	return server->tls != NULL;
}

/* Passwords and children's work in clear text stay on this machine. */
static bool
may_listen(const Server *server, GError **error)
{
	if (server->tls != NULL || server->listener.local ||
	    settings_flag(server->service->settings, "proxy", "speaks_tls"))
		return true;
	g_set_error(error, FAULT, FAULT_REFUSED,
		    "%s can be reached from other machines: give "
		    "tls_certificate and tls_key, or set speaks_tls if a "
		    "proxy in front does TLS",
		    server->listener.name);
	return false;
}

/* --- by itself --- */

static gboolean
on_tick(void *data)
{
	Server *server = data;
	guint n = watch_cut(server->watch, FALSE);

	if (n > 0)
		g_debug("cut %u connections that were too slow", n);
	health_tick(server->service->health);
	return G_SOURCE_CONTINUE;
}

static void *
tick(void *data)
{
	Server *server = data;

	g_main_context_push_thread_default(server->ticks);
	g_main_loop_run(server->ticking);
	g_main_context_pop_thread_default(server->ticks);
	return NULL;
}

static void
start_ticks(Server *server)
{
	g_autoptr(GSource) source = g_timeout_source_new(TICK_MS);

	server->ticks = g_main_context_new();
	server->ticking = g_main_loop_new(server->ticks, FALSE);
	g_source_set_callback(source, on_tick, server, NULL);
	g_source_attach(source, server->ticks);
	server->ticker = g_thread_new("ticker", tick, server);
}

static gboolean
on_last_tick(void *loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

/* From within: a loop that does not run yet would not hear of it. */
static void
stop_ticks(Server *server)
{
	g_autoptr(GSource) source = NULL;

	if (server->ticker == NULL)
		return;

	source = g_idle_source_new();
	g_source_set_callback(source, on_last_tick, server->ticking, NULL);
	g_source_attach(source, server->ticks);
	g_thread_join(server->ticker);
	g_main_loop_unref(server->ticking);
	g_main_context_unref(server->ticks);
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
start_daemon(Server *server, GError **error)
{
	const Service *service = server->service;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
			 MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	unsigned threads = (unsigned)number(service, "threads");
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		  (void *)(uintptr_t)TLS_PRIORITIES },
		{ MHD_OPTION_END, 0, NULL },
	};

	if (server->tls != NULL)
		flags |= MHD_USE_TLS;
	else
		tls[0].option = MHD_OPTION_END;
	if (server->listener.six)
		flags |= MHD_USE_IPv6;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server,
		MHD_OPTION_EXTERNAL_LOGGER, log_trouble, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
		MHD_OPTION_LISTEN_SOCKET, server->listener.socket,
		MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)number(service, "connections"),
		MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		(unsigned)number(service, "connections_per_address"),
		MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)number(service, "idle_s"),
		MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)number(service, "header_bytes"),
		MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0U,
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		/* Without TLS it is passed over; no array takes it. */
		MHD_OPTION_HTTPS_CERT_CALLBACK, on_tls_certificate,
		MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
	if (server->daemon == NULL) {
		g_set_error(error, FAULT, FAULT_SYSTEM, "cannot serve at %s",
			    server->listener.name);
		return false;
	}
	server->listener.socket = -1; /* the daemon's from now on */
	return true;
}

static char *
address_of(const Server *server)
{
	return server->listener.path != NULL
		       ? g_strdup(server->listener.name)
		       : g_strconcat(server->tls != NULL ? "https://"
							 : "http://",
				     server->listener.name, NULL);
}

Server *
server_start(Service *service, const char *listen, GError **error)
{
	g_autoptr(Server) server = g_new0(Server, 1);
	WatchLimits limits = {
		.idle_us = number(service, "idle_s") * G_USEC_PER_SEC,
		.bytes_per_s = number(service, "slow_bytes_per_s"),
	};

	server->service = service;
	server->listener.socket = -1;
	/* Not the service's clock: sockets live in this machine's time. */
	server->watch = watch_new(&limits, clock_system());
	server->disk = g_thread_pool_new(dispatch_run, server, DISK_THREADS,
					 FALSE, NULL);
	server->media =
		g_thread_pool_new(dispatch_run, server,
				  (int)settings_number(service->settings,
						       "media", "threads"),
				  FALSE, NULL);
	server->password = g_thread_pool_new(dispatch_run, server,
					     PASSWORD_THREADS, FALSE, NULL);
	if (!open_tls(server, error) ||
	    !listen_open(listen, &server->listener, error) ||
	    !may_listen(server, error) || !start_daemon(server, error))
		return NULL;
	server->address = address_of(server);
	start_ticks(server);
	return g_steal_pointer(&server);
}

bool
server_reload(Server *server, GError **error)
{
	return server->tls == NULL || tls_reload(server->tls, error);
}

const char *
server_get_address(const Server *server)
{
	return server->address;
}

/* --- stopping --- */

static void
wait_for(gint *count, int64_t limit_us)
{
	for (int64_t waited = 0;
	     waited < limit_us && g_atomic_int_get(count) > 0;
	     waited += STOP_LOOK_US)
		g_usleep(STOP_LOOK_US);
}

/* Clients get the time that the setting names.  What waits for our own disk
 * is waited for: it is being written.  Who comes meanwhile is told to come
 * back: libmicrohttpd 0.9.75 can be asked to leave its listening socket, and
 * aborts if one of its threads leaves it by itself in that moment. */
static void
stop_daemon(Server *server)
{
	int64_t patience = number(server->service, "stop_s") * G_USEC_PER_SEC;

	g_atomic_int_set(&server->stopping, 1);
	wait_for(&server->in_hand, patience);
	watch_cut(server->watch, TRUE);
	media_abandon(server->service->media); /* for nobody any more */
	wait_for(&server->set_down, INT64_MAX);
	MHD_stop_daemon(server->daemon);
}

void
server_stop(Server *server)
{
	if (server == NULL)
		return;

	stop_ticks(server);
	if (server->daemon != NULL)
		stop_daemon(server);
	g_thread_pool_free(server->disk, FALSE, TRUE);
	g_thread_pool_free(server->media, FALSE, TRUE);
	g_thread_pool_free(server->password, FALSE, TRUE);
	listener_clear(&server->listener);
	watch_free(server->watch);
	tls_free(server->tls);
	g_free(server->address);
	g_free(server);
}
