/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/settings.h"

#include <string.h>

#include "app/base/fault.h"
#include "app/base/file.h"

struct Settings {
	GKeyFile *file;       /* owned */
	const Setting *known; /* borrowed */
	GHashTable *texts;    /* owned: Setting → its text */
};

static bool
refuse(GError **error, const char *group, const char *key, const char *rule)
{
	g_set_error(error, FAULT, FAULT_INVALID, "[%s] %s %s", group, key,
		    rule);
	return false;
}

static const Setting *
find(const Setting *known, const char *group, const char *key)
{
	for (; known->key != NULL; known++)
		if (g_str_equal(known->group, group) &&
		    g_str_equal(known->key, key))
			return known;
	return NULL;
}

static bool
read_number(const char *text, const Setting *setting, int64_t *out)
{
	gint64 value;

	if (!g_ascii_string_to_signed(text, 10, setting->min, setting->max,
				      &value, NULL))
		return false;
	*out = value;
	return true;
}

/* Looked at by ourselves: GLib warns of two mistakes in one value as if they
 * were the program's. */
static bool
has_bad_escape(const Settings *settings, const Setting *setting)
{
	g_autofree char *raw =
		g_key_file_get_value(settings->file, setting->group,
				     setting->key, NULL);
	const char *at = raw != NULL ? strchr(raw, '\\') : NULL;

	for (; at != NULL; at = strchr(at + 2, '\\'))
		if (at[1] == '\0' || strchr("sntr\\", at[1]) == NULL)
			return true;
	return false;
}

static bool
check_text(const Setting *setting, const char *text, GError **error)
{
	int64_t number;

	switch (setting->type) {
	case SETTING_TEXT:
		return true;
	case SETTING_NUMBER:
		if (read_number(text, setting, &number))
			return true;
		g_set_error(error, FAULT, FAULT_INVALID,
			    "[%s] %s must be a number from %" G_GINT64_FORMAT
			    " to %" G_GINT64_FORMAT ", not \"%s\"",
			    setting->group, setting->key, (gint64)setting->min,
			    (gint64)setting->max, text);
		return false;
	case SETTING_FLAG:
		if (g_str_equal(text, "true") || g_str_equal(text, "false"))
			return true;
		return refuse(error, setting->group, setting->key,
			      "must be true or false");
	}
	return false;
}

static bool
read_one(Settings *settings, const Setting *setting, GError **error)
{
	g_autofree char *text = NULL;

	if (has_bad_escape(settings, setting))
		return refuse(error, setting->group, setting->key,
			      "has a \\ that means nothing; write \\\\");
	text = g_key_file_get_string(settings->file, setting->group,
				     setting->key, NULL);
	if (text == NULL && setting->otherwise == NULL)
		return refuse(error, setting->group, setting->key,
			      "must be given");
	if (text == NULL)
		text = g_strdup(setting->otherwise);
	else if (!check_text(setting, text, error))
		return false;
	g_hash_table_insert(settings->texts, (void *)(uintptr_t)setting,
			    g_steal_pointer(&text));
	return true;
}

static bool
check_group(const Settings *settings, const char *group, GError **error)
{
	g_auto(GStrv) keys =
		g_key_file_get_keys(settings->file, group, NULL, NULL);

	for (char **key = keys; key != NULL && *key != NULL; key++)
		if (find(settings->known, group, *key) == NULL)
			return refuse(error, group, *key,
				      "is no setting of this program");
	return true;
}

static bool
read_all(Settings *settings, GError **error)
{
	g_auto(GStrv) groups = g_key_file_get_groups(settings->file, NULL);

	for (char **group = groups; *group != NULL; group++)
		if (!check_group(settings, *group, error))
			return false;
	for (const Setting *at = settings->known; at->key != NULL; at++)
		if (!read_one(settings, at, error))
			return false;
	return true;
}

Settings *
settings_parse(const char *text, size_t size, const Setting *known,
	       GError **error)
{
	g_autoptr(Settings) settings = g_new0(Settings, 1);
	g_autoptr(GError) cause = NULL;

	settings->file = g_key_file_new();
	settings->known = known;
	settings->texts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	if (size > SETTINGS_MAX_BYTES ||
	    !g_utf8_validate(text, (gssize)size, NULL)) {
		g_set_error(error, FAULT, FAULT_INVALID,
			    "settings must be UTF-8 text of at most %d bytes",
			    SETTINGS_MAX_BYTES);
		return NULL;
	}
	if (size > 0 &&
	    !g_key_file_load_from_data(settings->file, text, size,
				       G_KEY_FILE_KEEP_TRANSLATIONS, &cause)) {
		g_set_error(error, FAULT, FAULT_INVALID, "%s", cause->message);
		return NULL;
	}
	if (!read_all(settings, error))
		return NULL;
	return g_steal_pointer(&settings);
}

Settings *
settings_read(const char *path, const Setting *known, GError **error)
{
	g_autoptr(GBytes) bytes = file_read(path, SETTINGS_MAX_BYTES, error);
	Settings *settings;
	size_t size;

	if (bytes == NULL)
		return NULL;

	const char *text = g_bytes_get_data(bytes, &size);

	settings = settings_parse(text != NULL ? text : "", size, known, error);
	if (settings == NULL)
		g_prefix_error(error, "%s: ", path);
	return settings;
}

const char *
settings_text(const Settings *settings, const char *group, const char *key)
{
	const Setting *setting = find(settings->known, group, key);

	g_return_val_if_fail(setting != NULL, "");
	return g_hash_table_lookup(settings->texts, setting);
}

int64_t
settings_number(const Settings *settings, const char *group, const char *key)
{
	const Setting *setting = find(settings->known, group, key);
	int64_t number = 0;

	g_return_val_if_fail(setting != NULL, 0);
	if (!read_number(settings_text(settings, group, key), setting, &number))
		g_return_val_if_reached(0);
	return number;
}

bool
settings_flag(const Settings *settings, const char *group, const char *key)
{
	return g_str_equal(settings_text(settings, group, key), "true");
}

static void
add_sample(GString *out, const Setting *setting)
{
	g_string_append_printf(out, "# %s", setting->about);
	if (setting->type == SETTING_NUMBER)
		g_string_append_printf(out,
				       " (%" G_GINT64_FORMAT
				       " to %" G_GINT64_FORMAT ")",
				       (gint64)setting->min,
				       (gint64)setting->max);
	if (setting->type == SETTING_FLAG)
		g_string_append(out, " (true or false)");
	g_string_append_printf(out, "\n#%s=%s\n", setting->key,
			       setting->otherwise != NULL ? setting->otherwise
							  : "");
}

/* A group's settings may stand apart in the list. */
char *
settings_sample(const Setting *known)
{
	GString *out = g_string_new(NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (const Setting *at = known; at->key != NULL; at++) {
		if (!g_hash_table_add(seen, (void *)(uintptr_t)at->group))
			continue;
		g_string_append_printf(out, "%s[%s]\n",
				       out->len > 0 ? "\n" : "", at->group);
		for (const Setting *of = at; of->key != NULL; of++)
			if (g_str_equal(of->group, at->group))
				add_sample(out, of);
	}
	return g_string_free(out, FALSE);
}

void
settings_free(Settings *settings)
{
	if (settings == NULL)
		return;

	g_key_file_free(settings->file);
	g_hash_table_unref(settings->texts);
	g_free(settings);
}
