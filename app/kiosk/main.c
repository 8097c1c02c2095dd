/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "kiosk"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/base/kiosk-settings.h"
#include "app/kiosk/kiosk.h"

#define DEFAULT_WIDTH  1280
#define DEFAULT_HEIGHT 720
#define DESK_PERCENT   85 /* of a screen that is not ours alone */
#define EXIT_USAGE     64 /* sysexits.h */

typedef struct {
	Settings *settings;
	int width, height;
	Kiosk *kiosk;
} Program;

static void
load_style(void)
{
	GtkCssProvider *css = gtk_css_provider_new();

	gtk_css_provider_load_from_resource(css, "/cairn/screens/kiosk.css");
	gtk_style_context_add_provider_for_display(
		gdk_display_get_default(), GTK_STYLE_PROVIDER(css),
		GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
	g_object_unref(css);
}

/* A fullscreen window gets the screen's size: begin with it.  Any other
 * leaves room for what else is on a desk. */
static void
find_size(Program *program)
{
	const bool full =
		settings_flag(program->settings, "kiosk", "fullscreen");
	GListModel *monitors =
		gdk_display_get_monitors(gdk_display_get_default());
	GdkMonitor *monitor = g_list_model_get_item(monitors, 0);
	GdkRectangle area;

	if (program->width > 0 || monitor == NULL)
		return;
	gdk_monitor_get_geometry(monitor, &area);
	g_object_unref(monitor);
	if (area.width <= 0 || area.height <= 0)
		return;
	program->width =
		full ? area.width
		     : MIN(area.width * DESK_PERCENT / 100, DEFAULT_WIDTH);
	program->height =
		full ? area.height
		     : MIN(area.height * DESK_PERCENT / 100, DEFAULT_HEIGHT);
}

static void
on_activate(GtkApplication *app, void *data)
{
	Program *program = data;

	if (program->kiosk != NULL)
		return;
	load_style();
	find_size(program);
	program->kiosk =
		kiosk_new(g_steal_pointer(&program->settings), app,
			  program->width > 0 ? program->width : DEFAULT_WIDTH,
			  program->height > 0 ? program->height
					      : DEFAULT_HEIGHT);
}

/* Whoever asks first has the accessibility bus started, and waits for it.  GTK
 * asks for its address in the midst of its own start: here it is under way
 * by then. */
static void *
wake_accessibility(G_GNUC_UNUSED void *data)
{
	g_autoptr(GDBusConnection) session =
		g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, NULL);
	g_autoptr(GVariant) address = NULL;

	if (session != NULL)
		address = g_dbus_connection_call_sync(session, "org.a11y.Bus",
						      "/org/a11y/bus",
						      "org.a11y.Bus",
						      "GetAddress", NULL, NULL,
						      G_DBUS_CALL_FLAGS_NONE,
						      -1, NULL, NULL);
	return NULL;
}

static gboolean
on_signal(void *data)
{
	g_application_quit(G_APPLICATION(data));
	return G_SOURCE_CONTINUE;
}

static int
run(Program *program)
{
	g_autoptr(GtkApplication) app = NULL;
	int status;

	g_thread_unref(g_thread_new("a11y", wake_accessibility, NULL));
	app = gtk_application_new(NULL, G_APPLICATION_NON_UNIQUE);
	g_signal_connect(app, "activate", G_CALLBACK(on_activate), program);
	g_unix_signal_add(SIGTERM, on_signal, app);
	g_unix_signal_add(SIGINT, on_signal, app);
	status = g_application_run(G_APPLICATION(app), 0, NULL);
	if (program->kiosk != NULL)
		kiosk_free(program->kiosk);
	return status;
}

static bool
read_size(const char *text, Program *program)
{
	return sscanf(text, "%5dx%5d", &program->width, &program->height) ==
		       2 &&
	       program->width >= 320 && program->height >= 240;
}

int
main(int argc, char *argv[])
{
	g_autofree char *config = NULL;
	g_autofree char *size = NULL;
	Program program = { 0 };
	const GOptionEntry options[] = {
		{ "config", 'c', 0, G_OPTION_ARG_FILENAME, &config,
		  "the settings file", "FILE" },
		{ "size", 's', 0, G_OPTION_ARG_STRING, &size,
		  "a window of this size, in pixels", "WIDTHxHEIGHT" },
		{ 0 },
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("— the classroom's screen");
	g_autoptr(GError) error = NULL;

	/* kiosk.css says it all: reading GTK's own style takes a tenth of the
	 * time to the first frame. */
	g_setenv("GTK_THEME", "Empty", TRUE);
	/* Software drawing was measured fastest and smallest: no GL. */
	g_setenv("GSK_RENDERER", "cairo", FALSE);
	g_setenv(gtk_get_minor_version() >= 14 ? "GDK_DISABLE" : "GDK_DEBUG",
		 gtk_get_minor_version() >= 14 ? "gl" : "gl-disable", FALSE);
	setlocale(LC_ALL, "");
	setvbuf(stdout, NULL, _IOLBF, 0);
	g_option_context_add_main_entries(context, options, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error) ||
	    config == NULL || (size != NULL && !read_size(size, &program))) {
		g_printerr("cairn-kiosk: %s\n",
			   error != NULL ? error->message
					 : "give --config FILE, and --size "
					   "as 1280x720");
		return EXIT_USAGE;
	}
	program.settings = settings_read(config, kiosk_settings, &error);
	if (program.settings == NULL) {
		g_printerr("cairn-kiosk: %s\n", error->message);
		return EXIT_USAGE;
	}
	return run(&program);
}
