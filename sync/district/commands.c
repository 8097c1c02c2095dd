/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include "sync/district/commands.h"

#include <stdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "app/cards/sheet.h"
#include "sync/district/archive-audit.h"
#include "sync/district/archive-roster.h"
#include "sync/district/district.h"
#include "sync/district/import.h"
#include "sync/district/keys.h"
#include "sync/district/password.h"

static bool
invalid(GError **error, const char *what)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", what);
	return false;
}

static const char *
data_of(const GOptionEntry *options)
{
	for (; options->long_name != NULL; options++)
		if (g_str_equal(options->long_name, "data"))
			return *(char **)options->arg_data;
	return NULL;
}

bool
command_read_words(const Command *command, const GOptionEntry *options,
		   int argc, char **argv, char **words, int n, GError **error)
{
	g_autofree char *usage =
		g_strdup_printf("%s — %s", command->argument, command->about);
	g_autofree char *name =
		g_strdup_printf("cairn-district %s", command->name);
	g_autoptr(GOptionContext) context = g_option_context_new(usage);

	g_set_prgname(name);
	g_option_context_add_main_entries(context, options, NULL);
	if (!g_option_context_parse(context, &argc, &argv, error))
		return false;
	if (data_of(options) == NULL)
		return invalid(error, "give --data FOLDER");
	if (argc > 1 + n)
		return invalid(error, "too many arguments");
	for (int i = 1; i < argc; i++)
		words[i - 1] = g_strdup(argv[i]);
	return true;
}

bool
command_read(const Command *command, const GOptionEntry *options, int argc,
	     char **argv, char **out, GError **error)
{
	return command_read_words(command, options, argc, argv, out,
				  out != NULL ? 1 : 0, error);
}

#define DATA_OPTION(variable) \
	{ \
		"data", 'd', 0, G_OPTION_ARG_FILENAME, &(variable), \
			"the district's folder", "FOLDER" \
	}
#define LAST_OPTION \
	{ \
		NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL \
	}

static WallTime
now(void)
{
	return clock_read(clock_system()).wall;
}

/* --- imports --- */

static Archive *
open_for_folder(const Command *command, int argc, char **argv, char **folder,
		GError **error)
{
	g_autofree char *data = NULL;
	const GOptionEntry options[] = { DATA_OPTION(data), LAST_OPTION };

	if (!command_read(command, options, argc, argv, folder, error))
		return NULL;
	if (*folder == NULL) {
		invalid(error, "give the folder to import");
		return NULL;
	}
	return district_open_archive(data, error);
}

bool
command_import_portrait(const Command *command, int argc, char **argv,
			GError **error)
{
	g_autofree char *folder = NULL;
	g_autoptr(Archive) archive =
		open_for_folder(command, argc, argv, &folder, error);
	g_autoptr(Portrait) portrait = NULL;
	const char *const *warnings;

	if (archive == NULL ||
	    !import_portrait(archive, folder, &portrait, error))
		return false;
	warnings = portrait_get_warnings(portrait);
	for (size_t i = 0; warnings[i] != NULL; i++)
		fprintf(stderr, "warning: %s\n", warnings[i]);
	printf("portrait %s: %zu competencies, %zu prompts\n",
	       portrait_get_version(portrait),
	       portrait_count_competencies(portrait),
	       portrait_count_prompts(portrait));
	return true;
}

bool
command_import_roster(const Command *command, int argc, char **argv,
		      GError **error)
{
	g_autofree char *folder = NULL;
	g_autoptr(Archive) archive =
		open_for_folder(command, argc, argv, &folder, error);
	ImportCounts counts;

	if (archive == NULL ||
	    !import_roster(archive, folder, now(), &counts, error))
		return false;
	printf("roster: %zu classes, %zu learners (%zu new), %zu teachers\n",
	       counts.classes, counts.learners, counts.added, counts.teachers);
	return true;
}

/* --- accounts --- */

/* The login may be an argument or --name. */
typedef struct {
	char *data, *login, *argument, *full_name, *class_text; /* owned */
} Account;

