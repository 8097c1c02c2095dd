/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>
#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/archive-audit.h"
#include "sync/district/archive-hold.h"
#include "sync/district/archive-learner.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"
#include "sync/district/erase.h"

/* cairn-district erase, retention, hold. */

#define CERTIFICATE_FILE_MAX 8192
#define STDIN                "-"

static bool
invalid(GError **error, const char *what)
{
	g_set_error(error, FAULT, FAULT_INVALID, "%s", what);
	return false;
}

static WallTime
now(void)
{
	return clock_read(clock_system()).wall;
}

/* --- what is said --- */

static void
print_counts(const Certificate *certificate, int first, int last)
{
	for (int i = first; i <= last; i++)
		printf("  %-18s %" G_GINT64_FORMAT "\n",
		       certified_name((Certified)i),
		       (gint64)certificate->counts[i]);
}

static void
print_kept(const EraseResult *result)
{
	const int64_t *counts = result->certificate.counts;

	if (counts[CERTIFIED_SHARED] > 0)
		printf("stays: %" G_GINT64_FORMAT
		       " media, since another's record names them, too\n",
		       (gint64)counts[CERTIFIED_SHARED]);
	if (counts[CERTIFIED_HELD] > 0)
		printf("stays: %" G_GINT64_FORMAT
		       " statements, since they name a learner who is on "
		       "hold\n",
		       (gint64)counts[CERTIFIED_HELD]);
	if (counts[CERTIFIED_MENTIONS] > 0)
		printf("stays: %" G_GINT64_FORMAT
		       " documents that are others' and mention the id: look "
		       "at them\n",
		       (gint64)counts[CERTIFIED_MENTIONS]);
	for (guint i = 0; i < result->names->len; i++)
		printf("stays without the learner: statement %s, which is "
		       "others', too: look at its words\n",
		       (const char *)result->names->pdata[i]);
}

static void
print_result(const EraseResult *result)
{
	printf("%s\n", result->line != NULL ? "erased:" : "would be erased:");
	print_counts(&result->certificate, 0, CERTIFIED_LEARNERS);
	print_kept(result);
}

static void
print_left_for_the_night(const Settings *settings)
{
	printf("remains: what the database's file has of it, until the server "
	       "rewrites that from %" G_GINT64_FORMAT
	       ":00 UTC on; the certificate gets its file then\n",
	       (gint64)settings_number(settings, "retention", "hour"));
}

static bool
finish(Archive *archive, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) remains = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(Settings) settings =
		district_read_settings(folder, NULL, error);
	g_autoptr(Media) media =
		settings != NULL ? district_open_media(folder, settings, error)
				 : NULL;
	bool rewrite = settings != NULL && erase_may_rewrite(settings, now());

	if (media == NULL ||
	    !(rewrite ? erase_finish(archive, folder, media, remains, error)
		      : erase_remove_files(archive, media, error))) {
		g_prefix_error(error, "it is erased, but not yet all of it "
				      "from the disk; the next erase or the "
				      "server's next start goes on with it: ");
		return false;
	}
	if (!rewrite)
		print_left_for_the_night(settings);
	for (guint i = 0; i < remains->len; i++)
		printf("remains: %s\n", (const char *)remains->pdata[i]);
	printf("remains: backups that were made before, and kiosks until they "
	       "have asked for their next bundle\n");
	return true;
}

static bool
finish_and_certify(Archive *archive, const char *folder,
		   const EraseResult *result, GError **error)
{
	if (!finish(archive, folder, error))
		return false;
	printf("certificate: %s/" ERASE_FOLDER "/%s\n%s\n", folder,
	       result->certificate.id, result->line);
	return true;
}

/* --- erase --- */

typedef struct {
	char *data, *learner, *names, *confirm, *find, *verify; /* owned */
	gboolean dry_run;
} Erase;

static void
erase_clear(Erase *erase)
{
	g_free(erase->data);
	g_free(erase->learner);
	g_free(erase->names);
	g_free(erase->confirm);
	g_free(erase->find);
	g_free(erase->verify);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Erase, erase_clear)

