/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "agent"

#include <stdio.h>
#include <string.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/base/kiosk-settings.h"
#include "app/base/log.h"
#include "app/store/store-link.h"
#include "app/store/store-outbox.h"
#include "sync/agent/agent.h"
#include "sync/agent/status.h"
#include "sync/line/curl-transport.h"
#include "sync/line/stop.h"
#include "sync/wire/messages.h"

/* From the Makefile: the sources' day and commit. */
#ifndef CAIRN_VERSION
#define CAIRN_VERSION "unknown"
#endif

#define CODE_FILE_MAX 256

/* As in sysexits.h; see README.md. */
enum {
	EXIT_DELIVERED = 0,
	EXIT_USAGE = 64,
	EXIT_BROKEN = 74,
	EXIT_LATER = 75,
	EXIT_REFUSED = 77,
	EXIT_SETTINGS = 78,
};

/* --- starting --- */

typedef enum {
	WHAT_RUN,
	WHAT_ENROL,
	WHAT_STATUS,
	WHAT_SEND_AGAIN,
} What;

typedef struct {
	char *config, *code_file; /* owned */
	gboolean once, json, settings;
	What what;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->config);
	g_free(options->code_file);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
find_what(int argc, char **argv, What *out)
{
	static const struct {
		const char *name;
		What what;
	} names[] = { { "enrol", WHAT_ENROL },
		      { "status", WHAT_STATUS },
		      { "send-again", WHAT_SEND_AGAIN } };

	*out = WHAT_RUN;
	for (size_t i = 0; argc == 2 && i < G_N_ELEMENTS(names); i++)
		if (g_str_equal(argv[1], names[i].name))
			*out = names[i].what;
	return argc == 1 || *out != WHAT_RUN;
}

static const char summary[] =
	"Carries what a kiosk recorded to its district, or to any LRS.\n"
	"  enrol        introduces the kiosk with a one-time code\n"
	"  status       how it goes, and what waits\n"
	"  send-again   an LRS gets all that is here once more";

static bool
read_options(int argc, char **argv, Options *out, GError **error)
{
	const GOptionEntry entries[] = {
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &out->config,
		  "the settings file", "FILE" },
		{ "once", 0, 0, G_OPTION_ARG_NONE, &out->once,
		  "one round; then exit 0 (all delivered), 75 (offline), 77 (refused)",
		  NULL },
		{ "code-file", 0, 0, G_OPTION_ARG_FILENAME, &out->code_file,
		  "enrol: the code is in this file, not on stdin", "FILE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &out->json,
		  "status: for programs", NULL },
		{ "settings", 0, 0, G_OPTION_ARG_NONE, &out->settings,
		  "prints a file with every setting", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("[enrol | status | send-again]");

	g_option_context_set_summary(context, summary);
	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return false;
	if (out->settings)
		return true;
	if (out->config != NULL && find_what(argc, argv, &out->what))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "--config FILE must be given; see --help");
	return false;
}

static const char *
text(const Settings *settings, const char *key)
{
	return settings_text(settings, "agent", key);
}

static int64_t
number(const Settings *settings, const char *key)
{
	return settings_number(settings, "agent", key);
}

static CurlTransport *
make_transport(const Settings *settings, const Lrs *lrs, GError **error)
{
	const CurlSettings curl = {
		.base = lrs != NULL ? lrs->origin : text(settings, "district"),
		.group = "agent",
		.key = lrs != NULL ? "lrs" : "district",
		.ca_file = text(settings, "ca_file"),
		.proxy = text(settings, "proxy"),
		.proxy_ca_file = text(settings, "proxy_ca_file"),
		.connect_s = number(settings, "connect_seconds"),
		.stall_s = number(settings, "stall_seconds"),
		.stop = stop_get_word(),
	};

	return curl_transport_new(&curl, error);
}

static Store *
open_store(const Settings *settings, GError **error)
{
	const char *folder = text(settings, "store");

	return store_open(folder[0] != '\0'
				  ? folder
				  : settings_text(settings, "kiosk", "store"),
			  error);
}

