/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <glib-unix.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/log.h"
#include "sync/district/archive-audit.h"
#include "sync/district/commands.h"
#include "sync/district/keeper.h"
#include "sync/district/notify.h"
#include "sync/district/server.h"

#define LISTEN_OTHERWISE "127.0.0.1:0"

typedef struct {
	char *data, *listen, *config, *base, *name; /* owned */
	int retention;
} Serve;

static void
serve_clear(Serve *serve)
{
	g_free(serve->data);
	g_free(serve->listen);
	g_free(serve->config);
	g_free(serve->base);
	g_free(serve->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Serve, serve_clear)

static gboolean
on_stop(void *loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

static gboolean
on_reload(void *server)
{
	g_autoptr(GError) error = NULL;

	if (server_reload(server, &error))
		g_message("reloaded");
	else
		g_warning("the old certificate stays: %s", error->message);
	return G_SOURCE_CONTINUE;
}

static bool
tell_address(const char *folder, const char *address, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "address", NULL);
	g_autofree char *line = g_strconcat(address, "\n", NULL);

	if (!file_write_durably(path, line, strlen(line), 0644, error))
		return false;
	printf("listening on %s\n", address);
	fflush(stdout);
	return true;
}

static bool
check_base(const char *base, GError **error)
{
	if (base == NULL || message_base_is_valid(base))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "--base-url must be http(s)://… without a slash at its "
		    "end, not \"%s\"",
		    base);
	return false;
}

static bool
set_log(const Settings *settings, GError **error)
{
	LogFormat format;

	if (!log_format_parse(settings_text(settings, "log", "format"), &format,
			      error))
		return false;
	log_start(format);
	return true;
}

/* Given once, kept for good: what was printed and sent names it. */
static bool
set_district(const Serve *serve, const Settings *settings, GError **error)
{
	g_autofree char *address =
		district_archive_address(serve->data, settings);
	g_autoptr(Archive) archive = NULL;
	ArchiveDistrict district;

	if (!district_prepare(serve->data, error))
		return false;
	archive = archive_open(address, error);
	if (archive == NULL || !check_base(serve->base, error) ||
	    !archive_get_district(archive, &district, error))
		return false;
	if (serve->base == NULL && serve->name == NULL && serve->retention < 0)
		return true;
	if (serve->base != NULL)
		g_strlcpy(district.base, serve->base, sizeof(district.base));
	if (serve->name != NULL)
		g_utf8_strncpy(district.name, serve->name, ROSTER_NAME_MAX / 4);
	if (serve->retention >= 0)
		district.retention_days = serve->retention;
	return archive_set_district(archive, &district, error) &&
	       audit_command(archive, "serve", "district", NULL, 1, error);
}

static bool
serve_until_told(const Serve *serve, const Settings *settings, GError **error)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(Service) service =
		service_open(serve->data, settings, clock_system(), error);
	g_autoptr(Server) server = NULL;
	g_autoptr(Keeper) keeper = NULL;
	KeeperPlace place;

	if (service == NULL)
		return false;
	server = server_start(service,
			      serve->listen != NULL ? serve->listen
						    : LISTEN_OTHERWISE,
			      error);
	if (server == NULL ||
	    !tell_address(serve->data, server_get_address(server), error))
		return false;
	place = (KeeperPlace){ serve->data, settings, service->media };
	keeper = keeper_new(&place, clock_system());
	g_unix_signal_add(SIGTERM, on_stop, loop);
	g_unix_signal_add(SIGINT, on_stop, loop);
	g_unix_signal_add(SIGHUP, on_reload, server);
	notify_ready(server_get_address(server));
	g_main_loop_run(loop);
	notify_stopping();
	g_message("stopping");
	return true;
}

bool
command_serve(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(Serve) serve = { .retention = -1 };
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &serve.data,
		  "the district's folder", "FOLDER" },
		{ "listen", 'l', 0, G_OPTION_ARG_STRING, &serve.listen,
		  "ADDRESS:PORT or unix:PATH; default " LISTEN_OTHERWISE,
		  "PLACE" },
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &serve.config,
		  "settings; default: FOLDER/district.conf", "FILE" },
		{ "base-url", 0, 0, G_OPTION_ARG_STRING, &serve.base,
		  "the public address, kept for good", "URL" },
		{ "name", 0, 0, G_OPTION_ARG_STRING, &serve.name,
		  "the district's name, kept", "NAME" },
		{ "retention-days", 0, 0, G_OPTION_ARG_INT, &serve.retention,
		  "kiosks keep what we hold for so long, kept", "DAYS" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(Settings) settings = NULL;

	signal(SIGPIPE, SIG_IGN);
	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	settings = district_read_settings(serve.data, serve.config, error);
	return settings != NULL && set_log(settings, error) &&
	       set_district(&serve, settings, error) &&
	       serve_until_told(&serve, settings, error);
}