static bool
find_people(Archive *archive, const char *text, GError **error)
{
	g_autoptr(GArray) all = archive_find_people(archive, text, error);

	if (all == NULL || !audit_command(archive, "erase --find", NULL, NULL,
					  MAX(all->len, 1), error))
		return false;
	for (guint i = 0; i < all->len; i++) {
		const ArchivePerson *at = &g_array_index(all, ArchivePerson, i);

		printf("%s  %s  (%s%s)\n", at->id, at->name, at->class_title,
		       at->gone ? ", left" : "");
	}
	return true;
}

static bool
verify(const Erase *erase, const SignKey *key, GError **error)
{
	g_autoptr(GBytes) bytes =
		file_read(erase->verify, CERTIFICATE_FILE_MAX, error);
	char public_key[SIGN_KEY_TEXT + 1], at[CLOCK_TIMESTAMP_SIZE];
	g_autofree char *line = NULL;
	Certificate certificate;

	if (bytes == NULL)
		return false;
	line = g_strndup(g_bytes_get_data(bytes, NULL),
			 g_bytes_get_size(bytes));
	sign_key_text(key, public_key);
	if (!certificate_parse(g_strstrip(line), public_key, &certificate,
			       error)) {
		g_prefix_error(error, "%s: ", erase->verify);
		return false;
	}
	clock_format(certificate.at, at);
	printf("this district has signed it: %s, %s\n", certificate.id, at);
	if (certificate.reason == CERTIFICATE_REQUEST)
		printf("erased, of learner %s:\n", certificate.learner);
	else
		printf("erased, since it was old enough:\n");
	print_counts(&certificate, 0, CERTIFIED_COUNTS - 1);
	return true;
}

static bool
look(Archive *archive, const Erase *erase, EraseRequest *request,
     GError **error)
{
	g_auto(EraseResult) result = { 0 };

	request->confirm = NULL;
	if (!erase_learner(archive, request, &result, error))
		return false;
	print_result(&result);
	printf("to erase just that:\n  cairn-district erase --data %s "
	       "--learner %s%s%s --confirm %s\n",
	       erase->data, erase->learner,
	       erase->names != NULL ? " --names " : "",
	       erase->names != NULL ? erase->names : "", result.token);
	return true;
}

static bool
erase_confirmed(Archive *archive, const Erase *erase,
		const EraseRequest *request, GError **error)
{
	g_auto(EraseResult) result = { 0 };

	if (!erase_learner(archive, request, &result, error))
		return false;
	g_message("learner %s was erased: certificate %s", erase->learner,
		  result.certificate.id);
	print_result(&result);
	return finish_and_certify(archive, erase->data, &result, error);
}

static GBytes *
read_stdin(GError **error)
{
	g_autofree char *text = g_malloc(ERASE_NAMES_FILE_MAX + 1);
	size_t n = fread(text, 1, ERASE_NAMES_FILE_MAX + 1, stdin);

	if (n <= ERASE_NAMES_FILE_MAX)
		return g_bytes_new(text, n);
	(void)invalid(error, "it is too long");
	return NULL;
}

static bool
read_names(const char *path, EraseNames *out, GError **error)
{
	g_autoptr(GBytes) bytes =
		g_str_equal(path, STDIN)
			? read_stdin(error)
			: file_read_secret(path, ERASE_NAMES_FILE_MAX, error);
	const char *text;
	size_t size;

	if (bytes == NULL)
		return false;
	text = g_bytes_get_data(bytes, &size);
	return erase_names_parse(text != NULL ? text : "", size, out, error);
}

static bool
run_erase(Archive *archive, const Erase *erase, const SignKey *key,
	  GError **error)
{
	g_auto(EraseNames) names = { 0 };
	EraseRequest request = { .learner = erase->learner,
				 .now = now(),
				 .confirm = erase->confirm,
				 .key = key };

	if (erase->names != NULL) {
		if (!read_names(erase->names, &names, error)) {
			g_prefix_error(error, "--names: ");
			return false;
		}
		request.names = &names;
	}
	if (erase->find != NULL)
		return find_people(archive, erase->find, error);
	if (erase->learner == NULL)
		return invalid(error, "give --learner ID; --find NAME tells "
				      "the id");
	if (erase->dry_run)
		return look(archive, erase, &request, error);
	if (erase->confirm == NULL)
		return invalid(error, "look at it with --dry-run first: it "
				      "tells what to give to --confirm");
	return erase_confirmed(archive, erase, &request, error);
}