static int
complain(const GError *error, int code)
{
	g_printerr("cairn-agent: %s\n",
		   error != NULL ? error->message : "no reason given");
	return code;
}

/* --- enrolling --- */

static char *
read_stdin(void)
{
	char line[CODE_FILE_MAX] = "";

	if (isatty(STDIN_FILENO))
		g_printerr("enrolment code: ");
	if (fgets(line, sizeof(line), stdin) == NULL)
		line[0] = '\0';
	return g_strdup(line);
}

static char *
read_code(const Options *options, GError **error)
{
	g_autoptr(GBytes) bytes = NULL;
	size_t size;
	const char *data;

	if (options->code_file == NULL)
		return read_stdin();
	bytes = file_read(options->code_file, CODE_FILE_MAX, error);
	if (bytes == NULL)
		return NULL;
	data = g_bytes_get_data(bytes, &size);
	return g_strndup(data != NULL ? data : "", size);
}

static int
enrol(const AgentParts *parts, const Options *options)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *code = read_code(options, &error);
	bool ok = code != NULL && agent_enrol(parts, code, &error);

	if (code != NULL)
		sodium_memzero(code, strlen(code));
	if (ok)
		return EXIT_DELIVERED;
	return complain(error, g_error_matches(error, FAULT, FAULT_OFFLINE)
				       ? EXIT_LATER
				       : EXIT_REFUSED);
}

/* --- running --- */

static int
exit_code(RoundResult result)
{
	switch (result) {
	case ROUND_DELIVERED:
		return EXIT_DELIVERED;
	case ROUND_OFFLINE:
	case ROUND_STOPPED:
		return EXIT_LATER;
	case ROUND_REFUSED:
	case ROUND_NOT_ENROLLED:
		return EXIT_REFUSED;
	case ROUND_BROKEN:
		return EXIT_BROKEN;
	}
	return EXIT_BROKEN;
}

static int
run(const AgentParts *parts, const Options *options)
{
	g_autoptr(Agent) agent = agent_new(parts);

	if (options->once)
		return exit_code(agent_round(agent));
	for (bool due = true; *stop_get_word() == STOP_NOT;
	     due = agent_pass(agent, STOP_TICK_MS)) {
		if (due)
			agent_round(agent);
		if (*stop_get_word() == STOP_NOT)
			stop_wait_a_tick();
	}
	return EXIT_DELIVERED;
}

/* --- an LRS in place of a district --- */

static bool
has_lrs(const Settings *settings)
{
	return text(settings, "lrs")[0] != '\0';
}

static bool
is_version(const char *wanted)
{
	return g_str_equal(wanted, "auto") || g_str_equal(wanted, "1.0.3") ||
	       g_str_equal(wanted, "2.0.0");
}

static bool
check_lrs(const Settings *settings, GError **error)
{
	const char *rule = NULL;

	if (text(settings, "district")[0] != '\0')
		rule = "lrs and district are both given; a kiosk has one";
	else if (text(settings, "lrs_key_file")[0] == '\0')
		rule = "lrs_key_file must be given with lrs";
	else if (!is_version(text(settings, "lrs_version")))
		rule = "lrs_version must be auto, 1.0.3 or 2.0.0";
	else if (text(settings, "lrs_base")[0] != '\0' &&
		 !message_base_is_valid(text(settings, "lrs_base")))
		rule = "lrs_base must be https://host, without a slash at its "
		       "end";
	if (rule == NULL)
		return true;
	g_set_error(error, FAULT, FAULT_INVALID, "[agent] %s", rule);
	return false;
}

static bool
open_lrs(const Settings *settings, Lrs *lrs, GError **error)
{
	const char *url = text(settings, "lrs");

	return !has_lrs(settings) ||
	       (check_lrs(settings, error) &&
		curl_address_is_allowed(url, "[agent] lrs", error) &&
		lrs_open(lrs, "agent", url, text(settings, "lrs_key_file"),
			 error));
}