static void
account_clear(Account *account)
{
	g_free(account->data);
	g_free(account->login);
	g_free(account->argument);
	g_free(account->full_name);
	g_free(account->class_text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Account, account_clear)

static Archive *
open_for_account(const Command *command, int argc, char **argv,
		 Account *account, GError **error)
{
	const GOptionEntry options[] = {
		DATA_OPTION(account->data),
		{ "name", 'n', 0, G_OPTION_ARG_STRING, &account->login,
		  "the name to sign in with", "LOGIN" },
		{ "full-name", 0, 0, G_OPTION_ARG_STRING, &account->full_name,
		  "what the pages call the teacher", "NAME" },
		{ "class", 0, 0, G_OPTION_ARG_STRING, &account->class_text,
		  "title or id, or all; else what the roster says", "CLASS" },
		LAST_OPTION,
	};

	if (!command_read(command, options, argc, argv, &account->argument,
			  error))
		return NULL;
	if (account->login == NULL)
		account->login = g_steal_pointer(&account->argument);
	if (account->login == NULL) {
		invalid(error, "give the name to sign in with");
		return NULL;
	}
	return district_open_archive(account->data, error);
}

bool
command_add_teacher(const Command *command, int argc, char **argv,
		    GError **error)
{
	g_auto(Account) account = { 0 };
	g_autoptr(Archive) archive =
		open_for_account(command, argc, argv, &account, error);
	char password[PASSWORD_ONE_TIME + 1];

	password_new(password);
	if (archive == NULL ||
	    !import_teacher(archive, account.login, account.full_name,
			    account.class_text, password, now(), error))
		return false;
	printf("%s\n", password);
	return true;
}

static bool
reset_password(Archive *archive, const char *login, KeysSecret *out,
	       GError **error)
{
	const KeysRotate how = { .grace_hours = 0 };
	g_autofree char *object = g_strconcat("teacher:", login, NULL);
	ArchiveKey key;
	bool ok;

	if (!archive_find_staff_key(archive, login, now(), &key, error) ||
	    !keys_check_rotate(&key, &how, error) ||
	    !keys_new_secret(key.kind, key.id, NULL, out, error) ||
	    !archive_begin(archive, error))
		return false;
	ok = keys_rotate(archive, &key, &how, out, now(), error) &&
	     audit_command(archive, "reset-password", object, NULL, 1, error);
	return archive_end(archive, ok, error);
}

bool
command_reset_password(const Command *command, int argc, char **argv,
		       GError **error)
{
	g_auto(Account) account = { 0 };
	g_autoptr(Archive) archive =
		open_for_account(command, argc, argv, &account, error);
	g_auto(KeysSecret) password = { .text = "" };

	if (archive == NULL ||
	    !reset_password(archive, account.login, &password, error))
		return false;
	printf("%s\n", password.text);
	return true;
}

/* --- kiosks --- */

static bool
add_code(Archive *archive, const char *name, KeysSecret *out, GError **error)
{
	bool ok;

	if (!keys_new_secret(KEY_CODE, NULL, NULL, out, error) ||
	    !archive_begin(archive, error))
		return false;
	ok = keys_add_code(archive, name, out, now(), error) &&
	     audit_command(archive, "enrol-code", NULL, NULL, 1, error);
	return archive_end(archive, ok, error);
}

bool
command_enrol_code(const Command *command, int argc, char **argv,
		   GError **error)
{
	g_autofree char *data = NULL, *name = NULL;
	const GOptionEntry options[] = {
		DATA_OPTION(data),
		{ "name", 'n', 0, G_OPTION_ARG_STRING, &name,
		  "what to call the kiosk: \"Room 4\"", "NAME" },
		LAST_OPTION,
	};
	g_autoptr(Archive) archive = NULL;
	g_auto(KeysSecret) code = { .text = "" };

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	archive = district_open_archive(data, error);
	if (archive == NULL ||
	    !add_code(archive, name != NULL ? name : "kiosk", &code, error))
		return false;
	printf("%s\n", code.text);
	return true;
}

static bool
print_kiosk(Archive *archive, const ArchiveKiosk *kiosk, GError **error)
{
	char seen[CLOCK_TIMESTAMP_SIZE] = "never";
	int64_t aside = archive_count_aside(archive, kiosk->key, error);

	if (aside < 0)
		return false;
	if (kiosk->seen.us > 0)
		clock_format(kiosk->seen, seen);
	printf("%s  seen %s  held %" G_GINT64_FORMAT "  aside %" G_GINT64_FORMAT
	       "  %s",
	       kiosk->id, seen, (gint64)kiosk->held, (gint64)aside,
	       kiosk->name);
	if (kiosk->forked_from != 0)
		printf("  (left its chain after %" G_GINT64_FORMAT ")",
		       (gint64)kiosk->forked_after);
	printf("\n");
	return true;
}

bool
command_kiosks(const Command *command, int argc, char **argv, GError **error)
{
	g_autofree char *data = NULL;
	const GOptionEntry options[] = { DATA_OPTION(data), LAST_OPTION };
	g_autoptr(Archive) archive = NULL;
	g_autoptr(GArray) kiosks = NULL;

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	archive = district_open_archive(data, error);
	if (archive == NULL)
		return false;
	kiosks = archive_list_kiosks(archive, error);
	if (kiosks == NULL)
		return false;
	for (guint i = 0; i < kiosks->len; i++)
		if (!print_kiosk(archive,
				 &g_array_index(kiosks, ArchiveKiosk, i),
				 error))
			return false;
	return true;
}

/* --- sheets --- */

typedef struct {
	char *data, *out, *paper, *class_text; /* owned */
} Sheets;

static void
sheets_clear(Sheets *sheets)
{
	g_free(sheets->data);
	g_free(sheets->out);
	g_free(sheets->paper);
	g_free(sheets->class_text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sheets, sheets_clear)

static bool
parse_paper(const char *text, SheetPaper *out, GError **error)
{
	*out = g_strcmp0(text, "letter") == 0 ? SHEET_LETTER : SHEET_A4;
	return text == NULL || g_str_equal(text, "letter") ||
	       g_str_equal(text, "a4") ||
	       invalid(error, "--paper is a4 or letter");
}

/* Leaves only one class in it. */
static bool
narrow(Archive *archive, Roster *roster, const char *class_text, GError **error)
{
	RosterClass class;
	size_t n = 0;

	if (class_text == NULL)
		return true;
	if (!archive_find_class(archive, class_text, &class, error))
		return false;
	for (size_t i = 0; i < roster->n_learners; i++)
		if (g_str_equal(roster->learners[i].class_id, class.id))
			roster->learners[n++] = roster->learners[i];
	roster->n_learners = n;
	roster->classes[0] = class;
	roster->n_classes = 1;
	return true;
}

/* What stands behind https:// in the base, as far as the first slash. */
static char *
host_of(const char *base)
{
	const char *host = strstr(base, "://") + 3;

	return g_strndup(host, strcspn(host, "/"));
}

static bool
print_sheets(Archive *archive, const Sheets *sheets, GError **error)
{
	g_autoptr(Portrait) portrait = import_read_portrait(archive, error);
	g_autoptr(Roster) roster =
		portrait != NULL ? archive_read_roster(archive, error) : NULL;
	ArchiveDistrict district;
	g_autofree char *host = NULL;
	g_autoptr(GBytes) pdf = NULL;
	SheetPaper paper;

	if (roster == NULL || !parse_paper(sheets->paper, &paper, error) ||
	    !narrow(archive, roster, sheets->class_text, error) ||
	    !archive_get_district(archive, &district, error))
		return false;
	host = host_of(district.base);
	pdf = sheet_print(roster, portrait, host, paper, error);
	return pdf != NULL &&
	       audit_command(archive, "sheets", NULL, NULL,
			     (int64_t)roster->n_learners, error) &&
	       file_write_durably(sheets->out, g_bytes_get_data(pdf, NULL),
				  g_bytes_get_size(pdf), 0600, error);
}

bool
command_sheets(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(Sheets) sheets = { 0 };
	const GOptionEntry options[] = {
		DATA_OPTION(sheets.data),
		{ "out", 'o', 0, G_OPTION_ARG_FILENAME, &sheets.out,
		  "the PDF to write", "FILE" },
		{ "paper", 0, 0, G_OPTION_ARG_STRING, &sheets.paper,
		  "a4 or letter", "PAPER" },
		{ "class", 0, 0, G_OPTION_ARG_STRING, &sheets.class_text,
		  "badges of one class only", "CLASS" },
		LAST_OPTION,
	};
	g_autoptr(Archive) archive = NULL;

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	if (sheets.out == NULL)
		return invalid(error, "give --out FILE");
	archive = district_open_archive(sheets.data, error);
	return archive != NULL && print_sheets(archive, &sheets, error);
}
