/* SPDX-License-Identifier: Apache-2.0 */
#define G_LOG_DOMAIN "district"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sodium.h>

#include "app/base/fault.h"
#include "app/base/file.h"
#include "sync/district/archive-audit.h"
#include "sync/district/commands.h"
#include "sync/district/district.h"
#include "sync/district/import.h"
#include "sync/district/keys.h"
#include "sync/district/password.h"

/* cairn-district key: whatever lets somebody in, made, listed, renewed and
 * ended. */

#define STDIN "-"

typedef struct {
	char *data, *action, *id; /* owned, as all that follow */
	char *kind_text, *name, *login, *class_text;
	char *scopes_text, *user, *secret_file;
	int grace;
	gboolean restore, json;
	KeyKind kind;
	char *chosen; /* cleared */
} Key;

static void
key_clear(Key *key)
{
	g_free(key->data);
	g_free(key->action);
	g_free(key->id);
	g_free(key->kind_text);
	g_free(key->name);
	g_free(key->login);
	g_free(key->class_text);
	g_free(key->scopes_text);
	g_free(key->user);
	g_free(key->secret_file);
	if (key->chosen != NULL)
		sodium_memzero(key->chosen, strlen(key->chosen));
	g_free(key->chosen);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Key, key_clear)

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

static void
print_time(const char *word, WallTime at)
{
	char text[CLOCK_TIMESTAMP_SIZE] = "never";

	if (at.us != 0)
		clock_format(at, text);
	printf("  %s %s", word, text);
}

/* --- secrets that a person chose --- */

static GBytes *
read_stdin(GError **error)
{
	char text[KEYS_SECRET_MAX + 2];
	size_t n = fread(text, 1, sizeof(text), stdin);
	GBytes *bytes = NULL;

	if (n < sizeof(text))
		bytes = g_bytes_new(text, n);
	else
		invalid(error, "the secret is too long");
	sodium_memzero(text, sizeof(text));
	return bytes;
}

/* The first line. */
static bool
read_secret(Key *key, GError **error)
{
	g_autoptr(GBytes) bytes = NULL;
	const char *text;
	size_t size, n = 0;

	if (key->secret_file == NULL)
		return true;
	bytes = g_str_equal(key->secret_file, STDIN)
			? read_stdin(error)
			: file_read_secret(key->secret_file,
					   KEYS_SECRET_MAX + 1, error);
	if (bytes == NULL)
		return false;
	text = g_bytes_get_data(bytes, &size);
	while (n < size && text[n] != '\n' && text[n] != '\r')
		n++;
	key->chosen = g_strndup(text != NULL ? text : "", n);
	return true;
}

/* --- add --- */

static bool
add_tool(Archive *archive, const Key *key, const KeysSecret *secret,
	 GError **error)
{
	KeysTool tool = { .id = key->id,
			  .name = key->name != NULL ? key->name : "tool",
			  .scopes = TOOL_STATEMENTS_WRITE |
				    TOOL_STATEMENTS_READ_MINE };

	return (key->scopes_text == NULL ||
		tool_scopes_parse(key->scopes_text, &tool.scopes, error)) &&
	       keys_add_tool(archive, &tool, secret, now(), error);
}

static bool
add_staff(Archive *archive, const Key *key, StaffRole role,
	  const KeysSecret *secret, GError **error)
{
	const ImportStaff staff = { role, key->id, key->name, key->class_text };

	return import_staff(archive, &staff, secret->hash, now(), error);
}

static bool
add_of_kind(Archive *archive, const Key *key, const KeysSecret *secret,
	    GError **error)
{
	switch (key->kind) {
	case KEY_ANY:
	case KEY_TOOL:
		return add_tool(archive, key, secret, error);
	case KEY_TEACHER:
		return add_staff(archive, key, STAFF_TEACHER, secret, error);
	case KEY_ADMINISTRATOR:
		return add_staff(archive, key, STAFF_ADMINISTRATOR, secret,
				 error);
	case KEY_KIOSK:
	case KEY_CODE:
		return keys_add_code(archive,
				     key->name != NULL ? key->name : "kiosk",
				     secret, now(), error);
	}
	g_assert_not_reached();
}

