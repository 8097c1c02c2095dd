/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sodium.h>

#include "app/base/log.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"

/* cairn-district: the server, and what IT does beside it. */

static const Command commands[] = {
	{ "serve", "", "listens to kiosks and teachers", command_serve },
	{ "import-portrait", "FOLDER", "brings a portrait pack in",
	  command_import_portrait },
	{ "import-roster", "FOLDER", "brings a OneRoster CSV folder in",
	  command_import_roster },
	{ "roster", "",
	  "prints the class and grade of each learner: ids, no names",
	  command_roster },
	{ "add-teacher", "LOGIN", "makes an account; prints its first password",
	  command_add_teacher },
	{ "reset-password", "LOGIN", "prints a new one-time password",
	  command_reset_password },
	{ "enrol-code", "", "prints a code that enrols one kiosk, for 7 days",
	  command_enrol_code },
	{ "sheets", "", "prints badges and prompt cards as PDF",
	  command_sheets },
	{ "kiosks", "", "lists the kiosks", command_kiosks },
	{ "media", "copy FROM TO",
	  "copies photos and sounds from one place to another", command_media },
	{ "archive", "copy FROM TO",
	  "moves the archive, between SQLite and PostgreSQL", command_archive },
	{ "check", "", "is the record whole? 0: yes; 1: no, and what is not",
	  command_check },
	{ "backup", "FILE",
	  "keeps all of it in one file, tried by restoring it",
	  command_backup },
	{ "restore", "FILE", "makes a new folder from a backup",
	  command_restore },
	{ "key", "add|list|rotate ID|revoke ID",
	  "whatever lets a tool, a teacher, an administrator or a kiosk in",
	  command_key },
	{ "erase", "", "erases a learner's record for good: first --dry-run",
	  command_erase },
	{ "retention", "", "erases what is older than the settings say",
	  command_retention },
	{ "hold", "add|list|lift", "keeps a learner's record from being erased",
	  command_hold },
	{ "audit", "", "lists who read or changed what", command_audit },
};

static void
print_help(FILE *out)
{
	fprintf(out, "Usage: cairn-district COMMAND --data FOLDER …\n\n");
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		fprintf(out, "  %-16s %s\n", commands[i].name,
			commands[i].about);
	fprintf(out, "\ncairn-district COMMAND --help tells more;"
		     " --settings prints a district.conf\n");
}

static int
print_settings(void)
{
	g_autofree char *sample = settings_sample(district_settings);

	return fputs(sample, stdout) < 0;
}

static int
run(const Command *command, int argc, char **argv)
{
	g_autoptr(GError) error = NULL;

	if (command->run(command, argc, argv, &error))
		return 0;
	fprintf(stderr, "cairn-district %s: %s\n", command->name,
		error->message);
	return 1;
}

int
main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	umask(077);
	log_start(LOG_AUTO);
	if (sodium_init() < 0)
		return 1;
	if (argc < 2 || g_str_equal(argv[1], "--help")) {
		print_help(argc < 2 ? stderr : stdout);
		return argc < 2 ? 2 : 0;
	}
	if (g_str_equal(argv[1], "--settings"))
		return print_settings();
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
		if (g_str_equal(argv[1], commands[i].name))
			return run(&commands[i], argc - 1, argv + 1);
	fprintf(stderr, "cairn-district: there is no command %s\n", argv[1]);
	return 2;
}
