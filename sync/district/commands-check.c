/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/commands.h"

#include <stdio.h>
#include <jansson.h>

#include "app/base/fault.h"
#include "sync/district/check.h"
#include "sync/district/district.h"

/* check: a line for each finding, and one that says what was looked at. */

typedef struct {
	char *data, *audit; /* owned */
	gboolean quick, json, redraw;
	json_t *findings; /* owned; NULL: they are printed as they come */
} CheckCommand;

static void
check_command_clear(CheckCommand *command)
{
	g_free(command->data);
	g_free(command->audit);
	json_decref(command->findings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(CheckCommand, check_command_clear)

static void
tell(void *data, const CheckFinding *finding)
{
	CheckCommand *command = data;

	if (command->findings == NULL)
		printf("%s: %s: %s\n", finding->where, finding->what,
		       finding->to_do);
	else
		json_array_append_new(command->findings,
				      json_pack("{s:s,s:s,s:s}", "what",
						finding->what, "where",
						finding->where, "to_do",
						finding->to_do));
}

static void
print_json(const CheckCommand *command, const Check *check)
{
	json_t *all = json_pack("{s:b,s:O,s:{s:I,s:I,s:I,s:I,s:I},s:{s:I,s:s}}",
				"ok", check->findings == 0 ? 1 : 0, "findings",
				command->findings, "looked_at", "kiosks",
				(json_int_t)check->kiosks, "statements",
				(json_int_t)check->statements, "media",
				(json_int_t)check->media_files, "drawn_rows",
				(json_int_t)check->drawn_rows, "audit_events",
				(json_int_t)check->audit_events, "audit", "seq",
				(json_int_t)check->audit_seq, "hash",
				check->audit_hash);

	json_dumpf(all, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(all);
}

static void
print_text(const Check *check)
{
	printf("%s: %" G_GINT64_FORMAT " kiosks, %" G_GINT64_FORMAT
	       " statements, %" G_GINT64_FORMAT " media, %" G_GINT64_FORMAT
	       " drawn rows, %" G_GINT64_FORMAT " findings\n",
	       check->findings == 0 ? "whole" : "NOT whole",
	       (gint64)check->kiosks, (gint64)check->statements,
	       (gint64)check->media_files, (gint64)check->drawn_rows,
	       (gint64)check->findings);
	printf("audit log: %" G_GINT64_FORMAT " events, the last is "
	       "%" G_GINT64_FORMAT ":%s\n",
	       (gint64)check->audit_events, (gint64)check->audit_seq,
	       check->audit_hash);
}

static bool
redraw(Check *check, GError **error)
{
	int64_t changed;

	if (!check_redraw(check, &changed, error))
		return false;
	fprintf(stderr,
		"drawn again from the log: %" G_GINT64_FORMAT
		" rows were put right\n",
		(gint64)changed);
	return true;
}

static bool
run(CheckCommand *command, GError **error)
{
	g_autoptr(Settings) settings =
		district_read_settings(command->data, NULL, error);
	g_autoptr(Media) media =
		settings != NULL
			? district_open_media(command->data, settings, error)
			: NULL;
	g_autofree char *archive =
		media != NULL
			? district_archive_address(command->data, settings)
			: NULL;
	Check check = { .archive = archive,
			.media = media,
			.quick = command->quick,
			.found = tell,
			.data = command };

	if (archive == NULL ||
	    (command->audit != NULL &&
	     !check_parse_audit(&check, command->audit, error)) ||
	    (command->redraw && !redraw(&check, error)) ||
	    !check_district(&check, error))
		return false;
	if (command->json)
		print_json(command, &check);
	else
		print_text(&check);
	if (check.findings > 0)
		g_set_error(error, FAULT, FAULT_DAMAGED,
			    "the record is not whole: see the findings");
	return check.findings == 0;
}

bool
command_check(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(CheckCommand) check = { 0 };
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &check.data,
		  "the district's folder", "FOLDER" },
		{ "quick", 0, 0, G_OPTION_ARG_NONE, &check.quick,
		  "media by their sizes only; nothing is drawn again to compare",
		  NULL },
		{ "redraw", 0, 0, G_OPTION_ARG_NONE, &check.redraw,
		  "first put right what is drawn from the log", NULL },
		{ "audit", 0, 0, G_OPTION_ARG_STRING, &check.audit,
		  "the audit log must still have this event, as an earlier "
		  "check or the journal named it",
		  "NUMBER:HASH" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &check.json,
		  "one JSON object instead of lines", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	if (!g_file_test(check.data, G_FILE_TEST_IS_DIR)) {
		g_set_error(error, FAULT, FAULT_NOT_FOUND,
			    "%s: there is no such folder", check.data);
		return false;
	}
	if (check.json)
		check.findings = json_array();
	return run(&check, error);
}