static bool
is_person(const Key *key)
{
	return key->kind == KEY_TEACHER || key->kind == KEY_ADMINISTRATOR;
}

static bool
check_add(const Key *key, GError **error)
{
	if (key->kind != KEY_TOOL &&
	    (key->secret_file != NULL || key->user != NULL ||
	     key->scopes_text != NULL))
		return invalid(error, "--user, --scopes and --secret-file are "
				      "for tools");
	if (is_person(key) != (key->id != NULL))
		return invalid(error, "a teacher and an administrator have a "
				      "name to sign in with: key add --kind "
				      "teacher LOGIN; all others have none");
	if (!is_person(key) && key->class_text != NULL)
		return invalid(error, "--class is for teachers and "
				      "administrators");
	if (key->grace != 0 || key->restore)
		return invalid(error, "--grace and --restore are for key "
				      "rotate");
	return true;
}

static void
name_tool(Key *key)
{
	char id[ID_UUID + 1];

	id_new_uuid(id);
	key->id = g_strdup(key->user != NULL ? key->user : id);
}

static void
lower_login(Key *key)
{
	g_autofree char *given = g_steal_pointer(&key->id);

	key->id = g_strstrip(g_utf8_strdown(given, -1));
}

static bool
add(Archive *archive, Key *key, GError **error)
{
	g_auto(KeysSecret) secret = { .text = "" };
	g_autofree char *object = NULL;
	bool ok;

	if (key->kind == KEY_ANY)
		key->kind = KEY_TOOL;
	if (!check_add(key, error))
		return false;
	if (key->kind == KEY_TOOL)
		name_tool(key);
	if (is_person(key))
		lower_login(key);
	if (!keys_new_secret(key->kind, key->id, key->chosen, &secret, error) ||
	    !archive_begin(archive, error))
		return false;
	object = g_strconcat(key_kind_name(key->kind), ":",
			     key->id != NULL ? key->id : "new", NULL);
	ok = add_of_kind(archive, key, &secret, error) &&
	     audit_command(archive, "key add", object, NULL, 1, error);
	if (!archive_end(archive, ok, error))
		return false;
	printf("%s\n", secret.text);
	return true;
}

/* --- list --- */

static void
print_key(const ArchiveKey *key)
{
	printf("%-13s  %-36s  %-11s", key_kind_name(key->kind), key->id,
	       key_state_name(key->state));
	print_time("made", key->made);
	print_time("used", key->used);
	if (key->until.us != 0)
		print_time("until", key->until);
	printf("  %s", key->name);
	if (key->kind == KEY_TOOL) {
		g_autofree char *scopes = tool_scopes_print(key->scopes);

		printf("  (%s)", scopes);
	}
	printf("\n");
}

static void
print_json(const ArchiveKey *key, bool first)
{
	json_t *value = key_to_json(key);
	char *text = json_dumps(value, JSON_COMPACT);

	printf("%s%s", first ? "[\n" : ",\n", text);
	free(text);
	json_decref(value);
}

static bool
list(Archive *archive, const Key *key, GError **error)
{
	g_autoptr(GArray) all = archive_list_keys(archive, now(), error);
	bool any = false;

	for (guint i = 0; all != NULL && i < all->len; i++) {
		const ArchiveKey *at = &g_array_index(all, ArchiveKey, i);

		if (key->kind != KEY_ANY && key->kind != at->kind)
			continue;
		if (key->json)
			print_json(at, !any);
		else
			print_key(at);
		any = true;
	}
	if (all != NULL && key->json)
		printf("%s\n", any ? "\n]" : "[]");
	return all != NULL;
}

/* --- rotate and revoke --- */

static bool
finish(Archive *archive, const char *action, const ArchiveKey *found, bool ok,
       GError **error)
{
	g_autofree char *object =
		g_strdup_printf("%s:%s", key_kind_name(found->kind), found->id);

	ok = ok && audit_command(archive, action, object, NULL, 1, error);
	return archive_end(archive, ok, error);
}

static bool
rotate_key(Archive *archive, const Key *key, const ArchiveKey *found,
	   GError **error)
{
	const KeysRotate how = { key->grace, key->restore };
	g_auto(KeysSecret) secret = { .text = "" };
	bool ok;

	if (!keys_check_rotate(found, &how, error) ||
	    !keys_new_secret(found->kind, found->id, key->chosen, &secret,
			     error) ||
	    !archive_begin(archive, error))
		return false;
	ok = keys_rotate(archive, found, &how, &secret, now(), error);
	if (!finish(archive, "key rotate", found, ok, error))
		return false;
	printf("%s\n", secret.text);
	return true;
}