bool
command_erase(const Command *command, int argc, char **argv, GError **error)
{
	g_auto(Erase) erase = { 0 };
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &erase.data,
		  "the district's folder", "FOLDER" },
		{ "learner", 0, 0, G_OPTION_ARG_STRING, &erase.learner,
		  "whose record: the opaque id", "ID" },
		{ "names", 0, 0, G_OPTION_ARG_FILENAME, &erase.names,
		  "what other tools call the learner: e-mail addresses and "
		  "the like, a line each; - is standard input",
		  "FILE" },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &erase.dry_run,
		  "only says what would be erased, and what would stay", NULL },
		{ "confirm", 0, 0, G_OPTION_ARG_STRING, &erase.confirm,
		  "what the dry run told", "TOKEN" },
		{ "find", 0, 0, G_OPTION_ARG_STRING, &erase.find,
		  "lists learners with this in their name, with their ids",
		  "NAME" },
		{ "verify", 0, 0, G_OPTION_ARG_FILENAME, &erase.verify,
		  "checks a certificate", "FILE" },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(Archive) archive = NULL;
	SignKey key = { 0 };
	bool ok;

	if (!command_read(command, options, argc, argv, NULL, error) ||
	    !district_open_key(erase.data, &key, error))
		return false;
	if (erase.verify != NULL) {
		ok = verify(&erase, &key, error);
	} else {
		archive = district_open_archive(erase.data, error);
		ok = archive != NULL && run_erase(archive, &erase, &key, error);
	}
	sign_key_clear(&key);
	return ok;
}

/* --- retention --- */

static bool
run_retention(const char *data, bool dry_run, const SignKey *key,
	      GError **error)
{
	g_autoptr(Settings) settings =
		district_read_settings(data, NULL, error);
	g_autoptr(Archive) archive = NULL;
	g_auto(EraseResult) result = { 0 };
	EraseRequest request = { .learner = "",
				 .now = now(),
				 .confirm = dry_run ? NULL : "",
				 .key = key };
	EraseAges ages;

	if (settings == NULL)
		return false;
	erase_read_ages(settings, &ages);
	archive = district_open_archive(data, error);
	if (archive == NULL ||
	    !erase_old(archive, &request, &ages, &result, error))
		return false;
	print_result(&result);
	if (dry_run)
		return true;
	if (result.line == NULL)
		return finish(archive, data, error);
	g_message("what was old enough was erased: certificate %s",
		  result.certificate.id);
	return finish_and_certify(archive, data, &result, error);
}

bool
command_retention(const Command *command, int argc, char **argv, GError **error)
{
	g_autofree char *data = NULL;
	gboolean dry_run = FALSE, run = FALSE;
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &data,
		  "the district's folder", "FOLDER" },
		{ "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run,
		  "only says what would be erased", NULL },
		{ "run", 0, 0, G_OPTION_ARG_NONE, &run, "erases it", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	SignKey key = { 0 };
	bool ok;

	if (!command_read(command, options, argc, argv, NULL, error))
		return false;
	if (dry_run == run)
		return invalid(error, "give --dry-run, or --run");
	if (!district_open_key(data, &key, error))
		return false;
	ok = run_retention(data, dry_run, &key, error);
	sign_key_clear(&key);
	return ok;
}

/* --- holds --- */

typedef struct {
	char *data, *action, *learner, *why; /* owned */
	gboolean all;
} Hold;

static void
hold_clear(Hold *hold)
{
	g_free(hold->data);
	g_free(hold->action);
	g_free(hold->learner);
	g_free(hold->why);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hold, hold_clear)

