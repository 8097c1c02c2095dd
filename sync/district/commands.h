/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <glib.h>

/* The commands of cairn-district.  Each takes --data FOLDER, and all but
 * serve also work while a server runs on that folder. */
typedef struct Command Command;
struct Command {
	const char *name, *argument, *about;
	bool (*run)(const Command *command, int argc, char **argv,
		    GError **error);
};

bool
command_serve(const Command *command, int argc, char **argv, GError **error);
bool command_import_portrait(const Command *command, int argc, char **argv,
			     GError **error);
bool command_import_roster(const Command *command, int argc, char **argv,
			   GError **error);
bool command_add_teacher(const Command *command, int argc, char **argv,
			 GError **error);
bool command_reset_password(const Command *command, int argc, char **argv,
			    GError **error);
bool command_enrol_code(const Command *command, int argc, char **argv,
			GError **error);
bool
command_sheets(const Command *command, int argc, char **argv, GError **error);
bool
command_erase(const Command *command, int argc, char **argv, GError **error);
bool command_retention(const Command *command, int argc, char **argv,
		       GError **error);
bool
command_hold(const Command *command, int argc, char **argv, GError **error);
bool command_key(const Command *command, int argc, char **argv, GError **error);
bool
command_audit(const Command *command, int argc, char **argv, GError **error);
bool
command_media(const Command *command, int argc, char **argv, GError **error);
bool
command_roster(const Command *command, int argc, char **argv, GError **error);
bool
command_kiosks(const Command *command, int argc, char **argv, GError **error);
bool
command_check(const Command *command, int argc, char **argv, GError **error);
bool
command_backup(const Command *command, int argc, char **argv, GError **error);
bool
command_restore(const Command *command, int argc, char **argv, GError **error);
bool
command_archive(const Command *command, int argc, char **argv, GError **error);

/*
 * Reads the options, and one argument if out is not NULL, or up to n words
 * (what is left out stays NULL).  FAULT_INVALID.
 */
bool command_read_words(const Command *command, const GOptionEntry *options,
			int argc, char **argv, char **words, int n,
			GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool
command_read(const Command *command, const GOptionEntry *options, int argc,
	     char **argv, char **out, GError **error) G_GNUC_WARN_UNUSED_RESULT;
