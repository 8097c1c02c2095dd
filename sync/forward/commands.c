/* SPDX-License-Identifier: Apache-2.0 */
#include "sync/forward/commands.h"

#include <stdio.h>
#include <string.h>

#include "app/base/clock.h"
#include "app/base/fault.h"
#include "sync/forward/ledger.h"
#include "sync/forward/rules.h"
#include "sync/forward/status.h"

static const struct {
	const char *name;
	What what;
} names[] = {
	{ "status", WHAT_STATUS },
	{ "rules", WHAT_RULES },
	{ "sent", WHAT_SENT },
	{ "retry-aside", WHAT_RETRY_ASIDE },
};

static const char summary[] =
	"Sends what rules allow from one LRS on to another.\n"
	"  status        how it goes\n"
	"  rules         the rules, as they are understood\n"
	"  sent          what the other LRS was sent, of one learner or all\n"
	"  retry-aside   sends once more what was refused";

void
options_clear(Options *options)
{
	g_free(options->config);
	g_free(options->learner);
	g_free(options->home);
}

static bool
find_what(int argc, char **argv, What *out)
{
	*out = WHAT_RUN;
	if (argc == 1)
		return true;
	for (size_t i = 0; argc == 2 && i < G_N_ELEMENTS(names); i++)
		if (g_str_equal(argv[1], names[i].name)) {
			*out = names[i].what;
			return true;
		}
	return false;
}

bool
commands_read_options(int argc, char **argv, Options *out, GError **error)
{
	const GOptionEntry entries[] = {
		{ "config", 0, 0, G_OPTION_ARG_FILENAME, &out->config,
		  "the settings file", "FILE" },
		{ "once", 0, 0, G_OPTION_ARG_NONE, &out->once,
		  "one round; then exit 0 (all sent), 75 (later), 77 (look)",
		  NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &out->json,
		  "status: for programs", NULL },
		{ "metrics", 0, 0, G_OPTION_ARG_NONE, &out->metrics,
		  "status: as Prometheus reads it", NULL },
		{ "learner", 0, 0, G_OPTION_ARG_STRING, &out->learner,
		  "sent: the name of an account, or mailto:…", "NAME" },
		{ "home", 0, 0, G_OPTION_ARG_STRING, &out->home,
		  "sent: the home page of that account", "IRI" },
		{ "settings", 0, 0, G_OPTION_ARG_NONE, &out->settings,
		  "prints a settings file with every default", NULL },
		{ 0 },
	};
	g_autoptr(GOptionContext) context =
		g_option_context_new("[status | rules | sent | retry-aside]");

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

int
commands_complain(const GError *error, int code)
{
	g_printerr("cairn-forward: %s\n",
		   error != NULL ? error->message : "no reason given");
	return code;
}

/* --- settings --- */

static bool
is_one_of(const Settings *settings, const char *group, const char *key,
	  const char *const *words, GError **error)
{
	const char *text = settings_text(settings, group, key);
	g_autofree char *all = NULL;

	if (g_strv_contains(words, text))
		return true;
	all = g_strjoinv(", ", (char **)(uintptr_t)words);
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[%s] %s must be one of %s, not \"%s\"", group, key, all,
		    text);
	return false;
}

static bool
check_from(const Settings *settings, GError **error)
{
	const char *text = settings_text(settings, "forward", "from");
	WallTime time;

	if (text[0] == '\0' || (strlen(text) < 64 && clock_parse(text, &time)))
		return true;
	g_set_error(error, FAULT, FAULT_INVALID,
		    "[forward] from must be a time as in 2026-09-01T00:00:00Z, "
		    "not \"%s\"",
		    text);
	return false;
}

bool
commands_check_settings(const Settings *settings, GError **error)
{
	static const char *const versions[] = { "auto", "1.0.3", "2.0.0",
						NULL };
	static const char *const actors[] = { "pseudonym", "plain", NULL };

	return is_one_of(settings, "target", "version", versions, error) &&
	       is_one_of(settings, "forward", "actors", actors, error) &&
	       check_from(settings, error);
}