/* --- the others --- */

static int
show_status(const Settings *settings, const Options *options, Store *store)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	const AgentAbout about = { .lrs = text(settings, "lrs"),
				   .district = text(settings, "district"),
				   .version = CAIRN_VERSION };
	StoreLink link;

	if (!agent_status(store, clock_system(), &about, options->json, out,
			  &error) ||
	    !store_get_link(store, &link, &error))
		return complain(error, EXIT_BROKEN);
	fwrite(out->str, 1, out->len, stdout);
	switch (link.state) {
	case LINK_ONLINE:
		return EXIT_DELIVERED;
	case LINK_OFFLINE:
		return EXIT_LATER;
	case LINK_NEVER:
	case LINK_REFUSED:
		return EXIT_REFUSED;
	}
	return EXIT_REFUSED;
}

/* With a district it is the receipts that say what to send again. */
static int
send_again(const Settings *settings, Store *store)
{
	g_autoptr(GError) error = NULL;
	int64_t n;

	if (!has_lrs(settings)) {
		g_set_error(&error, FAULT, FAULT_INVALID,
			    "send-again is for [agent] lrs; a district says "
			    "itself what it lacks");
		return complain(error, EXIT_USAGE);
	}
	n = store_send_again(store, 1, &error);
	if (n < 0)
		return complain(error, EXIT_BROKEN);
	g_print("%" G_GINT64_FORMAT " records wait again\n", (gint64)n);
	return EXIT_DELIVERED;
}

static int
talk(const Settings *settings, const Options *options, Store *store, Lrs *lrs)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(CurlTransport) transport =
		make_transport(settings, lrs, &error);

	if (transport == NULL)
		return complain(error, EXIT_SETTINGS);
	if (lrs != NULL)
		lrs->transport = curl_transport_get(transport);

	const AgentParts parts = {
		.store = store,
		.clock = clock_system(),
		.transport = curl_transport_get(transport),
		.lrs = lrs,
		.lrs_wanted = text(settings, "lrs_version"),
		.lrs_base = text(settings, "lrs_base"),
		.lrs_url = text(settings, "lrs"),
		.batch_count = (size_t)number(settings, "batch_count"),
		.batch_bytes = number(settings, "batch_bytes"),
		.poll_ms = number(settings, "poll_seconds") * 1000,
		.stop = stop_get_word(),
	};

	return options->what == WHAT_ENROL ? enrol(&parts, options)
					   : run(&parts, options);
}

static int
work(const Settings *settings, const Options *options, Store *store, Lrs *lrs)
{
	switch (options->what) {
	case WHAT_STATUS:
		return show_status(settings, options, store);
	case WHAT_SEND_AGAIN:
		return send_again(settings, store);
	case WHAT_ENROL:
	case WHAT_RUN:
		break;
	}
	return talk(settings, options, store, lrs);
}

static int
print_settings(void)
{
	g_autofree char *sample = settings_sample(kiosk_settings);

	return fputs(sample, stdout) < 0 ? EXIT_BROKEN : EXIT_DELIVERED;
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;
	g_auto(Options) options = { 0 };
	g_autoptr(Settings) settings = NULL;
	g_autoptr(Store) store = NULL;
	g_auto(Lrs) lrs = { 0 };

	log_start(LOG_AUTO);
	if (!read_options(argc, argv, &options, &error))
		return complain(error, EXIT_USAGE);
	if (options.settings)
		return print_settings();
	settings = settings_read(options.config, kiosk_settings, &error);
	if (settings == NULL || !open_lrs(settings, &lrs, &error))
		return complain(error, EXIT_SETTINGS);
	if (!has_lrs(settings) &&
	    !curl_address_is_allowed(text(settings, "district"),
				     "[agent] district", &error))
		return complain(error, EXIT_SETTINGS);
	stop_catch_signals();
	store = open_store(settings, &error);
	if (store == NULL)
		return complain(error, EXIT_BROKEN);
	return work(settings, &options, store, has_lrs(settings) ? &lrs : NULL);
}