static bool
revoke_key(Archive *archive, const ArchiveKey *found, GError **error)
{
	if (!archive_begin(archive, error))
		return false;
	return finish(archive, "key revoke", found,
		      keys_revoke(archive, found, now(), error), error);
}

static bool
change(Archive *archive, const Key *key, GError **error)
{
	ArchiveKey found;

	if (key->id == NULL)
		return invalid(error, "give the ID, as key list has it");
	if (!archive_find_key(archive, key->kind, key->id, now(), &found,
			      error))
		return false;
	if (g_str_equal(key->action, "revoke"))
		return revoke_key(archive, &found, error);
	return rotate_key(archive, key, &found, error);
}

/* --- the command --- */

static bool
read_options(const Command *command, int argc, char **argv, Key *out,
	     GError **error)
{
	char *words[2] = { NULL, NULL };
	const GOptionEntry options[] = {
		{ "data", 'd', 0, G_OPTION_ARG_FILENAME, &out->data,
		  "the district's folder", "FOLDER" },
		{ "kind", 'k', 0, G_OPTION_ARG_STRING, &out->kind_text,
		  "tool (what add makes otherwise), teacher, administrator, "
		  "kiosk; code: an enrolment code nobody has used",
		  "KIND" },
		{ "name", 'n', 0, G_OPTION_ARG_STRING, &out->name,
		  "what to call the tool, the kiosk or the person", "NAME" },
		{ "full-name", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING,
		  &out->name, NULL, NULL },
		{ "class", 0, 0, G_OPTION_ARG_STRING, &out->class_text,
		  "title or id, or all; else what the roster says, and none "
		  "for an administrator",
		  "CLASS" },
		{ "scopes", 0, 0, G_OPTION_ARG_STRING, &out->scopes_text,
		  "what a tool may do, as xAPI names it: all, all/read, "
		  "statements/write, statements/read, statements/read/mine, "
		  "state, profile, define; default: statements/write "
		  "statements/read/mine",
		  "SCOPES" },
		{ "user", 0, 0, G_OPTION_ARG_STRING, &out->user,
		  "the user that a tool signs in as; default: a new id",
		  "USER" },
		{ "secret-file", 0, 0, G_OPTION_ARG_FILENAME, &out->secret_file,
		  "a tool's secret is the first line of this file, which only "
		  "its owner may read; -: of standard input; default: a new "
		  "one",
		  "FILE" },
		{ "grace", 0, 0, G_OPTION_ARG_INT, &out->grace,
		  "rotate: the old secret of a tool or kiosk is good for so "
		  "long",
		  "HOURS" },
		{ "restore", 0, 0, G_OPTION_ARG_NONE, &out->restore,
		  "rotate: also one that was revoked", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &out->json,
		  "list: a JSON array, one key a line", NULL },
		{ NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
	};
	bool ok = command_read_words(command, options, argc, argv, words, 2,
				     error);

	out->action = words[0];
	out->id = words[1];
	return ok && (out->kind_text == NULL ||
		      key_kind_parse(out->kind_text, &out->kind, error));
}

bool
command_key(const Command *command, int argc, char **argv, GError **error)
{
	static const char *const actions[] = { "add", "list", "rotate",
					       "revoke", NULL };
	g_auto(Key) key = { .kind = KEY_ANY };
	g_autoptr(Archive) archive = NULL;

	if (!read_options(command, argc, argv, &key, error))
		return false;
	if (key.action == NULL || !g_strv_contains(actions, key.action))
		return invalid(error,
			       "say what to do: key add, key list, key rotate "
			       "ID or key revoke ID");
	if (!read_secret(&key, error))
		return false;
	archive = district_open_archive(key.data, error);
	if (archive == NULL)
		return false;
	if (g_str_equal(key.action, "add"))
		return add(archive, &key, error);
	if (g_str_equal(key.action, "list"))
		return list(archive, &key, error);
	return change(archive, &key, error);
}
