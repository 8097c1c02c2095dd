/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/json.h"
#include "sync/district/archive-audit.h"
#include "sync/district/audit-json.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"

/* cairn-district audit: who read or changed what. */

typedef struct {
	bool json;
	bool any;
} Printing;

static void
print_line(const AuditEvent *event)
{
	char at[CLOCK_TIMESTAMP_SIZE];
	char times[32] = "";

	clock_format(event->at, at);
	if (event->n > 1)
		g_snprintf(times, sizeof(times), " x%" G_GINT64_FORMAT,
			   (gint64)event->n);
	printf("%s  %s %s  %s  %d  %s%s  %s  %s\n", at,
	       audit_who_name(event->kind),
	       event->who[0] != '\0' ? event->who : "-",
	       event->address[0] != '\0' ? event->address : "-", event->status,
	       event->action, times,
	       event->object[0] != '\0' ? event->object : "-",
	       event->about[0] != '\0' ? event->about : "-");
}

static void
print_json(const AuditEvent *event, bool first)
{
	g_autoptr(json_t) value = audit_to_json(event);
	char *text = json_dumps(value, JSON_COMPACT);

	printf("%s%s", first ? "[\n" : ",\n", text);
	free(text);
}

static bool
print_event(const AuditEvent *event, void *data, GError **error)
{
	Printing *printing = data;

	if (printing->json)
		print_json(event, !printing->any);
	else
		print_line(event);
	printing->any = true;
	return true;
}

typedef struct {
	char *data, *since, *until, *who, *learner; /* owned */
	gboolean json;
} Options;

static void
options_clear(Options *options)
{
	g_free(options->data);
	g_free(options->since);
	g_free(options->until);
	g_free(options->who);
	g_free(options->learner);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool
read_options(const Command *command, int argc, char **argv, Options *out,
	     AuditFind *find, GError **error)
{
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &out->data,
		  "the district's folder", "FOLDER" },
		{ "since", 0, 0, G_OPTION_ARG_STRING, &out->since,
		  "2026-11-26, 2026-11-26T08:00:00Z, or 12h or 30d ago",
		  "WHEN" },
		{ "until", 0, 0, G_OPTION_ARG_STRING, &out->until,
		  "not from then on", "WHEN" },
		{ "who", 0, 0, G_OPTION_ARG_STRING, &out->who,
		  "the id of a key, as `key list` has it", "ID" },
		{ "learner", 0, 0, G_OPTION_ARG_STRING, &out->learner,
		  "of this learner, or of the whole class they are in", "ID" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &out->json,
		  "a JSON array, one event a line", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	WallTime now = clock_read(clock_system()).wall;

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	find->who = out->who;
	find->learner = out->learner;
	return (out->since == NULL ||
		audit_parse_when(out->since, now, &find->since, error)) &&
	       (out->until == NULL ||
		audit_parse_when(out->until, now, &find->until, error));
}

bool
command_audit(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(Options) options = { 0 };
	g_autoptr(Archive) archive = NULL;
	AuditFind find = { .after = 0 };
	Printing printing = { .json = false };

	if (!read_options(command, argc, argv, &options, &find, error))
		return false;
	printing.json = options.json;
	archive = district_open_archive(options.data, error);
	if (archive == NULL ||
	    !archive_each_audit(archive, &find, print_event, &printing, error))
		return false;
	if (printing.json)
		printf("%s\n", printing.any ? "\n]" : "[]");
	return true;
}