static bool
list_holds(Archive *archive, bool all, GError **error)
{
	g_autoptr(GArray) holds = archive_list_holds(archive, all, error);

	if (holds == NULL)
		return false;
	for (guint i = 0; i < holds->len; i++) {
		const ArchiveHold *at = &g_array_index(holds, ArchiveHold, i);
		char since[CLOCK_TIMESTAMP_SIZE];
		char lifted[CLOCK_TIMESTAMP_SIZE] = "";

		clock_format(at->since, since);
		if (at->lifted.us != 0)
			clock_format(at->lifted, lifted);
		printf("%s  since %s  %s%s  %s\n", at->learner, since,
		       at->lifted.us != 0 ? "lifted " : "in force", lifted,
		       at->why);
	}
	return true;
}

/* It stays in the archive for good. */
static bool
check_why(Archive *archive, const Hold *hold, GError **error)
{
	g_autoptr(GArray) all = archive_find_people(archive, "", error);

	if (all == NULL)
		return false;
	for (guint i = 0; i < all->len; i++) {
		const ArchivePerson *at = &g_array_index(all, ArchivePerson, i);

		if (g_str_equal(at->id, hold->learner) &&
		    strstr(hold->why, at->name) != NULL)
			return invalid(error,
				       "--why must not have the child's name");
	}
	return true;
}

/* add or lift, and the audit log's word of it. */
static bool
change_hold(Archive *archive, const Hold *hold, GError **error)
{
	bool is_add = g_str_equal(hold->action, "add");
	bool ok;

	if (!archive_begin(archive, error))
		return false;
	ok = is_add ? archive_add_hold(archive, hold->learner, hold->why, now(),
				       error)
		    : archive_lift_hold(archive, hold->learner, now(), error);
	ok = ok && audit_command(archive, is_add ? "hold add" : "hold lift",
				 NULL, hold->learner, 1, error);
	return archive_end(archive, ok, error);
}

static bool
add_hold(Archive *archive, const Hold *hold, GError **error)
{
	if (hold->why == NULL || hold->why[0] == '\0' ||
	    strlen(hold->why) > HOLD_WHY_MAX ||
	    !g_utf8_validate(hold->why, -1, NULL))
		return invalid(error, "give --why: a case number or the like, "
				      "and never a child's name");
	if (!check_why(archive, hold, error) ||
	    !change_hold(archive, hold, error))
		return false;
	g_message("learner %s is on hold", hold->learner);
	printf("on hold: nothing of this learner is erased until it is "
	       "lifted\n");
	return true;
}

static bool
lift_hold(Archive *archive, const Hold *hold, GError **error)
{
	if (!change_hold(archive, hold, error))
		return false;
	g_message("the hold of learner %s is lifted", hold->learner);
	printf("lifted\n");
	return true;
}

static bool
run_hold(Archive *archive, const Hold *hold, GError **error)
{
	if (g_str_equal(hold->action, "list"))
		return list_holds(archive, hold->all, error);
	if (hold->learner == NULL)
		return invalid(error, "give --learner ID");
	return g_str_equal(hold->action, "add")
		       ? add_hold(archive, hold, error)
		       : lift_hold(archive, hold, error);
}

bool
command_hold(const Command *command, int argc, char **argv, GError **error)
{
	static const char *const actions[] = { "add", "list", "lift", NULL };
	g_auto(Hold) hold = { 0 };
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &hold.data,
		  "the district's folder", "FOLDER" },
		{ "learner", 0, 0, G_OPTION_ARG_STRING, &hold.learner,
		  "whose record: the opaque id", "ID" },
		{ "why", 0, 0, G_OPTION_ARG_STRING, &hold.why,
		  "a case number or the like; never a child's name", "TEXT" },
		{ "all", 0, 0, G_OPTION_ARG_NONE, &hold.all,
		  "lists those that were lifted, too", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	g_autoptr(Archive) archive = NULL;

	if (!command_read(command, options, argc, argv, &hold.action, error))
		return false;
	if (hold.action == NULL || !g_strv_contains(actions, hold.action))
		return invalid(error, "say what to do: hold add, list or lift");
	archive = district_open_archive(hold.data, error);
	return archive != NULL && run_hold(archive, &hold, error);
}
