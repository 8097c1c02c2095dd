/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "forward"

#include <stdio.h>
#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/forward/commands.h"
#include "sync/forward/forward-settings.h"
#include "sync/forward/forward.h"
#include "sync/line/curl-transport.h"
#include "sync/line/schedule.h"
#include "sync/line/stop.h"

/* --- the two ends --- */

typedef struct {
	Lrs lrs;
	CurlTransport *curl; /* owned */
} End;

static void
end_clear(End *end)
{
	lrs_clear(&end->lrs);
	g_clear_pointer(&end->curl, curl_transport_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(End, end_clear)

static bool
check_address(const Settings *settings, const char *group, GError **error)
{
	g_autofree char *setting = g_strdup_printf("[%s] lrs", group);

	return curl_address_is_allowed(settings_text(settings, group, "lrs"),
				       setting, error);
}

static bool
open_end(End *end, const Settings *settings, const char *group, GError **error)
{
	CurlSettings curl = {
		.group = group,
		.key = "lrs",
		.ca_file = settings_text(settings, group, "ca_file"),
		.proxy = settings_text(settings, group, "proxy"),
		.proxy_ca_file =
			settings_text(settings, group, "proxy_ca_file"),
		.connect_s =
			settings_number(settings, "forward", "connect_seconds"),
		.stall_s =
			settings_number(settings, "forward", "stall_seconds"),
		.stop = stop_get_word(),
	};

	if (!check_address(settings, group, error) ||
	    !lrs_open(&end->lrs, group, settings_text(settings, group, "lrs"),
		      settings_text(settings, group, "key_file"), error))
		return false;
	curl.base = end->lrs.origin;
	end->curl = curl_transport_new(&curl, error);
	if (end->curl == NULL)
		return false;
	end->lrs.transport = curl_transport_get(end->curl);
	return true;
}

/* --- what goes along --- */

typedef struct {
	Pseudonyms *pseudonyms; /* owned; NULL: plain */
	char **extensions;      /* owned */
} Manner;

static void
manner_clear(Manner *manner)
{
	g_clear_pointer(&manner->pseudonyms, pseudonyms_free);
	g_clear_pointer(&manner->extensions, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Manner, manner_clear)

static bool
read_manner(const Settings *settings, Manner *out, GError **error)
{
	g_auto(GStrv) words =
		g_strsplit_set(settings_text(settings, "forward", "extensions"),
			       " \t", -1);
	g_autoptr(GStrvBuilder) list = g_strv_builder_new();

	for (char **at = words; *at != NULL; at++)
		if (**at != '\0')
			g_strv_builder_add(list, *at);
	out->extensions = g_strv_builder_end(list);
	return commands_read_pseudonyms(settings, &out->pseudonyms, error);
}

/* --- running --- */

static int
exit_code(ForwardResult result)
{
	switch (result) {
	case FORWARD_DONE:
		return EXIT_WELL;
	case FORWARD_OFFLINE:
	case FORWARD_STOPPED:
		return EXIT_LATER;
	case FORWARD_REFUSED:
		return EXIT_REFUSED;
	case FORWARD_BROKEN:
		return EXIT_BROKEN;
	}
	return EXIT_BROKEN;
}

static void
plan(Schedule *schedule, const Forward *forward, ForwardResult result)
{
	if (result == FORWARD_DONE)
		schedule_done(schedule);
	else
		schedule_failed(schedule, forward_get_retry_after(forward));
}

static int
go_on(const ForwardParts *parts, const Settings *settings)
{
	g_autoptr(Forward) forward = forward_new(parts);
	Schedule schedule;

	schedule_init(&schedule,
		      settings_number(settings, "forward", "poll_seconds") *
			      1000);
	for (bool due = true; *stop_get_word() == STOP_NOT;
	     due = schedule_pass(&schedule, STOP_TICK_MS, false)) {
		if (due)
			plan(&schedule, forward, forward_round(forward));
		if (*stop_get_word() == STOP_NOT)
			stop_wait_a_tick();
	}
	return EXIT_WELL;
}

static int
one_round(const ForwardParts *parts, bool aside)
{
	g_autoptr(Forward) forward = forward_new(parts);

	return exit_code(aside ? forward_retry_aside(forward)
			       : forward_round(forward));
}

static int
run(const Options *options, const Settings *settings)
{
	g_autoptr(GError) error = NULL;
	g_auto(End) source = { 0 };
	g_auto(End) target = { 0 };
	g_auto(Manner) manner = { 0 };
	const char *folder = settings_text(settings, "forward", "folder");

	if (!open_end(&source, settings, "source", &error) ||
	    !open_end(&target, settings, "target", &error) ||
	    !read_manner(settings, &manner, &error))
		return commands_complain(error, EXIT_SETTINGS);
	if (!file_make_folder(folder, 0700, &error))
		return commands_complain(error, EXIT_BROKEN);

	const ForwardParts parts = {
		.source = &source.lrs,
		.target = &target.lrs,
		.source_url = settings_text(settings, "source", "lrs"),
		.target_url = settings_text(settings, "target", "lrs"),
		.folder = folder,
		.rules = settings_text(settings, "forward", "rules"),
		.classes = settings_text(settings, "forward", "classes"),
		.version = settings_text(settings, "target", "version"),
		.from = settings_text(settings, "forward", "from"),
		.redaction = { manner.pseudonyms,
			       (const char *const *)manner.extensions,
			       settings_flag(settings, "forward", "media"),
			       settings_flag(settings, "forward", "words") },
		.batch_count = (size_t)settings_number(settings, "forward",
						       "batch_count"),
		.batch_bytes =
			settings_number(settings, "forward", "batch_bytes"),
		.media_bytes =
			settings_number(settings, "forward", "media_bytes"),
		.stop = stop_get_word(),
	};

	if (options->what == WHAT_RETRY_ASIDE || options->once)
		return one_round(&parts, options->what == WHAT_RETRY_ASIDE);
	return go_on(&parts, settings);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = { 0 };
	g_autoptr(Settings) settings = NULL;

	if (!commands_read_options(argc, argv, &options, &error))
		return commands_complain(error, EXIT_USAGE);
	if (options.settings) {
		g_autofree char *sample = settings_sample(forward_settings);

		fputs(sample, stdout);
		return EXIT_WELL;
	}
	settings = settings_read(options.config, forward_settings, &error);
	if (settings == NULL || !commands_check_settings(settings, &error))
		return commands_complain(error, EXIT_SETTINGS);
	switch (options.what) {
	case WHAT_STATUS:
		return command_status(&options, settings);
	case WHAT_RULES:
		return command_rules(settings);
	case WHAT_SENT:
		return command_sent(&options, settings);
	case WHAT_RETRY_ASIDE:
	case WHAT_RUN:
		break;
	}
	stop_catch_signals();
	return run(&options, settings);
}
