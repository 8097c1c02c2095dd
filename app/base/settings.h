/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <glib.h>

/*
 * A program's settings file: groups of key=value as GKeyFile reads them.
 * A program names every key that it knows, with its default and, for
 * numbers, its bounds; an unknown key is refused by name, so that a slip of
 * the pen is seen and not silently ignored.
 */
#define SETTINGS_MAX_BYTES (64 * 1024)

typedef enum {
	SETTING_TEXT,
	SETTING_NUMBER,
	SETTING_FLAG, /* true or false */
} SettingType;

typedef struct {
	const char *group, *key;
	SettingType type;
	const char *otherwise; /* the default, as text; NULL: must be given */
	int64_t min, max;      /* of a number */
	const char *about;     /* one line, for --help and the manual */
} Setting;

typedef struct Settings Settings;

/* known ends with an entry whose key is NULL and outlives the result. */
Settings *settings_read(const char *path, const Setting *known, GError **error)
	G_GNUC_WARN_UNUSED_RESULT;
Settings *settings_parse(const char *text, size_t size, const Setting *known,
			 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A group or key that is not among the known is a bug.  A text lives as long
 * as the settings. */
const char *
settings_text(const Settings *settings, const char *group, const char *key);
int64_t
settings_number(const Settings *settings, const char *group, const char *key);
bool
settings_flag(const Settings *settings, const char *group, const char *key);

/* A file of all that are known, each with its default behind a #; the
 * caller's. */
char *settings_sample(const Setting *known);

void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)