bool
commands_read_pseudonyms(const Settings *settings, Pseudonyms **out,
			 GError **error)
{
	const char *key = settings_text(settings, "forward", "pseudonym_key");

	*out = NULL;
	if (g_str_equal(settings_text(settings, "forward", "actors"), "plain"))
		return true;
	if (key[0] == '\0') {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "[forward] pseudonym_key must be given: people are "
			    "sent on by pseudonyms, unless actors=plain");
		return false;
	}
	*out = pseudonyms_open(key,
			       settings_text(settings, "forward",
					     "pseudonym_home"),
			       error);
	return *out != NULL;
}

/* --- status, rules --- */

int
command_status(const Options *options, const Settings *settings)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GString) out = g_string_new(NULL);
	StatusForm form = options->json      ? STATUS_JSON
			  : options->metrics ? STATUS_METRICS
					     : STATUS_TEXT;
	bool well;

	if (!forward_status(settings_text(settings, "forward", "folder"),
			    settings_number(settings, "forward",
					    "alarm_seconds"),
			    form, out, &well, &error))
		return commands_complain(error, EXIT_BROKEN);
	fwrite(out->str, 1, out->len, stdout);
	return well ? EXIT_WELL : EXIT_LATER;
}

int
command_rules(const Settings *settings)
{
	const char *path = settings_text(settings, "forward", "rules");
	g_autoptr(GError) error = NULL;
	g_autoptr(Rules) rules = NULL;
	g_autoptr(GString) out = g_string_new(NULL);

	if (path[0] == '\0') {
		puts("# no rules: nothing is sent on");
		return EXIT_WELL;
	}
	rules = rules_read(path, settings_text(settings, "forward", "classes"),
			   &error);
	if (rules == NULL)
		return commands_complain(error, EXIT_SETTINGS);
	rules_print(rules, out);
	fwrite(out->str, 1, out->len, stdout);
	puts("# what none of these fits is kept");
	return EXIT_WELL;
}

/* --- what was sent --- */

static bool
print_line(const LedgerLine *line, void *data)
{
	char time[CLOCK_TIMESTAMP_SIZE];

	clock_format(line->at, time);
	printf("%s\t%s\t%s\n", time, line->id, line->actor);
	return true;
}

/* As in sync/xapi/keys.h. */
static char *
make_key(const Options *options, GError **error)
{
	if (options->home != NULL)
		return g_strdup_printf("account:%s %s", options->home,
				       options->learner);
	if (strchr(options->learner, ':') != NULL)
		return g_strdup(options->learner);
	g_set_error(error, FAULT, FAULT_INVALID,
		    "--home IRI must be given with the name of an account; a "
		    "district's learners have BASE/learner");
	return NULL;
}

/* *out: as the ledger, and the other LRS, name them; NULL: of all. */
static bool
find_actor(const Options *options, const Settings *settings, char **out,
	   GError **error)
{
	g_autoptr(Pseudonyms) pseudonyms = NULL;
	g_autofree char *key = NULL;

	*out = NULL;
	if (options->learner == NULL)
		return true;
	key = make_key(options, error);
	if (key == NULL ||
	    !commands_read_pseudonyms(settings, &pseudonyms, error))
		return false;
	if (pseudonyms == NULL) {
		*out = g_steal_pointer(&key);
		return true;
	}
	*out = g_malloc(PSEUDONYM_SIZE + 1);
	pseudonym_of(pseudonyms, key, *out);
	return true;
}

int
command_sent(const Options *options, const Settings *settings)
{
	const char *folder = settings_text(settings, "forward", "folder");
	g_autoptr(GError) error = NULL;
	g_autoptr(Ledger) ledger = NULL;
	g_autofree char *actor = NULL;

	if (!find_actor(options, settings, &actor, &error))
		return commands_complain(error, EXIT_SETTINGS);
	ledger = ledger_open(folder, &error);
	if (ledger == NULL ||
	    !ledger_each(ledger, actor, print_line, NULL, &error))
		return commands_complain(error, EXIT_BROKEN);
	return EXIT_WELL;
}
